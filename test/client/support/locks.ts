type Callback = (lock: object | null) => unknown;

interface Options {
  ifAvailable?: boolean;
  signal?: AbortSignal;
}

/** The part of `navigator.locks` that the client uses: one exclusive lock a name, first come, first served. */
export function createLocks(): Pick<LockManager, 'request'> {
  let holder: Promise<unknown> | undefined;
  const queue: (() => void)[] = [];

  const hold = async (callback: Callback): Promise<unknown> => {
    const work = Promise.resolve(callback({}));
    holder = work;
    try {
      return await work;
    } finally {
      holder = undefined;
      queue.shift()?.();
    }
  };

  const request = (
    _name: string,
    { ifAvailable = false, signal }: Options,
    callback: Callback,
  ): Promise<unknown> => {
    if (!holder) return hold(callback);
    if (ifAvailable) return Promise.resolve(callback(null));
    return new Promise((resolve, reject) => {
      const turn = () => resolve(hold(callback));
      queue.push(turn);
      signal?.addEventListener('abort', () => {
        const place = queue.indexOf(turn);
        if (place >= 0) queue.splice(place, 1);
        reject(new DOMException('aborted', 'AbortError'));
      });
    });
  };

  // The DOM's overloads cannot be written for a plain function.
  return { request: request as LockManager['request'] };
}
