import { sql, SqliteAdapter, type CreateTableBuilder, type Kysely } from 'kysely';

/**
 * For `$call`: on SQLite the primary key becomes the row's place, one B-tree instead of a table and an index beside
 * it. Other engines have no such thing and need none.
 */
export function clusterByPrimaryKey(db: Kysely<unknown>) {
  return <Table extends string>(table: CreateTableBuilder<Table>): CreateTableBuilder<Table> =>
    isSqlite(db) ? table.modifyEnd(sql`without rowid`) : table;
}

/**
 * What was written stays as it was: rows can be added, and removed when their time is over, but not changed, by whatever
 * code of ours.
 */
export async function appendOnly(db: Kysely<unknown>, table: string): Promise<void> {
  const name = sql.ref(`${table}_append_only`);
  if (isSqlite(db)) {
    await sql`create trigger ${name} before update on ${sql.table(table)}
      begin select raise(abort, 'append-only'); end`.execute(db);
    return;
  }
  await sql`create function ${name}() returns trigger language plpgsql as
    $$ begin raise exception 'append-only'; end $$`.execute(db);
  await sql`create trigger ${name} before update on ${sql.table(table)}
    for each row execute function ${name}()`.execute(db);
}

/**
 * PostgreSQL only: text is compared byte by byte, as SQLite does. The rules of a language are slower, put base64url in an
 * order of their own, and change with the system's library, which leaves indexes that find nothing
 * (https://wiki.postgresql.org/wiki/Locale_data_changes). Every text column that is there; later migrations call it again.
 */
export async function compareBytes(db: Kysely<unknown>): Promise<void> {
  if (isSqlite(db)) return;
  await sql`do $$ declare target record; begin
    for target in
      select table_name, column_name from information_schema.columns
      where table_schema = current_schema() and data_type = 'text'
        and collation_name is distinct from 'C' and table_name not like 'kysely_%'
    loop
      execute format('alter table %I alter column %I type text collate "C"', target.table_name, target.column_name);
    end loop;
  end $$`.execute(db);
}

/** PostgreSQL only: a row that is written again and again finds room on its own page, and no index hears of it (HOT). */
export async function leaveRoom(db: Kysely<unknown>, tables: readonly string[]): Promise<void> {
  if (isSqlite(db)) return;
  for (const table of tables) await sql`alter table ${sql.table(table)} set (fillfactor = 80)`.execute(db);
}

/**
 * PostgreSQL only: tells whoever listens, at the commit, which session has ended and which account has news. In the database, so
 * that nobody's code can forget it, nor an operator's own statement. A rotation does not touch `revoked_at`, and costs nothing.
 */
export async function announce(db: Kysely<unknown>): Promise<void> {
  if (isSqlite(db)) return;
  await sql`create function sallyport_announce() returns trigger language plpgsql as
    $$ begin
      perform pg_notify('sallyport', tg_argv[0] || ' ' || (to_jsonb(new) ->> tg_argv[1]));
      return null;
    end $$`.execute(db);
  await sql`create trigger sessions_ended after update of revoked_at on sessions for each row
    when (old.revoked_at is null and new.revoked_at is not null)
    execute function sallyport_announce('ended', 'id')`.execute(db);
  await sql`create trigger notices_written after insert or update on notices for each row
    execute function sallyport_announce('noticed', 'account_id')`.execute(db);
}

function isSqlite(db: Kysely<unknown>): boolean {
  return db.getExecutor().adapter instanceof SqliteAdapter;
}
