import { expect, test } from 'vitest';
import { createProgressBar } from '../../../server/commands/progress-bar.ts';

const CLEAR = '\r\u001b[2K';

function createTerminal(isTTY: boolean) {
  const written: string[] = [];
  return { isTTY, written, write: (text: string) => written.push(text) };
}

test('on a terminal the bar grows in one line, makes way for other lines, and is gone at the end', () => {
  const terminal = createTerminal(true);
  const bar = createProgressBar(terminal, 200);
  for (const amount of [50, 0, 49]) bar.advance(amount);
  bar.say('line 3: refused');
  bar.advance(102);
  bar.end();
  expect(terminal.written).toEqual([
    `${CLEAR}[##########------------------------------] 25 %`,
    `${CLEAR}[####################--------------------] 49 %`,
    CLEAR,
    'line 3: refused\n',
    `${CLEAR}[########################################] 100 %`,
    CLEAR,
  ]);
});

test('nothing is drawn where nobody watches, or where nobody knows how much there is', () => {
  for (const [isTTY, total] of [
    [false, 200],
    [true, undefined],
  ] as const) {
    const terminal = createTerminal(isTTY);
    const bar = createProgressBar(terminal, total);
    bar.advance(50);
    bar.say('line 3: refused');
    bar.end();
    expect(terminal.written).toEqual(['line 3: refused\n']);
  }
});
