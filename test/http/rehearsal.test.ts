import { describe, expect, it } from 'vitest';
import { uuidV7 } from '../../src/database/uuid-v7.ts';
import { served } from './served.ts';

const { ask, admin, api, clock, database, tenantId, keyOf, anotherTenant } = await served();
const post = (path: string, body: unknown, key = admin) => ask('POST', path, { key, body });

const wording = await post('/v1/wordings', {
  purpose: 'marketing',
  locale: 'fr',
  text: 'Des offres par SMS ?',
});
for (const phone of ['0639987201', '0639987202'])
  await post('/v1/consents', {
    phone,
    purpose: 'marketing',
    wordingId: wording.body.id,
    method: 'paper',
    grantedAt: clock.now().minus({ days: 1 }).toISO(),
    evidence: { documentRef: 'BULL-8' },
  });
await post('/v1/contacts', { phone: '0639987203' });
const draft = await post('/v1/campaigns', {
  name: 'Soldes',
  purpose: 'marketing',
  sender: 'LUMIERE',
  text: 'Maison Lumière : -20 % en boutique. {stop}',
  audience: { all: true },
});
const path = `/v1/campaigns/${String(draft.body.id)}/rehearsal`;

describe('POST /v1/campaigns/{id}/rehearsal', () => {
  it('answers within the call, is kept, and says when the draft was changed since', async () => {
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
    const kept = await ask('GET', path, { key: await keyOf('operator') });
    expect(kept.body).toEqual(asked.body);
    const change = { text: 'Maison Lumière : -30 % en boutique. {stop}' };
    await ask('PATCH', `/v1/campaigns/${String(draft.body.id)}`, { key: admin, body: change });
    expect((await ask('GET', path, { key: admin })).body.current).toBe(false);
  });

  it('is answered 202 while another one of the same campaign runs', async () => {
    const { openRehearsal, failRehearsal } = await import('../../src/campaigns/rehearsal.repository.ts');
    const id = uuidV7(api.clock.machine());
    const at = new Date(api.clock.machine()).toISOString();
    const other = { id, campaignId: String(draft.body.id), revision: 2, at, deadBefore: at };
    await database.withTenant(tenantId, (tx) => openRehearsal(tx, other));
    const asked = await post(path, {});
    expect([asked.status, asked.body.id, asked.body.state]).toEqual([202, id, 'running']);
    await database.withTenant(tenantId, (tx) => failRehearsal(tx, id, at));
    expect((await post(path, {})).status).toBe(200);
  });

  it('does not outlive the process that left it: a quarter of an hour later it is begun anew', async () => {
    const { openRehearsal } = await import('../../src/campaigns/rehearsal.repository.ts');
    const long = new Date(api.clock.machine() - 901_000).toISOString();
    const left = { id: uuidV7(api.clock.machine()), campaignId: String(draft.body.id), revision: 2 };
    await database.withTenant(tenantId, (tx) => openRehearsal(tx, { ...left, at: long, deadBefore: long }));
    const asked = await post(path, {});
    expect([asked.status, asked.body.id === left.id]).toEqual([200, false]);
  });

  it('is not there for another company, nor for whoever writes no campaigns', async () => {
    const other = await anotherTenant();
    expect((await post(path, {}, other.key)).status).toBe(404);
    expect((await ask('GET', path, { key: other.key })).status).toBe(404);
    expect((await post(path, {}, await keyOf('scheduler'))).body.code).toBe('ROLE_NOT_ALLOWED');
    const never = await post('/v1/campaigns', { ...draft, name: 'x' });
    expect(never.status).toBe(400);
  });
});
