import { describe, expect, it } from 'vitest';
import { ProcessClock } from '../../src/platform/clock.ts';
import { buildApp } from '../../src/web/server/app.ts';
import { consoleMount, consoleRoutes } from '../../src/web/console/console.ts';
import { SESSION_LASTS_MS } from '../../src/web/server/sign-in.ts';
import { TEMPORAL } from '../web/console/served.ts';
import { listen } from '../support/after-file.ts';
import { asvsWorld, cookiesOf } from './world.ts';

const { admin, api, get, send, signedIn, throughDirectory, routes, keyOf, ask } = await asvsWorld();
const cookie = await signedIn(admin);
const [name = '', value = ''] = cookie.split('=');
const opens = async (one: string): Promise<number> => (await get('/console', { cookie: one })).status;
const turned = (text: string, at: number): string =>
  text.slice(0, at) + (text[at] === 'A' ? 'B' : 'A') + text.slice(at + 1);

describe('a session', () => {
  it.each([
    ['was altered in its version', turned(value, 1)],
    ['was altered in its middle', turned(value, Math.floor(value.length / 2))],
    ['was altered at its end', turned(value, value.length - 3)],
    ['was cut', value.slice(0, -6)],
    ['was made longer', `${value}AAAA`],
    ['holds a key as it is', Buffer.from(admin).toString('base64url')],
    ['holds the claims of a session', Buffer.from(JSON.stringify([admin, 9e15])).toString('base64url')],
    ['is empty', ''],
    ['is no base64', '%00%ff../../etc/passwd'],
  ])('a cookie that %s opens nothing', async (_, forged) => {
    expect(await opens(`${name}=${value}`)).toBe(200);
    expect(await opens(`${name}=${forged}`)).toBe(401);
  });

  it('each sign-in gives a new cookie without key', async () => {
    const many = await Promise.all(Array.from({ length: 8 }, () => signedIn(admin)));
    expect(new Set(many).size).toBe(8);
    for (const one of many) {
      const bytes = Buffer.from(one.split('=')[1] ?? '', 'base64url').toString('latin1');
      expect([one.includes(admin), bytes.includes(admin)]).toEqual([false, false]);
    }
  });

  it('a directory session uses a 256-bit key', async () => {
    const before = await keysOfDirectory();
    await Promise.all([throughDirectory(), throughDirectory()]);
    const made = (await keysOfDirectory()) - before;
    expect(made).toBe(2);
    const shown = (await ask('POST', '/v1/keys', { key: admin, body: { role: 'operator' } })).body.key;
    expect(Buffer.from(String(shown).replace('bh_', ''), 'base64url')).toHaveLength(32);
  });

  it('a session ends after two hours, even used', async () => {
    let aheadMs = 0;
    const host = { wall: () => Date.now() + aheadMs, monotonic: () => performance.now() };
    const later = { ...api, clock: new ProcessClock({ movable: true, host }) };
    const app = buildApp(later, [], [consoleMount(later, { routes, ...TEMPORAL })]);
    const at = `${await listen(app)}/console`;
    const [used, unused] = [await signedIn(admin), await signedIn(admin)];
    aheadMs = SESSION_LASTS_MS - 60_000;
    expect((await get(at, { cookie: used })).status).toBe(200);
    aheadMs = SESSION_LASTS_MS + 60_000;
    expect([(await get(at, { cookie: used })).status, (await get(at, { cookie: unused })).status]).toEqual([
      401, 401,
    ]);
  });

  it('a link of another site begins no sign-in', async () => {
    for (const site of ['cross-site', 'same-site']) {
      const answer = await get('/console/oidc', { 'sec-fetch-site': site });
      expect([site, answer.status, answer.headers.getSetCookie()]).toEqual([site, 401, []]);
      const page = await answer.text();
      expect([page.includes('/console/oidc'), page.includes('role="alert"')]).toEqual([true, false]);
    }
    expect((await get('/console/oidc', { 'sec-fetch-site': 'same-origin' })).status).toBe(303);
  });
});

describe('whoever leaves', () => {
  it('every page has a way to leave', async () => {
    const pages = consoleRoutes.filter(({ method, path }) => method === 'get' && !path.includes(':'));
    const shown = await Promise.all(pages.map(({ path }) => get(`/console${path}`, { cookie })));
    const whole = shown.filter(({ headers, status }) => {
      return status !== 404 && (headers.get('content-type') ?? '').startsWith('text/html');
    });
    expect(whole.length).toBeGreaterThan(15);
    for (const page of whole)
      expect(await page.text()).toMatch(
        /<form[^>]*action="\/console\/leave"[^>]*method="post"|<form[^>]*method="post"[^>]*action="\/console\/leave"/,
      );
  });

  it('a signed-out browser keeps no page or cookie', async () => {
    const key = await keyOf('operator');
    const held = await signedIn(key);
    const page = await get('/console', { cookie: held });
    expect([page.status, page.headers.get('cache-control')]).toEqual([200, 'no-store']);
    const left = await send('/console/leave', {}, { cookie: held });
    expect(cookiesOf(left)).toBe('');
    expect(left.headers.getSetCookie().join()).toMatch(
      /^__Host-bonheure_console=;.*Expires=Thu, 01 Jan 1970/,
    );
    expect(await opens(held)).toBe(401);
  });
});

async function keysOfDirectory(): Promise<number> {
  const { items } = (await ask('GET', '/v1/keys?limit=500', { key: admin })).body;
  return items.filter((one: { name: string }) => one.name.startsWith('oidc ')).length;
}
