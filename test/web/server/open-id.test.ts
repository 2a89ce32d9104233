import type { JWTPayload } from 'jose';
import { sql } from 'kysely';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { ProcessClock } from '../../../src/platform/clock.ts';
import { buildApp } from '../../../src/web/server/app.ts';
import { codec } from '../../../src/web/codec/codec.ts';
import { consoleMount, signInPage } from '../../../src/web/console/console.ts';
import { Identification } from '../../../src/web/server/caller.ts';
import { OpenId } from '../../../src/web/server/open-id.ts';
import { SESSION_LASTS_MS, endSessions, ShownTokens, signInKey } from '../../../src/web/server/sign-in.ts';
import { allRoutes } from '../../../src/web/server/routes.ts';
import { readOidc } from '../../../src/settings/config.ts';
import { anIssuer, type Word } from '../../support/issuer.ts';
import { served } from './served.ts';
import { listen } from '../../support/after-file.ts';

const { ask, admin, api, tenantId, anotherTenant } = await served();
/** Far from either end of a turn of the keys that stand for tokens. */
const midway = (Math.floor(Date.now() / SESSION_LASTS_MS) + 0.5) * SESSION_LASTS_MS;
let aheadMs = 0;
const atCodec = {
  ...api,
  clock: new ProcessClock({
    movable: true,
    host: { wall: () => midway + aheadMs, monotonic: () => performance.now() },
  }),
};
const other = await anotherTenant();
const issuer = await anIssuer();
const base = await listen((req, res) => app(req, res));
const settings = readOidc(
  JSON.stringify({
    issuer: issuer.url,
    clientId: 'bonheure',
    clientSecret: 'a-secret-of-the-client',
    members: [
      { value: 'sms-operators', tenant: tenantId, role: 'operator' },
      { value: 'sms-marketing', tenant: tenantId, role: 'marketer' },
      { value: 'other-admins', tenant: other.id, role: 'admin' },
      { value: 'moved-away', tenant: '018f0000-0000-7000-8000-000000000000', role: 'admin' },
    ],
  }),
);
if (settings === undefined) throw new Error('no settings');
const openId = new OpenId(settings, base);
const routes = allRoutes;
const app = buildApp(
  api,
  [],
  [
    codec(atCodec, { ui: 'http://localhost:8233', openId }),
    consoleMount(api, {
      routes,
      temporalUi: 'http://localhost:8233',
      temporal: { namespace: 'default' },
      openId,
    }),
  ],
);
afterAll(() => issuer.close());
beforeEach(() => {
  issuer.word = {};
  aheadMs = 0;
});

const OPERATOR = { claims: { groups: ['staff', 'sms-operators'] } };
const go = (where: string, cookie = '') =>
  fetch(where, { redirect: 'manual', headers: { cookie, 'accept-language': 'en' } });
const cookiesOf = (answer: Response) =>
  answer.headers
    .getSetCookie()
    .map((line) => line.split(';')[0] ?? '')
    .join('; ');
const placeOf = (answer: Response) => answer.headers.get('location') ?? '';

/** To the directory and back, as a browser goes. */
async function signedIn(word: Word, next = ''): Promise<Response> {
  issuer.word = word;
  const away = await go(`${base}/console/oidc?next=${encodeURIComponent(next)}`);
  const back = await go(placeOf(away));
  return go(placeOf(back), cookiesOf(away));
}

