import { expect, test } from 'vitest';
import { ACCOUNT_KINDS, COST, emailOf, makeEveryKind } from '../support/account-kinds.ts';
import { takeLastingDatabase } from '../support/database.ts';
import { errorShapeOf } from '../support/error-shape.ts';
import { placeOf } from '../support/guessing.ts';
import { MAIL_ENV, tokenFor } from '../support/letters.ts';
import { watchStatements } from '../support/statements.ts';
import { createWorld, GOOD_PASSWORD, type Visitor } from '../support/world.ts';

// supabase/auth#2674, Kratos, SuperTokens. Registration without mail says `conflict`: the contract's choice. What HTTP shows
// besides is in test/server/enumeration.test.ts, what a clock shows in test/timing.

type Api = Visitor['api'];

test.each<[string, number, (api: Api, email: string) => Promise<unknown>]>([
  ['a wrong sign-in', 1, (api, email) => errorShapeOf(api.auth.login({ email, password: 'wrong password' }))],
  ['a registration', 1, (api, email) => api.auth.register({ email, password: GOOD_PASSWORD })],
  ['a forgotten password', 0, (api, email) => api.password.forgot({ email })],
])(
  '%s has the same answer, hash computations (%i), statements and rows whatever account it is for',
  async (_, computations, ask) => {
    const DATABASE_URL = await takeLastingDatabase();
    await makeEveryKind(DATABASE_URL);
    const world = await createWorld({
      env: { DATABASE_URL, BCRYPT_COST: COST, RATE_LIMIT: 'on', ...MAIL_ENV },
    });
    const { hasher } = world.app.deps;
    const seen = watchStatements();
    let place = 0;
    const trace = async (kind: string) => {
      seen.reset();
      const before = hasher.computations();
      // From a place of its own: what is counted there is not about the account.
      const ip = placeOf((place += 1));
      const answer = await ask(world.visitor({ ip }).api, emailOf(kind));
      return {
        answer,
        computations: hasher.computations() - before,
        statements: seen.executed,
        rows: seen.rows,
      };
    };
    const unknown = await trace('unknown');
    expect(unknown.computations).toBe(computations);
    for (const kind of ACCOUNT_KINDS) expect(await trace(kind), kind).toEqual(unknown);
  },
);

test('a registration of an address that its former owner may have back, or that looks like another, costs the same', async () => {
  const world = await createWorld({ env: MAIL_ENV });
  const mover = world.visitor();
  await mover.register('former@example.com');
  await mover.api.account.changeEmail({ email: 'moved@example.com', password: GOOD_PASSWORD });
  await mover.api.email.confirmChange({ token: tokenFor(world, 'moved@example.com') });
  const seen = watchStatements();
  const trace = async (email: string) => {
    seen.reset();
    await world.visitor().api.auth.register({ email, password: GOOD_PASSWORD });
    return [...seen.executed];
  };
  const unknown = await trace('unknown@example.com');
  expect(await trace('former@example.com')).toEqual(unknown);
  expect(await trace('moved@exаmple.com')).toHaveLength(unknown.length);
  expect(world.letters.slice(-2).map(({ to }) => to)).toEqual(['', '']);
});

test('the right password of a disabled account is answered like a wrong one', async () => {
  const DATABASE_URL = await takeLastingDatabase();
  await makeEveryKind(DATABASE_URL);
  const { api } = (await createWorld({ env: { DATABASE_URL } })).visitor();
  const email = emailOf('disabled');
  const right = await errorShapeOf(api.auth.login({ email, password: GOOD_PASSWORD }));
  const wrong = await errorShapeOf(api.auth.login({ email, password: 'wrong' }));
  expect(right.data.reason).toBe('invalid_credentials');
  expect(right).toEqual(wrong);
});

test('a dummy computation costs what a new hash costs: it is made at the configured cost', async () => {
  const world = await createWorld({ env: { BCRYPT_COST: '5' } });
  const { hasher } = world.app.deps;
  expect(await hasher.hash('x')).toContain(',r=5$');
  expect(await hasher.verify('x', undefined)).toEqual({ matches: false, rehash: false });
});
