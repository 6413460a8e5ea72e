import { onTestFinished } from 'vitest';
import { startListenerCutter, type ListenerCutter } from './listener-cutter.mjs';

/** Before the database at this URL, until the test ends. */
export async function cutListeners(url: string): Promise<ListenerCutter> {
  const cutter = await startListenerCutter(url);
  onTestFinished(() => cutter.close());
  return cutter;
}
