import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { callbackify } from 'node:util';
import { SMTPServer, type SMTPServerError, type SMTPServerOptions } from 'smtp-server';
import { readMail, type ReadMail } from './read-mail.ts';

export interface ReceivedMail extends ReadMail {
  /** Of the envelope. */
  from: string;
  to: string[];
}

export interface MailServer {
  port: number;
  /** For `SMTP_URL`. */
  url: string;
  /** Every mail that was taken. */
  received: ReceivedMail[];
  /** How many have connected so far. */
  connections: () => number;
  /** From now on nobody answers at its address. */
  stop(): Promise<void>;
}

export interface MailServerOptions {
  port?: number;
  /** From the first byte on. Its certificate is its own, which no client trusts. */
  secure?: boolean;
  /** Offers it, with the same certificate. */
  startTls?: boolean;
  /** Answers each of these commands, when it returns one; otherwise everything is taken. */
  refuse?: (
    step: 'connect' | 'sender' | 'recipient' | 'data',
    address: string,
  ) => SMTPServerError | undefined;
  /** Whom to let in; left out, everybody without a password. */
  accounts?: Record<string, string>;
  /** The answer to a mail waits for this. */
  hold?: () => Promise<void>;
}

/** A real SMTP server on the loopback interface. Knows of no test runner. */
export async function startSmtp({
  port = 0,
  secure = false,
  startTls = false,
  refuse = () => undefined,
  accounts,
  hold = async () => {},
}: MailServerOptions = {}): Promise<MailServer> {
  const received: ReceivedMail[] = [];
  let connections = 0;
  const options: SMTPServerOptions = {
    secure,
    allowInsecureAuth: true,
    authOptional: accounts === undefined,
    disabledCommands: [...(accounts ? [] : ['AUTH']), ...(startTls ? [] : ['STARTTLS'])],
    disableReverseLookup: true,
    logger: false,
    closeTimeout: 1,
    onConnect(_session, done) {
      connections += 1;
      done(refuse('connect', ''));
    },
    onAuth({ username = '', password }, _session, done) {
      if (accounts?.[username] === password) done(null, { user: username });
      else done(replyOf(535, `no such password as ${String(password)} for ${username}`));
    },
    onMailFrom: ({ address }, _session, done) => done(refuse('sender', address)),
    onRcptTo: ({ address }, _session, done) => done(refuse('recipient', address)),
    onData(stream, { envelope }, done) {
      const take = async () => {
        const raw = await text(stream);
        await hold();
        const to = envelope.rcptTo.map(({ address }) => address);
        const refusal = refuse('data', to.join());
        if (refusal) throw refusal;
        received.push({ ...readMail(raw), from: envelope.mailFrom ? envelope.mailFrom.address : '', to });
      };
      callbackify(take)(done);
    },
  };
  const smtp = new SMTPServer(options);
  // Clients that go away in the middle are part of the tests.
  smtp.on('error', () => {});
  const listener = smtp.listen(port, '127.0.0.1');
  await once(listener, 'listening');
  const address = listener.address();
  if (address === null || typeof address === 'string') throw new Error('a TCP port was expected');
  let stopped: Promise<void> | undefined;
  const stop = () => (stopped ??= new Promise((resolve) => smtp.close(resolve)));
  return {
    port: address.port,
    url: `${secure ? 'smtps' : 'smtp'}://127.0.0.1:${address.port}`,
    received,
    connections: () => connections,
    stop,
  };
}

/** For `refuse`. */
export function replyOf(responseCode: number, message: string): SMTPServerError {
  return Object.assign(new Error(message), { responseCode });
}
