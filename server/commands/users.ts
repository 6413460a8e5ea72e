import { emailSchema } from '../../shared/email.ts';
import { ALL_SCOPES, isScope } from '../../shared/scopes.ts';
import { ACCOUNT_COLUMNS } from '../flows/account-row.ts';
import { boundAccount } from '../flows/bound-account.ts';
import { disableAccount, enableAccount } from '../flows/switch-account.ts';
import { unlockAccount } from '../flows/unlock-account.ts';
import { fail } from '../terminal.ts';
import { exportUsers } from './export-users.ts';
import { importUsers } from './import-users.ts';
import { openParts } from './open-database.ts';
import { readTableFile, type TableFile } from './table-file.ts';

const USAGE = `Usage: npm run users -- disable EMAIL          shuts an account and ends its sessions at once
       npm run users -- enable EMAIL           opens it again
       npm run users -- unlock EMAIL           forgets the guesses at its password
       npm run users -- scope EMAIL SCOPE…     no token of this account holds more, from its next refresh on
       npm run users -- scope EMAIL all        whatever the client may have
       npm run users -- import FILE            makes the accounts of a table that are not there yet
       npm run users -- export FILE            writes all accounts to a new file, with their password hashes

Scopes: ${ALL_SCOPES.join(', ')}
FILE ends in .csv or .jsonl (JSON lines), or --format csv|jsonl says so; - is standard input or output.
Columns: ${ACCOUNT_COLUMNS.known.join(', ')}; all but ${ACCOUNT_COLUMNS.required} can be left out
`;

/** In the security log, where others have an address and a browser. */
const ORIGIN = { ip: '', userAgent: 'npm run users' };

type Database = Awaited<ReturnType<typeof openParts>>;
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
  async unlock(database, email) {
    // The number, since nothing is found with another `AUTH_SECRET` than the server's.
    const guesses = await unlockAccount(database, { email, origin: ORIGIN });
    return guesses === undefined ? undefined : `unlocked; guesses forgotten: ${guesses}`;
  },
  async scope(database, email, words) {
    const ceiling = words[0] === 'all' ? undefined : words.filter(isScope);
    const bound = await boundAccount(database, { email, ceiling, origin: ORIGIN });
    return bound ? `scope: ${ceiling?.join(' ') ?? 'all'}` : undefined;
  },
};

/** About all accounts. They say what they did themselves, while they do it. */
const TABLE_VERBS: Record<string, (file: TableFile) => Promise<void>> = {
  import: (file) => importUsers(file, ORIGIN),
  export: exportUsers,
};

/** `npm run users`: what an operator does to accounts, also while the server runs. */
async function main(words: string[]): Promise<void> {
  const work = readTableWork(words) ?? readAccountWork(words);
  if (work) return work();
  process.stderr.write(USAGE);
  process.exitCode = 2;
}

type Work = () => Promise<void>;

/** Undefined for anything that is not exactly one of the commands. */
function readTableWork([command = '', ...words]: string[]): Work | undefined {
  const verb = Object.hasOwn(TABLE_VERBS, command) ? TABLE_VERBS[command] : undefined;
  const file = readTableFile(words);
  return verb && file && (() => verb(file));
}

function readAccountWork([command = '', address = '', ...words]: string[]): Work | undefined {
  const email = emailSchema.safeParse(address);
  const verb = Object.hasOwn(VERBS, command) ? VERBS[command] : undefined;
  if (!verb || !email.success || !isComplete(command, words)) return undefined;
  return () => changeAccount(verb, email.data, words);
}

async function changeAccount(verb: Verb, email: string, words: string[]): Promise<void> {
  const database = await openParts();
  const outcome = await verb(database, email, words);
  await database.db.destroy();
  if (outcome) {
    process.stdout.write(`${email}: ${outcome}\n`);
  } else {
    process.stderr.write(`${email}: there is no such account\n`);
    process.exitCode = 1;
  }
}

function isComplete(command: string, words: string[]): boolean {
  if (command !== 'scope') return words.length === 0;
  return words.length > 0 && (words.every(isScope) || (words.length === 1 && words[0] === 'all'));
}

main(process.argv.slice(2)).catch(fail);
