import { randomBytes } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { sent, sentRaw, type Heard, type Sent } from './wire.ts';

/** A payload of a workflow, as Temporal and the codec write it. */
export interface Sealed {
  readonly metadata: Readonly<Record<string, string>>;
  readonly data: string;
}

/** What attackers know, and whom they are to harm. */
export interface AttackGround {
  /** Of the api, and of the public server. */
  readonly origins: readonly string[];
  /** Two admins of the tenant that attacks: the first one's files are all under way. */
  readonly key: string;
  readonly otherKey: string;
  /** An admin of a third tenant, which attacks nobody. */
  readonly bystander: string;
  /** The link in one message, and the contact whom it went to, of the tenant that attacks. */
  readonly optOut: { readonly path: string; readonly contactId: string };
  /** What a workflow of the first tenant was told, as Temporal keeps it. */
  readonly sealed: Sealed;
  /** Addresses of Temporal, by HTTP: its page, and each port of its server. */
  readonly temporal: { readonly page: string; readonly ports: readonly string[] };
}

/** An attack that is made over the wire. */
export interface Attack {
  readonly name: string;
  send(at: AttackGround): Promise<readonly Heard[]>;
  isRefused(heard: readonly Heard[], at: AttackGround): boolean;
}

const FORM = { 'content-type': 'application/x-www-form-urlencoded' };
const JSON_TYPE = { 'content-type': 'application/json' };
const CSV = { 'content-type': 'text/csv' };
const ANOTHER_SITE = { 'sec-fetch-site': 'cross-site', origin: 'https://evil.example' };
const bearer = (key: string): { authorization: string } => ({ authorization: `Bearer ${key}` });
const guess = (): string => randomBytes(32).toString('base64url');
const jsonOf = (answer: Heard | undefined): Record<string, unknown> => {
  try {
    return JSON.parse(answer?.text ?? '') as Record<string, unknown>;
  } catch {
    return {};
  }
};
const apiOf = ({ origins }: AttackGround): string => origins[0] ?? '';
const isBetween =
  (least: number, most: number) =>
  (answer: Heard): boolean =>
    answer.status >= least && answer.status <= most;
/** Refused as the fault of whoever sent it. */
const areRefused = (heard: readonly Heard[]): boolean => heard.every(isBetween(400, 499));
/** Several requests at once. */
const together = (many: number, send: (turn: number) => Promise<Heard>): Promise<Heard[]> =>
  Promise.all(Array.from({ length: many }, (_, turn) => send(turn)));

const OPENINGS = 200_000;
const IMPORT_WITHIN_MS = 30_000;
const LOOK_EVERY_MS = 250;

const imported = (at: AttackGround, key: string, file: { kind: string; body: string }): Promise<Heard> =>
  sent(`${apiOf(at)}/v1/imports?kind=${file.kind}`, {
    method: 'POST',
    body: file.body,
    headers: { ...CSV, ...bearer(key) },
  });

/** What became of an import, once it is over. */
async function over(at: AttackGround, key: string, taken: Heard): Promise<Heard> {
  const until = Date.now() + IMPORT_WITHIN_MS;
  for (;;) {
    const headers = bearer(key);
    const answer = await sent(`${apiOf(at)}/v1/imports/${String(jsonOf(taken)['id'])}`, { headers });
    const isUnderWay = ['queued', 'reading'].includes(String(jsonOf(answer)['state']));
    if (!isUnderWay || Date.now() > until) return answer;
    await pause(LOOK_EVERY_MS);
  }
}

/** One cell on which a careless pattern would take minutes, and a list of suppressions of somebody else. */
const hostileFile: Attack = {
  name: 'a cell of 200,000 brackets',
  send: async (at) => {
    const body = `phone;prenom\n${'('.repeat(OPENINGS)};x\n`;
    const bad = await imported(at, at.otherKey, { kind: 'contacts', body });
    const good = await imported(at, at.bystander, { kind: 'suppressions', body: 'phone\n+33639980001\n' });
    return [bad, good, await over(at, at.bystander, good), await over(at, at.otherKey, bad)];
  },
  isRefused: (heard) => {
    const [good, bad] = heard.slice(2).map((answer) => jsonOf(answer)['state']);
    return good === 'finished' && ['finished', 'failed', 'parked'].includes(String(bad));
  },
};

const accountsOfOthers: Attack = {
  name: 'the inbound address of a shared account',
  send: async (at) => [await sent(`${apiOf(at)}/v1/gateways`, { headers: bearer(at.key) })],
  isRefused: ([answer]) => {
    const shown = Object.values(jsonOf(answer)) as { inbound?: { url?: unknown } }[];
    return answer?.status === 200 && shown.length > 0 && shown.every(({ inbound }) => inbound?.url === null);
  },
};

