import { parseArgs } from 'node:util';
import { FIRST_PARTY_CLIENT, GRANT_TYPES, type GrantType } from '../../shared/oauth.ts';
import { ALL_SCOPES, isScope, type Scope } from '../../shared/scopes.ts';
import { isPlainText } from '../../shared/text.ts';
import { listClients } from '../clients/store.ts';
import { registerClient, removeClient, rotateClientSecret, type NewClient } from '../flows/manage-clients.ts';
import { fail } from '../terminal.ts';
import { openParts } from './open-database.ts';

const USAGE = `Usage: npm run client -- add --name NAME [--confidential] [--grant GRANT]… [--scope SCOPE]…
       npm run client -- list
       npm run client -- rotate-secret ID    makes a new secret; the old one is worth nothing at once
       npm run client -- remove ID           ends its sessions too, at once; not of ${FIRST_PARTY_CLIENT}, our own pages' client

Grants: ${GRANT_TYPES.join(', ')}; none unless asked for: such a client, if it is confidential, can introspect tokens
Scopes: ${ALL_SCOPES.join(', ')}; all of them unless some are named
`;

/** In the security log, where others have an address and a browser. */
const ORIGIN = { ip: '', userAgent: 'npm run client' };

type Database = Awaited<ReturnType<typeof openParts>>;
type Work = (database: Database) => Promise<string | undefined>;

/** `npm run client`: who may ask for tokens. One line of JSON for each answer, for scripts; also while the server runs. */
async function main(words: string[]): Promise<void> {
  const work = readCommand(words);
  if (!work) {
    process.stderr.write(USAGE);
    process.exitCode = 2;
    return;
  }
  const database = await openParts();
  const outcome = await work(database);
  await database.db.destroy();
  if (outcome !== undefined) {
    process.stdout.write(outcome);
  } else {
    process.stderr.write('there is no such client, or it has no secret\n');
    process.exitCode = 1;
  }
}

/** Undefined for anything that is not exactly one of the commands. */
function readCommand([verb, ...words]: string[]): Work | undefined {
  const [id = ''] = words;
  const named = words.length === 1 && !id.startsWith('-') && id !== '';
  if (verb === 'add') return readNewClient(words);
  if (verb === 'list' && words.length === 0) return list;
  if (verb === 'rotate-secret' && named) return (database) => rotateSecret(database, id);
  if (verb === 'remove' && named && id !== FIRST_PARTY_CLIENT) return (database) => remove(database, id);
  return undefined;
}

function readNewClient(words: string[]): Work | undefined {
  const values = readOptions(words);
  const { name = '', grant = [], scope = [] } = values ?? {};
  const isNamed = name.trim() !== '' && name.length <= 100 && isPlainText(name);
  if (!values || !isNamed || !grant.every(isGrantType) || !scope.every(isScope)) return undefined;
  const ceiling: readonly Scope[] = scope.length === 0 ? ALL_SCOPES : scope;
  const client: NewClient = {
    name: name.trim(),
    confidential: values.confidential,
    grants: GRANT_TYPES.filter((each) => grant.includes(each)),
    ceiling: ALL_SCOPES.filter((each) => ceiling.includes(each)),
  };
  return (database) => add(database, client);
}

function readOptions(words: string[]) {
  try {
    return parseArgs({
      args: words,
      options: {
        name: { type: 'string' },
        confidential: { type: 'boolean', default: false },
        grant: { type: 'string', multiple: true },
        scope: { type: 'string', multiple: true },
      },
    }).values;
  } catch {
    // An option that is not there, or a word too many: how it is meant is said by the usage.
    return undefined;
  }
}

function isGrantType(text: string): text is GrantType {
  return GRANT_TYPES.some((grant) => grant === text);
}

async function add(database: Database, newClient: NewClient): Promise<string> {
  const { client, secret } = await registerClient(database, newClient);
  return line({ clientId: client.id, ...(secret !== undefined && { clientSecret: secret }) });
}

async function list({ db }: Database): Promise<string> {
  const clients = await listClients(db);
  return clients
    .map(({ id, name, secretHash, grants, ceiling }) =>
      line({
        clientId: id,
        name,
        confidential: secretHash !== undefined,
        grants,
        scopes: ceiling ?? ALL_SCOPES,
      }),
    )
    .join('');
}

async function rotateSecret(database: Database, id: string): Promise<string | undefined> {
  const clientSecret = await rotateClientSecret(database, id);
  return clientSecret === undefined ? undefined : line({ clientId: id, clientSecret });
}

async function remove(database: Database, id: string): Promise<string | undefined> {
  const sessionsEnded = await removeClient(database, { id, origin: ORIGIN });
  return sessionsEnded === undefined ? undefined : line({ clientId: id, sessionsEnded });
}

function line(value: object): string {
  return `${JSON.stringify(value)}\n`;
}

main(process.argv.slice(2)).catch(fail);
