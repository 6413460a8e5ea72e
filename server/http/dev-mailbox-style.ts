/** The mailbox looks like the pages of the client: its colours are those of client/colours.css, which a test compares. */
export const STYLE = `
:root {
  color-scheme: light dark;

  --canvas: #f6f5f1;
  --surface: #ffffff;
  --ink: #1a1f1e;
  --muted: #59625f;
  --line: #e2e0d9;
  --field-line: #858d89;
  --accent: #0b6b5d;
  --accent-strong: #07554a;
  --on-accent: #ffffff;
}

@media (prefers-color-scheme: dark) {
  :root {
    --canvas: #121516;
    --surface: #1a1e1f;
    --ink: #ebeeed;
    --muted: #a2aba8;
    --line: #2c3233;
    --field-line: #6e7875;
    --accent: #5fc9b3;
    --accent-strong: #7fd9c6;
    --on-accent: #06231d;
  }
}

* { box-sizing: border-box; margin: 0; }

body {
  background: var(--canvas);
  color: var(--ink);
  font: 1rem/1.5 system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif;
  -webkit-font-smoothing: antialiased;
}

a { color: var(--accent); border-radius: 0.25rem; overflow-wrap: anywhere; }
a:hover { color: var(--accent-strong); }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }

header { padding: 1rem 1.25rem; }
header a {
  display: inline-flex; align-items: center; gap: 0.625rem; min-height: 2.75rem;
  color: var(--ink); font-size: 1.125rem; font-weight: 600; letter-spacing: -0.025em; text-decoration: none;
}
header svg { width: 1.75rem; height: 1.75rem; }
header rect { fill: var(--accent); }
header path { fill: var(--on-accent); }

main { padding: 1rem 1.25rem 4rem; }
article { max-width: 60rem; margin: 0 auto; }
article > * + * { margin-top: 1.5rem; }
h1 { font-size: 1.5rem; line-height: 1.3; font-weight: 600; letter-spacing: -0.025em; overflow-wrap: anywhere; }

.mails { list-style: none; padding: 0; border-top: 1px solid var(--line); }
.mails li { position: relative; display: grid; gap: 0 1.5rem; padding: 0.75rem 0; border-bottom: 1px solid var(--line); overflow-wrap: anywhere; }
.mails a { font-weight: 600; }
.mails a::after { content: ''; position: absolute; inset: 0; }
.mails time, dt, figcaption { color: var(--muted); }

dl > div { display: grid; grid-template-columns: 4rem 1fr; }
dd { overflow-wrap: anywhere; }

figcaption { margin-bottom: 0.5rem; }
pre {
  padding: 1rem; border: 1px solid var(--line); border-radius: 0.5rem; background: var(--surface);
  font: 0.875rem/1.6 ui-monospace, 'SF Mono', Menlo, Consolas, 'Liberation Mono', monospace;
  white-space: pre-wrap; overflow-wrap: anywhere;
}
.frames { display: grid; gap: 1.5rem; }
iframe { display: block; width: 100%; height: 40rem; resize: vertical; border: 1px solid var(--line); border-radius: 0.5rem; }
.light { color-scheme: light; }
.dark { color-scheme: dark; }

@media (min-width: 40rem) {
  header { padding: 1.5rem 2rem; }
  main { padding: 3rem 2rem 4rem; }
  article { padding: 2rem 2.5rem; border: 1px solid var(--line); border-radius: 1rem; background: var(--surface); }
  h1 { font-size: 1.875rem; }
  .mails li { grid-template-columns: 1fr auto; }
  .mails a { grid-column: 1 / -1; }
  pre { background: var(--canvas); }
}

@media (min-width: 60rem) {
  .frames { grid-template-columns: 1fr 1fr; }
}
`.trimStart();
