// What the two hand-made peers keep: people and refresh tokens, on the SQLite and with the pragmas of the server that they
// are compared with.
import { createHash, randomUUID } from 'node:crypto';
import { join } from 'node:path';
import Database from 'better-sqlite3';

/** Those of server/db/sqlite.ts: what was acknowledged survives a power cut, and readers never wait. */
export function openDatabase() {
  const database = new Database(join(process.env.DATA_DIR, 'peer.db'));
  database.pragma('busy_timeout = 5000');
  database.pragma('synchronous = FULL');
  database.pragma('foreign_keys = ON');
  database.pragma('journal_mode = WAL');
  return database;
}

const SCHEMA = `
  create table if not exists users (
    id text primary key not null, email text not null unique, name text not null, password_hash text not null,
    created_at text not null
  ) without rowid;
  create table if not exists refresh_tokens (
    id text primary key not null, user_id text not null references users (id) on delete cascade,
    token_hash text not null, expires_at integer not null
  ) without rowid;
  create index if not exists refresh_tokens_user_id on refresh_tokens (user_id);`;

export function openStore() {
  const database = openDatabase();
  database.exec(SCHEMA);
  const insertUser = database.prepare('insert into users values (?, ?, ?, ?, ?)');
  const userById = database.prepare('select id, email, name, created_at from users where id = ?');
  const userByEmail = database.prepare('select * from users where email = ?');
  const insertToken = database.prepare('insert into refresh_tokens values (?, ?, ?, ?)');
  const rotateToken = database.prepare(
    'update refresh_tokens set token_hash = ?, expires_at = ? where id = ? and token_hash = ? and expires_at > ?',
  );
  return {
    addUser({ email, name, passwordHash }) {
      const id = randomUUID();
      insertUser.run(id, email, name, passwordHash, new Date().toISOString());
      return userById.get(id);
    },
    findUser: (id) => userById.get(id),
    findUserByEmail: (email) => userByEmail.get(email),
    addToken: ({ id, userId, token, expiresAt }) => insertToken.run(id, userId, digest(token), expiresAt),
    /** False when `old` is not the one that is in force: used before, or over. */
    rotate: ({ id, old, token, expiresAt }) =>
      rotateToken.run(digest(token), expiresAt, id, digest(old), Date.now()).changes === 1,
  };
}

function digest(token) {
  return createHash('sha256').update(token).digest('base64url');
}
