type Callback = (lock: object | null) => unknown;

interface Options {
  ifAvailable?: boolean;
  steal?: boolean;
  signal?: AbortSignal;
}

/** The part of `navigator.locks` that the client uses: one exclusive lock a name, first come, first served. */
export function createLocks(): Pick<LockManager, 'request'> {
  const named = new Map<string, ReturnType<typeof createLock>>();
  const request = (name: string, options: Options, callback: Callback): Promise<unknown> => {
    const lock = named.get(name) ?? createLock();
    named.set(name, lock);
    return lock(options, callback);
  };
  // The DOM's overloads cannot be written for a plain function.
  return { request: request as LockManager['request'] };
}

function createLock() {
  /** Takes the lock from whoever has it. */
  let rob: (() => void) | undefined;
  const queue: (() => void)[] = [];

  const hold = (callback: Callback): Promise<unknown> =>
    new Promise((resolve, reject) => {
      const release = (): void => {
        if (rob !== robThis) return;
        rob = undefined;
        queue.shift()?.();
      };
      const robThis = (): void => reject(new DOMException('stolen', 'AbortError'));
      rob = robThis;
      Promise.resolve(callback({})).then(resolve, reject).finally(release);
    });

  return ({ ifAvailable = false, steal = false, signal }: Options, callback: Callback): Promise<unknown> => {
    if (signal?.aborted) return Promise.reject(new DOMException('aborted', 'AbortError'));
    if (steal) rob?.();
    if (steal || !rob) return hold(callback);
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
}
