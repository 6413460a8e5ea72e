import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { canonicalEmail, emailSchema } from '../../shared/email.ts';
import { anyText, anyUnits } from '../support/arbitrary.ts';

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
    [`\u200b${'a'.repeat(242)}@example.com`, `${'a'.repeat(242)}@example.com`],
    ['ada@b\u00fccher.example', 'ada@xn--bcher-kva.example'],
    ['ADA@B\u00dcCHER.example', 'ada@xn--bcher-kva.example'],
    ['ada@bu\u0308cher.example', 'ada@xn--bcher-kva.example'],
    ['ada@xn--bcher-kva.example', 'ada@xn--bcher-kva.example'],
    ['ada@пример.рф', 'ada@xn--e1afmkfd.xn--p1ai'],
    ['ada@ｅｘａｍｐｌｅ.com', 'ada@example.com'],
    ['ada@exаmple.com', 'ada@xn--exmple-4nf.com'],
  ])('%s → %s', (typed, canonical) => {
    expect(emailSchema.parse(typed)).toBe(canonical);
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
    ['255 characters', `${'a'.repeat(243)}@example.com`],
    ['more than 254 characters once its domain is written in ASCII', `a@${'ü.'.repeat(100)}com`],
  ])('%s', (_, typed) => {
    expect(emailSchema.safeParse(typed).success).toBe(false);
  });
});

describe('for any text', () => {
  const part = anyText({ maxLength: 20 });
  const addressLike = fc.oneof(
    anyText(),
    anyUnits(),
    fc.tuple(part, part).map(([local, domain]) => `${local}@${domain}`),
    fc.tuple(part, part).map(([local, domain]) => `${local}@${domain}.com`),
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
        expect(data).toMatch(/^[!-?[-~]+@[!-?[-~]+$/);
        expect(data.length).toBeLessThanOrEqual(254);
        expect(emailSchema.parse(data)).toBe(data);
        expect(emailSchema.parse(data.toUpperCase())).toBe(data);
      }),
      { numRuns: 1000 },
    );
  });
});