/** A reply in somebody else's name, at addresses that somebody made up. */
const guessedAddresses: Attack = {
  name: 'STOPs at guessed addresses',
  send: ({ origins }) =>
    together(20, (turn) =>
      sent(`${origins[turn % origins.length] ?? ''}/v1/inbound/operator/${guess()}`, {
        method: 'POST',
        headers: JSON_TYPE,
        body: `{"events":[{"kind":"reply","id":"forged-${turn}","from":"+33639980002","text":"STOP"}]}`,
      }),
    ),
  isRefused: areRefused,
};

const CUT = gzipSync('{"name":"nobody"}').subarray(0, 20);
const MALFORMED: readonly Sent[] = [
  { body: '{', headers: JSON_TYPE },
  { body: 'x"Jean Dupont"', headers: JSON_TYPE },
  { body: '{}', headers: { 'content-type': 'application/json; charset=foo' } },
  { body: 'key=x', headers: { 'content-type': `${FORM['content-type']}; charset=koi8` } },
  { body: CUT, headers: { ...FORM, 'content-encoding': 'gzip' } },
  { body: CUT, headers: { ...JSON_TYPE, 'content-encoding': 'gzip' } },
  { body: Array.from({ length: 5_000 }, (_, n) => `f${n}=1`).join('&'), headers: FORM },
];
const TAKES_BODIES = [
  '/codec/decode',
  '/console/session',
  '/v1/contacts',
  '/v1/inbound/operator/wrong',
  '/f/zzz',
];

const malformedBodies: Attack = {
  name: 'malformed bodies',
  send: (at) =>
    Promise.all(
      TAKES_BODIES.flatMap((path) =>
        MALFORMED.map((one) => sent(`${apiOf(at)}${path}`, { ...one, method: 'POST' })),
      ),
    ),
  isRefused: areRefused,
};

const PRESSES = 270;

/** Whoever received one message writes into the ledger for good. */
const pressedTogether: Attack = {
  name: `${PRESSES} presses of one link`,
  send: async (at) => {
    const [api, last] = [apiOf(at), at.origins.at(-1) ?? ''];
    const one = { method: 'POST', headers: FORM, body: 'List-Unsubscribe=One-Click' };
    const pressed = await together(PRESSES, (turn) =>
      sent(`${turn % 2 === 0 ? api : last}${at.optOut.path}`, one),
    );
    const consents = `${api}/v1/contacts/${at.optOut.contactId}/consents`;
    return [...pressed, await sent(consents, { headers: bearer(at.key) })];
  },
  isRefused: (heard) => {
    const events = (jsonOf(heard.at(-1))['events'] ?? []) as { kind?: unknown }[];
    return events.filter(({ kind }) => kind === 'withdrawn').length === 1;
  },
};

const NAMESPACE = '/api/v1/namespaces/bonheure';
const END_ALL =
  '{"visibilityQuery":"ExecutionStatus=\\"Running\\"","reason":"evil","terminationOperation":{}}';
const endsAll = (headers: Record<string, string>): Sent => ({
  method: 'POST',
  headers: { 'content-type': 'text/plain', ...headers },
  body: END_ALL,
});

/** A page of another site ends every workflow, or lists them. */
const temporalByHttp: Attack = {
  name: 'orders to Temporal by HTTP',
  send: async ({ temporal: { ports } }) => {
    const evil = { host: 'evil.example', origin: 'http://evil.example' };
    const heard = ports.flatMap((port) => [
      sent(`${port}${NAMESPACE}/workflows`),
      sent(`${port}${NAMESPACE}/batch-operations/evil`, endsAll({})),
      sent(`${port}${NAMESPACE}/batch-operations/evil`, endsAll(evil)),
    ]);
    return Promise.all(heard);
  },
  // The ports of its own protocol speak no HTTP at all.
  isRefused: (heard) => heard.some(({ status }) => status === 403) && !heard.some(isBetween(200, 399)),
};

/** A name of another site that leads to this machine, a page of one, and somebody behind a proxy. */
const temporalPage: Attack = {
  name: 'Temporal’s page under another name',
  send: ({ temporal: { page } }) =>
    Promise.all([
      sent(page, { headers: { host: `evil.example:${new URL(page).port}` } }),
      sent(`${page}${NAMESPACE}/workflows`, { headers: { 'x-forwarded-for': '192.0.2.1' } }),
      sent(`${page}${NAMESPACE}/batch-operations/evil`, endsAll({ origin: 'http://evil.example' })),
    ]),
  isRefused: areRefused,
};

const OF_A_PROXY = ['x-real-ip', 'via', 'cf-connecting-ip', 'x-forwarded-for'].map((name) => ({
  host: 'localhost',
  [name]: name === 'via' ? '1.1 proxy' : '192.0.2.1',
}));
const OF_THIS_MACHINE = ['/sandbox', '/sandbox/log', '/sandbox/clock', '/metrics'];

