import { describe, expect, onTestFinished, test } from 'vitest';
import { createSealing } from '../../../server/lib/sealing.ts';
import { parseSmtpUrl } from '../../../server/mail/settings.ts';
import { backOff, createMail } from '../../../server/mail/courier.ts';
import { createSmtp } from '../../../server/mail/smtp.ts';
import { claimMail } from '../../../server/mail/store.ts';
import { DAY, HOUR, MINUTE, SECOND } from '../../support/clock.ts';
import { SECRET } from '../../support/secret.ts';
import { replyOf, type MailServerOptions } from '../../support/smtp-server.ts';
import { listenSmtp } from '../../support/smtp.ts';
import { createWorld, GOOD_PASSWORD, type World } from '../../support/world.ts';

const MAIL_FROM = 'Sallyport <login@example.com>';
/** For a busy machine; no test that passes waits for it. */
const PATIENT = { timeout: 20_000 };

const sender = { name: 'Sallyport', address: 'login@example.com' };

async function createMailingWorld(options: MailServerOptions = {}, credentials = '') {
  const server = await listenSmtp(options);
  const env = { SMTP_URL: server.url.replace('//', `//${credentials}`), MAIL_FROM };
  const world = await createWorld({ env });
  return { server, world, mail: world.app.deps.mail };
}

async function post({ app: { deps }, clock }: World, ...names: string[]): Promise<void> {
  for (const name of names) {
    // In the order of time, as ids are.
    clock.advance(1);
    await deps.db.transaction().execute(async (trx) => {
      const mail = { to: `${name}@example.com`, subject: 'Hello', text: 'Hello.', html: '<p>Hello.</p>' };
      await deps.mail.enqueue(trx, mail, clock.now());
    });
  }
}

async function listWaiting({ app }: World): Promise<string[]> {
  const rows = await app.deps.db.selectFrom('outbox').select('recipient').orderBy('id').execute();
  return rows.map(({ recipient }) => recipient);
}

/** Another courier on the same database, as of another process; with its own limits. */
function createCourier(
  world: World,
  url: string,
  options: { closeLimit?: number; lookInterval?: number; wakeDelay?: number } = {},
) {
  const server = parseSmtpUrl(url);
  if (!server) throw new Error(`no address of a mail server: ${url}`);
  const carrier = createSmtp({ server, sender });
  const courier = createMail({ ...world.app.deps, secrets: [SECRET], carrier, wakeDelay: 0, ...options });
  onTestFinished(() => courier.close());
  return courier;
}

/** Opened by hand; `reached` resolves when somebody stands before it. */
function createGate() {
  let open = (): void => {};
  let arrive = (): void => {};
  const opened = new Promise<void>((resolve) => (open = resolve));
  const reached = new Promise<void>((resolve) => (arrive = resolve));
  const pass = () => {
    arrive();
    return opened;
  };
  return { open: () => open(), reached, pass };
}

describe('a mail server that is down', () => {
  test('loses nothing: people sign in meanwhile, and the mail goes out once it is back', async () => {
    const { server, world, mail } = await createMailingWorld();
    await world.visitor().register();
    await server.stop();
    const visitor = world.visitor();
    await visitor.signIn();
    expect(await visitor.api.auth.me()).toMatchObject({ email: 'ada@example.com' });
    await mail.deliver();
    expect(await listWaiting(world)).toEqual(['ada@example.com']);

    const back = await listenSmtp({ port: server.port });
    await mail.deliver();
    expect(back.connections(), 'not asked again at once').toBe(0);
    world.clock.advance(30 * SECOND);
    await mail.deliver();
    expect(back.received.map(({ to }) => to)).toEqual([['ada@example.com']]);
    expect(await listWaiting(world)).toEqual([]);
  });

  test('slows nobody: a sign-in is answered while it keeps a mail waiting', async () => {
    const gate = createGate();
    const { server, world, mail } = await createMailingWorld({ hold: gate.pass });
    await world.visitor().register();
    await world.visitor({ userAgent: 'One/1' }).signIn();
    const delivery = mail.deliver();
    await gate.reached;
    await world.visitor({ userAgent: 'Two/1' }).signIn();
    expect(await listWaiting(world)).toHaveLength(2);
    gate.open();
    await delivery;
    expect(server.received).toHaveLength(2);
  });

  test('is asked once in a while, not once for every mail', async () => {
    let isDown = true;
    const refuse = () => (isDown ? replyOf(421, 'try later') : undefined);
    const { server, world, mail } = await createMailingWorld({ refuse });
    await post(world, 'a', 'b', 'c');
    const asked: number[] = [];
    for (const _ of Array.from({ length: 8 })) {
      await mail.deliver();
      asked.push(server.connections());
      world.clock.advance(30 * SECOND);
    }
    // After half a minute, one, two, four.
    expect(asked).toEqual([1, 2, 2, 3, 3, 3, 3, 4]);
    isDown = false;
    world.clock.advance(HOUR);
    await mail.deliver();
    expect(server.received).toHaveLength(3);
  });

  test('for a day is asked within five minutes after it is back', async () => {
    let isDown = true;
    const refuse = () => (isDown ? replyOf(421, 'try later') : undefined);
    const { server, world, mail } = await createMailingWorld({ refuse });
    await post(world, 'old');
    for (const _ of Array.from({ length: 12 })) {
      world.clock.advance(2 * HOUR);
      await mail.deliver();
    }
    expect(server.connections()).toBe(12);
    isDown = false;
    await post(world, 'new');
    await mail.deliver();
    expect(server.received).toEqual([]);
    world.clock.advance(5 * MINUTE);
    await mail.deliver();
    expect(server.received.map(({ to }) => to)).toEqual([['new@example.com']]);
  });
});

