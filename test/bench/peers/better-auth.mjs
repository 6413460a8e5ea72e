// better-auth behind Node's own HTTP server, as https://www.better-auth.com/docs/integrations/node has it.
import { createServer } from 'node:http';
import bcrypt from 'bcryptjs';
import { betterAuth } from 'better-auth';
import { getMigrations } from 'better-auth/db/migration';
import { toNodeHandler } from 'better-auth/node';
import { openDatabase } from './store.mjs';

const cost = Number(process.env.BCRYPT_COST);
const options = {
  database: openDatabase(),
  baseURL: `http://localhost:${process.env.PORT}`,
  secret: process.env.AUTH_SECRET,
  emailAndPassword: {
    enabled: true,
    password: {
      hash: (password) => bcrypt.hash(password, cost),
      verify: ({ hash, password }) => bcrypt.compare(password, hash),
    },
  },
  session: { cookieCache: { enabled: process.env.COOKIE_CACHE === 'on', maxAge: 5 * 60 } },
  rateLimit: { enabled: false },
  logger: { disabled: true },
  telemetry: { enabled: false },
};

// Its command line does this in a deployment, so only the first start has anything to do.
const { toBeCreated, runMigrations } = await getMigrations(options);
if (toBeCreated.length > 0) await runMigrations();
const handle = toNodeHandler(betterAuth(options));
createServer((request, response) => void handle(request, response)).listen(
  Number(process.env.PORT),
  '127.0.0.1',
);
