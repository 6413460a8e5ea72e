import { domainToUnicode } from 'node:url';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { canonicalEmail, emailSchema } from '../../shared/email.ts';
import { anyText, anyUnits } from '../support/arbitrary.ts';
import { readCasePairs, readForms } from '../support/unicode-data.ts';

/** As many characters as there can be: 64, the at, 189. */
const LONGEST = `${'a'.repeat(64)}@${'b.'.repeat(88)}${'c'.repeat(9)}.com`;
const LONG_LABEL = `ada@${'b'.repeat(63)}.com`;

describe('spellings of one address are one account', () => {
  test.each([
    ['ada@example.com', 'ada@example.com'],
    ['Ada@Example.COM', 'ada@example.com'],
    ['  ada@example.com ', 'ada@example.com'],
    ['\u00a0ada@example.com', 'ada@example.com'],
    ['ada.l+news@example.com', 'ada.l+news@example.com'],
    ['a.d.a@example.com', 'a.d.a@example.com'],
    ["o'hara@example.com", "o'hara@example.com"],
    ['\ufeffada@\u2060example.com\u200b', 'ada@example.com'],
    ['\u200b ada@example.com', 'ada@example.com'],
    [`\u200b${LONGEST}`, LONGEST],
    [LONG_LABEL, LONG_LABEL],
    ['AB-C.D_E@EX-AMPLE.COM', 'ab-c.d_e@ex-ample.com'],
    ['ada@b\u00fccher.example', 'ada@xn--bcher-kva.example'],
    ['ADA@B\u00dcCHER.example', 'ada@xn--bcher-kva.example'],
    ['ada@bu\u0308cher.example', 'ada@xn--bcher-kva.example'],
    ['ada@xn--bcher-kva.example', 'ada@xn--bcher-kva.example'],
    ['ada@пример.рф', 'ada@xn--e1afmkfd.xn--p1ai'],
    ['ada@exаmple.com', 'ada@xn--exmple-4nf.com'],
    ['ada@XN--BCHER-KVA.example', 'ada@xn--bcher-kva.example'],
    ['ada@faß.example', 'ada@xn--fa-hia.example'],
    ['ada@FAẞ.example', 'ada@xn--fa-hia.example'],
    ['ada@βόλος.example', 'ada@xn--nxasmm1c.example'],
    ['ada@ΒΌΛΟΣ.example', 'ada@xn--nxasmq6b.example'],
    ['ada@\u1112\u1161\u11ab.example', 'ada@xn--6q8b.example'],
    ['ada@\u13a0\u13a1.example', 'ada@xn--58dc.example'],
    ['ada@\uab70\uab71.example', 'ada@xn--58dc.example'],
    ['ada@\u212bngstrom.example', 'ada@xn--ngstrom-dxa.example'],
  ])('%s → %s', (typed, canonical) => {
    expect(emailSchema.parse(typed)).toBe(canonical);
  });

  test('also once the code has run often enough to be compiled', () => {
    for (let time = 0; time < 20_000; time += 1)
      if (!emailSchema.safeParse('ada@faß.example').success) expect.fail(`the ${time}th time`);
  });
});

