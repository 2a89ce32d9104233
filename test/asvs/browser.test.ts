import { describe, expect, it } from 'vitest';
import { consoleRoutes } from '../../src/web/console/console.ts';
import { asvsWorld } from './world.ts';

const { admin, get, send, signedIn, throughDirectory, ask, origin, routes } = await asvsWorld();
const cookie = await signedIn(admin);
const PAGES = consoleRoutes.filter(({ method, path }) => method === 'get' && !path.includes(':'));

async function allCookies(): Promise<readonly string[]> {
  const answers = await Promise.all([
    send('/console/session', { key: admin, next: '/console' }),
    get('/console/oidc', { 'sec-fetch-site': 'same-origin' }),
    throughDirectory(),
    get('/console?lang=en', { cookie }),
    send('/codec', { key: admin }),
    send('/console/leave', {}, { cookie: await signedIn(admin) }),
  ]);
  return answers.flatMap((answer) => answer.headers.getSetCookie());
}

describe('what a browser is given', () => {
  it.each([
    ['is sent by TLS alone', /; Secure(?:;|$)/],
    ['belongs to one host', /^__Host-[^;]+;(?!.*Domain).*Path=\/(?:;|$)/],
    ['is kept from acts of other sites', /; SameSite=(?:Lax|Strict)(?:;|$)/],
    ['is read by no script', /; HttpOnly(?:;|$)/],
  ])('every cookie %s', async (_, attribute) => {
    const lines = await allCookies();
    expect(lines.length).toBeGreaterThan(6);
    expect(lines.filter((line) => !attribute.test(line))).toEqual([]);
  });

  it('every page runs only its own scripts', async () => {
    const pages = ['/nowhere', '/docs/', '/codec', '/u/nobody', '/f/nobody', '/s/nobody', '/v1/tenant'];
    const all = [...pages, ...PAGES.map(({ path }) => `/console${path}`)];
    for (const path of all) {
      const answer = await get(path, { cookie });
      await answer.text();
      const policy = answer.headers.get('content-security-policy') ?? '';
      const missing = ["default-src 'none'", "base-uri 'none'", 'form-action ', "frame-ancestors 'none'"];
      expect([path, ...missing.filter((directive) => !policy.includes(directive))]).toEqual([path]);
      expect(policy).not.toMatch(/script-src[^;]*'unsafe|\*|script-src[^;]*https?:|unsafe-eval/);
    }
  });
});

describe('a page of somebody else', () => {
  it.each(['/v1/tenant', '/console', '/docs/', '/openapi.json', '/u/nobody', '/codec', '/f/nobody'])(
    'a page of another origin cannot read %s',
    async (path) => {
      for (const from of ['https://evil.example', 'null', origin.replace('127.0.0.1', 'localhost')]) {
        const headers = { origin: from, authorization: `Bearer ${admin}` };
        const shown = await get(path, headers);
        const asked = await fetch(`${origin}${path}`, {
          method: 'OPTIONS',
          headers: { ...headers, 'access-control-request-method': 'POST' },
        });
        for (const answer of [shown, asked])
          expect(answer.headers.get('access-control-allow-origin')).toBeNull();
      }
    },
  );

  it('a cookie opens nothing of the API', async () => {
    const [name, session] = cookie.split('=');
    for (const { method, path } of routes) {
      const answer = await fetch(`${origin}${path.replaceAll(/\{\w+\}/g, 'x')}`, {
        method: method.toUpperCase(),
        headers: { cookie: `${name}=${session}`, 'content-type': 'text/plain' },
        ...(method === 'get' ? {} : { body: '{}' }),
      });
      await answer.body?.cancel();
      expect([path, answer.status]).toEqual([path, 401]);
    }
    expect((await ask('GET', '/v1/tenant', { key: admin })).status).toBe(200);
  });
});
