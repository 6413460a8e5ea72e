import { domainToUnicode } from 'node:url';
import confusables from './confusables.json';

/**
 * Of each character that looks like another the one that stands for all of them (UTS #39 §4). Holds what can be in an address;
 * made by make-confusables.mjs.
 */
const prototypes = new Map(
  Object.entries(confusables).flatMap(([prototype, characters]) =>
    Array.from(characters, (character) => [character, prototype]),
  ),
);

/**
 * What all addresses that look like this one have in common (UTS #39 §4). `address` in canonical form. Says nothing by
 * itself, since `john1` and `johnl` have the same: see accounts/look-alike-store.ts.
 */
export function skeletonOfAddress(address: string): string {
  return Array.from(
    shown(address)
      .normalize('NFD')
      .replaceAll(/\p{Default_Ignorable_Code_Point}/gu, ''),
    (character) => prototypes.get(character) ?? character,
  )
    .join('')
    .normalize('NFD');
}

/** As a person sees it: `user@xn--pple-43d.com` is `user@аpple.com`, with a Cyrillic letter. */
function shown(address: string): string {
  const at = address.lastIndexOf('@') + 1;
  const domain = address.slice(at);
  // Empty for what is no domain after all, such as one that was taken by an older release.
  return `${address.slice(0, at)}${domainToUnicode(domain) || domain}`;
}
