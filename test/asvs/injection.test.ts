import { z } from 'zod';
import { describe, expect, it } from 'vitest';
import { asvsWorld } from './world.ts';
import { aClient } from '../support/database.ts';

const { admin, ask, anotherTenant, at, routes } = await asvsWorld();
const other = await anotherTenant();
const CANARY = 'Canarine Injectée';
await ask('POST', '/v1/contacts', {
  key: other.key,
  body: { phone: '0639980001', attributes: { nom: CANARY } },
});
await ask('PUT', '/v1/practices/autre', { key: other.key, body: { name: CANARY } });

/** Ends whatever quotes a text, and goes on as SQL. */
const SQL = [`x'; DROP TABLE contact CASCADE;--`, `x' OR '1'='1`, `x") OR 1=1 --`, `x\\' UNION SELECT 1--`];
const looking = await aClient(at.superUrl);
const tables = async (): Promise<unknown> =>
  (
    await looking.query(
      `SELECT count(*) AS tables, (SELECT count(*) FROM contact) AS people, (SELECT count(*) FROM tenant) AS tenants
       FROM information_schema.tables WHERE table_schema = 'public'`,
    )
  ).rows;

const namesOf = (schema: z.ZodType): readonly string[] =>
  schema instanceof z.ZodObject ? Object.keys(schema.shape) : [];
const placeOf = (path: string, value: string): string =>
  path.replaceAll(/\{\w+\}/g, encodeURIComponent(value));
const UNKNOWN = '018f0000-0000-7000-8000-000000000000';
const unknownAt = (path: string): string =>
  placeOf(path, path.startsWith('/v1/messages/') ? `msg_${UNKNOWN}_1` : UNKNOWN);

/** Enough keys that none asks too often. */
const keys = await Promise.all(
  Array.from({ length: 8 }, async () =>
    String((await ask('POST', '/v1/keys', { key: admin, body: { role: 'admin' } })).body.key),
  ),
);
let turn = 0;
const nextKey = (): string => keys[(turn += 1) % keys.length] ?? admin;
const asking = (method: string, path: string, body?: unknown) =>
  ask(method.toUpperCase(), path, { key: nextKey(), ...(body === undefined ? {} : { body }) });

const ofAdmins = routes.filter(({ roles }) => roles.includes('admin'));

/** Things that can be made, each text of which is then put in the place of another. */
const MADE: readonly (readonly [method: string, path: string, body: Record<string, unknown>])[] = [
  ['POST', '/v1/contacts', { phone: '0639980010', postalCode: '67000', attributes: { nom: 'Dupont' } }],
  ['POST', '/v1/contacts/search', { phone: '0639980010' }],
  ['PUT', '/v1/practices/cabinet', { name: 'Cabinet', phone: '0142685300', address: '1 rue A' }],
  ['POST', '/v1/wordings', { purpose: 'marketing', text: 'J’accepte les offres de Ma société par SMS.' }],
  [
    'POST',
    '/v1/campaigns',
    { name: 'Soldes', purpose: 'marketing', text: 'Ma société : -10 %. {stop}', audience: { all: true } },
  ],
  [
    'PUT',
    '/v1/appointments/RDV-1',
    { contact: { phone: '0639980077' }, startsAt: '2031-06-10T10:00:00+02:00', practice: 'Cabinet' },
  ],
  ['PUT', '/v1/brands/lumiere', { name: 'Lumière' }],
  ['POST', '/v1/keys', { role: 'operator', name: 'agenda', source: 'agenda' }],
  ['POST', '/v1/webhooks', { url: 'https://agenda.example.fr/hook', description: 'agenda' }],
  ['POST', '/v1/suppressions', { phone: '0639980011', purpose: 'marketing', source: 'a list' }],
  ['PATCH', '/v1/tenant', { name: 'Ma société', legalName: 'Ma société SAS' }],
];

/** The same body with each text in turn replaced. */
function* replaced(body: Record<string, unknown>, value: unknown): Generator<Record<string, unknown>> {
  for (const [name, old] of Object.entries(body))
    if (typeof old === 'string') yield { ...body, [name]: value };
    else if (typeof old === 'object' && old !== null)
      for (const inner of replaced({ ...old }, value)) yield { ...body, [name]: inner };
}

describe('SQL in what somebody sends', () => {
  it('SQL in any field finds and harms nothing', async () => {
    const before = await tables();
    let asked = 0;
    const judge = async (method: string, path: string, body?: unknown): Promise<void> => {
      const { status, text } = await asking(method, path, body);
      asked += 1;
      expect([path, status < 500 && status !== 429, text.includes(CANARY)]).toEqual([path, true, false]);
    };
    for (const [turnOf, { method, path, schemas }] of routes.entries()) {
      const value = SQL[turnOf % SQL.length] ?? '';
      const body = method === 'get' || method === 'delete' ? undefined : {};
      if (path.includes('{')) await judge(method, placeOf(path, value), body);
      for (const name of namesOf(schemas.query))
        await judge(method, `${unknownAt(path)}?${name}=${encodeURIComponent(value)}`, body);
    }
    for (const [method, path, body] of MADE)
      for (const value of SQL.slice(0, 2))
        for (const one of replaced(body, value)) await judge(method, path, one);
    expect(asked).toBeGreaterThan(250);
    const after = await tables();
    expect(JSON.stringify(after)).toContain(JSON.stringify(before).match(/"tables":"\d+"/)?.[0]);
  });
});

describe('what an address does not know', () => {
  it('an unknown field is refused', async () => {
    const more = { tenantId: other.id, role: 'admin', isAdmin: true, createdAt: '2020-01-01T00:00:00Z' };
    for (const [method, path, body] of MADE) {
      const extra = Object.fromEntries(Object.entries(more).filter(([name]) => !(name in body)));
      const { status, body: told } = await asking(method, path, { ...body, ...extra });
      const pointers = (told.errors as { pointer: string }[]).map(({ pointer }) => pointer).toSorted();
      expect([path, status, pointers]).toEqual([
        path,
        400,
        Object.keys(extra)
          .map((name) => `/${name}`)
          .toSorted(),
      ]);
    }
  });

  it('a parameter that comes twice is refused', async () => {
    let judged = 0;
    for (const { method, path, schemas } of ofAdmins.filter((one) => one.method === 'get'))
      for (const name of namesOf(schemas.query)) {
        const { status } = await asking(method, `${unknownAt(path)}?${name}=1&${name}=2`);
        expect([path, name, status]).toEqual([path, name, 400]);
        judged += 1;
      }
    expect(judged).toBeGreaterThan(60);
  });

  it.each<[string, unknown]>([
    ['a list', ['0639980010']],
    ['an object', { $ne: null }],
    ['a truth', true],
    ['a number', 639_980_010],
    ['nothing', null],
  ])('a value of another type is refused: %s', async (_, value) => {
    for (const [method, path, body] of MADE.slice(0, 6)) {
      const [name = ''] = Object.entries(body).find(([, old]) => typeof old === 'string') ?? [];
      const { status, body: told } = await asking(method, path, { ...body, [name]: value });
      expect([path, status, told.code]).toEqual([path, 400, 'INVALID_REQUEST']);
    }
  });
});
