import { describe, expect, it } from 'vitest';
import { buildApp } from '../../../src/web/server/app.ts';
import { codec } from '../../../src/web/codec/codec.ts';
import { consoleMount } from '../../../src/web/console/console.ts';
import { linkPages } from '../../../src/web/public/opt-out.ts';
import { allRoutes } from '../../../src/web/server/routes.ts';
import { listen } from '../../support/after-file.ts';
import { TEMPORAL } from '../console/served.ts';
import { served } from './served.ts';

const world = await served();

/** The same application as somebody reaches it by that address. */
async function reachedAt(publicUrl: string): Promise<string> {
  const api = { ...world.api, publicUrl };
  const routes = allRoutes;
  const mounts = [
    consoleMount(api, { routes, ...TEMPORAL }),
    codec(api, { ui: TEMPORAL.temporalUi }),
    ...linkPages({ ...api, tokens: api.optOut.tokens, trustedProxies: [], effective: () => undefined }),
  ];
  return listen(buildApp(api, routes, mounts));
}

const [byTls, inClear] = [
  await reachedAt('https://sms.lumiere.example'),
  await reachedAt('http://localhost'),
];

const PLACES = [
  ['/console', 401],
  ['/console/session', 405],
  ['/codec', 200],
  ['/docs/', 200],
  ['/openapi.json', 200],
  ['/u/nobody', 404],
  ['/v1/tenant', 401],
  ['/v1/nothing', 404],
  ['/nowhere', 404],
] as const;

describe('every answer', () => {
  it.each(PLACES)('of %s has its browser policy', async (path) => {
    for (const origin of [byTls, inClear]) {
      const { headers } = await fetch(`${origin}${path}`, { redirect: 'manual' });
      expect({
        opener: headers.get('cross-origin-opener-policy'),
        resource: headers.get('cross-origin-resource-policy'),
        type: headers.get('x-content-type-options'),
        frame: headers.get('x-frame-options'),
        referrer: /^(?:no-referrer|same-origin)$/.test(headers.get('referrer-policy') ?? ''),
        policy:
          /default-src 'none'.*base-uri 'none'; form-action '(?:none|self)'; frame-ancestors 'none'/.test(
            headers.get('content-security-policy') ?? '',
          ),
        tls: headers.get('strict-transport-security'),
      }).toEqual({
        opener: 'same-origin',
        resource: 'same-origin',
        type: 'nosniff',
        frame: 'DENY',
        referrer: true,
        policy: true,
        tls: origin === byTls ? 'max-age=31536000; includeSubDomains' : null,
      });
    }
  });
});

describe('a session of a browser', () => {
  const signedIn = async (origin: string): Promise<string> => {
    const answer = await fetch(`${origin}/console/session`, {
      method: 'POST',
      body: new URLSearchParams({ key: world.admin, next: '/console' }),
      headers: { 'sec-fetch-site': 'same-origin' },
      redirect: 'manual',
    });
    return answer.headers.get('set-cookie') ?? '';
  };
  const status = async (origin: string, cookie: string): Promise<number> =>
    (await fetch(`${origin}/console`, { headers: { cookie }, redirect: 'manual' })).status;

  it('is bound to its host, refusing foreign cookies', async () => {
    const given = await signedIn(byTls);
    expect(given).toMatch(/^__Host-bonheure_console=[^;]+;.* Path=\/;.*HttpOnly; Secure; SameSite=Lax$/);
    expect(given).not.toContain('Domain');
    const [pair = ''] = given.split(';');
    expect(await status(byTls, pair)).toBe(200);
    expect(await status(byTls, pair.replace('__Host-', ''))).toBe(401);
  });

  it.each(['bonheure_language=en', 'other=1; bonheure_language=en', '__Host-bonheure_languages=en'])(
    'ignores a language another host chose: %s',
    async (planted) => {
      const shown = async (origin: string, cookie: string): Promise<string | undefined> => {
        const answer = await fetch(`${origin}/console`, { headers: { cookie, 'accept-language': 'fr' } });
        return /<html lang="(\w+)"/.exec(await answer.text())?.[1];
      };
      expect(await shown(byTls, planted)).toBe('fr');
      expect(await shown(byTls, `${planted}; __Host-bonheure_language=fr`)).toBe('fr');
      expect(await shown(byTls, `bonheure_language=fr; __Host-bonheure_language=en`)).toBe('en');
      expect(await shown(inClear, 'bonheure_language=en')).toBe('en');
    },
  );

  it('opens on loopback without TLS', async () => {
    const given = await signedIn(inClear);
    expect(given).toMatch(/^bonheure_console=[^;]+;.* Path=\/console;/);
    expect(await status(inClear, given.split(';')[0] ?? '')).toBe(200);
  });
});
