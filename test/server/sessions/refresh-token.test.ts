import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { uuidv7 } from '../../../server/lib/ids.ts';
import { createRefreshTokens, parseRefreshToken } from '../../../server/sessions/refresh-token.ts';
import { SECRET } from '../../support/secret.ts';

const tokens = createRefreshTokens([SECRET]);
const session = { id: uuidv7(0), generation: 7, nonce: Buffer.alloc(32, 1) };
const token = tokens.issue(session);

function isGenuine(text: string, nonce = session.nonce): boolean {
  const presented = parseRefreshToken(text);
  return presented !== undefined && tokens.isGenuine(presented, nonce);
}

describe('a refresh token', () => {
  test('comes back as the session and generation it was made for', () => {
    expect(parseRefreshToken(token)).toMatchObject({ sessionId: session.id, generation: 7 });
    expect(isGenuine(token)).toBe(true);
  });

  test('is the same text whenever the same session issues it', () => {
    expect(tokens.issue(session)).toBe(token);
  });

  test('is worth nothing with any other bit', () => {
    const bytes = Buffer.from(token.slice(4), 'base64url');
    fc.assert(
      fc.property(fc.integer({ min: 0, max: bytes.length * 8 - 1 }), (bit) => {
        const changed = Buffer.from(bytes);
        const index = Math.floor(bit / 8);
        changed.writeUInt8(changed.readUInt8(index) ^ (1 << (bit % 8)), index);
        expect(isGenuine(`spr_${changed.toString('base64url')}`)).toBe(false);
      }),
    );
  });

  test('is refused in any text but the canonical one', () => {
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
    const last = alphabet.indexOf(token.at(-1) ?? '');
    const strayBit = `${token.slice(0, -1)}${alphabet[last ^ 1]}`;
    const variants = [
      `${token}=`,
      `${token} `,
      ` ${token}`,
      `${token}\n`,
      token.slice(0, -1),
      `${token}A`,
      token.slice(4),
      token.toUpperCase(),
      `SPR_${token.slice(4)}`,
      strayBit,
      token.replaceAll('_', '/').replaceAll('-', '+'),
      '',
      'spr_',
      `spr_${'A'.repeat(1_000_000)}`,
    ].filter((text) => text !== token);
    for (const text of variants) expect(parseRefreshToken(text), text.slice(0, 80)).toBeUndefined();
  });

  test('needs both the secret and the nonce of the row', () => {
    expect(isGenuine(token, Buffer.alloc(32, 2))).toBe(false);
    expect(isGenuine(createRefreshTokens([`${SECRET}x`]).issue(session))).toBe(false);
  });

  test('of an older secret is good while that secret is still listed', () => {
    const rotated = createRefreshTokens([`${SECRET}-new`, SECRET]);
    const presented = parseRefreshToken(token);
    expect(presented && rotated.isGenuine(presented, session.nonce)).toBe(true);
    expect(rotated.issue(session)).not.toBe(token);
  });

  test('of any well-formed noise never throws', () => {
    fc.assert(fc.property(fc.string(), (text) => void parseRefreshToken(text)));
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 53, maxLength: 53 }), (bytes) => {
        expect(isGenuine(`spr_${Buffer.from(bytes).toString('base64url')}`)).toBe(false);
      }),
    );
  });
});
