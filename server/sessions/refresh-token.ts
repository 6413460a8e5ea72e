import { createHmac, timingSafeEqual } from 'node:crypto';
import { deriveKey } from '../lib/derive-key.ts';
import { bytesToUuid, uuidToBytes } from '../lib/ids.ts';

const PREFIX = 'spr_';
const VERSION = 1;
const HEAD_SIZE = 1 + 16 + 4;
const TAG_SIZE = 32;
const ENCODED_LENGTH = Math.ceil(((HEAD_SIZE + TAG_SIZE) * 8) / 6);

/** Generations are 32 bits on the wire; a session that reaches the last one has to sign in again. */
export const LAST_GENERATION = 0xffff_ffff;

/** Whether a text would be one, by its first characters alone. Decides where to look, never what to believe. */
export function isRefreshToken(text: string): boolean {
  return text.startsWith(PREFIX);
}

/** What a presented token claims. Nothing of it may be believed before `isGenuine` says so. */
export interface PresentedToken {
  sessionId: string;
  generation: number;
  head: Buffer;
  tag: Buffer;
}

/**
 * `spr_` + base64url(version 1 B ‖ session id 16 B ‖ generation 4 B ‖ tag 32 B). Undefined for anything but the
 * one canonical encoding: no padding, no stray bits, no white space, so that two texts are never one token.
 */
export function parseRefreshToken(text: string): PresentedToken | undefined {
  if (!text.startsWith(PREFIX) || text.length !== PREFIX.length + ENCODED_LENGTH) return undefined;
  const bytes = Buffer.from(text.slice(PREFIX.length), 'base64url');
  if (`${PREFIX}${bytes.toString('base64url')}` !== text) return undefined;
  if (bytes.readUInt8(0) !== VERSION) return undefined;
  return {
    sessionId: bytesToUuid(bytes.subarray(1, 17)),
    generation: bytes.readUInt32BE(17),
    head: bytes.subarray(0, HEAD_SIZE),
    tag: bytes.subarray(HEAD_SIZE),
  };
}

export interface RefreshTokens {
  /** The same session, generation and nonce always give the same token: a lost response can be given again. */
  issue(session: { id: string; generation: number; nonce: Buffer }): string;
  /** Whether the tag was made here for this session's nonce. A wrong tag must have no consequence at all. */
  isGenuine(presented: PresentedToken, nonce: Buffer): boolean;
}

/**
 * tag = HMAC-SHA-256(K, head ‖ nonce), K derived from the secret and the nonce kept in the row: whoever reads
 * the database lacks K, whoever learns the secret lacks the nonces. The first secret issues, all verify.
 */
export function createRefreshTokens(secrets: readonly [string, ...string[]]): RefreshTokens {
  const keyOf = (secret: string) => deriveKey(secret, 'refresh-token');
  const issuingKey = keyOf(secrets[0]);
  const keys = secrets.map(keyOf);
  const tagOf = (key: Buffer, head: Buffer, nonce: Buffer) =>
    createHmac('sha256', key).update(head).update(nonce).digest();

  return {
    issue({ id, generation, nonce }) {
      const head = Buffer.alloc(HEAD_SIZE);
      head.writeUInt8(VERSION, 0);
      uuidToBytes(id).copy(head, 1);
      head.writeUInt32BE(generation, 17);
      return `${PREFIX}${Buffer.concat([head, tagOf(issuingKey, head, nonce)]).toString('base64url')}`;
    },
    isGenuine({ head, tag }, nonce) {
      return keys.some((key) => timingSafeEqual(tag, tagOf(key, head, nonce)));
    },
  };
}
