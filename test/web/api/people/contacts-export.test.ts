import { sql } from 'kysely';
import { describe, expect, it } from 'vitest';
import { judgedPeople } from '../../../../src/campaigns/audience/freeze.repository.ts';
import { readImport } from '../../../../src/people/import/import-reading.ts';
import { baseCsv } from '../../../../src/people/export/export-base.repository.ts';
import type { Database } from '../../../../src/platform/database/connection.ts';
import { cellsOf } from '../../../../src/base/csv-reader.ts';
import { served, type Reply } from '../../server/served.ts';

const { ask, admin, api, database, tenantId, keyOf, anotherTenant } = await served({
  lawAt: '2026-11-24T10:00:00+01:00',
});
await ask('PATCH', '/v1/tenant', { key: admin, body: { publicUrl: 'https://sms.lumiere.example' } });
const wordingId = async (purpose: string): Promise<string> =>
  (
    await ask('POST', '/v1/wordings', {
      key: admin,
      body: { purpose, text: `J’accepte les SMS de Maison Lumière (${purpose}). STOP pour arrêter.` },
    })
  ).body.id;
const marketing = await wordingId('marketing');
const appointment = await wordingId('appointment');

const post = async (path: string, body: object): Promise<Reply> => {
  const answer = await ask('POST', path, { key: admin, body });
  expect(answer.status).toBeLessThan(300);
  return answer;
};
const agrees = (phone: string, purpose: string, more: object = {}): Promise<Reply> =>
  post('/v1/consents', {
    phone,
    purpose,
    wordingId: purpose === 'marketing' ? marketing : appointment,
    method: 'web_form',
    grantedAt: '2026-11-02T10:00:00.123+01:00',
    evidence: { formUrl: 'https://lumiere.example/f', ip: '192.0.2.7', campagne: 'printemps' },
    ...more,
  });

await post('/v1/contacts', {
  phone: '0639987001',
  territory: 'RE',
  birthDate: '1980-02-03',
  attributes: { firstName: 'Odile', lastName: '=SOMME(A1;B2)', points: 42, ville: '-Nantes' },
});
await agrees('0639987001', 'marketing');
await agrees('0639987001', 'appointment', {
  basis: 'consent',
  method: 'paper',
  evidence: { documentRef: 'B;7' },
});
await post('/v1/contacts', { phone: '0639987002', attributes: { firstName: 'Denis' } });
await agrees('0639987002', 'marketing');
await post('/v1/consents/withdrawals', { phone: '0639987002', purpose: 'marketing', channel: 'counter' });
await post('/v1/contacts', { phone: '0639987003' });
const file = [
  'telephone;date_optin;source_optin;texte_optin;ref_bulletin;dernier_achat',
  '06 39 98 70 04;04/03/2026 10:00;caisse;J’accepte les offres de Maison Lumière.;B-4;05/09/2026',
].join('\n');

async function imported(raw: string, query = ''): Promise<Reply> {
  const headers = { 'Content-Type': 'text/csv' };
  const { body } = await ask('POST', `/v1/imports${query}`, { key: admin, raw, headers });
  const keysOf = (id: string) => database.withTenant(id, (tx) => api.vault.tenant(tx));
  await readImport({ database, clock: api.clock, keysOf }, { tenantId, importId: body.id });
  return ask('GET', `/v1/imports/${body.id}`, { key: admin });
}
const { body: loaded } = await imported(file);

const exported = (query = '', key = admin, headers: Record<string, string> = {}): Promise<Reply> =>
  ask('GET', `/v1/contacts/export${query}`, { key, headers });

/** Rows by their headings, as a spreadsheet would show them. */
function rowsOf(text: string): Record<string, string>[] {
  const [head = [], ...rows] = text
    .replace(/^\uFEFF/, '')
    .split('\r\n')
    .filter((line) => line !== '')
    .map((line) => {
      const found = cellsOf(line, ';');
      return found.kind === 'cells' ? found.cells : [];
    });
  return rows.map((cells) => Object.fromEntries(head.map((name, at) => [name, cells[at] ?? ''])));
}

