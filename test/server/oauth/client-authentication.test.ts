import { beforeAll, describe, expect, test } from 'vitest';
import { hashClientSecret } from '../../../server/clients/client-secret.ts';
import { insertClient } from '../../../server/clients/store.ts';
import { sharedServer } from '../../support/listening.ts';
import {
  addClient,
  basicOf,
  basicText,
  FORM,
  PASSWORD_FORM,
  post,
  readVerdict,
  type ShownClient,
} from '../../support/oauth.ts';
import { exchangeOne } from '../../support/raw-http.ts';

// RFC 6749 §2.3 and §5.2.

const CHALLENGE = 'Basic realm="Sallyport", charset="UTF-8"';

interface Known {
  service: ShownClient;
  other: ShownClient;
  phone: ShownClient;
  /** Its identifier and secret hold what must be encoded in the header. */
  odd: ShownClient;
}

interface Showing {
  headers?: Record<string, string>;
  form?: Record<string, string>;
}

const server = sharedServer();
let known: Known;

beforeAll(async () => {
  await server().client().register();
  const odd = { id: 'one + two: 100%', secret: 'a:b+c d%20ü"' };
  const { db, clock } = server().app.deps;
  await db.transaction().execute((trx) =>
    insertClient(trx, {
      id: odd.id,
      name: 'Odd',
      secretHash: hashClientSecret(odd.secret),
      grants: ['password'],
      ceiling: undefined,
      createdAt: clock.now(),
    }),
  );
  known = {
    service: await addClient(server()),
    other: await addClient(server()),
    phone: await addClient(server(), { confidential: false }),
    odd,
  };
});

const inBody = ({ id, secret }: ShownClient): Showing => ({ form: { client_id: id, client_secret: secret } });
const plus = (text: string) => encodeURIComponent(text).replaceAll('%20', '+');
const everyByte = (text: string) => Buffer.from(text).toString('hex').replaceAll(/../g, '%$&');

async function show({ headers = {}, form = {} }: Showing, path = 'token') {
  const asked: Record<string, string> = path === 'token' ? PASSWORD_FORM : { token: 'any' };
  const response = await post(server(), path, { form: { ...asked, ...form }, headers });
  const body = await response.text();
  return {
    verdict: readVerdict(response, body),
    challenge: response.headers.get('www-authenticate'),
    body,
  };
}

describe('a client is known', () => {
  test.each([
    ['that says nothing: it is our own', () => ({})],
    ['our own, by its name', () => ({ form: { client_id: 'sallyport' } })],
    ['our own, in the header', () => ({ headers: basicText('sallyport:') })],
    ['public, by its identifier', ({ phone }) => ({ form: { client_id: phone.id } })],
    ['public, with an empty secret in the body', ({ phone }) => inBody(phone)],
    ['public, with an empty secret in the header', ({ phone }) => ({ headers: basicOf(phone) })],
    ['confidential, in the body', ({ service }) => inBody(service)],
    ['confidential, in the header', ({ service }) => ({ headers: basicOf(service) })],
    [
      'in the header, and named in the body as well',
      ({ service }) => ({ headers: basicOf(service), form: { client_id: service.id } }),
    ],
    [
      'in the header, with an empty secret in the body, which is none',
      ({ service }) => ({ headers: basicOf(service), form: { client_secret: '' } }),
    ],
    [
      'by a scheme in other letters',
      ({ service }) => ({
        headers: { Authorization: basicOf(service)['Authorization']?.replace('Basic ', 'bASIC  ') ?? '' },
      }),
    ],
    ['with what must be encoded', ({ odd }) => ({ headers: basicOf(odd) })],
    [
      'with a plus for each space',
      ({ odd }) => ({ headers: basicText(`${plus(odd.id)}:${plus(odd.secret)}`) }),
    ],
    [
      'with every byte encoded',
      ({ odd }) => ({ headers: basicText(`${everyByte(odd.id)}:${everyByte(odd.secret)}`) }),
    ],
    [
      'with a colon in the secret that was not encoded',
      ({ odd }) => ({ headers: basicText(`${plus(odd.id)}:a:b%2Bc+d%2520ü"`) }),
    ],
  ] satisfies [string, (known: Known) => Showing][])('%s', async (_, showing) => {
    expect(await show(showing(known))).toMatchObject({ verdict: '200', challenge: null });
  });
});

const UNKNOWN_IN_BODY: [string, (known: Known) => Showing][] = [
  ['unknown', () => ({ form: { client_id: 'nobody' } })],
  ['unknown, with a secret', () => ({ form: { client_id: 'nobody', client_secret: 'x' } })],
  ['with a secret and no name, for our own has none', () => ({ form: { client_secret: 'x' } })],
  ['public, with a secret', ({ phone }) => ({ form: { client_id: phone.id, client_secret: 'x' } })],
  ['confidential, without its secret', ({ service }) => ({ form: { client_id: service.id } })],
  ['confidential, with an empty secret', ({ service }) => inBody({ ...service, secret: '' })],
  ['confidential, with a wrong secret', ({ service }) => inBody({ ...service, secret: 'scs_x' })],
  ['with the secret of another', ({ service, other }) => inBody({ ...service, secret: other.secret })],
  [
    'with the hash of its secret, as a thief of the database would have it',
    ({ service }) => inBody({ ...service, secret: hashClientSecret(service.secret) }),
  ],
  ['in other letters', ({ service }) => inBody({ ...service, id: service.id.toUpperCase() })],
  ['with a space behind its secret', ({ service }) => inBody({ ...service, secret: `${service.secret} ` })],
];

