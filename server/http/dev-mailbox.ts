import type { FastifyInstance, FastifyReply } from 'fastify';
import { Failure } from '../lib/failure.ts';
import type { LocalMail, LocalMailbox } from '../mail/local-mailbox.ts';
import { isFromThisMachine } from './dev-mailbox-guard.ts';
import { frameMail, showList, showMail } from './dev-mailbox-page.ts';
import { STYLE } from './dev-mailbox-style.ts';

const PATH = '/dev/mailbox';

/** No script at all: whatever is in a mail, it does nothing here. */
const PAGE_POLICY = [
  "default-src 'none'",
  "style-src 'self'",
  "img-src 'self'",
  "frame-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** As a mail program would show it: its own styles, nothing fetched, no origin; a link opens a page of its own. */
const HTML_POLICY = [
  "default-src 'none'",
  "style-src 'unsafe-inline'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'self'",
  'sandbox allow-popups allow-popups-to-escape-sandbox',
].join('; ');

/** What would have been sent. To everybody but the person at this machine it is not there. */
export async function addDevMailbox(app: FastifyInstance, mailbox: LocalMailbox): Promise<void> {
  await app.register(
    async (scope) => {
      scope.addHook('onRequest', async (request, reply) => {
        if (!isFromThisMachine(request)) throw new Failure('not_found');
        reply.header('Cache-Control', 'no-store');
      });

      scope.get('/', async (_request, reply) => sendPage(reply, showList(await mailbox.list())));

      scope.get('/style.css', async (_request, reply) => reply.type('text/css; charset=utf-8').send(STYLE));

      scope.get<{ Params: { id: string } }>('/:id', async ({ params }, reply) =>
        sendPage(reply, showMail(await find(params.id))),
      );

      scope.get<{ Params: { id: string }; Querystring: { scheme?: unknown } }>(
        '/:id/html',
        async ({ params, query }, reply) => {
          const { body_html: html } = await find(params.id);
          reply.header('Content-Security-Policy', HTML_POLICY).header('X-Frame-Options', 'SAMEORIGIN');
          return reply.type('text/html; charset=utf-8').send(frameMail(html, query.scheme));
        },
      );
    },
    { prefix: PATH },
  );

  async function find(id: string): Promise<LocalMail> {
    const mail = await mailbox.find(id);
    if (!mail) throw new Failure('not_found');
    return mail;
  }
}

function sendPage(reply: FastifyReply, page: string): FastifyReply {
  return reply.header('Content-Security-Policy', PAGE_POLICY).type('text/html; charset=utf-8').send(page);
}
