import { emailSchema } from '../../shared/email.ts';
import { MAX_ACCESS_TOKEN_TTL, readConfig } from '../config.ts';
import { connect } from '../db/connect.ts';
import { migrate } from '../db/migrate.ts';
import { disableAccount, enableAccount } from '../flows/switch-account.ts';
import { createChanges } from '../lib/changes.ts';
import { systemClock } from '../lib/clock.ts';
import { createRevocations } from '../sessions/revocations.ts';
import { fail } from '../terminal.ts';

const USAGE = `Usage: npm run users -- disable EMAIL    shuts an account and ends its sessions at once
       npm run users -- enable EMAIL     opens it again
`;

/** In the security log, where others have an address and a browser. */
const ORIGIN = { ip: '', userAgent: 'npm run users' };

/** `npm run users`: what an operator does to accounts, also while the server runs. */
async function main([command = '', address = '', ...rest]: string[]): Promise<void> {
  const email = emailSchema.safeParse(address);
  if (!['disable', 'enable'].includes(command) || rest.length > 0 || !email.success) {
    process.stderr.write(USAGE);
    process.exitCode = 2;
    return;
  }
  const db = connect(readConfig().databaseFile);
  await migrate(db);
  // Of this process alone: the server finds what was ended in the database.
  const revocations = createRevocations(MAX_ACCESS_TOKEN_TTL, createChanges());
  const deps = { db, clock: systemClock, revocations };
  const subject = { email: email.data, origin: ORIGIN };
  const outcome =
    command === 'disable'
      ? describeEnd(await disableAccount(deps, subject))
      : (await enableAccount(deps, subject)) && 'enabled';
  await db.destroy();
  if (outcome) {
    process.stdout.write(`${email.data}: ${outcome}\n`);
  } else {
    process.stderr.write(`${email.data}: there is no such account\n`);
    process.exitCode = 1;
  }
}

function describeEnd(sessions: number | undefined): string | undefined {
  return sessions === undefined ? undefined : `disabled; sessions ended: ${sessions}`;
}

main(process.argv.slice(2)).catch(fail);
