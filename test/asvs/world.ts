import { sql } from 'kysely';
import { readGateways } from '../../src/settings/gateway-account.ts';
import { buildApp } from '../../src/web/server/app.ts';
import { codec } from '../../src/web/codec/codec.ts';
import { consoleMount } from '../../src/web/console/console.ts';
import { inboundPort } from '../../src/web/public/inbound-port.ts';
import { inboundRouter } from '../../src/web/public/inbound.ts';
import { linkPages } from '../../src/web/public/opt-out.ts';
import { OpenId } from '../../src/web/server/open-id.ts';
import { publicForms } from '../../src/web/public/public-form.ts';
import type { Route } from '../../src/web/server/route.ts';
import { allRoutes } from '../../src/web/server/routes.ts';
import { readOidc } from '../../src/settings/config.ts';
import { TEMPORAL } from '../web/console/served.ts';
import { served, type Served } from '../web/server/served.ts';
import { afterFile, listen } from '../support/after-file.ts';
import { anIssuer, type Issuer } from '../support/issuer.ts';

/** Everything that is served, as people reach it by TLS through a proxy. */
export interface AsvsWorld extends Served {
  /** Where it really listens; `PUBLIC` is what it believes. */
  readonly origin: string;
  readonly port: number;
  readonly routes: readonly Route[];
  readonly issuer: Issuer;
  readonly openId: OpenId;
  /** Asks there, following nothing. */
  readonly get: (path: string, headers?: Record<string, string>) => Promise<Response>;
  /** Sends a form of the console there. */
  readonly send: (
    path: string,
    fields: Record<string, string>,
    headers?: Record<string, string>,
  ) => Promise<Response>;
  /** A cookie of the console, by a key. */
  readonly signedIn: (key: string) => Promise<string>;
  /** To the directory and back, as a browser goes. */
  readonly throughDirectory: () => Promise<Response>;
}

const SECRET = 'a-secret-of-22-or-more-characters';
export const PUBLIC = 'https://sms.lumiere.example';

/** Serves all of it for one test file. */
export async function asvsWorld(): Promise<AsvsWorld> {
  const world = await served();
  const issuer = await anIssuer();
  const api = { ...world.api, publicUrl: PUBLIC };
  const openId = new OpenId(settingsOf(issuer, world.tenantId), PUBLIC);
  const routes = allRoutes;
  afterFile(() => issuer.close());
  const origin = await listen(buildApp(api, routes, await mountsOf({ ...world, api }, { routes, openId })));
  const port = Number(new URL(origin).port);
  return { ...world, api, origin, port, routes, issuer, openId, ...browserOf(origin, issuer) };
}

function settingsOf(issuer: Issuer, tenant: string) {
  const settings = readOidc(
    JSON.stringify({
      issuer: issuer.url,
      clientId: 'bonheure',
      clientSecret: 'a-secret-of-the-client',
      members: [
        { value: 'sms-operators', tenant, role: 'operator' },
        { value: 'sms-marketing', tenant, role: 'marketer' },
      ],
    }),
  );
  if (settings === undefined) throw new Error('no settings');
  return settings;
}

async function mountsOf(
  { api, database }: Served,
  { routes, openId }: { readonly routes: readonly Route[]; readonly openId: OpenId },
) {
  const [account] = readGateways(undefined, { env: {}, used: () => undefined });
  const row = await database.outside((tx) => tx.first(sql<{ id: string }>`SELECT id FROM gateway_account`));
  if (account === undefined || row === undefined) throw new Error('there is no account');
  const listened = [{ account, id: row.id, secret: SECRET, inboundUrl: `${PUBLIC}/${SECRET}` }];
  const port = inboundPort({ ...api, reserved: database, effective: () => undefined }, listened);
  return [
    { at: '/v1/inbound', template: '/v1/inbound/{gateway}/{secret}', router: inboundRouter(port) },
    {
      at: '/f',
      template: '/f/{slug}',
      router: publicForms({ ...api, accountId: row.id, trustedProxies: [] }),
    },
    ...linkPages({ ...api, tokens: api.optOut.tokens, trustedProxies: [], effective: () => undefined }),
    codec(api, { ui: TEMPORAL.temporalUi, openId }),
    consoleMount(api, { routes, ...TEMPORAL, openId }),
  ];
}

type Browser = Pick<AsvsWorld, 'get' | 'send' | 'signedIn' | 'throughDirectory'>;

/** What a browser does; nothing is followed by itself. */
function browserOf(origin: string, issuer: Issuer): Browser {
  const get: Browser['get'] = (path, headers = {}) =>
    fetch(path.startsWith('http') ? path : `${origin}${path}`, { headers, redirect: 'manual' });
  const send: Browser['send'] = (path, fields, headers = {}) =>
    fetch(`${origin}${path}`, {
      method: 'POST',
      body: new URLSearchParams(fields),
      headers: { 'sec-fetch-site': 'same-origin', ...headers },
      redirect: 'manual',
    });
  return {
    get,
    send,
    signedIn: async (key) => cookiesOf(await send('/console/session', { key, next: '/console' })),
    throughDirectory: async () => {
      const away = await get('/console/oidc', { 'sec-fetch-site': 'same-origin' });
      const back = await get(away.headers.get('location') ?? '');
      const asked = (back.headers.get('location') ?? '').replace(PUBLIC, origin);
      issuer.word = { claims: { groups: ['sms-operators'] } };
      return get(asked, { cookie: cookiesOf(away) });
    },
  };
}

/** What a browser would send back. */
export const cookiesOf = (answer: Response): string =>
  answer.headers
    .getSetCookie()
    .map((line) => line.split(';')[0] ?? '')
    .filter((pair) => !pair.endsWith('='))
    .join('; ');
