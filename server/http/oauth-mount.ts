import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Deps } from '../flows/deps.ts';
import type { OAuthRequest, OAuthResponse } from '../oauth/exchange.ts';
import { OAuthError, toOAuthError, toResponse } from '../oauth/oauth-error.ts';
import { answerToken } from '../oauth/token-endpoint.ts';
import { answerIntrospection, answerRevocation } from '../oauth/token-questions.ts';
import { answerUserinfo } from '../oauth/userinfo-endpoint.ts';
import { authorizationsOf, countTokenMethods, pathOf, readCredentials } from './credentials.ts';
import { originOf } from './origin.ts';

type Endpoint = (deps: Deps, request: OAuthRequest) => Promise<OAuthResponse>;

/** Each by the one method that it answers. */
const ENDPOINTS: Record<string, { method: 'GET' | 'POST'; answer: Endpoint }> = {
  '/token': { method: 'POST', answer: answerToken },
  '/revoke': { method: 'POST', answer: answerRevocation },
  '/introspect': { method: 'POST', answer: answerIntrospection },
  '/userinfo': { method: 'GET', answer: answerUserinfo },
};

/** Everything under `/oauth`. Whatever goes wrong is told in the words of RFC 6749 §5.2, and never as a page. */
export async function mountOAuth(app: FastifyInstance, { deps }: { deps: Deps }): Promise<void> {
  // Read as bytes whatever they are said to be: the endpoints refuse what is no form, in their own words.
  app.removeAllContentTypeParsers();
  app.addContentTypeParser<Buffer>('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
  app.addHook('onSend', async (_request, reply) => {
    reply.header('Cache-Control', 'no-store').header('Pragma', 'no-cache'); // RFC 6749 §5.1
  });
  app.setErrorHandler(handleOAuthError);
  app.setNotFoundHandler((_request, reply) => {
    send(reply, toResponse(new OAuthError('invalid_request', 'there is nothing here', { status: 404 })));
  });
  for (const [path, { method, answer }] of Object.entries(ENDPOINTS)) {
    app.all(path, async (request, reply) => {
      if (request.method !== method && !(method === 'GET' && request.method === 'HEAD'))
        throw new OAuthError('invalid_request', `expected ${method}`, {
          status: 405,
          headers: { Allow: method },
        });
      return send(reply, await answer(deps, readRequest(request)));
    });
  }
}

function readRequest(request: FastifyRequest): OAuthRequest {
  const { headers, body } = request;
  const authorizations = authorizationsOf(request);
  return {
    origin: originOf(request),
    path: pathOf(request.url),
    authorization: authorizations.length === 0 ? undefined : authorizations.join(', '),
    proof: headers['dpop'] === undefined ? undefined : String(headers['dpop']),
    credentials: readCredentials(request),
    tokenMethods: countTokenMethods(request),
    contentType: headers['content-type'],
    body: Buffer.isBuffer(body) ? body : Buffer.alloc(0),
  };
}

function send(reply: FastifyReply, { status, headers = {}, body }: OAuthResponse): FastifyReply {
  return reply.code(status).headers(headers).type('application/json').send(JSON.stringify(body));
}

/** What Fastify refuses keeps its status; what nobody meant to tell is a 500 without a word of it. */
function handleOAuthError(error: FastifyError, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const told = toOAuthError(error) ?? toRefusal(error);
  if (told.status === 500) request.log.error({ err: error }, 'request failed');
  return send(reply, toResponse(told));
}

function toRefusal({ statusCode = 500 }: FastifyError): OAuthError {
  const isRefused = statusCode >= 400 && statusCode < 500;
  return isRefused
    ? new OAuthError('invalid_request', 'the request is not readable', { status: statusCode })
    : new OAuthError('server_error', 'something went wrong on our side');
}
