import { describe, expect, test } from 'vitest';
import { errorShapeOf } from '../support/error-shape.ts';
import { tokenIn } from '../support/letters.ts';
import { procedureFields } from '../support/procedure-fields.ts';
import { outcomeOf } from '../support/reasons.ts';
import { listenSmtp } from '../support/smtp.ts';
import { createWorld, GOOD_PASSWORD } from '../support/world.ts';

// next-auth CVE-2022-35924 (comma lists), CVE-2022-31127 (HTML), and what else an address can smuggle.

async function createMailingWorld() {
  const server = await listenSmtp();
  const env = { SMTP_URL: server.url, MAIL_FROM: 'Sallyport <login@example.com>' };
  return { server, world: await createWorld({ env }) };
}

const ADDRESSES: [string, string][] = [
  ['a list', 'ada@example.com,eve@evil.example'],
  ['a list the other way round', 'eve@evil.example, ada@example.com'],
  ['a list with a semicolon', 'ada@example.com;eve@evil.example'],
  ['a list of lines', 'ada@example.com\neve@evil.example'],
  ['a group', 'friends: ada@example.com, eve@evil.example;'],
  ['a display name', 'Ada <ada@example.com>'],
  ['a display name that is an address', 'ada@example.com <eve@evil.example>'],
  ['HTML', '<b>ada</b>@example.com'],
  ['a link in a quoted local part', '"https://evil.example/?"@example.com'],
  ['a header', 'ada@example.com\r\nBcc: eve@evil.example'],
  ['a header before the at', 'ada\r\nBcc: eve@evil.example\r\n@example.com'],
  ['a header after an encoded line break', 'ada@example.com%0d%0aBcc: eve@evil.example'],
  ['a command of SMTP', 'ada@example.com>\r\nRCPT TO:<eve@evil.example'],
  ['a trailing line break', 'ada@example.com\n'],
  ['a NUL', 'ada@example.com\0.evil.example'],
  ['a tab', 'ada@example.com\t.evil.example'],
  ['an escape', 'ada\u001b[8m@example.com'],
  ['a look-alike local part', 'аda@example.com'],
  ['a Kelvin sign, whose lower case is a k', '\u212aate@example.com'],
  ['an invisible character', 'ada\u200e@example.com'],
  ['an invisible character in the domain', 'ada@exam\u200eple.com'],
  ['a character that IDNA drops', 'ada@exam\ufe0fple.com'],
  ['characters that IDNA replaces', 'ada@ｅxample.com'],
  ['a label that is shown as another domain', 'ada@xn--example-.com'],
  ['reversed text', 'ada\u202emoc@example.com'],
  ['a lone surrogate', 'ada\ud800@example.com'],
  ['two ats', 'ada@evil.example@example.com'],
  ['an IP literal', 'ada@[192.0.2.1]'],
  ['more than 254 characters', `ada@${'evil.'.repeat(50)}example.com`],
];

test('an address that is more or less than one is refused at every door, and not echoed', async () => {
  const world = await createWorld();
  const owner = world.visitor();
  await owner.register('owner@example.com');
  const before = world.letters.length;
  const password = GOOD_PASSWORD;
  for (const [what, email] of ADDRESSES) {
    const { auth, password: passwords, account } = owner.api;
    for (const call of [
      auth.register({ email, password }),
      auth.login({ email, password }),
      passwords.forgot({ email }),
      account.changeEmail({ email, password }),
    ]) {
      const shape = await errorShapeOf(call);
      expect(shape.data, what).toMatchObject({ reason: 'validation', issues: [{ path: ['email'] }] });
      expect(JSON.stringify(shape), what).not.toContain('evil');
    }
  }
  expect(world.letters.length).toBe(before);
});

test('every door that takes an address is one of these', () => {
  const doors = [...procedureFields].filter(([, fields]) => fields.includes('email')).map(([path]) => path);
  expect(doors.toSorted()).toEqual(['account.changeEmail', 'auth.login', 'auth.register', 'password.forgot']);
});

