/**
 * Whether this browser has signed in: a flag and nothing else, so that a first visit asks the server nothing.
 * It proves nothing and grants nothing.
 */
export interface SignInHint {
  read(): boolean;
  set(): void;
  clear(): void;
  /** It was written here and has been cleared since, by another tab. */
  isGone(): boolean;
}

const KEY = 'sallyport-signed-in';

/** Storage may be forbidden altogether; then every visit counts as a first one. */
export function createSignInHint(
  storage: () => Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>,
): SignInHint {
  const attempt = (work: () => boolean): boolean => {
    try {
      return work();
    } catch {
      return false;
    }
  };
  const read = () => attempt(() => storage().getItem(KEY) === '1');
  let written = false;
  return {
    read,
    set() {
      written = attempt(() => (storage().setItem(KEY, '1'), true));
    },
    clear: () => void attempt(() => (storage().removeItem(KEY), true)),
    isGone: () => written && !read(),
  };
}
