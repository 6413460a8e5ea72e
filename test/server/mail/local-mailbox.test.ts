import { expect, test } from 'vitest';
import { createLocalMailbox } from '../../../server/mail/local-mailbox.ts';
import { takeLastingDatabase } from '../../support/database.ts';
import { createWorld, type World } from '../../support/world.ts';

async function post({ app: { deps }, clock }: World, subject: string): Promise<void> {
  clock.advance(1);
  const mail = { to: 'ada@example.com', subject, text: 'Hello.', html: '<p>Hello.</p>' };
  await deps.db.transaction().execute((trx) => deps.mail.enqueue(trx, mail, clock.now()));
}

const listSubjects = async ({ app }: World) =>
  (await createLocalMailbox(app.deps.db).list()).map(({ subject }) => subject);

test('mail that no server takes goes into the mailbox, and out of the outbox', async () => {
  const world = await createWorld();
  const { db, mail } = world.app.deps;
  await post(world, 'Hello');
  expect(await listSubjects(world)).toEqual([]);
  await mail.deliver();
  const [head] = await createLocalMailbox(db).list();
  const { id } = head ?? expect.fail();
  expect(await createLocalMailbox(db).find(id)).toEqual({
    id,
    recipient: 'ada@example.com',
    subject: 'Hello',
    body_text: 'Hello.',
    body_html: '<p>Hello.</p>',
    created_at: world.clock.now(),
  });
  expect(await db.selectFrom('outbox').selectAll().execute()).toEqual([]);
});

test('a mailbox keeps the newest hundred', async () => {
  const world = await createWorld();
  const subjects = Array.from({ length: 105 }, (_, index) => String(index));
  for (const subject of subjects) await post(world, subject);
  await world.app.deps.mail.deliver();
  expect(await listSubjects(world)).toEqual(subjects.slice(5).toReversed());
});

test('a mail that comes again after a crash is there once', async () => {
  const world = await createWorld();
  const mailbox = createLocalMailbox(world.app.deps.db);
  const letter = { id: '1', to: 'ada@example.com', subject: 'Hello', text: 'x', html: 'x', createdAt: 0 };
  for (let attempt = 0; attempt < 2; attempt += 1) expect(await mailbox.send(letter)).toBeUndefined();
  expect(await listSubjects(world)).toEqual(['Hello']);
});

test.each([
  ['goes into service takes none of it along', { PUBLIC_URL: 'https://login.example.com' }, []],
  ['is started again has it again', {}, ['Hello']],
])('a database that %s', async (_, env, kept) => {
  const DATABASE_URL = await takeLastingDatabase();
  const world = await createWorld({ env: { DATABASE_URL } });
  await post(world, 'Hello');
  await world.app.deps.mail.deliver();
  await world.app.close();
  expect(await listSubjects(await createWorld({ env: { DATABASE_URL, ...env } }))).toEqual(kept);
});
