import { createTransport } from 'nodemailer';
import type { SMTPPoolOptions } from 'nodemailer/lib/smtp-pool';
import { z } from 'zod';
import { HAND_OVER_LIMIT, type Carrier, type CarryFailure } from './carrier.ts';
import type { Sender, SmtpServer } from './settings.ts';

const SECOND = 1000;

/** Mail through a server of one's own. Never fails: what it throws is explained. */
export function createSmtp({
  server,
  sender,
  handOverLimit = HAND_OVER_LIMIT,
}: {
  server: SmtpServer;
  sender: Sender;
  handOverLimit?: number;
}): Carrier {
  const transport = createTransport(transportOptions(server));
  const domain = sender.address.slice(sender.address.lastIndexOf('@') + 1);

  return {
    async send({ id, to, subject, text, html, createdAt }) {
      try {
        await transport.sendMail({
          // As objects: a text would be read as a list of addresses.
          from: sender,
          to: { name: '', address: to },
          subject,
          text,
          html,
          // The same at every attempt, so that whoever gets it twice can tell.
          messageId: `<${id}@${domain}>`,
          date: new Date(createdAt),
          // RFC 3834 §5: nobody's holiday message is to answer.
          headers: { 'Auto-Submitted': 'auto-generated' },
          xMailer: false,
          disableFileAccess: true,
          disableUrlAccess: true,
          signal: AbortSignal.timeout(handOverLimit),
        });
        return undefined;
      } catch (error) {
        return explainFailure(error);
      }
    },
    close: () => transport.close({ force: true }),
  };
}

/** What the mail library is told. One connection, kept only while there is more to send. */
export function transportOptions({
  host,
  port,
  encryption,
  credentials,
}: SmtpServer): SMTPPoolOptions & { pool: true } {
  return {
    pool: true,
    maxConnections: 1,
    idleTimeout: 5 * SECOND,
    // The outbox is what tries again.
    maxRequeues: 0,
    host,
    port,
    secure: encryption === 'tls',
    requireTLS: encryption === 'starttls',
    // On the own machine as a rule: a certificate that is there is for another name, and would only be refused.
    ignoreTLS: encryption === 'none',
    tls: { rejectUnauthorized: true, minVersion: 'TLSv1.2' },
    auth: credentials && { user: credentials.user, pass: credentials.password },
    // A server that does not ask for the password would refuse each mail for good instead.
    forceAuth: credentials !== undefined,
    dnsTimeout: 10 * SECOND,
    connectionTimeout: 10 * SECOND,
    greetingTimeout: 10 * SECOND,
    socketTimeout: 30 * SECOND,
  };
}

// Boundary: what the mail library throws.
const thrownSchema = z
  .object({
    code: z.string(),
    command: z.string(),
    message: z.string(),
    responseCode: z.number(),
    response: z.string(),
  })
  .partial()
  .catch({});

/** Of a reply to one mail RFC 5321 §4.2.1 says whether it is for good; any other says nothing about that mail. */
export function explainFailure(error: unknown): CarryFailure {
  const { code, command, message = '', responseCode, response = '' } = thrownSchema.parse(error);
  // A reply to the credentials may repeat them.
  const reason = command?.startsWith('AUTH') ? String(responseCode) : withoutAddresses(response || message);
  const detail = { ...(code !== undefined && { code }), ...(command !== undefined && { command }), reason };
  // What the library would not even send, such as a mail above the server's limit.
  if (responseCode === undefined && (code === 'EENVELOPE' || code === 'EMESSAGE'))
    return { kind: 'refused', detail };
  // 421: it is going away (§3.8). 503: it was another command that it did not like.
  const isAboutMail = command === 'RCPT TO' || command === 'DATA';
  if (!isAboutMail || responseCode === undefined || responseCode === 421 || responseCode === 503)
    return { kind: 'unavailable', detail };
  // RFC 3463 §3.8: by policy, as when relaying is denied to whoever has forgotten the credentials.
  const isPolicy = command === 'RCPT TO' && /^\d{3}[ -]5\.7\./.test(response);
  return { kind: responseCode >= 500 && !isPolicy ? 'refused' : 'deferred', detail };
}

function withoutAddresses(reply: string): string {
  return reply
    .replaceAll(/[^\s<>"']+@[^\s<>"']*/g, '…@…')
    .replaceAll(/\s+/g, ' ')
    .slice(0, 200);
}
