import { Client } from 'pg';
import { describe, expect, it } from 'vitest';
import { measureGrown } from '../../../../src/platform/database/measure.repository.ts';
import { uuidV7 } from '../../../../src/base/random.ts';
import { aSalesDraft } from './sales-draft.ts';
import { aWorld } from '../../../support/world.ts';
import { served } from '../../server/served.ts';

const {
  ask,
  admin,
  at: beneath,
  api,
  clock,
  database,
  tenantId,
  keyOf,
  anotherTenant,
  logged,
} = await served();
const post = (path: string, body: unknown, key = admin) => ask('POST', path, { key, body });

const { campaignId: draftId } = await aSalesDraft(
  { ask, admin, clock },
  { agreed: ['0639987201', '0639987202'], never: '0639987203' },
);
const path = `/v1/campaigns/${draftId}/rehearsal`;
const world = aWorld({ ask, admin, clock });

describe('POST /v1/campaigns/{id}/rehearsal', () => {
  it('is answered, kept, and marked when outdated', async () => {
    const asked = await post(path, {});
    expect(asked.status).toBe(200);
    expect(asked.body).toMatchObject({
      state: 'done',
      current: true,
      audience: 3,
      excluded: { NO_BASIS: 1 },
      parts: 2,
      reality: null,
    });
    expect(asked.body.leavesNow + asked.body.held).toBe(2);
    // Whoever counts people has them measured first.
    expect(await database.withTenant(tenantId, measureGrown)).toEqual([]);
    const kept = await ask('GET', path, { key: await keyOf('operator') });
    expect(kept.body).toEqual(asked.body);
    const change = { text: 'Maison Lumière : -30 % en boutique. {stop}' };
    await ask('PATCH', `/v1/campaigns/${draftId}`, { key: admin, body: change });
    expect((await ask('GET', path, { key: admin })).body.current).toBe(false);
  });

  it.each([[{ leavesAt: 'once' }], [[]]])('takes nothing besides: %j', async (body) => {
    const asked = await post(path, body);
    expect([asked.status, asked.body.code]).toEqual([400, 'INVALID_REQUEST']);
  });

  it('waits for an excluded file to be read', async () => {
    const headers = { 'Content-Type': 'text/csv' };
    const file = { key: admin, raw: 'phone\n0639987201\n', headers };
    const { body: read } = await ask('POST', '/v1/imports?kind=contacts', file);
    const excluding = { exclude: [{ importId: read.id }] };
    expect((await ask('PATCH', `/v1/campaigns/${draftId}`, { key: admin, body: excluding })).status).toBe(
      200,
    );
    const asked = await post(path, {});
    expect([asked.status, asked.body.code]).toEqual([409, 'IMPORT_NOT_FINISHED']);
    await ask('PATCH', `/v1/campaigns/${draftId}`, { key: admin, body: { exclude: [] } });
  });

  it('is answered 202 while another runs', async () => {
    const { openRehearsal, failRehearsal, noteWeighed } =
      await import('../../../../src/campaigns/rehearsal/rehearsal.repository.ts');
    const id = uuidV7(api.clock.machine());
    const at = new Date(api.clock.machine()).toISOString();
    const other = { id, campaignId: draftId, revision: 2, at, deadBefore: at };
    await database.withTenant(tenantId, (tx) => openRehearsal(tx, other));
    const asked = await post(path, {});
    expect([asked.status, asked.body.id, asked.body.state]).toEqual([202, id, 'running']);
    expect(asked.body.progress).toEqual({ weighed: 0, people: null });
    const far = { weighed: 412_000, people: 990_000 };
    await database.withTenant(tenantId, (tx) => noteWeighed(tx, id, far));
    expect((await ask('GET', path, { key: admin })).body.progress).toEqual(far);
    await database.withTenant(tenantId, (tx) => failRehearsal(tx, id, at));
    const again = await post(path, {});
    expect([again.status, again.body.progress]).toEqual([200, undefined]);
  });

  it('restarts after its process died', async () => {
    const { openRehearsal } = await import('../../../../src/campaigns/rehearsal/rehearsal.repository.ts');
    const long = new Date(api.clock.machine() - 901_000).toISOString();
    const left = { id: uuidV7(api.clock.machine()), campaignId: draftId, revision: 2 };
    await database.withTenant(tenantId, (tx) => openRehearsal(tx, { ...left, at: long, deadBefore: long }));
    const seen = await ask('GET', path, { key: admin });
    expect([seen.body.id, seen.body.state, seen.body.progress]).toEqual([left.id, 'failed', undefined]);
    const asked = await post(path, {});
    expect([asked.status, asked.body.id === left.id]).toEqual([200, false]);
  });

  it('finishes though its progress cannot be kept', async () => {
    const owner = new Client({ connectionString: beneath.superUrl });
    await owner.connect();
    await owner.query('ALTER TABLE rehearsal ADD CONSTRAINT no_note CHECK (weighed IS NULL) NOT VALID');
    const asked = await post(path, {});
    await owner.query('ALTER TABLE rehearsal DROP CONSTRAINT no_note');
    await owner.end();
    expect([asked.status, asked.body.state]).toEqual([200, 'done']);
    expect(logged()).toContain('the progress of a rehearsal was not stored');
  });

  it('is hidden from others', async () => {
    const other = await anotherTenant();
    expect((await post(path, {}, other.key)).status).toBe(404);
    expect((await ask('GET', path, { key: other.key })).status).toBe(404);
    expect((await post(path, {}, await keyOf('scheduler'))).body.code).toBe('ROLE_NOT_ALLOWED');
    const never = await post('/v1/campaigns', { name: 'x', status: 'draft' });
    expect(never.status).toBe(400);
  });
});

