// @ts-check
// The yardstick: Fastify with tRPC's own adapter and the headers every deployment has, answering a constant.
import cookie from '@fastify/cookie';
import { initTRPC } from '@trpc/server';
import { fastifyTRPCPlugin } from '@trpc/server/adapters/fastify';
import Fastify from 'fastify';
import helmet from 'helmet';
import { z } from 'zod';

const t = initTRPC.create();
const profile = {
  id: '018f2b6a-7c1d-7e3f-8a9b-0c1d2e3f4a5b',
  email: 'ada@example.com',
  emailVerified: false,
  name: 'Ada Lovelace',
  scopes: ['profile:read', 'profile:write'],
  createdAt: '2026-11-24T12:00:00.000Z',
};
const profileSchema = z.object({
  id: z.uuid(),
  email: z.string(),
  emailVerified: z.boolean(),
  name: z.string(),
  scopes: z.array(z.string()),
  createdAt: z.iso.datetime(),
});
const router = t.router({
  auth: t.router({ me: t.procedure.output(profileSchema).query(() => profile) }),
});

const app = Fastify({ bodyLimit: 64 * 1024 });
const protect = helmet();
app.addHook('onRequest', (request, reply, next) => protect(request.raw, reply.raw, () => next()));
await app.register(cookie);
await app.register(fastifyTRPCPlugin, { prefix: '/trpc', trpcOptions: { router } });
await app.listen({ port: Number(process.env['PORT']), host: '127.0.0.1' });
