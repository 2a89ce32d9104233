import { exportJWK, exportSPKI, generateKeyPair, importJWK, SignJWT, type JWK, type JWTPayload } from 'jose';
import { describe, expect, it } from 'vitest';
import { OpenId } from '../../src/web/server/open-id.ts';
import { readOidc } from '../../src/settings/config.ts';
import { listen } from '../support/after-file.ts';
import { asvsWorld, cookiesOf, PUBLIC } from './world.ts';

const { issuer, origin, get, throughDirectory, tenantId } = await asvsWorld();
const forger = await generateKeyPair('RS256', { extractable: true });
const forgersKey = { ...(await exportJWK(forger.publicKey)), kid: 'forger', alg: 'RS256', use: 'sig' };
const [published] = ((await (await fetch(`${issuer.url}/keys`)).json()) as { keys: JWK[] }).keys;
const [OPERATOR, MARKETER] = [{ groups: ['sms-operators'] }, { groups: ['sms-marketing'] }];

/** The address that a forger would have us fetch keys from, and how often somebody did. */
let fetched = 0;
const forgers = await listen((_, res) => {
  fetched += 1;
  res.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ keys: [forgersKey] }));
});
const forgersUrl = `${forgers}/keys`;

const decode = async (token: string): Promise<number> => {
  const answer = await fetch(`${origin}/codec/decode`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ payloads: [] }),
  });
  await answer.body?.cancel();
  return answer.status;
};

const seconds = (): number => Math.floor(Date.now() / 1_000);
const claimsOf = (more: Readonly<Record<string, unknown>> = {}): JWTPayload => ({
  iss: issuer.url,
  aud: 'bonheure',
  sub: 'u-900',
  exp: seconds() + 300,
  ...OPERATOR,
  ...more,
});
const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
const forged = (header: object): Promise<string> =>
  new SignJWT(claimsOf()).setProtectedHeader({ alg: 'RS256', ...header }).sign(forger.privateKey);
const bySecret = async (alg: string, secret: string): Promise<string> =>
  new SignJWT(claimsOf()).setProtectedHeader({ alg, kid: 'k1' }).sign(new TextEncoder().encode(secret));

describe('a token of the directory', () => {
  it('a token opens what its groups allow', async () => {
    const statuses = [OPERATOR, MARKETER, { groups: [] }, {}].map(async (claims) =>
      decode(await issuer.token({ claims })),
    );
    expect(await Promise.all(statuses)).toEqual([200, 403, 403, 403]);
  });

  const algorithms: readonly [string, () => Promise<string>][] = [
    ['no algorithm', async () => `${part({ alg: 'none' })}.${part(claimsOf())}.`],
    ['no algorithm, with a signature', async () => `${part({ alg: 'none' })}.${part(claimsOf())}.AA`],
    ['an algorithm in other letters', async () => `${part({ alg: 'nOnE' })}.${part(claimsOf())}.AA`],
    [
      'the public key as a secret',
      async () => {
        const key = await importJWK({ ...published, ext: true }, 'RS256', { extractable: true });
        if (key instanceof Uint8Array) throw new Error('no public key');
        return bySecret('HS256', await exportSPKI(key));
      },
    ],
    ['the modulus as a secret', () => bySecret('HS256', String(published?.n).padEnd(64, 'x'))],
    ['the secret of the client', () => bySecret('HS512', 'a-secret-of-the-client'.padEnd(64, 'x'))],
  ];
  it.each(algorithms)('a token by %s is not believed', async (_, made) => {
    expect(await decode(await made())).toBe(401);
  });

  it.each([
    ['in its header', { jwk: forgersKey }],
    ['by an address', { jku: forgersUrl, kid: 'forger' }],
    ['as a certificate by an address', { x5u: forgersUrl, kid: 'forger' }],
    ['under the name of the true one', { kid: 'k1' }],
    ['under a name that is a path', { kid: '../../../dev/null' }],
    ['under a name that is SQL', { kid: "' UNION SELECT 'AA'--" }],
  ])('a key inside the token is ignored: %s', async (_, header) => {
    expect(await decode(await forged(header))).toBe(401);
    expect(fetched).toBe(0);
  });

  it.each<[string, Readonly<Record<string, unknown>>, object]>([
    ['that has ended', { exp: seconds() - 60 }, {}],
    ['that has no end', { exp: undefined }, {}],
    ['that is not good yet', { nbf: seconds() + 600 }, {}],
    ['for another program', { aud: 'payroll' }, {}],
    ['for a list without us', { aud: ['payroll', 'bonheure.evil'] }, {}],
    ['for nobody', { aud: undefined }, {}],
    ['of another directory', { iss: 'https://login.evil.example' }, {}],
    ['that says that somebody left', {}, { typ: 'logout+jwt' }],
    ['that reports an event', {}, { typ: 'secevent+jwt' }],
    ['of nobody', { sub: undefined }, {}],
  ])('a token %s opens nothing', async (_, claims, header) => {
    expect(await decode(await issuer.signed(claimsOf(claims), header))).toBe(401);
  });
});

