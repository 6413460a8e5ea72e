/** Cc (control) and Cf-like bidi overrides: characters that can hide or reorder what a person is shown. */
const UNSHOWABLE = /[\p{Cc}\u061c\u200b\u200e\u200f\u2028\u2029\u202a-\u202e\u2060\u2066-\u2069\ufeff]/u;
const EVERY_UNSHOWABLE = new RegExp(UNSHOWABLE, 'gu');

/** Marks without width that come along when text is copied from a page or a document, and mean nothing there. */
const ZERO_WIDTH = /[\u200b\u2060\ufeff]/g;

/** Without the invisible characters that a person cannot know to have pasted. Those that carry meaning stay. */
export function withoutZeroWidth(text: string): string {
  return text.replace(ZERO_WIDTH, '');
}

/** True when the text can be stored, shown and encoded as UTF-8 without change: no lone surrogate, no control. */
export function isPlainText(text: string): boolean {
  return text.isWellFormed() && !UNSHOWABLE.test(text);
}

/** Plain text of what cannot be refused, such as what a browser calls itself: a sign stands for what is taken out. */
export function withoutUnshowable(text: string): string {
  return text.toWellFormed().replaceAll(EVERY_UNSHOWABLE, '\ufffd');
}

/** Length as people count it: Unicode code points, not UTF-16 units. */
export function codePoints(text: string): number {
  let count = 0;
  for (const _ of text) count += 1;
  return count;
}
