// Express with passport-jwt and bcryptjs, as https://www.passportjs.org/packages/passport-jwt/ has it: the strategy reads the
// user anew at each call.
import { randomUUID } from 'node:crypto';
import bcrypt from 'bcryptjs';
import express from 'express';
import jwt from 'jsonwebtoken';
import passport from 'passport';
import { ExtractJwt, Strategy } from 'passport-jwt';
import { openStore } from './store.mjs';

const DAY = 86_400_000;
const cost = Number(process.env.BCRYPT_COST);
const accessSecret = process.env.AUTH_SECRET;
const refreshSecret = `${process.env.AUTH_SECRET}-refresh`;
const store = openStore();

const options = { jwtFromRequest: ExtractJwt.fromAuthHeaderAsBearerToken(), secretOrKey: accessSecret };
passport.use(new Strategy(options, (payload, done) => done(null, store.findUser(payload.sub) ?? false)));

function signTokens(id, userId) {
  return {
    accessToken: jwt.sign({ sub: userId }, accessSecret, { expiresIn: '15m' }),
    refreshToken: jwt.sign({ sub: userId, jti: id, nonce: randomUUID() }, refreshSecret, {
      expiresIn: '14d',
    }),
  };
}

const app = express();
app.use(express.json());

app.get('/healthz', (_request, response) => response.json({ status: 'ok' }));

app.post('/register', async ({ body }, response) => {
  const passwordHash = await bcrypt.hash(body.password, cost);
  response.json(store.addUser({ email: body.email, name: body.name ?? '', passwordHash }));
});

app.post('/login', async ({ body }, response) => {
  const found = store.findUserByEmail(body.email);
  if (!found || !(await bcrypt.compare(body.password, found.password_hash)))
    return response.status(401).json({ error: 'invalid credentials' });
  const id = randomUUID();
  const issued = signTokens(id, found.id);
  store.addToken({ id, userId: found.id, token: issued.refreshToken, expiresAt: Date.now() + 14 * DAY });
  return response.json({ ...issued, user: store.findUser(found.id) });
});

app.post('/refresh', ({ body }, response) => {
  const old = body.refreshToken;
  const claims = jwt.verify(old, refreshSecret);
  const issued = signTokens(claims.jti, claims.sub);
  const expiresAt = Date.now() + 14 * DAY;
  if (!store.rotate({ id: claims.jti, old, token: issued.refreshToken, expiresAt }))
    return response.status(401).json({ error: 'invalid refresh token' });
  return response.json({ ...issued, user: store.findUser(claims.sub) });
});

app.get('/me', passport.authenticate('jwt', { session: false }), (request, response) => {
  response.json(request.user);
});

app.listen(Number(process.env.PORT), '127.0.0.1');
