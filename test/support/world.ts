import { pino } from 'pino';
import { onTestFinished } from 'vitest';
import { createApp, type App } from '../../server/app.ts';
import { parseConfig } from '../../server/config.ts';
import type { OutgoingMail } from '../../server/mail/mail.ts';
import type { Context } from '../../server/trpc/context.ts';
import { createCaller } from '../../server/trpc/router.ts';
import { collectLetters, tokenIn } from './letters.ts';
import { createTestClock, type TestClock } from './clock.ts';
import { takeDatabase } from './database.ts';
import { temporaryFolder } from './folder.ts';
import { PLAIN_CALLS } from './plain-calls.ts';
import { SECRET } from './secret.ts';

export const GOOD_PASSWORD = 'a lantern for the long night';

export interface World {
  app: App;
  clock: TestClock;
  /** Every mail that was written, to nobody too (an empty `to`); the newest last. */
  letters: OutgoingMail[];
  /** Every line that was logged, as it was written. */
  logLines: string[];
  /** A browser of its own: its cookie and its access token are kept from call to call. */
  visitor: (options?: { ip?: string; userAgent?: string }) => Visitor;
}

export interface Visitor {
  readonly api: ReturnType<typeof createCaller>;
  /** What its next call comes with. */
  readonly context: Context;
  cookie: string | undefined;
  bearer: string | undefined;
  /** Its device cookie. */
  device: string | undefined;
  register(email?: string): Promise<void>;
  signIn(email?: string, password?: string): Promise<void>;
}

export interface WorldOptions {
  env?: Record<string, string>;
  clock?: TestClock;
  /** True: what is done at intervals, and after commits, is done of itself. */
  background?: boolean;
}

/** The real application on a real database, with a clock that stands still. Closed when the test ends. */
export async function createWorld({
  env = {},
  clock = createTestClock(),
  background = false,
}: WorldOptions = {}): Promise<World> {
  const logLines: string[] = [];
  const config = parseConfig({
    NODE_ENV: 'test',
    DATA_DIR: temporaryFolder(),
    DATABASE_URL: env['DATABASE_URL'] ?? (await takeDatabase()),
    AUTH_SECRET: SECRET,
    BCRYPT_COST: '4',
    RATE_LIMIT: 'off',
    PLAIN_CALLS,
    ...env,
  });
  const log = pino({ level: 'trace' }, { write: (line: string) => void logLines.push(line) });
  const app = await createApp(config, { clock, log, background });
  onTestFinished(() => app.close());
  const letters = collectLetters(app);
  return { app, clock, letters, logLines, visitor: (options) => createVisitor({ app, letters }, options) };
}

function createVisitor(
  { app: { deps }, letters }: Pick<World, 'app' | 'letters'>,
  { ip = '203.0.113.7', userAgent = 'Test/1.0' }: { ip?: string; userAgent?: string } = {},
): Visitor {
  const visitor: Visitor = {
    cookie: undefined,
    bearer: undefined,
    device: undefined,
    get api() {
      return createCaller(context());
    },
    get context() {
      return context();
    },
    async register(email = 'ada@example.com') {
      const outcome = await visitor.api.auth.register({ email, password: GOOD_PASSWORD });
      if ('accessToken' in outcome) {
        visitor.bearer = outcome.accessToken;
      } else {
        await visitor.api.email.verify({ token: tokenIn(letters.at(-1)) });
        // It has been read.
        await deps.db.deleteFrom('outbox').where('recipient', '=', email).execute();
        await visitor.signIn(email);
      }
    },
    async signIn(email = 'ada@example.com', password = GOOD_PASSWORD) {
      visitor.bearer = (await visitor.api.auth.login({ email, password })).accessToken;
    },
  };
  const context = (): Context => ({
    deps,
    requestId: 'test-request',
    origin: { ip, userAgent },
    credentials: { token: visitor.bearer },
    refreshCookie: {
      read: () => visitor.cookie,
      write: (token) => void (visitor.cookie = token),
      clear: () => void (visitor.cookie = undefined),
    },
    deviceCookie: {
      read: () => visitor.device,
      write: (token) => void (visitor.device = token),
    },
  });
  return visitor;
}
