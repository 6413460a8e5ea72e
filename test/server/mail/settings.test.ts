import { describe, expect, test } from 'vitest';
import { parseSender, parseSmtpUrl } from '../../../server/mail/settings.ts';

const plain = { port: undefined, credentials: undefined };

describe('SMTP_URL', () => {
  test.each([
    ['smtps://mail.example.com', { ...plain, host: 'mail.example.com', encryption: 'tls' }],
    ['smtps://mail.example.com:2465/', { ...plain, host: 'mail.example.com', encryption: 'tls', port: 2465 }],
    ['smtp://mail.example.com', { ...plain, host: 'mail.example.com', encryption: 'starttls' }],
    ['smtp://10.0.0.25:25', { ...plain, host: '10.0.0.25', encryption: 'starttls', port: 25 }],
    ['smtp://[2001:db8::25]', { ...plain, host: '2001:db8::25', encryption: 'starttls' }],
    ['smtp://localhost:1025', { ...plain, host: 'localhost', encryption: 'none', port: 1025 }],
    ['smtp://127.0.0.1', { ...plain, host: '127.0.0.1', encryption: 'none' }],
    ['smtp://[::1]', { ...plain, host: '::1', encryption: 'none' }],
    ['smtp://localhost.example.com', { ...plain, host: 'localhost.example.com', encryption: 'starttls' }],
    ['smtp://127.evil.example', { ...plain, host: '127.evil.example', encryption: 'starttls' }],
    ['smtps://localhost', { ...plain, host: 'localhost', encryption: 'tls' }],
    ['smtp://mailpit:1025?tls=off', { ...plain, host: 'mailpit', encryption: 'none', port: 1025 }],
    [
      'smtps://ada%40example.com:p%40ss%3A%2F%25@mail.example.com',
      {
        ...plain,
        host: 'mail.example.com',
        encryption: 'tls',
        credentials: { user: 'ada@example.com', password: 'p@ss:/%' },
      },
    ],
  ])('%s is understood', (text, server) => {
    expect(parseSmtpUrl(text)).toEqual(server);
  });

  test.each([
    ['another protocol', 'https://mail.example.com'],
    ['no host', 'smtp://'],
    ['no host but credentials', 'smtp://ada:secret@'],
    ['a host that is not encoded for a name server', 'smtp://b%C3%BCcher.example'],
    ['a path', 'smtp://mail.example.com/inbox'],
    ['a fragment', 'smtp://mail.example.com#tls'],
    ['a user without a password', 'smtps://ada@mail.example.com'],
    ['a password without a user', 'smtps://:secret@mail.example.com'],
    ['a broken percent-encoding', 'smtps://ada:50%@mail.example.com'],
    ['a control character in the password', 'smtps://ada:se%0D%0Acret@mail.example.com'],
    ['port 0', 'smtp://mail.example.com:0'],
    ['a switch for certificates', 'smtps://mail.example.com?tls.rejectUnauthorized=false'],
    ['a switch for STARTTLS', 'smtp://mail.example.com?ignoreTLS=true'],
    ['a switch for logging', 'smtps://mail.example.com?logger=true&debug=true'],
    ['no encryption where it was asked for', 'smtps://mail.example.com?tls=off'],
    ['a password without encryption', 'smtp://ada:secret@mail.example.com?tls=off'],
    ['no encryption and something more', 'smtp://mail.example.com?tls=off&x=1'],
  ])('%s is refused', (_, text) => {
    expect(parseSmtpUrl(text)).toBeUndefined();
  });
});

describe('MAIL_FROM', () => {
  test.each([
    ['login@example.com', '', 'login@example.com'],
    [' login@Example.COM ', '', 'login@example.com'],
    ['<login@example.com>', '', 'login@example.com'],
    ['Sallyport <login@example.com>', 'Sallyport', 'login@example.com'],
    ['"Acme, Inc." <login@example.com>', 'Acme, Inc.', 'login@example.com'],
    ['Büro für Konten <login@example.com>', 'Büro für Konten', 'login@example.com'],
  ])('%s is understood', (text, name, address) => {
    expect(parseSender(text)).toEqual({ name, address });
  });

  test.each([
    'nobody',
    'Sallyport',
    'Sallyport <nobody>',
    'a@example.com, b@example.com',
    'a@example.com <b@example.com>',
    'A <a@example.com>, B <b@example.com>',
    'A <a@example.com> B',
    'A\r\nBcc: b@example.com <a@example.com>',
    'A\u202E <a@example.com>',
    'a@example.com\r\nBcc: b@example.com',
    'A <a@example.com',
    `${'A'.repeat(101)} <a@example.com>`,
  ])('%j is refused', (text) => {
    expect(parseSender(text)).toBeUndefined();
  });
});
