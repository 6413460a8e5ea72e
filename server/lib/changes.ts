/**
 * Tells who waits on an id that something about it has changed: what, they look up themselves. So a change can be told
 * too often, but never be missed. Within one process.
 */
export interface Changes {
  /** Returns how to stop. */
  on(id: string, notify: () => void): () => void;
  announce: (id: string) => void;
  /** How many wait on this id. */
  count(id: string): number;
  /** The process stops: wakes everybody, for good. */
  close(): void;
  isClosed(): boolean;
}

export function createChanges(): Changes {
  const waiting = new Map<string, Set<() => void>>();
  let closed = false;
  return {
    on(id, notify) {
      const listeners = waiting.get(id) ?? new Set();
      waiting.set(id, listeners.add(notify));
      return () => {
        listeners.delete(notify);
        if (listeners.size === 0 && waiting.get(id) === listeners) waiting.delete(id);
      };
    },
    announce(id) {
      for (const notify of waiting.get(id) ?? []) notify();
    },
    count: (id) => waiting.get(id)?.size ?? 0,
    close() {
      closed = true;
      for (const listeners of waiting.values()) for (const notify of listeners) notify();
    },
    isClosed: () => closed,
  };
}
