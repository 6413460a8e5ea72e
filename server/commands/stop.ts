import { constants } from 'node:os';
import { MoveError } from '../db/move/move-error.ts';

const SIGNALS = ['SIGINT', 'SIGTERM'] as const;

/** For a command that takes long: at the first signal it ends in good order, at the second one at once. */
export function createStop(advice: string) {
  let signal: (typeof SIGNALS)[number] | undefined;
  const hear = (heard: (typeof SIGNALS)[number]) => {
    signal = heard;
    process.exitCode = 128 + constants.signals[heard];
    forget();
  };
  const forget = () => SIGNALS.forEach((each) => void process.off(each, hear));
  for (const each of SIGNALS) process.on(each, hear);
  return {
    /** Throws once a signal has come. */
    check() {
      if (signal !== undefined) throw new MoveError(`stopped: ${advice}`);
    },
    end: forget,
  };
}
