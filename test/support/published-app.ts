import { randomUUID } from 'node:crypto';
import { exportJWK, generateKeyPair, importJWK, SignJWT, type CryptoKey, type JWK } from 'jose';
import { onTestFinished } from 'vitest';
import { createApp, type App } from '../../server/app.ts';
import { parseConfig } from '../../server/config.ts';
import { listKeys } from '../../server/keys/store.ts';
import { createSealing } from '../../server/lib/sealing.ts';
import { takeDatabase } from './database.ts';
import { startFaultProxy } from './fault-proxy.ts';
import { temporaryFolder } from './folder.ts';
import { SECRET } from './secret.ts';
import { findFreePort } from './free-port.mjs';

export interface Signer {
  kid: string;
  alg: string;
  key: CryptoKey | Uint8Array;
}

/** The real application under its public address, by the real clock: what a service elsewhere sees of it. */
export interface PublishedApp {
  app: App;
  /** PUBLIC_URL. */
  issuer: string;
  /** The key that the application signs with. */
  signer: Signer;
  /** How often each path has been asked for. */
  asked: (path: string) => number;
  /** Makes a key and publishes it beside the application's own. */
  publish: (alg: string) => Promise<Signer>;
}

export async function publishApp(): Promise<PublishedApp> {
  const port = await findFreePort();
  const paths: string[] = [];
  const published: JWK[] = [];
  const issuer = await startFaultProxy(port, ({ url = '' }) => {
    paths.push(url);
    if (url !== '/.well-known/jwks.json') return {};
    return {
      answer(answer) {
        const { keys } = JSON.parse(answer.body.toString()) as { keys: JWK[] }; // Boundary: our own answer.
        answer.body = Buffer.from(JSON.stringify({ keys: [...published, ...keys] }));
        answer.headers = ['Content-Type', 'application/json'];
        return 'pass';
      },
    };
  });
  const config = parseConfig({
    NODE_ENV: 'test',
    DATA_DIR: temporaryFolder(),
    DATABASE_URL: await takeDatabase(),
    PUBLIC_URL: issuer,
    AUTH_SECRET: SECRET,
    BCRYPT_COST: '4',
    LOG_LEVEL: 'silent',
  });
  const app = await createApp(config, { background: false });
  onTestFinished(() => app.close());
  await app.http.listen({ port, host: '127.0.0.1' });
  return {
    app,
    issuer,
    signer: await openSigner(app),
    asked: (path) => paths.filter((asked) => asked === path).length,
    async publish(alg) {
      const signer = await makeSigner(alg);
      published.push({ ...(await exportJWK(signer.publicKey)), kid: signer.kid, alg, use: 'sig' });
      return signer;
    },
  };
}

export async function makeSigner(alg: string): Promise<Signer & { publicKey: CryptoKey }> {
  const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true });
  return { kid: randomUUID(), alg, key: privateKey, publicKey };
}

async function openSigner({ deps }: App): Promise<Signer> {
  const [row] = await listKeys(deps.db);
  const sealing = createSealing([SECRET], 'signing-key-sealing');
  const jwk = row && sealing.unseal(row.kid, row.sealed_private_jwk)?.plaintext;
  if (!row || jwk === undefined) throw new Error('the application has no signing key');
  const key = await importJWK(JSON.parse(jwk) as JWK, row.alg); // Boundary: sealed by the application.
  return { kid: row.kid, alg: row.alg, key };
}

/** Signs what it is told to, right or wrong. A header or claim that is undefined is left out. */
export async function sign(
  { kid, alg, key }: Signer,
  claims: Record<string, unknown>,
  header: Record<string, unknown> = {},
): Promise<string> {
  return new SignJWT(withoutUndefined(claims))
    .setProtectedHeader({ alg, ...withoutUndefined({ typ: 'at+jwt', kid, ...header }) })
    .sign(key);
}

function withoutUndefined(record: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(record).filter(([, value]) => value !== undefined));
}
