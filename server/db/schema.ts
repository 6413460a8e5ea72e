/**
 * The whole database on one page. Ids are UUIDv7 text, times are integer milliseconds since the epoch. Only
 * stores and db/ hold values of this type.
 */
export interface Schema {
  accounts: AccountsTable;
  sessions: SessionsTable;
  signing_keys: SigningKeysTable;
}

export interface AccountsTable {
  id: string;
  /** Canonical form (shared/email.ts); unique. */
  email: string;
  email_verified_at: number | null;
  name: string;
  /** Passlib `bcrypt_sha256` v2, or an imported bcrypt hash until the next sign-in. Null: no password. */
  password_hash: string | null;
  disabled_at: number | null;
  created_at: number;
  updated_at: number;
}

/** One row per session, however often it is rotated. */
export interface SessionsTable {
  id: string;
  account_id: string;
  client_id: string;
  /** Space-delimited, as granted at sign-in. */
  scope: string;
  /** 32 random bytes, base64url, that go into every tag: the secret alone cannot forge a refresh token. */
  nonce: string;
  /** Of the only refresh token that may rotate. */
  generation: number;
  /** Recently replaced generations and when: JSON, see sessions/retired.ts. Bounded. */
  retired: string;
  created_at: number;
  /** When the current generation was made: the idle limit counts from here. */
  rotated_at: number;
  last_seen_at: number;
  ip: string;
  user_agent: string;
  /** The first reason stays. A column of its own, so that no revocation touches what the grace window reads. */
  revoked_at: number | null;
  revoked_reason: string | null;
}

export interface SigningKeysTable {
  kid: string;
  alg: string;
  public_jwk: string;
  /** AES-256-GCM under a key derived from `AUTH_SECRET`, see keys/sealing.ts. */
  sealed_private_jwk: string;
  created_at: number;
}
