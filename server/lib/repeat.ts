/**
 * Does `work` again and again, never twice at once, after the pause that it returns: milliseconds. Returns how to stop,
 * which waits for what is under way. Keeps no process alive. `failed` is told what went wrong and says when to go on.
 */
export function repeat(
  work: () => Promise<number>,
  { first, failed }: { first: number; failed: (error: unknown) => number },
): () => Promise<void> {
  let stopped = false;
  let timer: NodeJS.Timeout | undefined;
  let running = Promise.resolve();
  const plan = (pause: number): void => {
    if (!stopped) timer = setTimeout(run, pause).unref();
  };
  const run = (): void => {
    running = work().catch(failed).then(plan);
  };
  plan(first);
  return async () => {
    stopped = true;
    clearTimeout(timer);
    await running;
  };
}