describe('signing in through a directory', () => {
  it('opens the console in the directory’s role', async () => {
    const answer = await signedIn(OPERATOR, '/console/timeline');
    expect([answer.status, placeOf(answer)]).toEqual([303, '/console/timeline']);
    const home = await (await go(`${base}/console`, cookiesOf(answer))).text();
    expect(home).toContain('operations');
    const { items } = (await ask('GET', '/v1/audit?limit=500', { key: admin })).body;
    expect(items.find(({ action }: { action: string }) => action === 'session.opened')).toMatchObject({
      details: { role: 'operator' },
    });
  });

  it('leads to no page of somebody else', async () => {
    expect(placeOf(await signedIn(OPERATOR, 'https://evil.example/'))).toBe('/console');
    expect(placeOf(await signedIn(OPERATOR, '//evil.example/'))).toBe('/console');
  });

  it.each<[string, Word, number, string]>([
    ['a token signed by somebody else', { ...OPERATOR, forged: true }, 401, 'does not vouch'],
    ['a token that has expired', { ...OPERATOR, expiresInSeconds: -60 }, 401, 'does not vouch'],
    ['a token made for another program', { ...OPERATOR, audience: 'payroll' }, 401, 'does not vouch'],
    ['an answer to another question', { ...OPERATOR, nonce: 'of-yesterday' }, 401, 'does not vouch'],
    ['somebody without a group of ours', { claims: { groups: ['staff'] } }, 403, 'gives you no role'],
    ['a group of an instance that is gone', { claims: { groups: ['moved-away'] } }, 403, 'gives you no role'],
  ])('refuses %s, and says so', async (...[, word, status, said]) => {
    const answer = await signedIn(word);
    expect(answer.status).toBe(status);
    expect(await answer.text()).toContain(said);
    expect(cookiesOf(answer)).not.toMatch(/bonheure_console=[\w-]/);
  });

  it('accepts only an answer asked for, once', async () => {
    issuer.word = OPERATOR;
    const [mine, theirs] = [await go(`${base}/console/oidc`), await go(`${base}/console/oidc`)];
    const back = placeOf(await go(placeOf(mine)));
    expect((await go(back)).status).toBe(401);
    expect((await go(back, cookiesOf(theirs))).status).toBe(401);
    expect((await go(back, cookiesOf(mine))).status).toBe(303);
    expect((await go(back, cookiesOf(mine))).status).toBe(401);
  });

  it('shows nothing of another tenant', async () => {
    const answer = await signedIn({ claims: { groups: 'other-admins' } });
    const cookie = cookiesOf(answer);
    expect(await (await go(`${base}/console`, cookie)).text()).toContain('admin');
    expect(await (await go(`${base}/console/audit`, cookie)).text()).not.toContain(tenantId);
  });

  it('ends everywhere when somebody signs out', async () => {
    const [here, there] = [cookiesOf(await signedIn(OPERATOR)), cookiesOf(await signedIn(OPERATOR))];
    expect((await go(`${base}/console`, there)).status).toBe(200);
    await fetch(`${base}/console/leave`, { method: 'POST', redirect: 'manual', headers: { cookie: here } });
    expect([(await go(`${base}/console`, here)).status, (await go(`${base}/console`, there)).status]).toEqual(
      [401, 401],
    );
  });

  it('separates people with similar long ids', async () => {
    const [one, another] = [`${'u'.repeat(200)}-1`, `${'u'.repeat(200)}-2`];
    const [hers, his] = [
      await signInKey(api, { subject: one, tenantId, role: 'operator' }),
      await signInKey(api, { subject: another, tenantId, role: 'operator' }),
    ];
    await endSessions(api, { tenantId, key: hers });
    expect((await ask('GET', '/v1/tenant', { key: hers })).status).toBe(401);
    expect((await ask('GET', '/v1/tenant', { key: his })).status).toBe(200);
  });

  it('never ends a key that an admin made', async () => {
    const body = new URLSearchParams({ key: admin });
    const cookie = cookiesOf(
      await fetch(`${base}/console/session`, { method: 'POST', body, redirect: 'manual' }),
    );
    await fetch(`${base}/console/leave`, { method: 'POST', redirect: 'manual', headers: { cookie } });
    expect((await ask('GET', '/v1/tenant', { key: admin })).status).toBe(200);
  });
});

