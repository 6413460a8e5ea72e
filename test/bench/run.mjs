// @ts-check
// `npm run bench`: what the server costs beside its peers, each a process on one core, on loopback. Numbers are for reading;
// no test asserts them.
//
//   --quick          short rounds at cost 10: whether everything runs, not how fast
//   --scale          what a million accounts change, instead
//   --oauth          the OAuth endpoints beside tRPC, instead
//   --revocations    how long an ended session is accepted by other processes, on PostgreSQL, instead
//   --simulate       what one machine cannot show, instead
//   --update-readme  keeps the figures in docs/benchmark/ and shows them in the README; otherwise dist/benchmark/ has them
import { parseArgs } from 'node:util';
import { judge } from './bars.mjs';
import { compare } from './comparison.mjs';
import { say } from './measure.mjs';
import { measureOAuth } from './oauth.mjs';
import { KEPT, LEFT, updateReadme, writeResults } from './results.mjs';
import { measureRevocations } from './revocations.mjs';
import { measureScale } from './scale.mjs';
import { canPin, stepAside } from './servers.mjs';
import { simulate } from './simulate.mjs';

const FULL = { seconds: 3, rounds: 5, cost: 12, storms: 2, startUps: 5, sessions: 100_000 };
const QUICK = { seconds: 1, rounds: 2, cost: 10, storms: 1, startUps: 2, sessions: 1000 };

const { values } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    scale: { type: 'boolean', default: false },
    oauth: { type: 'boolean', default: false },
    revocations: { type: 'boolean', default: false },
    simulate: { type: 'boolean', default: false },
    'update-readme': { type: 'boolean', default: false },
  },
});
const kept = values['update-readme'];
if (kept && values.quick) throw new Error('--quick is not for the README: its figures say little');

const lengths = values.quick ? QUICK : FULL;
const folder = kept ? KEPT : LEFT;

async function compareAll() {
  const comparison = await compare(lengths);
  await writeResults(folder, { comparison });
  say('');
  for (const { name, measured, relation, limit, unit, held } of judge(comparison))
    say(
      `${held ? 'held    ' : 'NOT HELD'} ${name}: ${measured.toPrecision(4)} ${unit}, promised ${relation} ${limit}`,
    );
}

async function compareScales() {
  const scale = await measureScale(lengths);
  await writeResults(folder, { scale });
  for (const { name, measured, limit, held } of scale.verdicts)
    say(`${held ? 'held    ' : 'NOT HELD'} ${name}: ${measured.toFixed(2)} ×, promised ≤ ${limit}`);
}

say(
  `Node ${process.version}; servers ${canPin() ? 'on one core each, the load on another' : 'not pinned'}\n`,
);
stepAside();
if (values.simulate) await simulate();
else if (values.revocations) await measureRevocations({ say });
else if (values.oauth) await measureOAuth(lengths);
else await (values.scale ? compareScales() : compareAll());
if (kept && !values.simulate) await updateReadme();
