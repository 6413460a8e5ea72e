/** What an operator can mend, in words that stand alone: no stack, and nothing of what is in a row. */
export class MoveError extends Error {
  override readonly name = 'MoveError';
}
