import { describe, expect, onTestFinished, test } from 'vitest';
import type { SmtpServer } from '../../../server/mail/settings.ts';
import { createSmtp, explainFailure, transportOptions } from '../../../server/mail/smtp.ts';
import { replyOf, type MailServer } from '../../support/smtp-server.ts';
import { listenSmtp } from '../../support/smtp.ts';

const SERVER: SmtpServer = {
  host: 'mail.example.com',
  port: undefined,
  encryption: 'starttls',
  credentials: undefined,
};

const MAIL = {
  id: '01a20d6d-5a00-7b96-abee-07f8c70d80f4',
  to: 'ada@example.com',
  subject: 'Hello',
  text: 'Hello.',
  html: '<p>Hello.</p>',
  attempts: 1,
  createdAt: Date.UTC(2026, 10, 24, 12),
};

function connectTo({ port }: MailServer, options: Partial<SmtpServer> & { handOverLimit?: number } = {}) {
  const { handOverLimit = 60_000, ...server } = options;
  const smtp = createSmtp({
    server: { ...SERVER, host: '127.0.0.1', port, encryption: 'none', ...server },
    sender: { name: 'Sallyport', address: 'login@example.com' },
    handOverLimit,
  });
  onTestFinished(() => smtp.close());
  return smtp;
}

describe('a connection', () => {
  test.each([
    ['tls', { secure: true, requireTLS: false, ignoreTLS: false }],
    ['starttls', { secure: false, requireTLS: true, ignoreTLS: false }],
    ['none', { secure: false, requireTLS: false, ignoreTLS: true }],
  ] as const)('with encryption %s checks certificates and ends every wait', (encryption, expected) => {
    const options = transportOptions({ ...SERVER, encryption });
    expect(options).toMatchObject({ ...expected, tls: { rejectUnauthorized: true } });
    const { dnsTimeout, connectionTimeout, greetingTimeout, socketTimeout } = options;
    for (const limit of [dnsTimeout, connectionTimeout, greetingTimeout, socketTimeout]) {
      expect(limit).toBeGreaterThan(0);
      expect(limit).toBeLessThanOrEqual(30_000);
    }
  });

  test('that has to be encrypted and cannot be carries no mail', async () => {
    const server = await listenSmtp();
    const failure = await connectTo(server, { encryption: 'starttls' }).send(MAIL);
    expect(failure).toMatchObject({ kind: 'unavailable', detail: { command: 'STARTTLS' } });
    expect(server.received).toEqual([]);
  });

  test('that is encrypted with a certificate of its own making carries no mail', async () => {
    const server = await listenSmtp({ startTls: true });
    const failure = await connectTo(server, { encryption: 'starttls' }).send(MAIL);
    expect(failure?.kind).toBe('unavailable');
    expect(failure?.detail.reason).toContain('certificate');
    expect(server.received).toEqual([]);
  });

  test('on the own machine does not try such a certificate', async () => {
    const server = await listenSmtp({ startTls: true });
    expect(await connectTo(server).send(MAIL)).toBeUndefined();
    expect(server.received).toHaveLength(1);
  });

  test('that trickles on without an end is broken off', async () => {
    const server = await listenSmtp({ hold: () => new Promise(() => {}) });
    const failure = await connectTo(server, { handOverLimit: 20 }).send(MAIL);
    expect(failure).toMatchObject({ kind: 'unavailable', detail: { code: 'EABORT' } });
  });
});

describe('a mail', () => {
  test('has one recipient and the headers that it was meant to have, whatever is in its fields', async () => {
    const server = await listenSmtp();
    const hostile = { ...MAIL, subject: 'Hello\r\nBcc: eve@example.com\r\n\r\nBody' };
    expect(await connectTo(server).send(hostile)).toBeUndefined();
    const [mail] = server.received;
    expect(mail?.to).toEqual(['ada@example.com']);
    expect(mail?.headers.has('bcc')).toBe(false);
    expect(mail?.text).toBe('Hello.');
  });

  test('to what is a list of addresses goes to nobody', async () => {
    const server = await listenSmtp();
    const list = { ...MAIL, to: 'ada@example.com, eve@example.com' };
    const failure = await connectTo(server).send(list);
    expect(server.received.flatMap(({ to }) => to)).not.toContain('eve@example.com');
    expect(failure?.kind).toBe('refused');
  });
});

describe('an answer', () => {
  test.each([
    ['recipient', 550, 'no such mailbox', 'refused'],
    ['recipient', 550, '5.1.1 no such mailbox', 'refused'],
    ['recipient', 554, '5.7.1 relay access denied', 'deferred'],
    ['recipient', 450, 'greylisted', 'deferred'],
    ['recipient', 421, 'closing', 'unavailable'],
    ['recipient', 503, 'MAIL first', 'unavailable'],
    ['data', 554, 'rejected as spam', 'refused'],
    ['data', 554, '5.7.1 rejected as spam', 'refused'],
    ['data', 452, 'disk full', 'deferred'],
    ['sender', 550, 'who are you', 'unavailable'],
    ['connect', 554, 'go away', 'unavailable'],
  ])('to the %s of %i %s means: %s', async (step, status, message, kind) => {
    const server = await listenSmtp({
      refuse: (at) => (at === step ? replyOf(status, message) : undefined),
    });
    expect((await connectTo(server).send(MAIL))?.kind).toBe(kind);
  });

  test('is logged without addresses, on one line of bounded length', () => {
    const response = `550 <ada@example.com>:\n "ada+x@example.com" ${'x'.repeat(500)}`;
    const { detail } = explainFailure({ code: 'EENVELOPE', command: 'RCPT TO', responseCode: 550, response });
    expect(detail.reason).toMatch(/^550 <…@…>: "…@…" x+$/);
    expect(detail.reason.length).toBeLessThanOrEqual(200);
  });

  test.each([[undefined], ['text'], [new Error('boom')], [{ code: 7 }]])(
    'that is nothing of the kind is no verdict on the mail: %o',
    (error) => {
      expect(explainFailure(error).kind).toBe('unavailable');
    },
  );
});
