import { setImmediate as nextTurn } from 'node:timers/promises';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import type { Carrier, CarryFailure, Letter } from '../../../server/mail/carrier.ts';
import { createMail } from '../../../server/mail/courier.ts';
import { NO_OBSERVER, type Observer } from '../../../server/lib/observer.ts';
import type { OutgoingMail } from '../../../server/mail/mail.ts';
import { DAY, MINUTE, SECOND } from '../../support/clock.ts';
import { SECRET } from '../../support/secret.ts';
import { watchStatements } from '../../support/statements.ts';
import { createWorld, type World } from '../../support/world.ts';

const OTHER_SECRET = `${SECRET}-another`;
const TOKEN = 'bWFpbC10b2tlbi1mb3ItdGVzdHMtb25seS0xMjM0NTY';

const MAIL: OutgoingMail = {
  to: 'ada@example.com',
  subject: 'Choose a new password',
  text: `https://login.example.com/reset-password#token=${TOKEN}`,
  html: `<a href="https://login.example.com/reset-password#token=${TOKEN}">Choose</a>`,
};

interface CourierOptions {
  secrets?: [string, ...string[]];
  wakeDelay?: number;
  send?: Carrier['send'];
  observer?: Pick<Observer, 'mail'>;
}

/** A courier on the database of this world, and what it has handed over. */
function createCourier({ app: { deps } }: World, options: CourierOptions = {}) {
  const { secrets = [SECRET], send = async () => undefined, wakeDelay, observer = NO_OBSERVER } = options;
  const letters: Letter[] = [];
  const carrier: Carrier = {
    async send(letter) {
      const failure = await send(letter);
      if (!failure) letters.push(letter);
      return failure;
    },
    close: () => {},
  };
  const courier = createMail({
    ...deps,
    secrets,
    carrier,
    observer,
    ...(wakeDelay !== undefined && { wakeDelay }),
  });
  onTestFinished(() => courier.close());
  const post = (mail: Partial<OutgoingMail> = {}) =>
    deps.db.transaction().execute((trx) => courier.enqueue(trx, { ...MAIL, ...mail }, deps.clock.now()));
  return { courier, letters, post };
}

const readOutbox = ({ app }: World) => app.deps.db.selectFrom('outbox').selectAll().execute();

/** What a copy of the database shows. */
async function dump(world: World): Promise<string> {
  return JSON.stringify(await readOutbox(world));
}

describe('mail that waits', () => {
  test('is sealed: a copy of the database shows no link, and the carrier gets it as it was', async () => {
    const world = await createWorld();
    const { courier, letters, post } = createCourier(world);
    await post();
    const copy = await dump(world);
    expect(copy).toContain('ada@example.com');
    expect(copy).not.toMatch(new RegExp(`${TOKEN}|login\\.example\\.com|href`));
    await courier.deliver();
    expect(letters).toEqual([expect.objectContaining({ text: MAIL.text, html: MAIL.html })]);
  });

  test('opens after the secret has been replaced, as long as the old one is accepted', async () => {
    const world = await createWorld();
    await createCourier(world).post();
    const { courier, letters } = createCourier(world, { secrets: [OTHER_SECRET, SECRET] });
    await courier.deliver();
    expect(letters).toEqual([expect.objectContaining({ text: MAIL.text, html: MAIL.html })]);
  });

  test('that no secret opens is given up, which the log says', async () => {
    const world = await createWorld();
    await createCourier(world).post();
    const { courier, letters } = createCourier(world, { secrets: [OTHER_SECRET] });
    await courier.deliver();
    expect([letters, await readOutbox(world)]).toEqual([[], []]);
    expect(world.logLines.join('\n')).toMatch(/"level":50.*mail given up: no secret of AUTH_SECRET opens it/);
  });

  test.each([
    ['another row', { id: '01a20d6d-5a00-7b96-abee-07f8c70d80f4' }],
    ['the other body', { body_text: 'body_html' as const }],
  ])('does not open under %s', async (_, change) => {
    const world = await createWorld();
    const { courier, letters, post } = createCourier(world);
    await post();
    await world.app.deps.db
      .updateTable('outbox')
      .set((eb) => ('id' in change ? change : { body_text: eb.ref(change.body_text) }))
      .execute();
    await courier.deliver();
    expect([letters, await readOutbox(world)]).toEqual([[], []]);
  });

  test('since before an upgrade is in the clear, and goes out as it is', async () => {
    const world = await createWorld();
    const { courier, letters, post } = createCourier(world);
    await post();
    const clear = { sealed: 0, body_text: 'Hello.', body_html: '<p>Hello.</p>' };
    await world.app.deps.db.updateTable('outbox').set(clear).execute();
    await courier.deliver();
    expect(letters).toEqual([expect.objectContaining({ text: 'Hello.', html: '<p>Hello.</p>' })]);
  });
});