describe('a token that says what it is', () => {
  it.each([undefined, 'JWT', 'at+jwt', 'application/jwt', 'Application/AT+JWT'])(
    'opens as %s',
    async (typ) => {
      const header = typ === undefined ? {} : { typ };
      expect(await decode(await issuer.signed(claimsOf({}), header))).toBe(200);
    },
  );

  it.each(['logout+jwt', 'application/logout+jwt', 'application/', 'application/application/jwt'])(
    'opens nothing as %s',
    async (typ) => {
      expect(await decode(await issuer.signed(claimsOf({}), { typ }))).toBe(401);
    },
  );
});

describe('a browser that signs in through the directory', () => {
  it('a browser receives no directory token', async () => {
    const answer = await throughDirectory();
    expect(answer.status).toBe(303);
    const given = [...answer.headers].flat().join('\n') + (await answer.text());
    const cookies = cookiesOf(answer)
      .split('; ')
      .map((pair) => Buffer.from(pair.slice(pair.indexOf('=') + 1), 'base64url').toString('latin1'));
    expect([given, ...cookies].join('\n')).not.toMatch(/eyJ|opaque|access_token|id_token/);
  });

  it('the directory request carries state, nonce and proof', async () => {
    const ways = await Promise.all([0, 1].map(() => get('/console/oidc', { 'sec-fetch-site': 'none' })));
    const [one, other] = ways.map((way) => new URL(way.headers.get('location') ?? '').searchParams);
    for (const name of ['state', 'nonce', 'code_challenge']) {
      expect(String(one?.get(name)).length).toBeGreaterThanOrEqual(43);
      expect(one?.get(name)).not.toBe(other?.get(name));
    }
    expect([one?.get('code_challenge_method'), one?.get('response_type'), one?.get('redirect_uri')]).toEqual([
      'S256',
      'code',
      `${PUBLIC}/console/oidc/back`,
    ]);
  });

  it('a directory under another name is refused', async () => {
    const settings = readOidc(
      JSON.stringify({
        // The same server, under a name that it does not give itself.
        issuer: issuer.url.replace('127.0.0.1', 'localhost'),
        clientId: 'bonheure',
        members: [{ value: 'sms-operators', tenant: tenantId, role: 'operator' }],
      }),
    );
    if (settings === undefined) throw new Error('no settings');
    const other = new OpenId(settings, PUBLIC);
    await expect(other.begin('')).rejects.toMatchObject({ code: 'DIRECTORY_UNAVAILABLE' });
    await expect(other.bearer(await issuer.token({ claims: OPERATOR }))).rejects.toMatchObject({
      code: 'DIRECTORY_UNAVAILABLE',
    });
  });
});
