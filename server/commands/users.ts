import { emailSchema } from '../../shared/email.ts';
import { ALL_SCOPES, isScope } from '../../shared/scopes.ts';
import { boundAccount } from '../flows/bound-account.ts';
import { disableAccount, enableAccount } from '../flows/switch-account.ts';
import { fail } from '../terminal.ts';
import { openDatabase } from './open-database.ts';

const USAGE = `Usage: npm run users -- disable EMAIL          shuts an account and ends its sessions at once
       npm run users -- enable EMAIL           opens it again
       npm run users -- scope EMAIL SCOPE…     no token of this account holds more, from its next refresh on
       npm run users -- scope EMAIL all        whatever the client may have

Scopes: ${ALL_SCOPES.join(', ')}
`;

/** In the security log, where others have an address and a browser. */
const ORIGIN = { ip: '', userAgent: 'npm run users' };

type Database = Awaited<ReturnType<typeof openDatabase>>;
type Verb = (database: Database, email: string, words: string[]) => Promise<string | undefined>;

/** Each says what it did; undefined when there is no such account. */
const VERBS: Record<string, Verb> = {
  async disable(database, email) {
    const sessions = await disableAccount(database, { email, origin: ORIGIN });
    return sessions === undefined ? undefined : `disabled; sessions ended: ${sessions}`;
  },
  async enable(database, email) {
    return (await enableAccount(database, { email, origin: ORIGIN })) ? 'enabled' : undefined;
  },
  async scope(database, email, words) {
    const ceiling = words[0] === 'all' ? undefined : words.filter(isScope);
    const bound = await boundAccount(database, { email, ceiling, origin: ORIGIN });
    return bound ? `scope: ${ceiling?.join(' ') ?? 'all'}` : undefined;
  },
};

/** `npm run users`: what an operator does to accounts, also while the server runs. */
async function main([command = '', address = '', ...words]: string[]): Promise<void> {
  const email = emailSchema.safeParse(address);
  const verb = Object.hasOwn(VERBS, command) ? VERBS[command] : undefined;
  if (!verb || !email.success || !isComplete(command, words)) {
    process.stderr.write(USAGE);
    process.exitCode = 2;
    return;
  }
  const database = await openDatabase();
  const outcome = await verb(database, email.data, words);
  await database.db.destroy();
  if (outcome) {
    process.stdout.write(`${email.data}: ${outcome}\n`);
  } else {
    process.stderr.write(`${email.data}: there is no such account\n`);
    process.exitCode = 1;
  }
}

function isComplete(command: string, words: string[]): boolean {
  if (command !== 'scope') return words.length === 0;
  return words.length > 0 && (words.every(isScope) || (words.length === 1 && words[0] === 'all'));
}

main(process.argv.slice(2)).catch(fail);
