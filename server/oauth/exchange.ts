import type { Credentials } from '../flows/authenticate.ts';
import type { Origin } from '../sessions/store.ts';

/** What an endpoint needs of a request, whatever server it came in by. */
export interface OAuthRequest {
  origin: Origin;
  /** Without the query. */
  path: string;
  /** Every header `Authorization`, joined by commas if there were more than one (RFC 9110 §5.3): then it is none that we read. */
  authorization: string | undefined;
  /** Every header `DPoP`, joined likewise. */
  proof: string | undefined;
  /** RFC 6750 §2.1 and RFC 9449 §7.1. */
  credentials: Credentials;
  /** How many ways a token came in by (RFC 6750 §2): one is right. */
  tokenMethods: number;
  contentType: string | undefined;
  /** The bytes as they came. */
  body: Buffer;
}

export interface OAuthResponse {
  status: number;
  headers?: Record<string, string>;
  body: object;
}