describe('a mail whose link has died', () => {
  test('before it could be sent is given up, and no sooner', async () => {
    const world = await createWorld();
    let isDown = true;
    const send = async (): Promise<CarryFailure | undefined> =>
      isDown ? { kind: 'unavailable', detail: { reason: 'down' } } : undefined;
    const { courier, letters, post } = createCourier(world, { send });
    const until = world.clock.now() + 30 * MINUTE;
    await post({ to: 'late@example.com', expiresAt: until });
    await post({ to: 'in-time@example.com', expiresAt: until + 1 });
    await post({ to: 'news@example.com' });
    await courier.deliver();
    world.clock.advance(30 * MINUTE);
    isDown = false;
    await courier.deliver();
    const names = letters.map(({ to }) => to).toSorted();
    expect(names).toEqual(['in-time@example.com', 'news@example.com']);
    expect(await readOutbox(world)).toEqual([]);
    const [line] = world.logLines.filter((line) => line.includes('its link is dead'));
    expect(line).toContain('"level":40');
    expect(line).not.toContain('late@');
  });
});

describe('mail for nobody', () => {
  test('is claimed and deleted by the statements of any other, and nobody is asked', async () => {
    const world = await createWorld();
    const statements = watchStatements();
    const seen: string[][] = [];
    for (const to of ['ada@example.com', '']) {
      const { courier, letters, post } = createCourier(world);
      statements.reset();
      await post({ to });
      await courier.deliver();
      seen.push(statements.executed);
      expect(letters.map(({ to }) => to)).toEqual(to === '' ? [] : [to]);
      await courier.close();
    }
    expect(seen[0]?.some((sql) => sql.startsWith('delete from "outbox"'))).toBe(true);
    expect(seen[1]).toEqual(seen[0]);
    expect(await readOutbox(world)).toEqual([]);
  });

  test('looks like any other in a copy of the database but for its recipient', async () => {
    const world = await createWorld();
    const { post } = createCourier(world);
    await post();
    await post({ to: '' });
    const [somebody, nobody] = (await readOutbox(world)).map(({ body_text, body_html, ...row }) => ({
      ...row,
      id: '',
      recipient: '',
      lengths: [body_text.length, body_html.length],
    }));
    expect(nobody).toEqual(somebody);
  });

  test('is no line in the log, not when it is too old either', async () => {
    const world = await createWorld();
    const { courier, post } = createCourier(world);
    await post({ to: '', expiresAt: world.clock.now() });
    world.clock.advance(4 * DAY);
    const before = world.logLines.length;
    await courier.deliver();
    expect(await readOutbox(world)).toEqual([]);
    expect(world.logLines.slice(before)).toEqual([]);
  });

  test('is no sign that a mail server is back', async () => {
    const world = await createWorld();
    let asked = 0;
    const send = async (): Promise<CarryFailure> => {
      asked += 1;
      return { kind: 'unavailable', detail: { reason: 'down' } };
    };
    const { courier, post } = createCourier(world, { send });
    const seen: number[] = [];
    for (let step = 0; step < 8; step += 1) {
      await post({ to: '' });
      world.clock.advance(1);
      await post();
      await courier.deliver();
      seen.push(asked);
      world.clock.advance(30 * SECOND);
    }
    // After half a minute, one, two, four.
    expect(seen).toEqual([1, 2, 2, 3, 3, 3, 3, 4]);
  });
});

describe('no answer waits for a mail:', () => {
  /** Enough for whatever is under way to come to its end. */
  const turns = async () => {
    for (let turn = 0; turn < 10; turn += 1) await nextTurn();
  };
  const attemptsOf = async (world: World) => (await readOutbox(world)).map(({ attempts }) => attempts);

  test('who is woken by a commit begins a beat later', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    onTestFinished(() => void vi.useRealTimers());
    const world = await createWorld();
    const { courier, letters, post } = createCourier(world);
    courier.start();
    await turns();
    await post();
    courier.wake();
    vi.advanceTimersByTime(50);
    await turns();
    // Another commit meanwhile postpones nothing.
    courier.wake();
    vi.advanceTimersByTime(49);
    await turns();
    expect(await attemptsOf(world)).toEqual([0]);
    vi.advanceTimersByTime(1);
    while (letters.length === 0) await nextTurn();
    expect(letters).toHaveLength(1);
  });

  test('who is at work already begins each mail in a turn of its own', async () => {
    const world = await createWorld();
    let turn = 0;
    const begun: number[] = [];
    const observer = { mail: () => void begun.push(turn) };
    const { courier, post } = createCourier(world, { observer });
    for (let count = 0; count < 3; count += 1) await post({ to: '' });
    const delivery = courier.deliver();
    while (begun.length < 3) {
      await nextTurn();
      turn += 1;
    }
    await delivery;
    expect([begun.length, new Set(begun).size]).toEqual([3, 3]);
  });

  test('who has been stopped leaves no beat behind, and begins none', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    onTestFinished(() => void vi.useRealTimers());
    const { courier } = createCourier(await createWorld());
    const before = vi.getTimerCount();
    courier.wake();
    expect(vi.getTimerCount()).toBe(before + 1);
    await courier.close();
    expect(vi.getTimerCount()).toBe(before);
    courier.wake();
    expect(vi.getTimerCount()).toBe(before);
  });
});
