import type { Credentials } from '../flows/authenticate.ts';
import type { Deps } from '../flows/deps.ts';
import type { Origin } from '../sessions/store.ts';

/** The browser's refresh cookie, as procedures see it: they know no header and no cookie name. */
export interface RefreshCookie {
  read(): string | undefined;
  /** `maxAge` in seconds. */
  write(token: string, maxAge: number): void;
  clear(): void;
}

/** By which a browser is known again at its next sign-in. Proves nothing and opens nothing. */
export interface DeviceCookie {
  read(): string | undefined;
  write(token: string): void;
}

export interface Context {
  deps: Deps;
  requestId: string;
  origin: Origin;
  credentials: Credentials;
  refreshCookie: RefreshCookie;
  deviceCookie: DeviceCookie;
}
