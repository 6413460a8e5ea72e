import { describe, expect, test } from 'vitest';
import { outcomeOf } from '../support/reasons.ts';
import { createWorld } from '../support/world.ts';

// better-auth CVE-2026-45364 and others. Paths, headers and batches of the same row: test/server/http.

const spellings: [string, string[]][] = [
  [
    'addresses of one IPv6 /64',
    ['2001:db8:1:2::1', '2001:db8:1:2::2', '2001:db8:1:2:ffff::', '2001:db8:1:2:3:4:5:6'],
  ],
  [
    'IPv6 spellings of one address',
    ['2001:db8::1', '2001:DB8:0:0::1', '2001:0db8:0000:0000:0000:0000:0000:0001'],
  ],
  ['IPv4 and the same address mapped into IPv6', ['192.0.2.1', '::ffff:192.0.2.1', '::ffff:c000:201']],
  ['no address at all', ['', 'unknown', 'not an address', '999.1.2.3']],
];

describe('one guesser is counted as one', () => {
  test.each(spellings)('behind %s', async (_, addresses) => {
    const world = await createWorld({ env: { RATE_LIMIT: 'on' } });
    const guesses = Array.from({ length: 20 }, (_unused, index) => {
      const visitor = world.visitor({ ip: addresses[index % addresses.length] ?? '' });
      return outcomeOf(visitor.signIn('ada@example.com', 'wrong'));
    });
    const outcomes = await Promise.all(guesses);
    expect(outcomes.filter((outcome) => outcome === 'invalid_credentials')).toHaveLength(5);
    expect(outcomes.filter((outcome) => outcome === 'throttled')).toHaveLength(15);
  });

  test('behind many spellings of the account it guesses at', async () => {
    const world = await createWorld({ env: { RATE_LIMIT: 'on' } });
    const names = [
      'ada@bücher.example',
      'ADA@BÜCHER.EXAMPLE',
      ' ada@xn--bcher-kva.example',
      'ada@bu\u0308cher.example',
    ];
    const guesses = Array.from({ length: 20 }, (_unused, index) =>
      outcomeOf(world.visitor().signIn(names[index % names.length], 'wrong')),
    );
    const outcomes = await Promise.all(guesses);
    expect(outcomes.filter((outcome) => outcome === 'invalid_credentials')).toHaveLength(5);
  });

  test('behind whatever device it claims to be', async () => {
    const world = await createWorld({ env: { RATE_LIMIT: 'on' } });
    const eve = world.visitor();
    await eve.register('eve@example.com');
    await world.visitor().register('ada@example.com');
    const devices = [undefined, '', eve.device, 'A'.repeat(43), 'B'.repeat(43)];
    const guesses = Array.from({ length: 20 }, (_unused, index) => {
      const visitor = Object.assign(world.visitor(), { device: devices[index % devices.length] });
      return outcomeOf(visitor.signIn('ada@example.com', 'wrong'));
    });
    const outcomes = await Promise.all(guesses);
    expect(outcomes.filter((outcome) => outcome === 'invalid_credentials')).toHaveLength(5);
  });

  test('and neighbours outside the /64 are not counted with it', async () => {
    const world = await createWorld({ env: { RATE_LIMIT: 'on' } });
    for (let count = 0; count < 12; count += 1)
      await outcomeOf(world.visitor({ ip: '2001:db8:1:2::1' }).signIn('ada@example.com', 'wrong'));
    const neighbour = world.visitor({ ip: '2001:db8:1:3::1' });
    expect(await outcomeOf(neighbour.signIn('ada@example.com', 'wrong'))).toBe('invalid_credentials');
  });
});