describe('a program that shows a token of the directory to the codec', () => {
  const decode = (token: string) =>
    fetch(`${base}/codec/decode`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ payloads: [] }),
    });

  it.each<[string, Word, number]>([
    ['is answered as an operator', OPERATOR, 200],
    ['is refused as a marketer', { claims: { groups: ['sms-marketing'] } }, 403],
    ['is refused with a forged token', { ...OPERATOR, forged: true }, 401],
    ['is refused with an expired one', { ...OPERATOR, expiresInSeconds: -60 }, 401],
    ['is refused with that of another program', { ...OPERATOR, audience: 'payroll' }, 401],
    ['is refused without a role here', { claims: { groups: [] } }, 403],
  ])('%s', async (...[, word, status]) => {
    const token = await issuer.token(word);
    expect((await decode(token)).status).toBe(status);
    expect((await decode(token)).status).toBe(status);
  });

  const tokenOf = (sub: string, jti = 'first') =>
    issuer.token({ claims: { sub, jti, ...OPERATOR.claims }, expiresInSeconds: 5 * 3_600 });
  const statusOf = async (token: string) => (await decode(token)).status;
  const keysOf = async (subject: string): Promise<{ id: string }[]> => {
    const { items } = (await ask('GET', '/v1/keys?limit=500', { key: admin })).body;
    return items.filter(({ name }: { name: string }) => name === `oidc ${subject}`);
  };

  it('uses one key per person across tokens', async () => {
    for (const jti of ['first', 'second', 'third'])
      expect(await statusOf(await tokenOf('u-201', jti))).toBe(200);
    const [key, ...more] = await keysOf('u-201');
    expect(more).toEqual([]);
    const { items } = (await ask('GET', '/v1/audit?limit=500', { key: admin })).body;
    const opened = (entry: { action: string; subject: string }) =>
      entry.action === 'session.opened' && entry.subject === key?.id;
    expect(items.filter(opened)).toHaveLength(1);
  });

  it('is answered while its token is good', async () => {
    const token = await tokenOf('u-202');
    expect(await statusOf(token)).toBe(200);
    await api.database.withTenant(tenantId, (tx) =>
      tx.run(sql`UPDATE api_key SET expires_at = clock_timestamp() WHERE name = 'oidc u-202'`),
    );
    aheadMs = SESSION_LASTS_MS;
    expect(await statusOf(token)).toBe(200);
    expect(await keysOf('u-202')).toHaveLength(2);
  });

  it('stays refused once its key is revoked', async () => {
    const token = await tokenOf('u-203');
    expect(await statusOf(token)).toBe(200);
    const [key] = await keysOf('u-203');
    await ask('DELETE', `/v1/keys/${String(key?.id)}`, { key: admin });
    expect([await statusOf(token), await statusOf(await tokenOf('u-203', 'second'))]).toEqual([401, 401]);
    const restarted = await new ShownTokens(atCodec, openId).authorization(`Bearer ${token}`);
    await expect(new Identification(atCodec).of(restarted, undefined)).rejects.toMatchObject({
      code: 'UNAUTHENTICATED',
    });
    aheadMs = SESSION_LASTS_MS;
    expect(await statusOf(token)).toBe(200);
  });

  it('is refused with a token that signs itself', async () => {
    const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const claims = {
      iss: issuer.url,
      aud: 'bonheure',
      sub: 'u',
      exp: 9_999_999_999,
      groups: ['sms-operators'],
    };
    expect((await decode(`${part({ alg: 'none' })}.${part(claims)}.AA`)).status).toBe(401);
  });
});

describe('a directory that says by an e-mail address who somebody is', () => {
  const byEmail = new OpenId(
    {
      ...settings,
      claim: 'email',
      members: [{ value: 'claire@example.fr', tenant: tenantId, role: 'operator' }],
    },
    base,
  );
  const saying = async (claims: JWTPayload) => byEmail.bearer(await issuer.token({ claims }));

  it('is believed once it has verified that address', async () => {
    expect(await saying({ email: 'claire@example.fr', email_verified: true })).toMatchObject({
      tenantId,
      role: 'operator',
    });
  });

  it.each([{}, { email_verified: false }, { email_verified: 'true' }])(
    'is not believed otherwise: %j',
    async (verified) => {
      await expect(saying({ email: 'claire@example.fr', ...verified })).rejects.toMatchObject({
        code: 'EMAIL_NOT_VERIFIED',
      });
    },
  );

  it.each([
    ['fr', 'n’a pas vérifié votre adresse'],
    ['en', 'has not verified your e-mail address'],
  ] as const)('explains itself on the sign-in page: %s', (language, said) => {
    const { main } = signInPage(language, {
      next: '/console',
      refused: 'EMAIL_NOT_VERIFIED',
      byDirectory: true,
    });
    expect(main.source).toContain(said);
  });

  it('gives no role outside the list', async () => {
    await expect(saying({ email: 'eve@example.fr' })).rejects.toMatchObject({ code: 'NOT_A_MEMBER' });
  });
});

describe('a directory', () => {
  it.each([
    ['by http on another machine', { issuer: 'http://login.example.fr' }, 'https, except on this machine'],
    ['without anybody', { members: [] }, 'members'],
    ['with a setting of a later version', { colour: 'red' }, 'BONHEURE_OIDC'],
  ])('%s is not taken', (...[, change, said]) => {
    expect(() => readOidc(JSON.stringify({ ...settings, ...change }))).toThrow(said);
  });
});