const UNKNOWN_IN_HEADER: [string, (known: Known) => Showing][] = [
  ...UNKNOWN_IN_BODY.filter(([name]) => !name.startsWith('with a secret and no name')).map(
    ([name, showing]): [string, (known: Known) => Showing] => [
      name,
      (known) => {
        const { client_id: id = '', client_secret: secret = '' } = showing(known).form ?? {};
        return { headers: basicOf({ id, secret }) };
      },
    ],
  ),
  ['without a colon', ({ phone }) => ({ headers: basicText(phone.id) })],
  ['with nothing in it', () => ({ headers: basicText('') })],
  ['with the scheme alone', () => ({ headers: { Authorization: 'Basic' } })],
  ['with a colon and nothing else', () => ({ headers: basicText(':') })],
  ['that is not base64', ({ phone }) => ({ headers: { Authorization: `Basic ${phone.id}:` } })],
  [
    'with something behind the base64',
    ({ service }) => ({ headers: { Authorization: `${basicOf(service)['Authorization']} x` } }),
  ],
  ['that is not UTF-8', () => ({ headers: basicText(Buffer.from('sallyport\xff:', 'latin1')) })],
  ['that escapes what is not UTF-8', () => ({ headers: basicText('sallyport%ff:') })],
  ['with an overlong escape', () => ({ headers: basicText('sallyport:%c0%80') })],
  ['with a stray percent sign', () => ({ headers: basicText('sallyport:%zz') })],
  ['with a NUL behind its name', () => ({ headers: basicText('sallyport%00:') })],
  ['by another scheme', () => ({ headers: { Authorization: 'Bearer x' } })],
  ['by digest', () => ({ headers: { Authorization: 'Digest username="sallyport"' } })],
  ['by no scheme', ({ service }) => ({ headers: { Authorization: `${service.id}:${service.secret}` } })],
];

describe.each(['token', 'revoke', 'introspect'])('at %s, a client is refused', (path) => {
  test('in two headers, of which somebody before us may have read the other', async () => {
    const [mine = '', theirs = ''] = [known.service, known.other].map(
      (client) => basicOf(client)['Authorization'],
    );
    const form = new URLSearchParams({ ...PASSWORD_FORM, token: 'any' }).toString();
    for (const second of [mine, theirs, 'Bearer x']) {
      const head = [
        `POST /oauth/${path} HTTP/1.1`,
        'Host: localhost',
        'Connection: close',
        `Content-Type: ${FORM['Content-Type']}`,
        `Content-Length: ${form.length}`,
        `Authorization: ${mine}`,
        `authorization: ${second}`,
      ];
      const answer = await exchangeOne(server().port, `${head.join('\r\n')}\r\n\r\n${form}`);
      const headers = new Headers(answer.headers);
      expect(readVerdict({ status: answer.status, headers }, answer.body)).toBe('401 invalid_client');
      expect(headers.get('www-authenticate')).toBe(CHALLENGE);
    }
  });

  test.each(UNKNOWN_IN_BODY)('%s, and is not challenged, since no header was used', async (_, showing) => {
    expect(await show(showing(known), path)).toMatchObject({
      verdict: '401 invalid_client',
      challenge: null,
    });
  });

  test.each(UNKNOWN_IN_HEADER)('in the header: %s, and is challenged', async (_, showing) => {
    expect(await show(showing(known), path)).toMatchObject({
      verdict: '401 invalid_client',
      challenge: CHALLENGE,
    });
  });

  test.each([
    ['a secret in both', ({ service }) => ({ headers: basicOf(service), form: inBody(service).form ?? {} })],
    ['a second secret', ({ service }) => ({ headers: basicOf(service), form: { client_secret: 'x' } })],
    [
      'another name in the body',
      ({ service, other }) => ({ headers: basicOf(service), form: { client_id: other.id } }),
    ],
    [
      'a public one in the header and a confidential one in the body',
      ({ phone, service }) => ({ headers: basicOf(phone), form: inBody(service).form ?? {} }),
    ],
  ] satisfies [string, (known: Known) => Showing][])(
    'that shows itself in two ways: %s',
    async (_, showing) => {
      expect(await show(showing(known), path)).toMatchObject({
        verdict: '400 invalid_request',
        challenge: null,
      });
    },
  );

  test('in the same words, whichever way it is not who it says', async () => {
    const shown = [...UNKNOWN_IN_BODY, ...UNKNOWN_IN_HEADER].map(([, showing]) => showing(known));
    const bodies = await Promise.all(shown.map(async (showing) => (await show(showing, path)).body));
    expect(new Set(bodies).size).toBe(1);
  });
});
