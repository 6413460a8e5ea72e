import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { PROJECT_ROOT } from './project-copy.ts';

export interface Instruction {
  /** In capitals. */
  name: string;
  rest: string;
}

export interface Stage {
  base: string;
  /** Undefined: it has none, as the last one. */
  name: string | undefined;
  instructions: Instruction[];
}

/** The project's own Dockerfile, stage by stage. Of its language what is used there: no variables, no line goes on. */
export function readDockerfile(): Stage[] {
  const lines = readFileSync(join(PROJECT_ROOT, 'Dockerfile'), 'utf8').split('\n');
  const stages: Stage[] = [];
  for (const line of lines.filter((text) => text !== '' && !text.startsWith('#'))) {
    const [, name = '', rest = ''] = /^([A-Z]+) (.*[^\\])$/.exec(line) ?? [];
    if (name === '') throw new Error(`Dockerfile: cannot read ${line}`);
    const from = name === 'FROM' ? /^(\S+)(?: AS (\S+))?$/.exec(rest) : undefined;
    if (from) stages.push({ base: from[1] ?? '', name: from[2], instructions: [] });
    else stages.at(-1)?.instructions.push({ name, rest });
  }
  return stages;
}

export function lastStage(): Stage {
  const stage = readDockerfile().at(-1);
  if (!stage) throw new Error('Dockerfile: there is no stage');
  return stage;
}

/** What the one instruction of this name says. */
export function soleInstruction({ instructions }: Stage, name: string): string {
  const [found, ...others] = instructions.filter((instruction) => instruction.name === name);
  if (!found || others.length > 0) throw new Error(`Dockerfile: expected one ${name}`);
  return found.rest;
}

/** `CMD ["node", "main.mjs"]`, also behind the options of a HEALTHCHECK. Fails for the form that starts a shell. */
export function execForm(text: string): string[] {
  const json = /(?:^| CMD )(\[.*\])$/.exec(text)?.[1];
  if (json === undefined) throw new Error(`Dockerfile: expected the exec form of ${text}`);
  return z.array(z.string()).parse(JSON.parse(json));
}

/** The variables that the image brings. */
export function imageEnvironment(): Record<string, string> {
  const pairs = soleInstruction(lastStage(), 'ENV').split(' ');
  return Object.fromEntries(
    pairs.map((pair) => [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)]),
  );
}

/** Sources and destination of a COPY; `from` is the stage that it takes them from. */
export function readCopy(text: string): { from: string | undefined; sources: string[]; to: string } {
  const [, from, rest = ''] = /^(?:--from=(\S+) )?(.+)$/.exec(text) ?? [];
  const sources = rest.split(' ');
  return { from, to: sources.pop() ?? '', sources };
}
