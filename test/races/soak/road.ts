import type { IncomingMessage } from 'node:http';
import type { Fault, Passage } from '../../support/fault-proxy.ts';
import type { MortalServer } from './mortal-server.ts';
import { choose, type Random } from './random.ts';
import type { Witness } from './witness.ts';

/** How often, in a hundred exchanges, the network does what. */
const FAULTS = { none: 78, lostAnswer: 8, lateAnswer: 7, lostRequest: 4, tornConnection: 3 };

export type FaultKind = Exclude<keyof typeof FAULTS, 'none'>;

/** A late answer is overtaken by so many others at most. */
const MOST_OVERTAKING = 8;

export interface SoakWorld {
  server: MortalServer;
  witness: Witness;
  faults: Record<FaultKind, number>;
  random: Random;
  isOver: () => boolean;
  /** Asked at each answer of a refresh: whether the server is to die before anybody hears of it. */
  isFatal: () => boolean;
}

/** The network between one browser and the server. */
export interface Road {
  plan: (request: IncomingMessage) => Fault;
  /** How many answers are late at the moment. */
  held(): number;
  /** Resolves when another one is. */
  untilHeld(): Promise<void>;
  /** While true, what is late comes in and nothing more gets late. */
  hurry(inHurry: boolean): void;
  /** No faults any more. */
  calm(): void;
}

export function createRoad({ server, witness, faults, random, isFatal }: SoakWorld): Road {
  let late: { due: number; release: () => void }[] = [];
  const watchers: (() => void)[] = [];
  let answers = 0;
  let inHurry = false;
  let isCalm = false;

  function releaseUntil(due: number): void {
    for (const answer of late) if (answer.due <= due) answer.release();
    late = late.filter((answer) => answer.due > due);
  }

  function chooseFault(path: string): keyof typeof FAULTS {
    const isSpared = isCalm || path === '/trpc/auth.register' || path === '/trpc/auth.login';
    const kind = isSpared ? 'none' : choose(random, FAULTS);
    // Whoever signs out makes no other call that could overtake the answer.
    return kind === 'lateAnswer' && (inHurry || path === '/trpc/auth.logout') ? 'none' : kind;
  }

  function arrive(kind: keyof typeof FAULTS): Promise<Passage> | Passage {
    answers += 1;
    releaseUntil(answers);
    if (kind === 'lostAnswer') return 'lost';
    if (kind !== 'lateAnswer' || inHurry) return 'pass';
    const due = answers + 1 + Math.floor(random() * MOST_OVERTAKING);
    return new Promise((resolve) => {
      late.push({ due, release: () => resolve('pass') });
      for (const tell of watchers.splice(0)) tell();
    });
  }

  return {
    plan(request) {
      const { url = '' } = request;
      const kind = chooseFault(url);
      if (kind !== 'none') faults[kind] += 1;
      const judge = witness.watch(request);
      return {
        request: () => (kind === 'lostRequest' ? 'lost' : kind === 'tornConnection' ? 'torn' : 'pass'),
        answer(answer) {
          judge(answer);
          if (url !== '/trpc/auth.refresh' || !isFatal()) return arrive(kind);
          server.kill();
          return 'lost';
        },
      };
    },
    held: () => late.length,
    untilHeld: () => new Promise((resolve) => void watchers.push(resolve)),
    hurry(now) {
      inHurry = now;
      if (inHurry) releaseUntil(Number.POSITIVE_INFINITY);
    },
    calm: () => void (isCalm = true),
  };
}
