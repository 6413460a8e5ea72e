/**
 * Does `work` again and again, `pause` milliseconds after the last time was over, and never twice at once. Returns how
 * to stop, which waits for what is under way. Keeps no process alive. `failed` is told what went wrong, and it goes on.
 */
export function repeat(
  work: () => Promise<void>,
  { pause, failed }: { pause: () => number; failed: (error: unknown) => void },
): () => Promise<void> {
  let stopped = false;
  let timer: NodeJS.Timeout | undefined;
  let running = Promise.resolve();
  const plan = (): void => {
    if (!stopped) timer = setTimeout(run, pause()).unref();
  };
  const run = (): void => {
    running = work().catch(failed).finally(plan);
  };
  plan();
  return async () => {
    stopped = true;
    clearTimeout(timer);
    await running;
  };
}
