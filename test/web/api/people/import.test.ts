import { request } from 'node:http';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { sql } from 'kysely';
import { readImport } from '../../../../src/people/import/import-reading.ts';
import { served, type Reply } from '../../server/served.ts';

const { ask, admin, api, database, tenantId, url, keyOf, logged } = await served();
const csv = [
  'Téléphone;Prénom;Date_optin;Source_optin;Texte_optin;Ref_bulletin',
  '06 39 98 00 11;Chloé;04/03/2026 10:00;bulletin;J’accepte les offres par SMS.;B-1',
  '01 42 68 53 00;Canari;04/03/2026 10:00;bulletin;J’accepte les offres par SMS.;B-2',
  '06 39 98 00 12;Jean;04/03/2026 10:00;bulletin;J’accepte les offres par SMS.;',
  '',
].join('\r\n');
const plain = { 'Content-Type': 'text/csv' };

function form(file: string): { raw: Buffer; headers: Record<string, string> } {
  const lines = [
    '--edge',
    'Content-Disposition: form-data; name="file"; filename="clients.csv"',
    'Content-Type: text/csv',
    '',
    file,
    '--edge--',
    '',
  ];
  const headers = { 'Content-Type': 'multipart/form-data; boundary=edge' };
  return { raw: Buffer.from(lines.join('\r\n')), headers };
}

const send = (raw: string | Buffer, headers: Record<string, string>, query = ''): Promise<Reply> =>
  ask('POST', `/v1/imports${query}`, { key: admin, raw, headers });

async function read(importId: string): Promise<Reply> {
  const deps = {
    database,
    clock: api.clock,
    keysOf: (id: string) => database.withTenant(id, (tx) => api.vault.tenant(tx)),
  };
  await readImport(deps, { tenantId, importId });
  return ask('GET', `/v1/imports/${importId}`, { key: admin });
}

const imports = async (): Promise<number> =>
  (await database.withTenant(tenantId, (tx) => tx.rows(sql`SELECT id FROM import`))).length;

