// @ts-check
import { count, patience } from './table.mjs';

/** @typedef {import('./results.mjs').Measured} Measured */

const PANEL = { width: 440, gap: 24, row: 22, title: 34, label: 196, value: 70 };

/** @type {{ title: string, of: (stack: Measured) => number | undefined, text: (value: number) => string }[]} */
const PANELS = [
  { title: 'me, requests a second: more is better', of: ({ me }) => me?.perSecond, text: count },
  {
    title: 'refresh, requests a second: more is better',
    of: ({ refresh }) => refresh?.perSecond,
    text: count,
  },
  { title: 'me, CPU µs a request: less is better', of: ({ me }) => me?.cpu, text: count },
  {
    title: 'me during 32 sign-ins, p99 ms: less is better',
    of: ({ storm }) => storm?.p99,
    text: patience,
  },
];

// Both schemes: whoever shows the picture says which.
const STYLE = `
    text { font: 12px system-ui, sans-serif; fill: #1f2328 }
    .title { font-weight: 600; font-size: 13px }
    .peer { fill: #8c959f }
    .ours { fill: #0969da }
    @media (prefers-color-scheme: dark) {
      text { fill: #e6edf3 }
      .peer { fill: #6e7681 }
      .ours { fill: #4493f8 }
    }`;

/**
 * Four panels of bars, each from zero and linear.
 *
 * @param {readonly Measured[]} stacks
 */
export function renderChart(stacks) {
  const tallest = PANEL.title + stacks.length * PANEL.row + PANEL.gap;
  const [width, height] = [PANEL.width * 2 + PANEL.gap, tallest * 2];
  const panels = PANELS.map((panel, index) => {
    const [x, y] = [(index % 2) * (PANEL.width + PANEL.gap), Math.floor(index / 2) * tallest];
    return `  <g transform="translate(${x} ${y})">\n${renderPanel(panel, stacks)}\n  </g>`;
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img">`,
    '  <title>What the server and its peers do on one core</title>',
    `  <style>${STYLE}\n  </style>`,
    ...panels,
    '</svg>\n',
  ].join('\n');
}

/** @param {(typeof PANELS)[number]} panel  @param {readonly Measured[]} stacks */
function renderPanel({ title, of, text }, stacks) {
  const shown = stacks.flatMap((stack) => {
    const value = of(stack);
    return value === undefined ? [] : [{ stack, value }];
  });
  const most = Math.max(...shown.map(({ value }) => value));
  const room = PANEL.width - PANEL.label - PANEL.value;
  const bars = shown.map(({ stack, value }, index) => {
    const y = PANEL.title + index * PANEL.row;
    const length = Math.max(1, (value / most) * room);
    const kind = stack.id.startsWith('sallyport') ? 'ours' : 'peer';
    return [
      `    <text x="${PANEL.label - 8}" y="${y + 11}" text-anchor="end">${escape(stack.name)}</text>`,
      `    <rect class="${kind}" x="${PANEL.label}" y="${y}" width="${length.toFixed(1)}" height="14" rx="2" />`,
      `    <text x="${(PANEL.label + length + 6).toFixed(1)}" y="${y + 11}">${text(value)}</text>`,
    ].join('\n');
  });
  return [`    <text class="title" x="0" y="18">${escape(title)}</text>`, ...bars].join('\n');
}

/** @param {string} text */
function escape(text) {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
}