/** All that is recorded of the people, to be compared. */
async function recorded(): Promise<unknown> {
  const { body } = await ask('GET', '/v1/contacts', { key: admin });
  const people = [];
  for (const { updatedAt: _, ...contact } of body.items)
    people.push([contact, (await ask('GET', `/v1/contacts/${contact.id}/consents`, { key: admin })).body]);
  return people;
}

/** One person for each reason for which a campaign passes somebody over, and some it would write to. */
async function peopleOfEveryKind({ id: other, key }: { id: string; key: string }) {
  const changes = [
    `UPDATE contact SET territory = 'FR' WHERE id = $1`,
    `UPDATE contact SET line_type = 'landline' WHERE id = $1`,
    `UPDATE contact SET simulated = true WHERE id = $1`,
    `UPDATE contact SET adult_on = '2040-01-01' WHERE id = $1`,
    `UPDATE consent SET sendable = false, why = 'CONSENT_WITHDRAWN' WHERE contact_id = $1`,
    `UPDATE consent SET sendable = false, why = 'CONSENT_PENDING' WHERE contact_id = $1`,
    `UPDATE consent SET until = '2026-01-01' WHERE contact_id = $1`,
    // The agreement is older than three years, and nothing was heard since (RET-01).
    `UPDATE consent SET since = now() - interval '3 years 2 days' WHERE contact_id = $1`,
    `UPDATE consent SET basis = 'legitimate_interest' WHERE contact_id = $1`,
    `UPDATE consent SET since = now() - interval '30 months' WHERE contact_id = $1`,
    `WITH old AS (UPDATE consent SET since = now() - interval '30 months' WHERE contact_id = $1)
     UPDATE contact SET last_interaction_at = now() - interval '29 months' WHERE id = $1`,
    `WITH old AS (UPDATE consent SET since = now() - interval '4 years' WHERE contact_id = $1)
     UPDATE contact SET last_interaction_at = now() - interval '1 month' WHERE id = $1`,
    `INSERT INTO suppression (id, tenant_id, phone_index, scope, since, source, recorded_at)
     SELECT gen_random_uuid(), tenant_id, phone_index, 'all', now(), 'test', now() FROM contact WHERE id = $1`,
    `INSERT INTO suppression (id, tenant_id, phone_index, scope, since, source, recorded_at)
     SELECT gen_random_uuid(), tenant_id, phone_index, 'appointment', now(), 'test', now() FROM contact WHERE id = $1`,
    `INSERT INTO suppression (id, tenant_id, phone_index, scope, since, source, recorded_at, lifted_at, lifted_by)
     SELECT gen_random_uuid(), tenant_id, phone_index, 'marketing', now(), 'test', now(), now(), id FROM contact WHERE id = $1`,
    `UPDATE contact SET place_from = 'unknown' WHERE id = $1`,
  ];
  const words = {
    purposes: ['marketing', 'appointment'],
    text: 'J’accepte les SMS d’Autre. STOP pour arrêter.',
  };
  const wording = await ask('POST', '/v1/wordings', { key, body: words });
  const said = new Set<string>();
  for (const [turn, change] of changes.entries()) {
    const phone = `06399871${String(turn).padStart(2, '0')}`;
    const { body } = await ask('POST', '/v1/contacts', { key, body: { phone } });
    const grantedAt = api.clock.now().minus({ days: 2 }).toISO();
    const answer = await ask('POST', '/v1/consents', {
      key,
      body: {
        contactId: body.id,
        purposes: ['marketing', 'appointment'],
        wordingId: wording.body.id,
        method: 'paper',
        grantedAt,
        evidence: { documentRef: `B-${turn}` },
      },
    });
    expect(answer.status).toBe(201);
    // PostgreSQL’s own clock does not stand where the law’s does.
    const now = `'${api.clock.now().toISO()}'::timestamptz`;
    const changed = change.replaceAll('$1', `'${body.id}'`).replaceAll('now()', now);
    await database.withTenant(other, (tx) => tx.run(sql.raw(changed)));
    for (const purpose of ['marketing', 'appointment']) said.add(`${body.id} ${purpose}`);
  }
  // Nothing was ever said to a stranger: the file has no purpose to tell of.
  await ask('POST', '/v1/contacts', { key, body: { phone: '0639987199' } });
  return { said: (contactId: string, purpose: string) => said.has(`${contactId} ${purpose}`) };
}

