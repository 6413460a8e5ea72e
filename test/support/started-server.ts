import { join } from 'node:path';
import { z } from 'zod';
import { temporaryFolder } from './folder.ts';
import { PROJECT_ROOT } from './project-copy.ts';
import { findFreePort } from './free-port.mjs';
import { launch, startProcess } from './server-process.ts';
import { createWebClient } from './web-client.ts';
import { GOOD_PASSWORD } from './world.ts';

export const PERSON = { username: 'ada@example.com', password: GOOD_PASSWORD };

export interface StartedServer {
  /** The issuer, and where it listens. */
  issuer: string;
  /** Confidential, with every grant, as the command has made it. */
  client: { id: string; secret: string };
}

/** What the README says: `npm start`, one account, and `npm run client -- add …`. Ends with its test. */
export async function startServer(): Promise<StartedServer> {
  const folder = temporaryFolder();
  const port = await findFreePort();
  const issuer = `http://localhost:${port}`;
  const env = { PORT: String(port), RATE_LIMIT: 'off' };
  const { base } = await startProcess({ main: join(PROJECT_ROOT, 'server/start.mjs'), folder, env });
  await createWebClient(base).register(PERSON.username);
  const words = 'client add --name Foreign --confidential --grant password --grant refresh_token'.split(' ');
  const { exit } = await launch({ main: join(PROJECT_ROOT, 'server/command.mjs'), folder, words, env });
  const { clientId, clientSecret } = z
    .object({ clientId: z.string(), clientSecret: z.string() })
    .parse(JSON.parse((await exit).stdout));
  return { issuer, client: { id: clientId, secret: clientSecret } };
}
