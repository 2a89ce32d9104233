import { sql } from 'kysely';
import { describe, expect, it } from 'vitest';
import { consoleServed } from '../console/served.ts';

const { ask, admin, open, origin, keyOf, api, database, tenantId } = await consoleServed();

const signIn = (key: string) =>
  fetch(`${origin}/console/session`, {
    method: 'POST',
    redirect: 'manual',
    body: new URLSearchParams({ key }),
  });
const cookieFrom = (answer: Response): string => (answer.headers.get('set-cookie') ?? '').split(';')[0] ?? '';
const entries = async (action: string): Promise<Record<string, unknown>[]> => {
  const { items } = (await ask('GET', '/v1/audit?limit=500', { key: admin })).body;
  return items.filter((entry: { action: string }) => entry.action === action);
};

describe('a key that signs in', () => {
  it('is audited with its network', async () => {
    const key = await keyOf('operator');
    expect((await signIn(key)).status).toBe(303);
    expect((await entries('session.opened')).at(-1)).toMatchObject({
      details: { role: 'operator', by: 'key', from: '127.0.0.0/24' },
    });
  });

  it('signs out every browser, and in again', async () => {
    const key = await keyOf('marketer');
    const [here, copied] = [cookieFrom(await signIn(key)), cookieFrom(await signIn(key))];
    expect((await open('', copied)).status).toBe(200);
    await fetch(`${origin}/console/leave`, { method: 'POST', redirect: 'manual', headers: { cookie: here } });
    expect([(await open('', here)).status, (await open('', copied)).status]).toEqual([401, 401]);
    expect((await ask('GET', '/v1/tenant', { key })).status).toBe(200);
    expect((await open('', cookieFrom(await signIn(key)))).status).toBe(200);
  });
});

describe('a key that ends', () => {
  const made = (expiresAt: string, role = 'operator') =>
    ask('POST', '/v1/keys', { key: admin, body: { role, expiresAt } });

  it('is good until then, and says when', async () => {
    const expiresAt = new Date(api.clock.machine() + 3_600_000).toISOString();
    const { status, body } = await made(expiresAt);
    expect([status, (await ask('GET', '/v1/tenant', { key: body.key })).status]).toEqual([201, 200]);
    const { items } = (await ask('GET', '/v1/keys?limit=500', { key: admin })).body;
    const shown = items.find(({ id }: { id: string }) => id === body.id);
    expect(Date.parse(String(shown.expiresAt))).toBe(Date.parse(expiresAt));
    await database.withTenant(tenantId, (tx) =>
      tx.run(sql`UPDATE api_key SET expires_at = clock_timestamp() WHERE id = ${body.id}::uuid`),
    );
    expect((await ask('GET', '/v1/tenant', { key: body.key })).status).toBe(401);
  });

  it('is not made when it has ended already', async () => {
    const { status, body } = await made('2020-01-01T00:00:00Z');
    expect([status, body.errors]).toMatchObject([400, [{ pointer: '/expiresAt' }]]);
  });

  it('survives the departure of a namesake', async () => {
    const expiresAt = new Date(api.clock.machine() + 3_600_000).toISOString();
    const [one, other] = [(await made(expiresAt)).body.key, (await made(expiresAt)).body.key];
    const cookie = cookieFrom(await signIn(String(one)));
    await fetch(`${origin}/console/leave`, { method: 'POST', redirect: 'manual', headers: { cookie } });
    const statuses = [one, other].map(async (key) => (await ask('GET', '/v1/tenant', { key })).status);
    expect(await Promise.all(statuses)).toEqual([200, 200]);
  });
});

describe('somebody who tries keys', () => {
  it('is audited and delayed, without delaying others', async () => {
    const known = await keyOf('operator');
    expect((await ask('GET', '/v1/tenant', { key: known })).status).toBe(200);
    const before = (await entries('session.refused')).length;
    for (let tried = 0; tried < 20; tried += 1) expect((await signIn(`wrong-${tried}`)).status).toBe(403);
    const refused = await entries('session.refused');
    expect(refused.length - before).toBe(20);
    expect(refused[0]).toMatchObject({ actor: 'system', details: { from: '127.0.0.0/24' } });
    const more = await Promise.all(Array.from({ length: 200 }, (_, n) => signIn(`more-${n}`)));
    const late = more.filter(({ status }) => status === 429);
    expect(late.length).toBeGreaterThan(0);
    expect(Number(late[0]?.headers.get('retry-after'))).toBeGreaterThan(500);
    expect((await signIn(known)).status).toBe(303);
  });
});

const headers = (n: number) => ({ authorization: `Bearer guess-${n}` });
const fields = (n: number) => ({ method: 'POST', body: new URLSearchParams({ key: `guess-${n}` }) });

describe.each<readonly [string, (n: number) => RequestInit]>([
  ['/v1/tenant', (n) => ({ headers: headers(n) })],
  ['/console', (n) => ({ headers: headers(n) })],
  ['/console/session', fields],
  ['/codec', fields],
  ['/codec/decode', (n) => ({ method: 'POST', headers: headers(n) })],
])('keys tried together at %s', (path, tried) => {
  it('are slowed like one after the other', async () => {
    const began = performance.now();
    const tries = Array.from({ length: 150 }, async (_, n) => {
      const { status } = await fetch(`${origin}${path}`, { redirect: 'manual', ...tried(n) });
      return { status, ms: performance.now() - began };
    });
    const answers = await Promise.all(tries);
    const lookedUp = answers.filter(({ status }) => status !== 429).toSorted((one, next) => one.ms - next.ms);
    // Twenty are known to be none by now: each waits a second, then they are looked up 64 in a second, however slowly
    // they came; who finds no place to wait is refused.
    expect(lookedUp.filter(({ ms }, n) => ms < 990 + n * 15)).toEqual([]);
    expect(lookedUp.filter(({ status }) => ![401, 403].includes(status))).toEqual([]);
  });
});
