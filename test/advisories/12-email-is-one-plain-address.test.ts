import { expect, test } from 'vitest';
import { errorShapeOf } from '../support/error-shape.ts';
import { outcomeOf } from '../support/reasons.ts';
import { requireSignedIn } from '../support/letters.ts';
import { createWorld, GOOD_PASSWORD } from '../support/world.ts';

// next-auth CVE-2022-35924 (comma lists), CVE-2022-31127 (HTML), and what else an address can smuggle.

test('an address that is more or less than one is refused at the door, and not echoed', async () => {
  const { api } = (await createWorld()).visitor();
  const addresses: [string, string][] = [
    ['a list', 'ada@example.com,eve@evil.example'],
    ['a list the other way round', 'eve@evil.example, ada@example.com'],
    ['a display name', 'Ada <ada@example.com>'],
    ['HTML', '<b>ada</b>@example.com'],
    ['a link in a quoted local part', '"https://evil.example/?"@example.com'],
    ['a header', 'ada@example.com\r\nBcc: eve@evil.example'],
    ['a header after an encoded line break', 'ada@example.com%0d%0aBcc: eve@evil.example'],
    ['a trailing line break', 'ada@example.com\n'],
    ['a NUL', 'ada@example.com\0.evil.example'],
    ['a look-alike local part', 'аda@example.com'],
    ['an invisible character', 'ada\u200e@example.com'],
    ['an invisible character in the domain', 'ada@exam\u200eple.com'],
    ['reversed text', 'ada\u202emoc@example.com'],
    ['a lone surrogate', 'ada\ud800@example.com'],
    ['two ats', 'ada@evil.example@example.com'],
    ['an IP literal', 'ada@[192.0.2.1]'],
  ];
  for (const [what, email] of addresses) {
    for (const call of [api.auth.register, api.auth.login]) {
      const shape = await errorShapeOf(call({ email, password: GOOD_PASSWORD }));
      expect(shape.data, what).toMatchObject({ reason: 'validation', issues: [{ path: ['email'] }] });
      expect(JSON.stringify(shape), what).not.toContain('evil');
    }
  }
});

test('a look-alike domain is an account of its own, and shown in the form that cannot deceive', async () => {
  const world = await createWorld();
  await world.visitor().register('ada@example.com');
  const eve = world.visitor();
  const { user } = requireSignedIn(
    await eve.api.auth.register({ email: 'ada@exаmple.com', password: GOOD_PASSWORD }),
  );
  expect(user.email).toBe('ada@xn--exmple-4nf.com');
});

test('two spellings of one address never become two accounts', async () => {
  const world = await createWorld();
  await world.visitor().register('ada@bücher.example');
  for (const email of ['ADA@BÜCHER.example', 'ada@xn--bcher-kva.example', 'ada@bu\u0308cher.example'])
    expect(await outcomeOf(world.visitor().register(email)), email).toBe('conflict');
});
