import type { Selectable, Transaction } from 'kysely';
import { GRANT_TYPES } from '../../shared/oauth.ts';
import { readCeiling } from '../../shared/scopes.ts';
import type { Db } from '../db/connect.ts';
import { pointRead } from '../db/point-read.ts';
import type { ClientsTable, Schema } from '../db/schema.ts';
import type { Client } from './client.ts';

export async function insertClient(trx: Transaction<Schema>, client: Client): Promise<void> {
  await trx
    .insertInto('clients')
    .values({
      id: client.id,
      name: client.name,
      secret_hash: client.secretHash ?? null,
      grants: client.grants.join(' '),
      scope: client.ceiling?.join(' ') ?? null,
      created_at: client.createdAt,
    })
    .execute();
}

export async function findClient(db: Db, id: string): Promise<Client | undefined> {
  const row = await findRow(db, id);
  return row && fromRow(row);
}

const findRow = pointRead<Selectable<ClientsTable>>((db, id) =>
  db.selectFrom('clients').selectAll().where('id', '=', id),
);

/** The oldest first. */
export async function listClients(db: Db): Promise<Client[]> {
  const rows = await db.selectFrom('clients').selectAll().orderBy('created_at').orderBy('id').execute();
  return rows.map(fromRow);
}

/** False when there is no such client, or it has no secret to replace. */
export async function replaceSecretHash(
  trx: Transaction<Schema>,
  { id, hash }: { id: string; hash: string },
): Promise<boolean> {
  const replaced = await trx
    .updateTable('clients')
    .set({ secret_hash: hash })
    .where('id', '=', id)
    .where('secret_hash', 'is not', null)
    .returning('id')
    .executeTakeFirst();
  return replaced !== undefined;
}

/** False when there is no such client. */
export async function deleteClient(trx: Transaction<Schema>, id: string): Promise<boolean> {
  const deleted = await trx.deleteFrom('clients').where('id', '=', id).returning('id').executeTakeFirst();
  return deleted !== undefined;
}

function fromRow(row: Selectable<ClientsTable>): Client {
  return {
    id: row.id,
    name: row.name,
    secretHash: row.secret_hash ?? undefined,
    grants: GRANT_TYPES.filter((grant) => row.grants.split(' ').includes(grant)),
    ceiling: readCeiling(row.scope),
    createdAt: row.created_at,
  };
}
