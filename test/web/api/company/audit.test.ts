import { describe, expect, it } from 'vitest';
import { linkWaiting } from '../../../../src/people/evidence/chain.ts';
import { served } from '../../server/served.ts';
import { aClient } from '../../../support/database.ts';

const { ask, admin, at, tenantId, keyOf, database, logged } = await served();
const auditor = await keyOf('auditor');
const client = await aClient(at.superUrl);

const verified = async () => (await ask('GET', '/v1/audit/verification', { key: auditor })).body;
const idAt = async (position: number): Promise<string> => {
  const { rows } = await client.query<{ id: string }>(
    `SELECT event_id AS id FROM link WHERE tenant_id = $1 AND chain = 'audit' AND position = $2`,
    [tenantId, position],
  );
  return String(rows[0]?.id);
};

/** As somebody who owns the machine; afterwards everything is as it was. */
async function tampered(...statements: readonly [string, readonly unknown[]][]): Promise<unknown> {
  await client.query('BEGIN');
  await client.query(`SET LOCAL session_replication_role = replica`);
  const kept = [];
  for (const table of ['audit_entry', 'link'])
    kept.push([
      table,
      (
        await client.query<{ row: string }>(
          `SELECT to_jsonb(t)::text AS row FROM ${table} t WHERE tenant_id = $1`,
          [tenantId],
        )
      ).rows,
    ] as const);
  for (const [text, values] of statements) await client.query(text, [...values]);
  await client.query('COMMIT');
  const seen = await verified();
  await client.query('BEGIN');
  await client.query(`SET LOCAL session_replication_role = replica`);
  for (const [table, rows] of kept) {
    await client.query(`DELETE FROM ${table} WHERE tenant_id = $1`, [tenantId]);
    await client.query(
      `INSERT INTO ${table} SELECT r.* FROM unnest($1::jsonb[]) AS j, jsonb_populate_record(NULL::${table}, j) AS r`,
      [rows.map(({ row }) => row)],
    );
  }
  await client.query('COMMIT');
  return seen;
}

for (const name of ['till', 'agenda', 'desk', 'night'])
  await ask('POST', '/v1/keys', { key: admin, body: { role: 'operator', name } });
while (await linkWaiting(database));

describe('the audit of a tenant', () => {
  it('holds when untouched', async () => {
    expect(await verified()).toMatchObject({ holds: true, audit: { waiting: 0 } });
  });

  it('is verified by one caller at a time', async () => {
    await client.query('BEGIN');
    await client.query('LOCK TABLE link IN ACCESS EXCLUSIVE MODE');
    const both = [1, 2].map(() => ask('GET', '/v1/audit/verification', { key: auditor }));
    const first = await Promise.race(both);
    await client.query('ROLLBACK');
    expect([first.status, first.body.code]).toEqual([429, 'TOO_MANY_REQUESTS']);
    expect(first.headers.get('retry-after')).toBe('5');
    expect(new Set((await Promise.all(both)).map(({ status }) => status))).toEqual(new Set([200, 429]));
    expect((await verified()).holds).toBe(true);
  });

  it('lists who did what, by pages', async () => {
    const first = (await ask('GET', '/v1/audit?limit=3', { key: auditor })).body;
    expect(first.items).toHaveLength(3);
    const rest = (await ask('GET', `/v1/audit?limit=500&after=${first.next}`, { key: auditor })).body;
    const ids = [...first.items, ...rest.items].map(({ id }: { id: string }) => id);
    expect(ids).toEqual(ids.toSorted());
    expect(rest.items.at(-1)).toMatchObject({ action: 'key.created', details: { role: 'operator' } });
    expect(rest.next).toBeNull();
  });

  it.each([
    [`details = '{"role":"admin"}'`],
    [`actor = 'key:somebody'`],
    [`action = 'key.revoked'`],
    [`at = at + interval '1 microsecond'`],
    [`subject = NULL`],
  ])('names the entry whose %s was written over', async (change) => {
    const id = await idAt(3);
    expect(await tampered([`UPDATE audit_entry SET ${change} WHERE id = $1`, [id]])).toMatchObject({
      holds: false,
      audit: { holds: false, fault: 'altered', table: 'audit_entry', id, position: 3 },
    });
  });

  it('names a removed entry, or its position', async () => {
    const id = await idAt(3);
    const removed: [string, unknown[]] = [`DELETE FROM audit_entry WHERE id = $1`, [id]];
    expect(await tampered(removed)).toMatchObject({
      audit: { fault: 'removed', table: 'audit_entry', id, position: 3 },
    });
    expect(await tampered(removed, [`DELETE FROM link WHERE event_id = $1`, [id]])).toMatchObject({
      audit: { fault: 'removed', table: 'link', position: 3 },
    });
  });

  it('names the entry that was put in', async () => {
    const inserted = '018f0000-0000-7000-8000-0000000000aa';
    const copy = `INSERT INTO audit_entry SELECT $2::uuid, tenant_id, at, actor, action, subject, details FROM audit_entry WHERE id = $1`;
    expect(await tampered([copy, [await idAt(3), inserted]])).toMatchObject({
      audit: { fault: 'inserted', table: 'audit_entry', id: inserted },
    });
  });

  it('names the first of two swapped entries', async () => {
    const [third, fourth] = [await idAt(3), await idAt(4)];
    const [move, aside] = [`UPDATE link SET event_id = $2 WHERE event_id = $1`, tenantId];
    expect(
      await tampered([move, [third, aside]], [move, [fourth, third]], [move, [aside, fourth]]),
    ).toMatchObject({
      audit: { fault: 'altered', table: 'audit_entry', id: fourth, position: 3 },
    });
  });

  it('holds again once everything is as it was', async () => {
    expect(await verified()).toMatchObject({ holds: true });
  });
});

describe('looking for a number', () => {
  it('leaves no trace in the log', async () => {
    const made = await ask('POST', '/v1/contacts', { key: admin, body: { phone: '+33639981717' } });
    const one = { id: made.body.id, phone: expect.not.stringContaining('81717') };
    const found = await ask('POST', '/v1/contacts/search', {
      key: auditor,
      body: { phone: '06 39 98 17 17' },
    });
    expect(found.body).toMatchObject({ items: [one], next: null });
    const byAddress = await ask('GET', '/v1/contacts?phone=%2B33639981717', { key: auditor });
    expect(byAddress.body).toMatchObject({ items: [one], next: null });
    const nobody = await ask('POST', '/v1/contacts/search', {
      key: auditor,
      body: { phone: '+33639981718' },
    });
    expect(nobody.body).toEqual({ items: [], next: null });
    expect((await ask('GET', '/v1/contacts?phone=%2B3363998171', { key: auditor })).status).toBe(422);
    expect(logged()).toContain('"route":"/v1/contacts/search"');
    expect(logged()).toContain('"route":"/v1/contacts"');
    expect(logged()).not.toMatch(/6\s?39\s?98\s?17|3998171/);
  });
});