describe('what is no single plain address is refused', () => {
  test.each([
    ['nothing', ''],
    ['no at', 'example.com'],
    ['no local part', '@example.com'],
    ['no domain', 'ada@'],
    ['two ats', 'ada@example.com@example.org'],
    ['two ats together', 'ada@@example.com'],
    ['a full-width at', 'ada＠example.com'],
    ['a host without a dot', 'ada@localhost'],
    ['an empty label', 'ada@example..com'],
    ['a trailing dot', 'ada@example.com.'],
    ['a leading dot', '.ada@example.com'],
    ['an IP literal', 'ada@[127.0.0.1]'],
    ['an IP address', 'ada@127.0.0.1'],
    ['an IP address in hexadecimal', 'ada@0x7f000001'],
    ['a port', 'ada@example.com:25'],
    ['a path', 'ada@example.com/inbox'],
    ['an escaped letter in the domain', 'ada@ex%61mple.com'],
    ['a soft hyphen in the domain', 'ada@exam\u00adple.com'],
    ['an ideographic full stop in the domain', 'ada@example\u3002com'],
    ['a list', 'ada@example.com,eve@example.com'],
    ['a list with a space', 'ada@example.com, eve@example.com'],
    ['a list with a semicolon', 'ada@example.com;eve@example.com'],
    ['a display name', 'Ada <ada@example.com>'],
    ['a quoted local part', '"ada lovelace"@example.com'],
    ['HTML', '<img/src=x>@example.com'],
    ['a comment', 'ada(lovelace)@example.com'],
    ['a space inside', 'ada lovelace@example.com'],
    ['a line break and a header', 'ada@example.com\r\nBcc: eve@example.com'],
    ['a trailing line break', 'ada@example.com\n'],
    ['a NUL', 'ada\0@example.com'],
    ['a mark that reverses the text', 'ada\u202e@example.com'],
    ['a lone surrogate', 'ada\ud800@example.com'],
    ['a look-alike local part', 'аdа@example.com'],
    ['a dotless i', 'adı@example.com'],
    ['a Kelvin sign, which is a k in lower case', '\u212aate@example.com'],
    ['a long s, which is an S in upper case', 'ada\u017f@example.com'],
    ['a capital I with a dot', 'AD\u0130@example.com'],
    ['a combining mark before the at', 'ada\u0301@example.com'],
    ['full-width letters', 'ａｄａ@example.com'],
    ['full-width letters in the domain', 'ada@ｅｘａｍｐｌｅ.com'],
    ['a full-width full stop in the domain', 'ada@example．com'],
    ['a superscript in the domain', 'ada@example².com'],
    ['a ligature in the domain', 'ada@o\ufb03ce.example'],
    ['a letter of mathematics in the domain', 'ada@\u{1d41e}xample.com'],
    ['a long s in the domain', 'ada@\u017fun.example'],
    ['a joiner in the domain', 'ada@exam\u200dple.com'],
    ['a non-joiner in the domain', 'ada@exam\u200cple.com'],
    ['a variation selector in the domain', 'ada@exam\ufe0fple.com'],
    ['a filler in the domain', 'ada@exam\u3164ple.com'],
    ['a label that begins with a combining mark', 'ada@\u0301example.com'],
    ['a label that begins with a hyphen', 'ada@-example.com'],
    ['a label that ends with a hyphen', 'ada@example-.com'],
    ['a label of 64 characters', `ada@${'b'.repeat(64)}.com`],
    ['a label of 64 characters once it is written in ASCII', `ada@${'b'.repeat(58)}ü.com`],
    ['a label that is international but has no letters', 'ada@xn--.com'],
    ['a label that is international and cannot be read', 'ada@xn--a.com'],
    ['a top-level domain that is international and cannot be read', 'ada@example.xn--a'],
    ['a label that says it is international, and is shown as example', 'ada@xn--example-.com'],
    ['a label that is international but not in lower case', 'ada@xn--bcher-2pa.example'],
    ['65 characters before the at', `${'a'.repeat(65)}@example.com`],
    ['255 characters', LONGEST.replace('@', '@a')],
    ['more than 254 characters once its domain is written in ASCII', `a@${'ü.'.repeat(100)}com`],
  ])('%s', (_, typed) => {
    expect(emailSchema.safeParse(typed).success).toBe(false);
  });
});