/** Somebody behind a proxy of this machine, which says so by a header, or by its version alone. */
const behindProxies: Attack = {
  name: 'sandbox and figures through a proxy',
  send: (at) =>
    Promise.all(
      OF_THIS_MACHINE.flatMap((path) => {
        const url = `${apiOf(at)}${path}`;
        const plain = sentRaw(url, `GET ${path} HTTP/1.0\r\nHost: localhost\r\nConnection: close\r\n\r\n`);
        return OF_A_PROXY.map((headers) => sent(url, { headers })).concat(plain);
      }),
    ),
  isRefused: areRefused,
};

const WRONG_KEYS = 200;
/** From then on each waits, and no more than some may wait. */
const UNTIL_SLOWED = 20;

const wrongKeys: Attack = {
  name: `${WRONG_KEYS} wrong keys`,
  send: async (at) => {
    const url = `${apiOf(at)}/console/session`;
    const tried = (): Promise<Heard> => sent(url, { method: 'POST', headers: FORM, body: `key=${guess()}` });
    const first = await together(UNTIL_SLOWED, tried);
    return [...first, ...(await together(WRONG_KEYS - UNTIL_SLOWED, tried))];
  },
  isRefused: (heard) => {
    const slowed = heard.filter(({ status }) => status === 429);
    const sayWhen = slowed.every(({ headers }) => Number(headers['retry-after']) > 0);
    return slowed.length > 0 && sayWhen && areRefused(heard);
  },
};

/** A page of another site signs its visitor in, or out. */
const signedInFromElsewhere: Attack = {
  name: 'a sign-in from another site',
  send: (at) =>
    Promise.all(
      [`key=${at.key}`, ''].map((body) =>
        sent(`${apiOf(at)}/codec`, { method: 'POST', headers: { ...FORM, ...ANOTHER_SITE }, body }),
      ),
    ),
  isRefused: (heard) =>
    areRefused(heard) && heard.every(({ headers }) => headers['set-cookie'] === undefined),
};

const payloadsOfOthers: Attack = {
  name: 'a payload of another tenant',
  send: async (at) => {
    const body = JSON.stringify({ payloads: [at.sealed] });
    const headers = { ...JSON_TYPE, ...bearer(at.key) };
    return [await sent(`${apiOf(at)}/codec/decode`, { method: 'POST', headers, body })];
  },
  // It comes back as sealed as it was.
  isRefused: ([answer], { sealed }) => {
    const [payload] = (jsonOf(answer)['payloads'] ?? []) as { data?: unknown }[];
    return answer?.status === 200 && payload?.data === sealed.data;
  },
};

const SHOWN_TO_STRANGERS = ['/console', '/codec', '/u/zzz', '/f/zzz', '/docs/'];
const NEEDED = ['cross-origin-opener-policy', 'content-security-policy', 'x-frame-options'];

/** A page of another site that frames ours or keeps hold of its window, and files that happen to lie beside ours. */
const strayPages: Attack = {
  name: 'framed pages and stray files',
  send: (at) =>
    Promise.all(
      [...SHOWN_TO_STRANGERS, '/docs/package.json', '/docs/README.md'].map((path) =>
        sent(`${apiOf(at)}${path}`),
      ),
    ),
  isRefused: (heard) => {
    const pages = heard.slice(0, SHOWN_TO_STRANGERS.length);
    const isGuarded = pages.every(({ headers }) => NEEDED.every((name) => headers[name] !== undefined));
    return isGuarded && areRefused(heard.slice(SHOWN_TO_STRANGERS.length));
  },
};

/**
 * Attacks that send something and look at what comes of it, besides those that last (attackers.ts).
 *
 * What nobody can send has tests of its own. The database's role that becomes its owner:
 * test/platform/database/tenancy.test.ts. Where a start listens: test/end-to-end/journal.test.ts, from another
 * network namespace. What leaves in clear: test/pure/platform/settings/config.test.ts. A program of Temporal that
 * was exchanged: test/main/embedded/temporal.test.ts. Formulas in files:
 * test/pure/platform/csv/csv-reader.test.ts. Headers and cookies by TLS: test/web/server/browser-policy.test.ts.
 * Networks of IPv6: test/pure/web/server/form-bounds.test.ts. Containers: test/pure/compose.test.ts.
 */
export const attackTable: readonly Attack[] = [
  hostileFile,
  accountsOfOthers,
  guessedAddresses,
  malformedBodies,
  pressedTogether,
  temporalByHttp,
  temporalPage,
  behindProxies,
  wrongKeys,
  signedInFromElsewhere,
  payloadsOfOthers,
  strayPages,
];
