import { Failure } from '../lib/failure.ts';
import { toNumericDate, type Clock } from '../lib/clock.ts';
import { createNonces } from './nonces.ts';
import { ALGORITHMS, invalidProof, MAX_AGE, MAX_AHEAD, readProof } from './proof.ts';
import { createReplays } from './replays.ts';

/** A proof as it came, and the request that it must be for. */
export interface PresentedProof {
  proof: string;
  method: string;
  /** Without the query. */
  path: string;
}

export interface Dpop {
  /** Names of signature algorithms, as in the metadata document (RFC 9449 §5.1). */
  algorithms: readonly string[];
  /** For the header `DPoP-Nonce`. */
  nonce(): string;
  /**
   * RFC 9449 §4.3 and §8. `accessToken`: the one that came with it, at a protected resource. Fails with `token_invalid`
   * and `invalid_dpop_proof` or `use_dpop_nonce`, or with `busy`. Each proof passes once.
   */
  verify(presented: PresentedProof, accessToken?: string): Promise<{ jkt: string }>;
}

export interface DpopOptions {
  secrets: readonly [string, ...string[]];
  clock: Clock;
  /** Under which this server is known. */
  origins: readonly string[];
}

export function createDpop({ secrets, clock, origins }: DpopOptions): Dpop {
  const nonces = createNonces({ secrets, clock });
  const replays = createReplays();
  return {
    algorithms: ALGORITHMS,
    nonce: () => nonces.current(),
    async verify({ proof: text, method, path }, accessToken) {
      const targets = origins.map((origin) => `${origin}${path}`);
      const now = toNumericDate(clock.now());
      const { nonce, ...proof } = await readProof(text, { method, targets, accessToken, now });
      if (nonce === undefined || !nonces.isCurrent(nonce))
        throw new Failure('token_invalid', { dpop: 'use_dpop_nonce' });
      // Last, and without a pause in between: of two that are the same, one is first. Kept for longer than it can still be accepted.
      const noted = replays.note(proof, { now, until: now + MAX_AGE + MAX_AHEAD + 1 });
      if (noted === 'full') throw new Failure('busy', { retryAfter: MAX_AGE });
      if (!noted) throw invalidProof();
      return { jkt: proof.jkt };
    },
  };
}