describe('data of Unicode', () => {
  test('what is one text in another normal form is one domain', () => {
    const accepted = readForms().filter(({ source, nfc, nfd }) => {
      const kept = new Set([source, nfc, nfd].map((text) => canonicalEmail(`ada@x${text}.example`)));
      expect([source, kept.size]).toEqual([source, 1]);
      return emailSchema.safeParse(`ada@x${source}.example`).success;
    });
    expect(accepted.length).toBeGreaterThan(100);
  });

  test('what is another text, that only means the same, is refused rather than replaced by it', () => {
    const others = readForms().filter(({ nfc, nfkc }) => nfc !== nfkc);
    expect(others.length).toBeGreaterThan(50);
    for (const { source } of others)
      expect([source, emailSchema.safeParse(`ada@x${source}.example`).success]).toEqual([source, false]);
  });

  test('letters that differ in case only are one domain, but for final sigma', () => {
    let accepted = 0;
    for (const { character, folded } of readCasePairs().filter((pair) => pair.character !== 'ς')) {
      const [one, other] = [character, folded].map((text) => emailSchema.safeParse(`ada@x${text}.example`));
      if (!one?.success) continue;
      accepted += 1;
      expect([character, one.data]).toEqual([character, other?.data]);
    }
    expect(accepted).toBeGreaterThan(1000);
  });

  test('a character that a domain may have is kept as it is, but for case', () => {
    const changed: string[] = [];
    let accepted = 0;
    for (let code = 0x80; code <= 0x10ffff; code += 1) {
      const character = String.fromCodePoint(code);
      if (!/^(?!\p{Ideographic}|\p{Script=Hangul})[\p{L}\p{M}\p{N}]$/u.test(character)) continue;
      const { success, data = '' } = emailSchema.safeParse(`a@x${character}.example`);
      if (!success) continue;
      accepted += 1;
      const shown = domainToUnicode(data.slice(2)).slice(0, -'.example'.length);
      const same = [character, character.toLowerCase(), character.toUpperCase()].map((text) =>
        `x${text}`.normalize('NFC'),
      );
      if (!same.includes(shown)) changed.push(`${character} ${shown}`);
    }
    expect(accepted).toBeGreaterThan(10_000);
    expect(changed).toEqual([]);
  });
});

describe('for any text', () => {
  const part = anyText({ maxLength: 20 });
  const letters = fc.integer({ min: 0xdf, max: 0x1e943 }).map((code) => String.fromCodePoint(code));
  const label = fc
    .tuple(
      fc.constantFrom('', 'xn--', 'XN--', 'a'),
      fc.array(fc.oneof(letters, fc.constantFrom('a', 'b', '1', '-')), { maxLength: 6 }),
    )
    .map(([start, characters]) => start + characters.join(''));
  const addressLike = fc.oneof(
    anyText(),
    anyUnits(),
    fc.tuple(part, part).map(([local, domain]) => `${local}@${domain}`),
    fc.tuple(part, part).map(([local, domain]) => `${local}@${domain}.com`),
    fc.tuple(label, label).map((labels) => `ada@${labels.join('.')}.com`),
    fc.emailAddress(),
  );

  test('the canonical form of a canonical form is itself', () => {
    fc.assert(
      fc.property(addressLike, (text) => {
        expect(canonicalEmail(canonicalEmail(text))).toBe(canonicalEmail(text));
      }),
      { numRuns: 1000, examples: [['J\u030c@example.com'], ['\u212a@example.com'], ['\u0130@example.com']] },
    );
  });

  test('an accepted address is lower-case printable ASCII, has one at, and is accepted again unchanged', () => {
    fc.assert(
      fc.property(addressLike, (text) => {
        const { success, data } = emailSchema.safeParse(text);
        if (!success) return;
        expect(data).toMatch(/^[a-z0-9_'+.-]{1,64}@[a-z0-9.-]+$/);
        expect(data.length).toBeLessThanOrEqual(254);
        expect(Math.max(...data.split(/[@.]/).map((label) => label.length))).toBeLessThanOrEqual(64);
        expect(domainToUnicode(data.slice(data.indexOf('@') + 1))).not.toBe('');
        expect(emailSchema.parse(data)).toBe(data);
        expect(emailSchema.parse(data.toUpperCase())).toBe(data);
      }),
      { numRuns: 1000 },
    );
  });
});
