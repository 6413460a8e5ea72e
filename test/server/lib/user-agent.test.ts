import fc from 'fast-check';
import { expect, test } from 'vitest';
import { packUserAgent, unpackUserAgent } from '../../../server/lib/user-agent.ts';
import { USER_AGENTS } from '../../support/user-agents.ts';

test('what is packed unpacks to itself, whatever a header can hold', () => {
  // RFC 9110 §5.5: visible characters, space, tab, and obs-text.
  const character = fc.oneof(
    fc.constant('\t'),
    fc.integer({ min: 0x20, max: 0x7e }).map((code) => String.fromCodePoint(code)),
    fc.integer({ min: 0x80, max: 0xff }).map((code) => String.fromCodePoint(code)),
  );
  const piece = fc.oneof(
    fc.string({ unit: character, maxLength: 12 }),
    fc.constantFrom('Mozilla/5.0 (', 'Chrome/', '.0.0.0', '.0.0', ' Safari/537.36', ' like Mac OS X)', ' '),
  );
  const text = fc.array(piece, { maxLength: 20 }).map((pieces) => pieces.join(''));
  fc.assert(fc.property(text, (userAgent) => unpackUserAgent(packUserAgent(userAgent)) === userAgent));
});

test.each(USER_AGENTS)('%s', (_, userAgent) => {
  const packed = packUserAgent(userAgent);
  expect(unpackUserAgent(packed)).toBe(userAgent);
  expect(unpackUserAgent(userAgent)).toBe(userAgent);
  if (userAgent.startsWith('Mozilla/5.0 (')) expect(packed.length).toBeLessThan(userAgent.length * 0.55);
});
