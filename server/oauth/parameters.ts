import type { z } from 'zod';
import type { Form } from './form.ts';
import { OAuthError } from './oauth-error.ts';

/** The known parameters of a request; unknown ones are ignored (RFC 6749 §3.2). Says which is wrong, never its value. */
export function readParameters<Schema extends z.ZodType>(schema: Schema, form: Form): z.output<Schema> {
  const parsed = schema.safeParse(form);
  if (parsed.success) return parsed.data;
  const name = String(parsed.error.issues[0]?.path[0]);
  const fault = form[name] === undefined ? 'is missing' : 'is malformed';
  throw new OAuthError(name === 'scope' ? 'invalid_scope' : 'invalid_request', `${name} ${fault}`);
}
