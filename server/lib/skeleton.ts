import { domainToUnicode } from 'node:url';

/** As a person sees it: `user@xn--pple-43d.com` is `user@аpple.com`, with a Cyrillic letter. */
function shown(address: string): string {
  const at = address.lastIndexOf('@');
  return `${address.slice(0, at)}@${domainToUnicode(address.slice(at + 1))}`;
}

/** What all addresses that look like this one have in common (UTS #39 §4). `address` in canonical form. */
export function skeletonOfAddress(address: string): string {
  return shown(address).normalize('NFD');
}
