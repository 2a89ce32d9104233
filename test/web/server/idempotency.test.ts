import { describe, expect, it } from 'vitest';
import { sql } from 'kysely';
import { served } from './served.ts';

const { admin, instanceKey, ask, api, tenantId, keyOf, database } = await served();
const once = (key: string): Record<string, string> => ({ 'Idempotency-Key': key });
const body = { role: 'operator', name: 'shift' };
const make = (key: string, given: object = body, by = admin): ReturnType<typeof ask> =>
  ask('POST', '/v1/keys', { key: by, body: given, headers: once(key) });

describe('the same Idempotency-Key', () => {
  it('with the same body acts once', async () => {
    const before = (await ask('GET', '/v1/keys', { key: admin })).body.items.length;
    const [first, second] = [await make('k1'), await make('k1')];
    expect([first.status, second.status]).toEqual([201, 201]);
    expect(second.body).toEqual(first.body);
    expect(second.headers.get('idempotency-replayed')).toBe('true');
    expect((await ask('GET', '/v1/keys', { key: admin })).body.items.length - Number(before)).toBe(1);
  });

  it('takes the order of names for nothing', async () => {
    const first = await make('k2', { role: 'operator', name: 'a' });
    expect((await make('k2', { name: 'a', role: 'operator' })).body).toEqual(first.body);
  });

  it('with another body is refused, and changes nothing', async () => {
    await make('k3');
    const { status, body: answer } = await make('k3', { ...body, name: 'other' });
    expect([status, answer.code]).toEqual([422, 'IDEMPOTENCY_KEY_REUSED']);
  });

  it('on another address is refused', async () => {
    await make('k4');
    const answer = await ask('POST', '/v1/wordings', {
      key: admin,
      body: { purpose: 'marketing', text: 'Oui, par SMS.' },
      headers: once('k4'),
    });
    expect(answer.body.code).toBe('IDEMPOTENCY_KEY_REUSED');
  });

  it('belongs to the key that used it', async () => {
    const other = await keyOf('admin');
    const [mine, theirs] = [await make('k5'), await make('k5', body, other)];
    expect(theirs.body.id).not.toBe(mine.body.id);
  });

  it('sent ten times at once does it once', async () => {
    const answers = await Promise.all(Array.from({ length: 10 }, () => make('k6')));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([201]));
    expect(new Set(answers.map((answer) => answer.body.id)).size).toBe(1);
  });

  it('may be used again when nothing was done', async () => {
    expect((await make('k7', { role: 'nobody' })).status).toBe(400);
    expect((await make('k7')).status).toBe(201);
  });

  it('is forgotten after 24 hours', async () => {
    const first = await make('k8');
    await database.withTenant(tenantId, (tx) =>
      tx.run(sql`UPDATE idempotency_key SET created_at = created_at - interval '25 hours'`),
    );
    expect((await make('k8')).body.id).not.toBe(first.body.id);
  });

  it('makes one tenant of two requests', async () => {
    const tenant = { name: 'Une', legalName: 'Une SAS', brand: 'Une', contact: { email: 'a@example.org' } };
    const order = (): ReturnType<typeof ask> =>
      ask('POST', '/v1/tenants', { key: instanceKey, body: tenant, headers: once('t1') });
    const [first, second] = [await order(), await order()];
    expect(first.status).toBe(201);
    expect(second.body).toEqual(first.body);
  });

  it('keeps no answer in clear', async () => {
    const { body: made } = await make('k9');
    const rows = await database.withTenant(tenantId, (tx) =>
      tx.rows(sql<{ answer: Buffer }>`SELECT answer FROM idempotency_key`),
    );
    expect(rows.some(({ answer }) => answer.includes(String(made.key)))).toBe(false);
    expect(api.clock.doubt()).toBeUndefined();
  });
});
