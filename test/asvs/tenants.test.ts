import { describe, expect, it } from 'vitest';
import { asvsWorld } from './world.ts';
import { aClient } from '../support/database.ts';

const { admin, ask, anotherTenant, at, tenantId, routes } = await asvsWorld();
const stranger = (await anotherTenant()).key;
const NOBODY = '018f0000-0000-7000-8000-000000000000';
const made = async (path: string, body: object, method = 'POST'): Promise<string> => {
  const answer = await ask(method, path, { key: admin, body });
  if (answer.status >= 300) throw new Error(`${path}: ${answer.text}`);
  return String(answer.body.id ?? answer.body.externalId);
};

const wording = await made('/v1/wordings', {
  purpose: 'marketing',
  text: 'J’accepte les offres de Ma société par SMS.',
});
const campaign = await made('/v1/campaigns', {
  name: 'Soldes',
  purpose: 'marketing',
  text: 'Ma société : -10 % samedi. {stop}',
  audience: { all: true },
});
await made('/v1/practices/cabinet', { name: 'Cabinet' }, 'PUT');
await made(
  '/v1/appointments/RDV-1',
  { contact: { phone: '0639980077' }, startsAt: '2031-06-10T10:00:00+02:00', practice: 'cabinet' },
  'PUT',
);
const upload = await ask('POST', '/v1/imports', {
  key: admin,
  raw: 'telephone\n0639980078\n',
  headers: { 'Content-Type': 'text/csv' },
});
/** Ours, by the beginning of their addresses. */
const OURS: Readonly<Record<string, string>> = {
  contacts: await made('/v1/contacts', { phone: '0639980001', attributes: { nom: 'Canarine' } }),
  wordings: wording,
  campaigns: campaign,
  keys: String((await ask('GET', '/v1/keys', { key: admin })).body.items[0].id),
  webhooks: await made('/v1/webhooks', { url: 'https://agenda.example.fr/hook' }),
  imports: String(upload.body.id),
  practices: 'cabinet',
  appointments: 'RDV-1',
  'reminder-series': String((await ask('GET', '/v1/reminder-series', { key: admin })).body.items[0]?.id),
};

/** What orders say; whatever is not here says nothing. */
const BODIES: Readonly<Record<string, object>> = {
  'PATCH /v1/contacts/{id}': { postalCode: '67000' },
  'PUT /v1/contacts/{id}/phone': { phone: '0639980099' },
  'POST /v1/contacts/{id}/interactions': { kind: 'visit' },
  'POST /v1/contacts/{id}/erasure': { reason: 'mine', identityChecked: true },
  'PUT /v1/contacts/{id}/hold': { reason: 'mine' },
  'PATCH /v1/campaigns/{id}': { name: 'Eve' },
  'PATCH /v1/webhooks/{id}': { url: 'https://evil.example/hook' },
};

const looking = await aClient(at.superUrl);

/** Each row of the tenant, of every table, as one digest a table. */
async function everythingOf(id: string): Promise<Readonly<Record<string, string>>> {
  const { rows: tables } = await looking.query<{ name: string }>(
    `SELECT c.table_name AS name FROM information_schema.columns c
     JOIN information_schema.tables t USING (table_schema, table_name)
     WHERE c.table_schema = 'public' AND c.column_name = 'tenant_id' AND t.table_type = 'BASE TABLE' ORDER BY 1`,
  );
  const digests: Record<string, string> = {};
  for (const { name } of tables) {
    const { rows } = await looking.query<{ digest: string }>(
      `SELECT count(*) || ' ' || coalesce(md5(string_agg(t::text, '' ORDER BY t::text)), '') AS digest FROM "${name}" t WHERE tenant_id = $1`,
      [id],
    );
    digests[name] = rows[0]?.digest ?? '';
  }
  return digests;
}

const named = routes.filter(({ path }) => /\{(?:id|externalId)\}/.test(path));
const kindOf = (path: string): string => path.split('/')[2] ?? '';
const askAs = (key: string, { method, path }: (typeof routes)[number], id: string) => {
  const name = `${method.toUpperCase()} ${path}`;
  const place = path.replace(/\{(?:id|externalId)\}/, id).replaceAll(/\{\w+\}/g, '1');
  const body = BODIES[name];
  return ask(method.toUpperCase(), place, {
    key,
    headers: { 'X-Reason': 'mine', 'If-Match': '*' },
    ...(method === 'get' || method === 'delete' ? {} : { body: body ?? {} }),
  });
};

describe('somebody of another tenant', () => {
  it('an id of another tenant looks unknown', async () => {
    const looks = named.filter(({ method, path }) => method === 'get' && OURS[kindOf(path)] !== undefined);
    expect(looks.length).toBeGreaterThan(15);
    let found = 0;
    for (const one of looks) {
      const id = OURS[kindOf(one.path)] ?? '';
      const none = id.includes('-') && id.length > 30 ? NOBODY : 'nobody';
      const [ours, theirs, nobody] = await Promise.all([
        // A stream of events that is ours has no end.
        one.path.endsWith('/events') ? undefined : askAs(admin, one, id),
        askAs(stranger, one, id),
        askAs(stranger, one, none),
      ]);
      if (ours?.status === 200) found += 1;
      expect([one.path, theirs?.status, theirs?.text]).toEqual([one.path, 404, nobody?.text]);
    }
    expect(found).toBeGreaterThan(10);
  });

  it('an order on another tenant’s thing changes nothing', async () => {
    const before = await everythingOf(tenantId);
    expect(Object.keys(before).length).toBeGreaterThan(30);
    const orders = named.filter(({ method, path }) => method !== 'get' && OURS[kindOf(path)] !== undefined);
    expect(orders.length).toBeGreaterThan(25);
    for (const one of orders) {
      const { status } = await askAs(stranger, one, OURS[kindOf(one.path)] ?? '');
      const isOwnName = one.path.includes('{externalId}') && one.method === 'put';
      expect([one.path, status < 500 && (status >= 400 || isOwnName || one.method === 'delete')]).toEqual([
        one.path,
        true,
      ]);
    }
    expect(await everythingOf(tenantId)).toEqual(before);
  });
});
