import { expect, test } from 'vitest';
import { isForbiddenOrigin, ownOrigins } from '../../../server/http/origin-check.ts';

type Headers = Record<string, string>;

const trusted = new Set(['https://login.example.com', 'https://app.example.com']);

test.each([
  ['POST', { 'sec-fetch-site': 'same-origin' }, false, 'the page itself'],
  ['POST', { 'sec-fetch-site': 'none' }, false, 'typed by the person'],
  ['POST', { 'sec-fetch-site': 'cross-site' }, true, 'another site'],
  ['POST', { 'sec-fetch-site': 'same-site' }, true, 'a sibling subdomain, which somebody else may run'],
  ['POST', { 'sec-fetch-site': 'same-site', origin: 'https://app.example.com' }, false, 'an allowed sibling'],
  ['POST', { 'sec-fetch-site': 'cross-site', origin: 'https://evil.example' }, true, 'another site, by both'],
  ['POST', { origin: 'https://login.example.com' }, false, 'the page itself in an old browser'],
  ['POST', { origin: 'https://login.example.com.evil.example' }, true, 'a host that only begins alike'],
  ['POST', { origin: 'http://login.example.com' }, true, 'the same host without TLS'],
  ['POST', { origin: 'null' }, true, 'a sandboxed frame'],
  ['POST', {}, false, 'no browser'],
  ['GET', { 'sec-fetch-site': 'cross-site' }, false, 'reading changes nothing'],
  ['DELETE', { 'sec-fetch-site': 'cross-site' }, true, 'any other method'],
] satisfies [string, Headers, boolean, string][])(
  '%s %o → refused: %s (%s)',
  (method, headers, refused, _why) => {
    expect(isForbiddenOrigin({ method, headers }, trusted)).toBe(refused);
  },
);

test.each([
  ['https://login.example.com', ['https://login.example.com']],
  ['http://localhost:3000', ['http://localhost:3000', 'http://127.0.0.1:3000', 'http://[::1]:3000']],
  ['http://127.0.0.1', ['http://localhost', 'http://127.0.0.1', 'http://[::1]']],
])('%s is at home under %o', (publicUrl, origins) => {
  expect(ownOrigins(publicUrl)).toEqual(origins);
});
