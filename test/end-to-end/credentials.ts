import type { Instance } from '../support/instance.ts';

/** Of accounts at operators that nobody answers for, and of a directory: what fails speaks most. */
export const GIVEN = {
  CANARY_LOGIN: 'login-canary-5517@example.test',
  CANARY_KEY: 'key-canary-5517',
  CANARY_PASSWORD: 'pw-canary-5517',
  CANARY_INBOUND: 'inbound-canary-5517-of-the-address',
  BONHEURE_INSTANCE_KEY: 'instance-canary-5517-key',
} as const;

const CLIENT_SECRET = 'client-canary-5517-secret';
const unanswered = { fake: true, inboundSecret: 'env:CANARY_INBOUND' };

/** Accounts whose credentials come from the environment. */
export const ACCOUNTS = [
  { name: 'sandbox', kind: 'sandbox', stopCode: '36180', default: true },
  {
    ...unanswered,
    name: 'octo',
    kind: 'octopush',
    baseUrl: 'http://127.0.0.1:9/v1/public',
    credentials: { login: 'env:CANARY_LOGIN', key: 'env:CANARY_KEY' },
  },
  {
    ...unanswered,
    name: 'smsc',
    kind: 'smpp',
    baseUrl: 'smpp://127.0.0.1:9',
    credentials: { systemId: 'cabinet', password: 'env:CANARY_PASSWORD' },
  },
];

/** A directory that nobody answers for. */
export const DIRECTORY = JSON.stringify({
  issuer: 'http://127.0.0.1:9/',
  clientId: 'bonheure',
  clientSecret: CLIENT_SECRET,
  audience: 'bonheure',
  members: [{ value: 'all', tenant: '00000000-0000-4000-8000-000000000000', role: 'operator' }],
});

/** What a directory would have signed: it is shown, and cannot be verified. */
const TOKEN = `${json64({ alg: 'RS256', kid: 'canary' })}.${json64({ iss: 'http://127.0.0.1:9/' })}.canary5517`;

/** What a used credential left: the words that may stand nowhere, and every answer that followed. */
interface Used {
  readonly words: readonly string[];
  /** Answers, except the one in which a credential is given out. */
  readonly answers: string;
}

/** Makes one of each credential, shows it where it is taken, and where it is refused. */
export async function useCredentials(instance: Instance, contactId: string): Promise<Used> {
  const { origin } = instance;
  const call: Instance['call'] = (...asked) => instance.call(...asked);
  const answers: string[] = [];
  const said = async (where: string, init: RequestInit = {}): Promise<Response> => {
    const answer = await fetch(`${origin}${where}`, { redirect: 'manual', ...init });
    answers.push(JSON.stringify([...answer.headers]).replaceAll(/"set-cookie","[^"]*"/g, ''));
    if (answer.headers.get('content-type')?.startsWith('text/event-stream') !== true)
      answers.push(await answer.text());
    else await answer.body?.cancel();
    return answer;
  };
  await call('PATCH', '/v1/tenant', { publicUrl: null });
  const key = String((await call('POST', '/v1/keys', { role: 'admin' })).body['key']);
  const hook = await call('POST', '/v1/webhooks', { url: 'http://127.0.0.1:9/canary' });
  await call('POST', `/v1/webhooks/${String(hook.body['id'])}/test`, {});
  const link = String((await call('GET', `/v1/contacts/${contactId}/opt-out-link`)).body['url']);
  const token = new URL(link).pathname.split('/').at(-1) ?? '';

  const form = (fields: Record<string, string>): RequestInit => ({
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded', origin },
    body: new URLSearchParams(fields).toString(),
  });
  const cookies = await Promise.all(
    ['/console/session', '/codec'].map(async (where) =>
      (await said(where, form({ key }))).headers.getSetCookie().map((cookie) => cookie.split(';')[0] ?? ''),
    ),
  );
  const cookie = cookies.flat().join('; ');
  const as = (value: string) => ({ authorization: `Bearer ${value}` });
  const bearer = (value: string) => ({ headers: as(value) });
  const json = { 'content-type': 'application/json' };
  const broken = { method: 'POST', body: '{', headers: json };
  for (const [where, init] of [
    ['/v1/tenant', bearer(key)],
    ['/v1/nowhere', bearer(key)],
    ['/v1/campaigns', { ...broken, headers: { ...json, ...as(key) } }],
    ['/v1/tenant', bearer(`${key}x`)],
    ['/v1/tenant', bearer(TOKEN)],
    ['/codec/decode', { ...broken, ...bearer(TOKEN) }],
    ['/codec/decode', { ...broken, headers: { cookie } }],
    ['/console/campaigns', { headers: { cookie } }],
    ['/console/nowhere', { headers: { cookie } }],
    ['/console/oidc', {}],
    [`/u/${token}`, {}],
    [`/u/${token}x`, {}],
    [`/u/${token}/nowhere?token=${token}`, {}],
    [`/v1/inbound/octo/${GIVEN.CANARY_INBOUND}`, broken],
    [`/v1/inbound/smsc/${GIVEN.CANARY_INBOUND}x`, broken],
    ['/v1/tenants', { ...broken, headers: { ...json, ...as(GIVEN.BONHEURE_INSTANCE_KEY) } }],
  ] as const)
    await said(where, init);
  const sessions = cookies.map(([pair = '=']) => pair.split('=')[1] ?? '');
  return {
    words: [
      ...Object.values(GIVEN),
      CLIENT_SECRET,
      TOKEN,
      'canary5517',
      key,
      String(hook.body['secret']),
      token,
      ...sessions,
    ],
    // The page behind a link bears its token: the form of that page sends it back.
    answers: answers.join('\n').replaceAll(token, ''),
  };
}

function json64(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}
