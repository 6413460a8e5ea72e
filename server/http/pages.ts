import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { CLIENT_SETTINGS_META, type ClientSettings } from '../../shared/client-settings.ts';
import { refuse } from './error-reply.ts';
import { fixedAnswer } from './fixed-answer.ts';

const API_PATHS =
  /^\/(trpc|oauth|\.well-known|healthz|readyz|metrics|openapi\.json|docs|dev\/mailbox)(\/|\?|$)/;

/**
 * Whether a URL belongs to machines: a miss there is an error, never the page. dev.mjs asks it too.
 * @public
 */
export function isApiPath(url: string): boolean {
  return API_PATHS.test(url);
}

/** Under which the reference is: a page of its own, which Vite serves from client/docs.html in development. */
const REFERENCE_PATHS = ['/docs', '/docs/'];

/** @public */
export function isReferencePath(url: string): boolean {
  return REFERENCE_PATHS.some((path) => url === path || url.startsWith(`${path}?`));
}

const HTML = 'text/html; charset=utf-8';

/** Where the server finds the built client, relative to its own bundle. */
export const CLIENT_FOLDER = join(import.meta.dirname, '../client');

/**
 * The single-page application: hashed assets for a year (already compressed by the build), and its one page for
 * every other path that a person may have bookmarked.
 */
export async function addPages(
  app: FastifyInstance,
  { folder, settings }: { folder: string; settings: ClientSettings },
): Promise<void> {
  const page = insertSettings(await readFile(join(folder, 'index.html'), 'utf8'), settings);
  const sendPage = fixedAnswer(page, HTML);
  const sendReference = fixedAnswer(await readFile(join(folder, 'docs.html'), 'utf8'), HTML);
  const assets = join(folder, 'assets/');

  await app.register(fastifyStatic, {
    root: folder,
    index: false,
    wildcard: false,
    preCompressed: true,
    decorateReply: false,
    cacheControl: false,
    globIgnore: ['*.html', '**/*.br', '**/*.gz'],
    setHeaders(reply, path) {
      const hashed = path.startsWith(assets);
      reply.header('Cache-Control', hashed ? 'public, max-age=31536000, immutable' : 'public, max-age=3600');
    },
  });

  app.setNotFoundHandler((request, reply) => {
    return wantsPage(request) ? sendPage(request, reply) : refuse(reply, 'not_found');
  });
  for (const path of REFERENCE_PATHS) app.get(path, sendReference);
}

/** Writes what the browser must know before its first call into the page. */
export function insertSettings(html: string, settings: ClientSettings): string {
  const content = JSON.stringify(settings).replaceAll('&', '&amp;').replaceAll('"', '&quot;');
  const meta = `<meta name="${CLIENT_SETTINGS_META}" content="${content}" />`;
  return html.replace(`<!--${CLIENT_SETTINGS_META}-->`, () => meta);
}

/** A browser that navigates asks for HTML. A tool that takes anything gets the page too, unless it names a file. */
function wantsPage({ method, url, headers }: FastifyRequest): boolean {
  if (!['GET', 'HEAD'].includes(method) || isApiPath(url) || url.startsWith('/assets/')) return false;
  const accept = headers.accept ?? '*/*';
  const [path = ''] = url.split('?');
  return accept.includes('text/html') || (accept.includes('*/*') && !/\.\w+$/.test(path));
}
