import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import helmet from 'helmet';

const ONE_YEAR = 31_536_000;

/** Of helmet's those that only a document has a use for; an answer of the API is none, and each header costs it 0.3 µs. */
const OF_DOCUMENTS = [
  'cross-origin-opener-policy',
  'origin-agent-cluster',
  'x-dns-prefetch-control',
  'x-download-options',
  'x-permitted-cross-domain-policies',
  'x-xss-protection',
];

const API = /^\/(?:trpc|oauth)\//;

/** By the route where the address does not tell: one may be written in several ways. */
function isCall(request: FastifyRequest): boolean {
  return API.test(request.url) || API.test(request.routeOptions.url ?? '');
}

/** On every answer, errors included. */
export function addSecurityHeaders(app: FastifyInstance, { secure }: { secure: boolean }): void {
  const ofPages = askHelmet(PAGE_POLICY, secure);
  const ofApi = {
    ...Object.fromEntries(
      Object.entries(askHelmet(API_POLICY, secure)).filter(([name]) => !OF_DOCUMENTS.includes(name)),
    ),
    'cache-control': 'no-store',
  };
  app.addHook('onRequest', (request, reply, done) => {
    reply.headers(isCall(request) ? ofApi : ofPages);
    done();
  });
}

type Policy = Record<string, string[]>;

/**
 * Names no `unsafe-inline` and no `unsafe-eval`: text that slips into a page as markup cannot run, which is what keeps an
 * access token in memory out of reach.
 */
const PAGE_POLICY: Policy = {
  defaultSrc: ["'none'"],
  scriptSrc: ["'self'"],
  styleSrc: ["'self'"],
  imgSrc: ["'self'", 'data:'],
  fontSrc: ["'self'"],
  connectSrc: ["'self'"],
  manifestSrc: ["'self'"],
  objectSrc: ["'none'"],
  baseUri: ["'none'"],
  formAction: ["'self'"],
  frameAncestors: ["'none'"],
};

/** What should never be shown as a page may, when it is, do nothing at all. */
const API_POLICY: Policy = {
  defaultSrc: ["'none'"],
  objectSrc: ["'none'"],
  baseUri: ["'none'"],
  formAction: ["'none'"],
  frameAncestors: ["'none'"],
};

/** Helmet works its headers out anew for each answer. Nothing of ours depends on the request, so it is asked once. */
function askHelmet(policy: Policy, secure: boolean): Record<string, string | number | string[] | undefined> {
  const request = new IncomingMessage(new Socket());
  const response = new ServerResponse(request);
  const ask = helmet({
    contentSecurityPolicy: {
      useDefaults: false,
      directives: { ...policy, ...(secure && { upgradeInsecureRequests: [] }) },
    },
    strictTransportSecurity: secure && { maxAge: ONE_YEAR, includeSubDomains: true },
    crossOriginOpenerPolicy: { policy: 'same-origin' },
    crossOriginResourcePolicy: { policy: 'same-origin' },
    referrerPolicy: { policy: 'no-referrer' },
    xFrameOptions: { action: 'deny' },
  });
  ask(request, response, (error) => {
    if (error instanceof Error) throw error;
  });
  return response.getHeaders();
}