describe('a mail that is not taken', () => {
  test('is given up when its recipient is refused for good, and the log does not say whose it was', async () => {
    const refuse = (step: string, address: string) =>
      step === 'recipient' && address.startsWith('gone')
        ? replyOf(550, `<${address}>: no such mailbox as gone@example.com`)
        : undefined;
    const { server, world, mail } = await createMailingWorld({ refuse });
    await post(world, 'gone', 'here');
    await mail.deliver();
    expect(server.received.map(({ to }) => to)).toEqual([['here@example.com']]);
    expect(await listWaiting(world)).toEqual([]);
    const log = world.logLines.join('\n');
    expect(log).toMatch(/"attempts":1.*"code":"EENVELOPE","command":"RCPT TO","reason":"550 <…@…>: no such/);
    expect(log).toContain('mail given up');
    expect(log).not.toMatch(/gone@|here@|Hello/);
  });

  test('is tried again, later each time, when it is refused for now; others go out meanwhile', async () => {
    const tries: number[] = [];
    const refuse = (step: string, address: string) => {
      if (step !== 'recipient' || !address.startsWith('grey')) return undefined;
      tries.push(world.clock.now());
      return tries.length < 5 ? replyOf(450, 'greylisted') : undefined;
    };
    const { server, world, mail } = await createMailingWorld({ refuse });
    await post(world, 'grey', 'other');
    await mail.deliver();
    expect(server.received.map(({ to }) => to)).toEqual([['other@example.com']]);
    for (const _ of Array.from({ length: 40 })) {
      world.clock.advance(15 * SECOND);
      await mail.deliver();
    }
    const waits = tries.map((at, index) => (at - (tries[index - 1] ?? at)) / SECOND);
    expect(waits).toEqual([0, 30, 60, 120, 240]);
    expect(server.received.map(({ to }) => to)).toContainEqual(['grey@example.com']);
  });

  test('is given up after three days, which the log says', async () => {
    const refuse = (step: string) => (step === 'recipient' ? replyOf(451, 'full') : undefined);
    const { world, mail } = await createMailingWorld({ refuse });
    await post(world, 'full');
    const until = world.clock.now() + 3 * DAY;
    while (world.clock.now() < until) {
      await mail.deliver();
      expect(await listWaiting(world)).toHaveLength(1);
      world.clock.advance(30 * MINUTE);
    }
    world.clock.advance(HOUR);
    await mail.deliver();
    expect(await listWaiting(world)).toEqual([]);
    expect(world.logLines.filter((line) => line.includes('mail given up'))).toHaveLength(1);
  });

  test('does not hold up the others when it makes the server hang up', async () => {
    const refuse = (step: string, address: string) =>
      step === 'data' && address.startsWith('poison') ? replyOf(421, 'closing') : undefined;
    const { server, world, mail } = await createMailingWorld({ refuse });
    await post(world, 'poison', 'a', 'b');
    await mail.deliver();
    world.clock.advance(30 * SECOND);
    await mail.deliver();
    expect(server.received.map(({ to }) => to)).toEqual([['a@example.com'], ['b@example.com']]);
    expect(await listWaiting(world)).toEqual(['poison@example.com']);
  });

  test.each([
    [1, 30 * SECOND],
    [2, MINUTE],
    [3, 2 * MINUTE],
    [7, 32 * MINUTE],
    [8, HOUR],
    [2000, HOUR],
  ])('waits after %i attempts for %i ms', (attempts, wait) => {
    expect(backOff(attempts)).toBe(wait);
  });
});

describe('each mail is sent', () => {
  test('only when what it tells of has been committed', async () => {
    const { server, world, mail } = await createMailingWorld();
    const undone = world.app.deps.db.transaction().execute(async (trx) => {
      const message = { to: 'ada@example.com', subject: 'Hello', text: 'Hello.', html: '<p>Hello.</p>' };
      await mail.enqueue(trx, message, world.clock.now());
      throw new Error('undone');
    });
    await expect(undone).rejects.toThrow('undone');
    await mail.deliver();
    expect(server.received).toEqual([]);
  });

  test('once, however many deliver at the same time', async () => {
    const { server, world, mail } = await createMailingWorld();
    const names = ['a', 'b', 'c', 'd', 'e', 'f'];
    await post(world, ...names);
    const other = createCourier(world, server.url);
    await Promise.all([mail.deliver(), other.deliver(), mail.deliver(), other.deliver()]);
    expect(server.received.map(({ to }) => to.join()).toSorted()).toEqual(
      names.map((name) => `${name}@example.com`),
    );
    expect(await listWaiting(world)).toEqual([]);
  });

  test('in the order in which it was written, over one connection', async () => {
    const { server, world, mail } = await createMailingWorld();
    await post(world, 'a', 'b', 'c');
    await mail.deliver();
    expect(server.received.map(({ to }) => to.join())).toEqual([
      'a@example.com',
      'b@example.com',
      'c@example.com',
    ]);
    expect(server.connections()).toBe(1);
  });

  test('again after a crash between the answer and the deletion, and can be recognised as the same', async () => {
    const { server, world, mail } = await createMailingWorld();
    await post(world, 'ada');
    const now = world.clock.now();
    const claim = { now, until: now + 2 * MINUTE, sealing: createSealing([SECRET], 'outbox-sealing') };
    const { bodies, ...claimed } = (await claimMail(world.app.deps.db, claim)) ?? expect.fail();
    const smtp = createSmtp({ server: parseSmtpUrl(server.url) ?? expect.fail(), sender });
    onTestFinished(() => smtp.close());
    expect(await smtp.send({ ...claimed, ...(bodies ?? expect.fail()) })).toBeUndefined();

    await mail.deliver();
    expect(server.received, 'the claim still stands').toHaveLength(1);
    world.clock.advance(2 * MINUTE);
    await mail.deliver();
    const [first, second] = server.received.map(({ headers }) => [
      headers.get('message-id'),
      headers.get('date'),
    ]);
    expect(server.received).toHaveLength(2);
    expect(second).toEqual(first);
    expect(first?.[0]).toEqual([`<${claimed.id}@example.com>`]);
  });

  test('of itself: what an earlier process left, and what is committed meanwhile', async () => {
    const gate = createGate();
    const { server, world } = await createMailingWorld({ hold: gate.pass });
    await post(world, 'left-over');
    const courier = createCourier(world, server.url, { lookInterval: DAY });
    courier.start();
    await gate.reached;
    // While the first is under way: the wake must not be lost.
    await post(world, 'new');
    courier.wake();
    gate.open();
    await expect.poll(() => listWaiting(world), PATIENT).toEqual([]);
    await post(world, 'newer');
    courier.wake();
    await expect
      .poll(() => server.received.map(({ to }) => to.join()))
      .toEqual(['left-over@example.com', 'new@example.com', 'newer@example.com']);
  });

  test('of itself when it is due again, which nobody wakes for', async () => {
    let tries = 0;
    const refuse = (step: string) =>
      step === 'recipient' && (tries += 1) === 1 ? replyOf(450, 'greylisted') : undefined;
    const { server, world } = await createMailingWorld({ refuse });
    await post(world, 'a');
    createCourier(world, server.url, { lookInterval: 1 }).start();
    await expect.poll(() => world.logLines.join('\n'), PATIENT).toContain('mail postponed');
    world.clock.advance(30 * SECOND);
    await expect.poll(() => server.received.map(({ to }) => to.join()), PATIENT).toEqual(['a@example.com']);
  });
});

describe('a stop', () => {
  test('waits for the mail that is being handed over, and begins no other', async () => {
    const gate = createGate();
    const { server, world, mail } = await createMailingWorld({ hold: gate.pass });
    await post(world, 'a', 'b');
    const delivery = mail.deliver();
    await gate.reached;
    const closed = mail.close();
    gate.open();
    await closed;
    expect(server.received.map(({ to }) => to.join())).toEqual(['a@example.com']);
    expect(await listWaiting(world)).toEqual(['b@example.com']);
    await delivery;
  });

  test('does not wait for a server that does not answer: that mail stays', async () => {
    const gate = createGate();
    const { server, world } = await createMailingWorld({ hold: gate.pass });
    await post(world, 'a');
    const courier = createCourier(world, server.url, { closeLimit: 1 });
    const delivery = courier.deliver();
    await gate.reached;
    await courier.close();
    await delivery;
    expect(await listWaiting(world)).toEqual(['a@example.com']);
    gate.open();
  });
});

test('the application sends of itself, and its stop waits for what is under way', async () => {
  const gate = createGate();
  const server = await listenSmtp({ hold: gate.pass });
  const world = await createWorld({ env: { SMTP_URL: server.url, MAIL_FROM }, background: true });
  await world.visitor().api.auth.register({ email: 'ada@example.com', password: GOOD_PASSWORD });
  await gate.reached;
  const closed = world.app.close();
  gate.open();
  await closed;
  expect(server.received.map(({ to }) => to.join())).toEqual(['ada@example.com']);
  expect(world.logLines.join('\n')).toContain('mail handed over');
  // For good: whoever still asks does not get at the closed database.
  await world.app.deps.mail.deliver();
  expect(world.logLines.join('\n')).not.toContain('outgoing mail failed');
});

describe('the mail server', () => {
  test('gets the credentials of SMTP_URL, percent-decoded, and the log never does', async () => {
    const accounts = { 'ada@example.com': 'p@ss:w/o?rd %é' };
    const credentials = `${encodeURIComponent('ada@example.com')}:${encodeURIComponent('p@ss:w/o?rd %é')}@`;
    const { server, world, mail } = await createMailingWorld({ accounts }, credentials);
    await post(world, 'a');
    await mail.deliver();
    expect(server.received).toHaveLength(1);
    expect(world.logLines.join('')).not.toMatch(/p@ss|p%40ss/);
  });

  test('that refuses the credentials loses nothing, and its answer, which repeats them, is not logged', async () => {
    const { world, mail } = await createMailingWorld({ accounts: { ada: 'right' } }, 'ada:hunter2@');
    await post(world, 'a');
    await mail.deliver();
    expect(await listWaiting(world)).toEqual(['a@example.com']);
    const log = world.logLines.join('\n');
    expect(log).toContain('"code":"EAUTH","command":"AUTH PLAIN","reason":"535"');
    expect(log).not.toMatch(/hunter2|aHVudGVyMg|127\.0\.0\.1/);
  });

  test('that does not ask for the password it should ask for gets no mail', async () => {
    const { server, world, mail } = await createMailingWorld({}, 'ada:hunter2@');
    await post(world, 'a');
    await mail.deliver();
    expect(server.received).toEqual([]);
    expect(await listWaiting(world)).toEqual(['a@example.com']);
  });

  test('with a certificate of its own making gets no mail, and the log says why', async () => {
    const { server, world, mail } = await createMailingWorld({ secure: true });
    await post(world, 'a');
    await mail.deliver();
    expect(server.received).toEqual([]);
    expect(await listWaiting(world)).toEqual(['a@example.com']);
    expect(world.logLines.join('\n')).toMatch(/"reason":"[^"]*certificate/);
  });
});

test('mail that is older than three days is news no more, and is not sent', async () => {
  const { server, world, mail } = await createMailingWorld();
  await post(world, 'ada');
  world.clock.advance(3 * DAY);
  await post(world, 'grace');
  await mail.deliver();
  expect(server.received.map(({ to }) => to)).toEqual([['grace@example.com']]);
  expect(await listWaiting(world)).toEqual([]);
  expect(world.logLines.join('')).toContain('too old to be news');
});
