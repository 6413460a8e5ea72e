import { describe, expect, test } from 'vitest';
import { disableAccount, enableAccount } from '../../../server/flows/switch-account.ts';
import { SECOND } from '../../support/clock.ts';
import { createWorld } from '../../support/world.ts';

const FIREFOX = 'Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0';

describe('recent activity', () => {
  test('shows what happened, when, from where and in which session, the newest first', async () => {
    const world = await createWorld();
    const browser = world.visitor({ userAgent: FIREFOX });
    await browser.register();
    world.clock.advance(SECOND);
    const phone = world.visitor({ ip: '198.51.100.9' });
    await phone.signIn();
    world.clock.advance(SECOND);
    await phone.api.auth.logout();

    const { events, next } = await browser.api.account.activity({});
    expect(events).toMatchObject([
      { kind: 'signed_out', ip: '198.51.100.9', device: 'Test', current: false },
      { kind: 'signed_in', ip: '198.51.100.9', device: 'Test', current: false },
      {
        kind: 'registered',
        ip: '203.0.113.7',
        device: 'Firefox on Linux',
        current: true,
        createdAt: '2026-11-24T12:00:00.000Z',
      },
    ]);
    expect(events[0]?.sessionId).toBe(events[1]?.sessionId);
    expect(next).toBeUndefined();
  });

  test('comes in pages that neither leave out nor repeat', async () => {
    const world = await createWorld();
    const browser = world.visitor();
    await browser.register();
    for (let index = 0; index < 65; index += 1) {
      world.clock.advance(SECOND);
      await browser.signIn();
    }
    const seen: string[] = [];
    const sizes: number[] = [];
    let before: string | undefined;
    do {
      const page = await browser.api.account.activity(before === undefined ? {} : { before });
      seen.push(...page.events.map(({ id }) => id));
      sizes.push(page.events.length);
      before = page.next;
    } while (before !== undefined);
    // Each sign-in of the same browser also ends its session before.
    expect(seen).toHaveLength(1 + 65 * 2);
    expect(sizes).toEqual([30, 30, 30, 30, 11]);
    expect(seen).toEqual([...new Set(seen)].toSorted().toReversed());
  });

  test('is nobody else’s, whatever page is asked for', async () => {
    const world = await createWorld();
    const ada = world.visitor();
    await ada.register();
    const eve = world.visitor();
    await eve.register('eve@example.com');
    const [own] = (await ada.api.account.activity({})).events;
    world.clock.advance(SECOND);
    const later = world.visitor();
    await later.register('late@example.com');
    const { events } = await later.api.account.activity({ before: own?.id });
    expect(events).toEqual([]);
  });

  test('also shows what whoever runs the site has done', async () => {
    const world = await createWorld();
    await world.visitor().register();
    const origin = { ip: '', userAgent: 'npm run users' };
    world.clock.advance(SECOND);
    await disableAccount(world.app.deps, { email: 'ada@example.com', origin });
    world.clock.advance(SECOND);
    await enableAccount(world.app.deps, { email: 'ada@example.com', origin });
    world.clock.advance(SECOND);
    const browser = world.visitor();
    await browser.signIn();
    const { events } = await browser.api.account.activity({});
    expect(events.map(({ kind, ip }) => [kind, ip])).toEqual([
      ['signed_in', '203.0.113.7'],
      ['account_enabled', ''],
      ['account_disabled', ''],
      ['registered', '203.0.113.7'],
    ]);
  });

  test('cannot be rewritten: the table takes no update, from whatever code', async () => {
    const world = await createWorld();
    await world.visitor().register();
    const { db } = world.app.deps;
    await expect(db.updateTable('security_events').set({ ip: '' }).execute()).rejects.toThrow(/append-only/);
  });
});