describe('a file of people', () => {
  it('is read with every row accounted for', async () => {
    const taken = await send(csv, plain);
    expect(taken.status).toBe(202);
    expect(taken.headers.get('location')).toBe(`/v1/imports/${taken.body.id}`);
    const { body } = await read(String(taken.body.id));
    expect(body).toMatchObject({ state: 'finished', rows: 3, accepted: 1, rejected: 2, duplicates: 0 });
    expect(body.rejectedBy).toEqual({ CONSENT_NOT_PROVEN: 1, NUMBER_NOT_MOBILE: 1 });
  });

  it('is cancelled once, before it is read', async () => {
    const { body } = await send(csv, plain);
    const path = `/v1/imports/${body.id}`;
    for (const role of ['operator', 'auditor', 'scheduler'] as const)
      expect([role, (await ask('DELETE', path, { key: await keyOf(role) })).status]).toEqual([role, 403]);
    for (let press = 0; press < 2; press += 1) {
      const answer = await ask('DELETE', path, { key: admin });
      expect([answer.status, answer.body]).toMatchObject([200, { state: 'cancelled', rows: 0 }]);
    }
    expect((await read(String(body.id))).body).toMatchObject({ state: 'cancelled', accepted: 0 });
    const other = await send(csv, plain);
    await read(String(other.body.id));
    const late = await ask('DELETE', `/v1/imports/${other.body.id}`, { key: admin });
    expect([late.status, late.body.code]).toEqual([409, 'IMPORT_ENDED']);
  });

  it('of opt-outs is cancelled only when explicit', async () => {
    const { body } = await send('telephone\n0639980913\n', plain, '?kind=suppressions');
    const path = `/v1/imports/${body.id}`;
    const refused = await ask('DELETE', path, { key: admin });
    expect([refused.status, refused.body.code]).toEqual([409, 'SUPPRESSIONS_NOT_READ']);
    expect((await ask('DELETE', `${path}?unread=yes`, { key: admin })).status).toBe(400);
    expect((await ask('GET', path, { key: admin })).body.state).toBe('queued');
    const done = await ask('DELETE', `${path}?unread=accept`, { key: admin });
    expect([done.status, done.body.state]).toEqual([200, 'cancelled']);
    const audit = await database.withTenant(tenantId, (tx) =>
      tx.rows(sql<object>`
        SELECT action, details FROM audit_entry WHERE subject = ${String(body.id)} AND action = 'import.cancelled'`),
    );
    expect(audit).toMatchObject([{ details: { kind: 'suppressions', state: 'queued', unread: 'accept' } }]);
  });

  it('returns its rejected rows to allowed roles', async () => {
    const { body } = await send(csv, plain);
    await read(String(body.id));
    const path = `/v1/imports/${body.id}/rejected`;
    const rows = await ask('GET', path, { key: admin });
    expect(rows.headers.get('content-type')).toBe('text/csv; charset=utf-8');
    expect(rows.text.split('\r\n').filter((line) => line !== '')).toHaveLength(3);
    expect(rows.text).toContain('NUMBER_NOT_MOBILE');
    expect((await ask('GET', path, { key: await keyOf('operator') })).status).toBe(403);
    expect((await ask('GET', path, { key: await keyOf('marketer') })).status).toBe(200);
  });

  it.each([
    ['in a form', form(csv)],
    ['in gzip', { raw: gzipSync(csv), headers: { 'Content-Type': 'application/gzip' } }],
    [
      'in gzip, said by an encoding',
      { raw: gzipSync(csv), headers: { ...plain, 'Content-Encoding': 'gzip' } },
    ],
  ])('may come %s', async (_, { raw, headers }) => {
    const { body } = await send(raw, headers);
    expect((await read(String(body.id))).body).toMatchObject({ state: 'finished', rows: 3 });
  });

  it.each([
    ['as JSON', '{}', { 'Content-Type': 'application/json' }, '', 415, 'MEDIA_TYPE_NOT_SUPPORTED'],
    [
      'in a form without a file',
      '--edge--\r\n',
      { 'Content-Type': 'multipart/form-data; boundary=edge' },
      '',
      400,
      'INVALID_REQUEST',
    ],
    ['in a form cut short', form(csv).raw.subarray(0, 200), form(csv).headers, '', 400, 'INVALID_REQUEST'],
    ['in a form without an edge', csv, { 'Content-Type': 'multipart/form-data' }, '', 400, 'INVALID_REQUEST'],
    ['in broken gzip', gzipSync(csv).subarray(0, 40), plain, '', 422, 'IMPORT_UNREADABLE'],
    ['as a workbook', 'PK\u0003\u0004', plain, '', 422, 'IMPORT_NOT_CSV'],
    ['of another kind', csv, plain, '?kind=ghosts', 400, 'INVALID_REQUEST'],
    ['with a mapping that is no JSON', csv, plain, '?mapping={', 400, 'INVALID_REQUEST'],
    ['with a mapping to nowhere', csv, plain, '?mapping={"Prénom":"shoeSize"}', 400, 'INVALID_REQUEST'],
    ['with an unknown option', csv, plain, '?colour=red', 400, 'INVALID_REQUEST'],
  ] as const)('%s is refused, leaving nothing', async (...[, raw, headers, query, status, code]) => {
    const before = await imports();
    const answer = await send(raw, headers, query);
    expect([answer.status, answer.body?.code]).toEqual([status, code]);
    expect(await imports()).toBe(before);
  });

  it('leaves nothing when its sender goes away', async () => {
    const before = await imports();
    const headers = { Authorization: `Bearer ${admin}`, ...plain, 'Content-Length': '1000000' };
    const upload = request(`${url}/v1/imports`, { method: 'POST', headers });
    upload.on('error', () => undefined);
    upload.write(csv);
    await expect.poll(imports).toBe(before + 1);
    upload.destroy();
    await expect.poll(imports).toBe(before);
  });

  it('sent twice with one Idempotency-Key is one import', async () => {
    const headers = { ...plain, 'Idempotency-Key': 'file-1' };
    const [first, again, other] = [
      await send(csv, headers),
      await send(csv, headers),
      await send(`${csv}0639980013;;;;;\r\n`, headers),
    ];
    expect(again.body).toEqual(first.body);
    expect([other.status, other.body.code]).toEqual([422, 'IDEMPOTENCY_KEY_REUSED']);
  });

  it('may be resent with its key after failing', async () => {
    const headers = { ...plain, 'Idempotency-Key': 'file-2' };
    expect((await send(gzipSync(csv).subarray(0, 40), headers)).status).toBe(422);
    expect((await send(csv, headers)).status).toBe(202);
  });

  it('I7: is not named in the log', () => {
    expect(logged()).toContain('/v1/imports');
    for (const canary of ['Canari', 'Chloé', '0142685300', '42 68 53', '639980011', 'B-1'])
      expect(logged()).not.toContain(canary);
  });
});