describe('GET /v1/campaigns/{id}/examples', () => {
  /** A draft to two people of whom one has a first name that no GSM-7 text holds. */
  async function aDraft(key: string): Promise<string> {
    const contactIds: string[] = [];
    for (const [phone, firstName] of [
      ['0639987211', 'Anne'],
      ['0639987212', 'Zoë'],
    ]) {
      contactIds.push(await world.agreed(String(phone), { person: { attributes: { firstName } } }));
    }
    const text = `{firstName|}, ${'un avantage de fidélité vous attend en boutique. '.repeat(2)}{stop}`;
    const about = { name: 'Fidélité', purpose: 'marketing', sender: 'LUMIERE', text };
    return String((await post('/v1/campaigns', { ...about, audience: { contactIds } }, key)).body.id);
  }
  const examples = (id: string, key: string, query = '') =>
    ask('GET', `/v1/campaigns/${id}/examples${query}`, { key });
  const read = async (): Promise<number> =>
    (await ask('GET', '/v1/audit?limit=500', { key: admin })).body.items.filter(
      ({ action }: { action: string }) => action === 'campaign.examples-read',
    ).length;

  it('shows an admin real messages, audited', async () => {
    const id = await aDraft(admin);
    expect((await examples(id, admin)).body).toMatchObject({ cheapest: null, dearest: null });
    await post(`/v1/campaigns/${id}/rehearsal`, {});
    const before = await read();
    const { body } = await examples(id, admin, '?clear=true');
    expect(body.cheapest).toMatchObject({
      encoding: 'GSM-7',
      parts: 1,
      text: expect.stringMatching(/^Anne, /),
    });
    expect(body.dearest).toMatchObject({
      encoding: 'UCS-2',
      parts: 2,
      text: expect.stringMatching(/^Zoë, /),
    });
    expect(body.dearest.offenders).toMatchObject([{ character: 'ë', instead: 'e' }]);
    expect(JSON.stringify(body)).not.toContain('6399872');
    expect(await read()).toBe(before + 1);
  });

  it('shows a marketer masked messages of equal weight', async () => {
    const marketer = await keyOf('marketer');
    const id = await aDraft(marketer);
    await post(`/v1/campaigns/${id}/rehearsal`, {}, marketer);
    const [{ body: clear }, { body: masked, text }] = [
      await examples(id, admin, '?clear=true'),
      await examples(id, marketer),
    ];
    expect(masked.clear).toBe(false);
    for (const which of ['cheapest', 'dearest'])
      for (const weight of ['encoding', 'parts', 'units', 'remaining'])
        expect(masked[which][weight]).toBe(clear[which][weight]);
    expect([masked.cheapest.text.slice(0, 5), masked.dearest.text.slice(0, 4)]).toEqual(['Xxxx,', 'Xxê,']);
    expect(text).not.toMatch(/Anne|Zoë|6399872/);
    expect((await examples(id, marketer, '?clear=true')).body.code).toBe('ROLE_NOT_ALLOWED');
  });

  it('is not there for another company', async () => {
    const other = await anotherTenant();
    expect((await examples(draftId, other.key)).status).toBe(404);
  });
});
