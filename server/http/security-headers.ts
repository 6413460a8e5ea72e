import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import type { FastifyInstance } from 'fastify';
import helmet from 'helmet';

const ONE_YEAR = 31_536_000;

/** On every answer, errors included. */
export function addSecurityHeaders(app: FastifyInstance, { secure }: { secure: boolean }): void {
  const headers = askHelmet(secure);
  app.addHook('onRequest', (_request, reply, done) => {
    reply.headers(headers);
    done();
  });
}

/**
 * Helmet works its headers out anew for each answer. Nothing of ours depends on the request, so it is asked once. The
 * policy names no `unsafe-inline` and no `unsafe-eval`: text that slips into the page as markup cannot run, which is what
 * keeps an access token in memory out of reach.
 */
function askHelmet(secure: boolean): Record<string, string | number | string[] | undefined> {
  const request = new IncomingMessage(new Socket());
  const response = new ServerResponse(request);
  const ask = helmet({
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
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
        ...(secure && { upgradeInsecureRequests: [] }),
      },
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