describe('a look-alike of an address that has an account', () => {
  const LOOK_ALIKES = [
    'ada@exаmple.com',
    'ada@xn--exmple-4nf.com',
    'ada@examрle.com',
    'ada@exam\u13e2le.com',
  ];

  test('is refused as if it were taken, and in the other direction too', async () => {
    const world = await createWorld();
    await world.visitor().register('ada@example.com');
    for (const email of LOOK_ALIKES)
      expect(await outcomeOf(world.visitor().register(email)), email).toBe('conflict');
    await world.visitor().register('grace@exаmple.com');
    expect(await outcomeOf(world.visitor().register('grace@example.com'))).toBe('conflict');
  });

  test('gets the usual answer and no mail, where there is mail', async () => {
    const { world, server } = await createMailingWorld();
    await world.visitor().register('ada@example.com');
    const eve = world.visitor();
    await eve.register('eve@evil.example');
    for (const email of LOOK_ALIKES) {
      expect(await eve.api.auth.register({ email, password: GOOD_PASSWORD })).toEqual({
        status: 'verification_sent',
      });
      await eve.api.account.changeEmail({ email, password: GOOD_PASSWORD });
    }
    await world.app.deps.mail.deliver();
    // Letters whose link has been used meanwhile are not sent any more.
    expect(new Set(server.received.flatMap(({ to }) => to))).toEqual(new Set(['eve@evil.example']));
    expect(new Set(world.letters.map(({ to }) => to))).toEqual(
      new Set(['', 'ada@example.com', 'eve@evil.example']),
    );
  });

  test('that was asked for first gets no account once the other one has it', async () => {
    const { world } = await createMailingWorld();
    const eve = world.visitor();
    await eve.api.auth.register({ email: 'ada@exаmple.com', password: GOOD_PASSWORD });
    const token = tokenIn(world.letters.at(-1));
    await world.visitor().register('ada@example.com');
    expect(await outcomeOf(eve.api.email.verify({ token }))).toBe('conflict');
  });

  test('is somebody else where nobody is deceived: within ASCII', async () => {
    const world = await createWorld();
    for (const email of ['john1@example.com', 'johnl@example.com', 'adam@example.com', 'adarn@example.com'])
      await world.visitor().register(email);
  });
});

test('an international domain is shown in the form that cannot deceive', async () => {
  const world = await createWorld();
  const eve = world.visitor();
  await eve.register('ada@exаmple.com');
  expect((await eve.api.auth.me()).email).toBe('ada@xn--exmple-4nf.com');
});

test('two spellings of one address never become two accounts', async () => {
  const world = await createWorld();
  await world.visitor().register('ada@bücher.example');
  for (const email of ['ADA@BÜCHER.example', 'ada@xn--bcher-kva.example', 'ada@bu\u0308cher.example'])
    expect(await outcomeOf(world.visitor().register(email)), email).toBe('conflict');
});

describe('over SMTP', () => {
  test('a name and a browser full of headers, commands and HTML leave each mail what it was', async () => {
    const { world, server } = await createMailingWorld();
    await world.visitor().register();
    await world.visitor().api.password.forgot({ email: 'ada@example.com' });
    await world.app.deps.mail.deliver();
    const [usual] = server.received;
    const hostile = [
      'Ada\r\nBcc: eve@evil.example',
      'Ada\nTo: eve@evil.example\n\n<script>alert(1)</script>',
      '<a href="https://evil.example">Sign in here</a>',
      '"><img src=https://evil.example/x.png onerror=alert(1)>',
      '.\r\nRCPT TO:<eve@evil.example>\r\nDATA\r\n',
      '=?utf-8?B?PGI+ZXZpbC5leGFtcGxlPC9iPg==?=',
      'evil.example',
    ];
    const taken: string[] = [];
    for (const [index, name] of hostile.entries()) {
      const visitor = world.visitor({ userAgent: name, ip: name });
      const email = `ada${index}@example.com`;
      const outcome = await outcomeOf(visitor.api.auth.register({ email, password: GOOD_PASSWORD, name }));
      expect(outcome, name).toBe(/[\r\n]/.test(name) ? 'validation' : 'succeeded');
      if (outcome === 'succeeded') taken.push(email);
      await visitor.api.password.forgot({ email: 'ada@example.com' });
    }
    server.received.length = 0;
    await world.app.deps.mail.deliver();

    expect(server.received.map(({ to }) => to.join()).toSorted()).toEqual(
      [...taken, ...hostile.map(() => 'ada@example.com')].toSorted(),
    );
    for (const { headers, from, to, raw, text, html } of server.received) {
      expect([...headers.keys()]).toEqual(Array.from(usual?.headers.keys() ?? []));
      expect({ from, to: headers.get('to') }).toEqual({ from: 'login@example.com', to });
      expect(`${raw}${text}${html}`).not.toMatch(/evil\.example|<script|<img|onerror|Sign in here/i);
    }
  });

  test('whatever got into the outbox goes to one recipient, under the headers that are ours', async () => {
    const { world, server } = await createMailingWorld();
    const { deps } = world.app;
    const mail = { subject: 'Hello\r\nBcc: eve@evil.example\r\n\r\nbody', text: 'text', html: '<p>text</p>' };
    const recipients = [
      'ada@example.com',
      'ada@example.com, eve@evil.example',
      'ada@example.com\r\nBcc: eve@evil.example',
      'ada@example.com>\r\nRCPT TO:<eve@evil.example',
    ];
    await deps.db.transaction().execute(async (trx) => {
      for (const to of recipients) await deps.mail.enqueue(trx, { ...mail, to }, deps.clock.now());
    });
    await deps.mail.deliver();
    expect(server.received.length).toBeGreaterThan(0);
    for (const { to, headers } of server.received) {
      expect(to).toHaveLength(1);
      expect(to[0]).not.toMatch(/@evil\.example$/);
      expect(headers.has('bcc')).toBe(false);
    }
  });
});
