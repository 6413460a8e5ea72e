import { isUtf8 } from 'node:buffer';
import { FIRST_PARTY_CLIENT } from '../../shared/oauth.ts';
import type { Client } from '../clients/client.ts';
import { authenticateClient } from '../flows/authenticate-client.ts';
import type { Deps } from '../flows/deps.ts';
import type { OAuthRequest } from './exchange.ts';
import { decodeFormText, splitOnce, type Form } from './form.ts';
import { OAuthError } from './oauth-error.ts';

/** As the metadata document names them (RFC 8414 §2). */
export const CLIENT_AUTHENTICATION = ['client_secret_basic', 'client_secret_post', 'none'] as const;

const BASIC = /^Basic +([A-Za-z0-9+/]+={0,2})$/i;

interface Shown {
  id: string;
  secret: string | undefined;
}

/** RFC 6749 §2.3. Who names no client is this project's own, which is public. */
export async function requireClient(deps: Deps, request: OAuthRequest, form: Form): Promise<Client> {
  const { authorization, origin } = request;
  const shown = authorization === undefined ? readPost(form) : readBasic(authorization, form);
  const client = shown && (await authenticateClient(deps, { ...shown, ip: origin.ip }));
  if (!client) throw unknownClient(authorization !== undefined);
  return client;
}

/** RFC 7662 §2.1: who may ask must be known. A public client is whoever says so. */
export async function requireConfidentialClient(
  deps: Deps,
  request: OAuthRequest,
  form: Form,
): Promise<Client> {
  const client = await requireClient(deps, request, form);
  if (client.secretHash !== undefined) return client;
  await deps.limits.clientFailed(request.origin.ip);
  throw unknownClient(request.authorization !== undefined);
}

function readPost({ client_id: id = FIRST_PARTY_CLIENT, client_secret: secret }: Form): Shown {
  return { id, secret };
}

/**
 * Both parts are form-encoded inside (RFC 6749 §2.3.1), and the secret of a public client is empty. The body may name
 * the client as well, if it names the same one; a second secret would be a second method (§2.3: MUST NOT).
 */
function readBasic(authorization: string, form: Form): Shown | undefined {
  const bytes = Buffer.from(BASIC.exec(authorization)?.[1] ?? '', 'base64');
  const pair = isUtf8(bytes) ? bytes.toString('utf8') : '';
  if (!pair.includes(':')) return undefined;
  const [id, secret] = splitOnce(pair, ':').map(decodeCredential);
  if (id === undefined || secret === undefined) return undefined;
  if (form['client_secret'] !== undefined || (form['client_id'] ?? id) !== id)
    throw new OAuthError('invalid_request', 'the client is shown in more than one way');
  return { id, secret };
}

/** What cannot be decoded is nobody's identifier and nobody's secret. */
function decodeCredential(text: string): string | undefined {
  try {
    return decodeFormText(text);
  } catch (error) {
    if (error instanceof OAuthError) return undefined;
    throw error;
  }
}

/** RFC 6749 §5.2: the challenge answers the header, and comes with nothing else. */
function unknownClient(byHeader: boolean): OAuthError {
  const headers = byHeader ? { 'WWW-Authenticate': 'Basic realm="Sallyport", charset="UTF-8"' } : {};
  return new OAuthError('invalid_client', 'the client could not be authenticated', { headers });
}
