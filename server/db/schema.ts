/**
 * The whole database on one page. Ids are UUIDv7 text, times are integer milliseconds since the epoch. Only
 * stores and db/ hold values of this type.
 */
export interface Schema {
  accounts: AccountsTable;
  clients: ClientsTable;
  sessions: SessionsTable;
  signing_keys: SigningKeysTable;
  security_events: SecurityEventsTable;
  notices: NoticesTable;
  devices: DevicesTable;
  outbox: OutboxTable;
  local_mail: LocalMailTable;
  mail_tokens: MailTokensTable;
  throttles: ThrottlesTable;
  turns: TurnsTable;
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
  /** Space-delimited: no token of this account ever holds more. Null: whatever the client may have. */
  scope: string | null;
  /** Two addresses that people can mistake for one another have the same one, see lib/skeleton.ts. */
  email_skeleton: string;
  /** Its owner wants it gone: erased from this time on, unless they sign in before. */
  erase_at: number | null;
}

/** Who may ask for tokens (RFC 6749 §2). */
export interface ClientsTable {
  id: string;
  name: string;
  /** SHA-256 of the secret, base64url. Null: a public client, which cannot keep one. */
  secret_hash: string | null;
  /** Space-delimited grant types; empty for a client that only introspects. */
  grants: string;
  /** Space-delimited: the most that its tokens hold. Null: everything. */
  scope: string | null;
  created_at: number;
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
  /** Of the browser that signed in, as in `devices`. Null: it signed in before devices were known. */
  device_hash: string | null;
  /** Over at this time whatever happens: of a client that gets no refresh token. Null: the ordinary limits. */
  ends_at: number | null;
  /** SHA-256 thumbprint (RFC 7638) of the key that its tokens are bound to (RFC 9449). Null: bearer tokens. */
  dpop_jkt: string | null;
}

export interface SigningKeysTable {
  kid: string;
  alg: string;
  public_jwk: string;
  /** AES-256-GCM under a key derived from `AUTH_SECRET`, see lib/sealing.ts. */
  sealed_private_jwk: string;
  created_at: number;
  /** Published from the moment it was made, signs from here on until another key begins. */
  active_from: number;
}

/** Append-only: what happened to whom, written in the transaction that did it. Kept 400 days, see housekeeping. */
export interface SecurityEventsTable {
  /** UUIDv7: in the order of time. */
  id: string;
  account_id: string;
  kind: string;
  session_id: string | null;
  ip: string;
  user_agent: string;
  created_at: number;
}

/** What a person has yet to be told. Gone once they have said that they have read it. */
export interface NoticesTable {
  id: string;
  account_id: string;
  kind: string;
  session_id: string;
  ip: string;
  user_agent: string;
  created_at: number;
}

/** Browsers from which a person has signed in before. */
export interface DevicesTable {
  account_id: string;
  /** SHA-256 of the browser's device cookie, base64url: the table alone lets nobody pass for a known device. */
  token_hash: string;
  created_at: number;
  last_seen_at: number;
}

/** Mail that has not been handed over yet. */
export interface OutboxTable {
  id: string;
  /** Empty: for nobody. It is there so that an unknown address costs the same as a known one. */
  recipient: string;
  subject: string;
  body_text: string;
  body_html: string;
  attempts: number;
  /** Not before. */
  due_at: number;
  created_at: number;
  /** 1: both bodies are sealed under a key derived from `AUTH_SECRET`, since links in them hold tokens. */
  sealed: number;
  /** Its link is dead from this time on, and it is not sent any more. Null: good for as long as mail is kept. */
  expires_at: number | null;
}

/** What would have been sent, where no mail server is configured and everything is on one machine. */
export interface LocalMailTable {
  id: string;
  recipient: string;
  subject: string;
  body_text: string;
  body_html: string;
  created_at: number;
}

/** A link in mail: single use, gone once it is redeemed. */
export interface MailTokensTable {
  /** SHA-256 of the 32 random bytes in the link, base64url: the table alone opens nothing. */
  token_hash: string;
  purpose: string;
  /** Null: of a registration, which is no account yet, or of an address that has none. */
  account_id: string | null;
  /** Whom the link was sent to: it is worth something to that address only. */
  email: string;
  /** JSON, by purpose: see mail-tokens/store.ts. */
  payload: string | null;
  created_at: number;
  expires_at: number;
}

/** How often something was tried, by whom. A key is an HMAC: the table names neither person nor place. */
export interface ThrottlesTable {
  key: string;
  failures: number;
  /** Nothing is tried before this time. */
  blocked_until: number;
  /** Counts for nothing from this time on. */
  expires_at: number;
}

/** What one process at a time does for all of them, see db/turns.ts. */
export interface TurnsTable {
  name: string;
  /** Nobody else's turn before this time. */
  until: number;
}
