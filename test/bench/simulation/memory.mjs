// @ts-check
// What a process remembers, in bytes an entry: the server's own maps, filled, and the heap before and after.
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** The sessions whose ends are remembered: those of a million accounts with a session each, all at once. */
const REVOKED = 1_000_000;

/** As many as the process keeps at most, see tokens/access-token.ts and dpop/replays.ts. */
const TOKENS = 20_000;
const REPLAYS = 200_000;

const LIMITED = 100_000;
const HOUR = 3_600_000;

setFlagsFromString('--expose-gc');
const collectGarbage = /** @type {() => void} */ (runInNewContext('gc'));

/**
 * @param {number} count  @param {() => unknown} fill  returns what holds the entries
 */
async function bytesEach(count, fill) {
  collectGarbage();
  const before = process.memoryUsage().heapUsed;
  const held = await fill();
  collectGarbage();
  const bytes = process.memoryUsage().heapUsed - before;
  if (held === undefined) throw new Error('nothing was filled');
  return { entries: count, bytesEach: Math.round(bytes / count) };
}

/** @param {import('./own-code.mjs').OwnCode} own */
export async function measureMemory(own) {
  const { uuidv7 } = /** @type {typeof import('../../../server/lib/ids.ts')} */ (
    await own.load('lib/ids.ts')
  );
  const { createRevocations } = /** @type {typeof import('../../../server/sessions/revocations.ts')} */ (
    await own.load('sessions/revocations.ts')
  );
  const { createReplays } = /** @type {typeof import('../../../server/dpop/replays.ts')} */ (
    await own.load('dpop/replays.ts')
  );
  const { createLoads } = /** @type {typeof import('../../../server/throttle/loads.ts')} */ (
    await own.load('throttle/loads.ts')
  );
  const now = Date.now();

  const revocations = await bytesEach(REVOKED, () => {
    const map = createRevocations(HOUR, { announce() {} });
    // As rows of the driver come: each with a string of its own.
    for (let index = 0; index < REVOKED; index += 1)
      map.add({
        id: uuidv7(now),
        at: now,
        reason: /** @type {'signed_out'} */ (Buffer.from('signed_out').toString('latin1')),
      });
    if (map.size() !== REVOKED) throw new Error('a revocation was forgotten');
    return map;
  });
  const tokens = await measureTokens(own, { uuidv7, now });
  const replays = await bytesEach(REPLAYS, () => {
    const seen = createReplays();
    const seconds = Math.floor(now / 1000);
    for (let index = 0; index < REPLAYS; index += 1)
      seen.note(
        { jkt: 'k', jti: randomBytes(16).toString('base64url') },
        { now: seconds, until: seconds + 60 },
      );
    if (seen.size() !== REPLAYS) throw new Error('a proof was forgotten');
    return seen;
  });
  const limits = await bytesEach(LIMITED, async () => {
    const loads = createLoads({ throttled() {} });
    for (let index = 0; index < LIMITED; index += 1) await loads.refreshOf(uuidv7(now));
    return loads;
  });
  return { revocations, tokens, replays, limits };
}

/** @param {import('./own-code.mjs').OwnCode} own  @param {{ uuidv7: (now: number) => string, now: number }} values */
async function measureTokens(own, { uuidv7, now }) {
  const { createAccessTokens } = /** @type {typeof import('../../../server/tokens/access-token.ts')} */ (
    await own.load('tokens/access-token.ts')
  );
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const verifying = await crypto.subtle.importKey(
    'jwk',
    publicKey.export({ format: 'jwk' }),
    { name: 'ECDSA', namedCurve: 'P-256' },
    false,
    ['verify'],
  );
  const keys = {
    signing: async () => ({ kid: 'simulated', alg: 'ES256', privateKey }),
    knows: () => true,
    find: async () => ({ alg: 'ES256', publicKey: verifying }),
  };
  const clock = { now: () => now };
  const accessTokens = createAccessTokens({ keys, clock, issuer: 'https://example.com', ttl: 900_000 });
  const grant = {
    clientId: 'sallyport',
    scope: 'profile:read profile:write',
    authenticatedAt: now,
    sessionEndsAt: now + 24 * HOUR,
  };
  return bytesEach(TOKENS, async () => {
    for (let index = 0; index < TOKENS; index += 1) {
      const subject = { accountId: uuidv7(now), sessionId: uuidv7(now) };
      const { accessToken } = await accessTokens.issue({ ...grant, ...subject });
      // A caller's string is its own, and not a piece of a request that would be kept with it.
      await accessTokens.verify(Buffer.from(accessToken).toString('latin1'));
    }
    return accessTokens;
  });
}
