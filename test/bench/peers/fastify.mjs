// Fastify with @fastify/jwt and bcrypt, as their pages have it: the user is read anew at each call.
import { randomUUID } from 'node:crypto';
import jwt from '@fastify/jwt';
import bcrypt from 'bcrypt';
import Fastify from 'fastify';
import { openStore } from './store.mjs';

const DAY = 86_400_000;
const cost = Number(process.env.BCRYPT_COST);
const store = openStore();
const app = Fastify({ logger: false });

await app.register(jwt, { secret: process.env.AUTH_SECRET, sign: { expiresIn: '15m' } });
await app.register(jwt, {
  secret: `${process.env.AUTH_SECRET}-refresh`,
  namespace: 'refresh',
  sign: { expiresIn: '14d' },
});
app.decorate('authenticate', async (request, reply) => {
  try {
    await request.jwtVerify();
  } catch (error) {
    await reply.send(error);
  }
});

const text = { type: 'string' };
const credentials = {
  type: 'object',
  required: ['email', 'password'],
  properties: { email: text, password: text, name: text },
};
const user = { type: 'object', properties: { id: text, email: text, name: text, created_at: text } };
const tokens = { type: 'object', properties: { accessToken: text, refreshToken: text, user } };

function signTokens(id, userId) {
  return {
    accessToken: app.jwt.sign({ sub: userId }),
    refreshToken: app.jwt.refresh.sign({ sub: userId, jti: id, nonce: randomUUID() }),
  };
}

app.get('/healthz', async () => ({ status: 'ok' }));

app.post('/register', { schema: { body: credentials, response: { 200: user } } }, async ({ body }) =>
  store.addUser({
    email: body.email,
    name: body.name ?? '',
    passwordHash: await bcrypt.hash(body.password, cost),
  }),
);

app.post('/login', { schema: { body: credentials, response: { 200: tokens } } }, async ({ body }, reply) => {
  const found = store.findUserByEmail(body.email);
  if (!found || !(await bcrypt.compare(body.password, found.password_hash)))
    return reply.code(401).send({ error: 'invalid credentials' });
  const id = randomUUID();
  const issued = signTokens(id, found.id);
  store.addToken({ id, userId: found.id, token: issued.refreshToken, expiresAt: Date.now() + 14 * DAY });
  return { ...issued, user: found };
});

app.post('/refresh', { schema: { response: { 200: tokens } } }, async ({ body }, reply) => {
  const old = body.refreshToken;
  const { sub, jti } = app.jwt.refresh.verify(old);
  const issued = signTokens(jti, sub);
  const expiresAt = Date.now() + 14 * DAY;
  if (!store.rotate({ id: jti, old, token: issued.refreshToken, expiresAt }))
    return reply.code(401).send({ error: 'invalid refresh token' });
  return { ...issued, user: store.findUser(sub) };
});

app.get(
  '/me',
  { onRequest: [app.authenticate], schema: { response: { 200: user } } },
  async (request, reply) => {
    const found = store.findUser(request.user.sub);
    return found ?? reply.code(401).send({ error: 'no such user' });
  },
);

await app.listen({ port: Number(process.env.PORT), host: '127.0.0.1' });
