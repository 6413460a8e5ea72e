// @ts-check
// An SMTP server in a process of its own that takes everything and keeps nothing. Tells its parent its port.
import { once } from 'node:events';
import { SMTPServer } from 'smtp-server';

const smtp = new SMTPServer({
  disabledCommands: ['AUTH', 'STARTTLS'],
  disableReverseLookup: true,
  logger: false,
  onData(stream, _session, done) {
    stream.resume();
    stream.once('end', () => done());
  },
});
// The server under test is stopped with mail in hand.
smtp.on('error', () => {});
const listener = smtp.listen(0, '127.0.0.1');
await once(listener, 'listening');
process.send?.(listener.address());
process.once('disconnect', () => process.exit(0));
