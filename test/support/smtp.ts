import { onTestFinished } from 'vitest';
import { startSmtp, type MailServer, type MailServerOptions } from './smtp-server.ts';

/** A real SMTP server that ends with its test. */
export async function listenSmtp(options?: MailServerOptions): Promise<MailServer> {
  const server = await startSmtp(options);
  onTestFinished(() => server.stop());
  return server;
}
