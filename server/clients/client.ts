import type { GrantType } from '../../shared/oauth.ts';
import type { Ceiling } from '../../shared/scopes.ts';

/** Who may ask for tokens (RFC 6749 §2). */
export interface Client {
  id: string;
  name: string;
  /** Of a confidential client. Undefined: public, it cannot keep a secret. */
  secretHash: string | undefined;
  grants: readonly GrantType[];
  /** The most that its tokens hold; undefined: everything. */
  ceiling: Ceiling;
  createdAt: number;
}