const GRANTED = '2026-11-02T10:00:00.000+01:00';

/** The same database, in which something happens once it has told what is recorded. */
const afterTheRecord = (happens: () => Promise<unknown>): Database => ({
  ...database,
  withTenant: (id, work) =>
    database.withTenant(id, (tx) =>
      work({
        ...tx,
        first: async (statement) => {
          const row = await tx.first(statement);
          if (typeof row === 'object' && row !== null && 'statuses' in row) await happens();
          return row;
        },
      }),
    ),
});

describe('the base as a file', () => {
  it('has a row per person and purpose', async () => {
    const answer = await exported('?attributes=points,ville');
    expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'text/csv; charset=utf-8']);
    const rows = rowsOf(answer.text);
    const shown = rows.map(({ phone, purpose, sendable, why }) => [phone, purpose, sendable, why]);
    expect(shown).toEqual([
      ["'+33639987001", 'marketing', 'true', ''],
      ["'+33639987001", 'appointment', 'true', ''],
      ["'+33639987002", 'marketing', 'false', 'CONSENT_WITHDRAWN'],
      ["'+33639987003", '', '', ''],
      ["'+33639987004", 'marketing', 'true', ''],
    ]);
    expect(rows[0]).toMatchObject({
      territory: 'RE',
      firstName: 'Odile',
      birthDate: '1980-02-03',
      'attributes.points': '42',
      grantedAt: '2026-11-02T10:00:00.123+01:00',
      method: 'web_form',
      wordingId: marketing,
      formUrl: 'https://lumiere.example/f',
      ip: '192.0.2.7',
    });
    expect(rows[1]).toMatchObject({ documentRef: 'B;7', method: 'paper' });
    expect(rows[2]).toMatchObject({
      grantedAt: '',
      wordingId: '',
      withdrawnAt: expect.stringContaining('202'),
    });
    expect(rows[4]?.['lastInteractionAt']).toBe('2026-09-05T00:00:00.000+02:00');
    const links = rows.map(({ optOutLink }) => optOutLink);
    expect(new Set(links).size).toBe(5);
    const own = await ask('GET', `/v1/contacts/${rows[1]?.['id']}/opt-out-link?purpose=appointment`, {
      key: admin,
    });
    expect(links[1]).toBe(own.body.url);
  });

  it('holds nothing that a spreadsheet would run', async () => {
    const [first] = rowsOf((await exported('?attributes=ville')).text);
    expect(first).toMatchObject({ lastName: "'=SOMME(A1;B2)", 'attributes.ville': "'-Nantes" });
  });

  it('changes nothing when imported again', async () => {
    const before = await recorded();
    const { text } = await exported('?attributes=points,ville');
    const { body } = await imported(text);
    expect(body).toMatchObject({ state: 'finished', rows: 5, created: 0, updated: 0 });
    expect(body.ignoredColumns).toEqual(['id', 'sendable', 'why', 'optOutLink']);
    expect(body.rejectedBy).toEqual({ CONSENT_NOT_PROVEN: 2 });
    expect(await recorded()).toEqual(before);
  });

  it('is of one import, purpose or sendable people', async () => {
    const phones = async (query: string) =>
      rowsOf((await exported(query)).text).map(({ phone, purpose }) => `${phone?.slice(-4)} ${purpose}`);
    expect(await phones(`?importId=${loaded.id}`)).toEqual(['7004 marketing']);
    expect(await phones('?purpose=appointment')).toEqual(['7001 appointment']);
    expect(await phones('?purpose=marketing&sendable=false')).toEqual(['7002 marketing']);
    expect(await phones('?sendable=true')).toEqual(['7001 marketing', '7001 appointment', '7004 marketing']);
    const unknown = await exported('?importId=018f0000-0000-7000-8000-000000000000');
    expect([unknown.status, unknown.body.code]).toEqual([422, 'IMPORT_NOT_FOUND']);
  });

  it('gives the same reason as a campaign', async () => {
    const other = await anotherTenant();
    const world = await peopleOfEveryKind(other);
    const at = api.clock.now().toISO();
    for (const purpose of ['marketing', 'appointment'] as const) {
      const judged = await database.withTenant(other.id, (tx) =>
        judgedPeople(tx, { audience: { all: true }, purpose, brandId: null, anyBrand: true, fake: true, at }),
      );
      const asCampaign = judged
        .filter(({ contactId }) => world.said(contactId, purpose))
        .map(({ contactId, reason }) => `${contactId} ${reason ?? ''}`);
      const rows = rowsOf((await exported(`?purpose=${purpose}`, other.key)).text);
      expect(rows.map(({ id, why }) => `${id} ${why}`).toSorted()).toEqual(asCampaign.toSorted());
      expect(new Set(rows.map(({ why }) => why)).size).toBeGreaterThan(purpose === 'marketing' ? 9 : 4);
      const reached = asCampaign.filter((one) => one.endsWith(' ')).length;
      for (const [sendable, count] of [
        [true, reached],
        [false, asCampaign.length - reached],
      ] as const) {
        const some = rowsOf((await exported(`?purpose=${purpose}&sendable=${sendable}`, other.key)).text);
        expect(some.map((row) => row['sendable'])).toEqual(Array(count).fill(String(sendable)));
      }
      const { body } = await ask('GET', '/v1/register', { key: other.key });
      const { bases } = body.activities.find((one: { purpose: string }) => one.purpose === purpose);
      const counted = bases.reduce((sum: number, { people }: { people: number }) => sum + people, 0);
      expect(counted).toBe(reached);
    }
  });

  it('holds nobody erased while it is written', async () => {
    const { id: other, key } = await anotherTenant();
    const { body: wording } = await ask('POST', '/v1/wordings', {
      key,
      body: { purpose: 'marketing', text: 'J’accepte les SMS d’Autre. STOP pour arrêter.' },
    });
    const added: string[] = [];
    for (const phone of ['0639987201', '0639987202', '0639987203']) {
      const { body } = await ask('POST', '/v1/contacts', { key, body: { phone } });
      const grant = { purpose: 'marketing', wordingId: wording.id, method: 'paper', grantedAt: GRANTED };
      const evidence = { documentRef: 'B-1' };
      await ask('POST', '/v1/consents', { key, body: { contactId: body.id, ...grant, evidence } });
      added.push(String(body.id));
    }
    const [stays = '', erased = '', leaves = ''] = added;
    const meanwhile = async () => {
      await ask('DELETE', `/v1/contacts/${erased}`, { key });
      const left = { contactId: leaves, purpose: 'marketing', channel: 'counter' };
      await ask('POST', '/v1/consents/withdrawals', { key, body: left });
    };
    const keys = await database.withTenant(other, (tx) => api.vault.tenant(tx));
    const asked = { attributes: [], clear: true, fakeFor: ['marketing'] } as const;
    const links = { tokens: api.optOut.tokens, base: undefined };
    const deps = { database: afterTheRecord(meanwhile), keys, clock: api.clock, links };
    let text = '';
    for await (const lines of baseCsv(deps, asked)) text += lines;
    const rows = rowsOf(text);
    expect(
      rows.map(({ id, sendable, grantedAt, documentRef }) => [id, sendable, grantedAt, documentRef]),
    ).toEqual([
      [stays, 'true', GRANTED, 'B-1'],
      [leaves, 'false', '', ''],
    ]);
  });

  it('is masked without a reason, and audited', async () => {
    const auditor = await keyOf('auditor');
    const masked = rowsOf((await exported('', auditor)).text);
    expect(masked.some(({ phone, optOutLink }) => phone?.includes('9987001') || optOutLink !== '')).toBe(
      false,
    );
    const clear = await exported('', auditor, { 'X-Reason': 'contrôle du 3 mars' });
    expect(clear.text).toContain('+33639987001');
    const { body } = await ask('GET', '/v1/audit?limit=500', { key: admin });
    const entries = body.items.filter(({ action }: { action: string }) => action === 'contacts.exported');
    expect(entries.at(-1).details).toMatchObject({ clear: true, reason: 'contrôle du 3 mars' });
    expect(entries.at(-2).details).toMatchObject({ clear: false });
    expect((await exported('', await keyOf('marketer'))).status).toBe(403);
  });

  it('holds nobody of another tenant', async () => {
    const other = await anotherTenant();
    expect(rowsOf((await exported('', other.key)).text)).toEqual([]);
  });
});
