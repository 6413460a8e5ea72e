const WIDTH = 40;
const CLEAR_LINE = '\r\u001b[2K';

export interface ProgressBar {
  /** So much more is done. */
  advance(amount: number): void;
  /** A line of its own, above the bar. */
  say(line: string): void;
  /** Takes the bar away. */
  end(): void;
}

/** Drawn on a terminal only, since in a log it would be noise, and only of a known total. */
export function createProgressBar(
  terminal: { isTTY?: boolean; write(text: string): unknown },
  total: number | undefined,
): ProgressBar {
  const isDrawn = terminal.isTTY === true && total !== undefined;
  let done = 0;
  let shown = '';
  const show = (bar: string) => {
    if (isDrawn && bar !== shown) terminal.write(CLEAR_LINE + bar);
    shown = bar;
  };
  return {
    advance(amount) {
      done += amount;
      show(drawBar(Math.min(1, done / Math.max(1, total ?? 0))));
    },
    say(line) {
      show('');
      terminal.write(`${line}\n`);
    },
    end() {
      show('');
    },
  };
}

function drawBar(part: number): string {
  const filled = Math.round(part * WIDTH);
  return `[${'#'.repeat(filled)}${'-'.repeat(WIDTH - filled)}] ${Math.floor(part * 100)} %`;
}
