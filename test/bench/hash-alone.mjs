// @ts-check
// What a sign-in cannot be cheaper than: the server's own hash computation and nothing else, one at each request.
import { randomBytes } from 'node:crypto';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { genSaltSync } from 'bcryptjs';

const cost = Number(process.env['BCRYPT_COST']);
const file = join(import.meta.dirname, '../../dist/server/bcrypt-worker.mjs');
// Built code has no types: this is what server/passwords/hasher.ts calls.
const worker =
  /** @type {{ default: (task: { key: string, setting: string, workOf: number }) => { result: string } }} */ (
    await import(file)
  );

createServer((_request, response) => {
  const key = randomBytes(32).toString('base64');
  const { result } = worker.default({ key, setting: genSaltSync(cost), workOf: cost });
  response.setHeader('Content-Length', 0);
  response.statusCode = result.length === 60 ? 200 : 500;
  response.end();
}).listen(Number(process.env['PORT']), '127.0.0.1');
