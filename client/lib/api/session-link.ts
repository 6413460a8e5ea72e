import { TRPCClientError, type Operation, type TRPCLink } from '@trpc/client';
import { observable, observableToPromise, type Observer } from '@trpc/server/observable';
import type { AppRouter } from '../../../server/trpc/router.ts';
import { isTokenRefusal, readFailure } from '../failure.ts';
import type { Credential, Credentials } from '../session/credentials.ts';
import { SessionChanged } from '../session/session-changed.ts';
import { isPublic } from './public-procedures.ts';

type Link = ReturnType<TRPCLink<AppRouter>>;
type Next = Parameters<Link>[0]['next'];
type Result = Parameters<Parameters<ReturnType<Next>['subscribe']>[0]['next'] & {}>[0];

/**
 * Gives each call the access token. When the server refuses it the session gets a newer one and the call is sent
 * once more: each call for itself, also out of the middle of a batch. Nothing else is ever sent twice.
 */
export function sessionLink(credentials: Credentials): TRPCLink<AppRouter> {
  return () =>
    ({ op, next }) => {
      if (isPublic(op)) return next(op);
      return observable((observer) => {
        void deliver(perform(credentials, { op, next }), observer);
      });
    };
}

async function deliver(result: Promise<Result>, observer: Observer<Result, TRPCClientError<AppRouter>>) {
  try {
    observer.next(await result);
    observer.complete();
  } catch (error) {
    observer.error(TRPCClientError.from(error instanceof Error ? error : new Error(String(error))));
  }
}

/** For queries and mutations, which answer once: of a subscription only the first message would come through. */
async function perform(
  credentials: Credentials,
  { op, next }: { op: Operation; next: Next },
): Promise<Result> {
  const send = (credential: Credential) => {
    op.signal?.throwIfAborted();
    const { accessToken } = credential;
    return observableToPromise(next({ ...op, context: { ...op.context, accessToken } }));
  };

  const credential = await credentials.current();
  let sent = credential;
  try {
    const result = await send(credential).catch(async (error: unknown) => {
      if (credential.accessToken === undefined || !isTokenRefusal(readFailure(error))) throw error;
      sent = await credentials.renew(credential);
      return send(sent);
    });
    if (!credentials.isCurrent(sent)) throw new SessionChanged();
    return result;
  } catch (error) {
    const { reason, ended } = readFailure(error);
    if (reason === 'session_revoked') credentials.reportRevoked(sent, ended);
    throw error;
  }
}
