import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';

/**
 * The unit in which callers are counted: an IPv4 address, or an IPv6 /64, since one household owns 2⁶⁴ of them.
 * Every spelling of one address gives one bucket (better-auth CVE-2026-45364); what is no address at all shares
 * a single bucket rather than none.
 */
export function addressBucket(address: string | undefined): string {
  if (address === undefined || !ipaddr.isValid(address)) return 'unknown';
  const parsed = ipaddr.process(address);
  if (parsed instanceof ipaddr.IPv4) return parsed.toString();
  const prefix = parsed.parts.slice(0, 4).map((part) => part.toString(16));
  return `${prefix.join(':')}::/64`;
}

/**
 * `10.0.0.1`, `10.0.0.0/8`, `fd00::/8`: what `TRUST_PROXY` accepts. Not the historical short forms, of which `1`
 * would be the worst: meant as a number of hops, it would be the address 0.0.0.1. Nor everybody: then anybody is whoever they say.
 */
export function isAddressRange(text: string): boolean {
  const [address = ''] = text.split('/');
  return isIP(address) !== 0 && !text.endsWith('/0') && (ipaddr.isValid(text) || ipaddr.isValidCIDR(text));
}

/** Whether an address is one of these, or in one of these ranges, however it is spelt. */
export function isWithin(address: string | undefined, ranges: readonly string[]): boolean {
  if (address === undefined || !ipaddr.isValid(address)) return false;
  const parsed = ipaddr.process(address);
  return ranges.some((text) => {
    const [range, bits] = ipaddr.isValidCIDR(text) ? ipaddr.parseCIDR(text) : wholeOf(text);
    return range.kind() === parsed.kind() && parsed.match(range, bits);
  });
}

function wholeOf(text: string): [ipaddr.IPv4 | ipaddr.IPv6, number] {
  const parsed = ipaddr.process(text);
  return [parsed, parsed.kind() === 'ipv4' ? 32 : 128];
}
