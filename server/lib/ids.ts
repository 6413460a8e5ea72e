import { randomBytes } from './random.ts';

/** A moment's ids count from a random start in the lower half, so that there is room for as many more. */
const START_BITS = 0x07ff;
const MAX_COUNT = 0x0fff;

let moment = -1;
let count = 0;

/**
 * UUIDv7 (RFC 9562 §5.7): 48 bits of Unix milliseconds, 12 that count, and 62 random bits. Those that a process makes one after
 * the other are in that order, also within a millisecond (§6.2, method 1); beyond some two thousand in one they are in any. New
 * rows land at the end of their index. Never a secret: it tells when it was made.
 */
export function uuidv7(now: number): string {
  const bytes = randomBytes(16);
  count = now === moment && count < MAX_COUNT ? count + 1 : bytes.readUInt16BE(6) & START_BITS;
  moment = now;
  bytes.writeUIntBE(now, 0, 6);
  bytes.writeUInt16BE(0x7000 | count, 6);
  bytes.writeUInt8(0x80 | (bytes.readUInt8(8) & 0x3f), 8);
  return bytesToUuid(bytes);
}

/** The least UUIDv7 of this moment: what was made before it comes before it. */
export function firstUuidv7(time: number): string {
  const bytes = Buffer.alloc(16);
  bytes.writeUIntBE(time, 0, 6);
  return bytesToUuid(bytes);
}

export function uuidToBytes(uuid: string): Buffer {
  return Buffer.from(uuid.replaceAll('-', ''), 'hex');
}

export function bytesToUuid(bytes: Buffer): string {
  const hex = bytes.toString('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}
