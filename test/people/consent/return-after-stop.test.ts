import { describe, expect, it } from 'vitest';
import type { Grant } from '../../../src/people/consent/grant-criteria.ts';
import { recordConsents } from '../../../src/people/consent/record-consents.ts';
import { upsertContacts } from '../../../src/people/contact/upsert-contacts.ts';
import { verifyChain } from '../../../src/people/evidence/verify-chain.ts';
import { addWording } from '../../../src/people/consent/wording.repository.ts';
import { watchReturns } from '../../../src/people/consent/consent.repository.ts';
import { openLog } from '../../../src/platform/log.ts';
import { told, aShop } from '../import/shop.ts';
import { suppress, suppressAlone } from '../../../src/people/opt-out/opt-out.repository.ts';
import { aLedger } from '../evidence/ledger.ts';

const { test, database, shop, aPhone, somebody, aGrant, one, stop, count } = await aLedger();

describe('somebody who said STOP', () => {
  it('is not restored by reimporting the file', async () => {
    const { id, phone } = await somebody();
    await one(id);
    await stop(phone);
    expect(await one(id)).toMatchObject({ kind: 'known', sendable: false, why: 'CONSENT_WITHDRAWN' });
  });

  it.each<[string, Partial<Grant>, Partial<Grant>]>([
    ['the same bulletin dated today', {}, {}],
    [
      'a form sent again with tonight’s hour',
      { method: 'web_form', evidence: { formUrl: 'https://x', ip: '192.0.2.1' } },
      { method: 'web_form', evidence: { formUrl: 'https://x', ip: '192.0.2.1' } },
    ],
    [
      'a form without its address',
      {},
      { method: 'web_form', evidence: { formUrl: 'https://x', userAgent: 'Firefox' } },
    ],
  ])('is not brought back by %s', async (_, before, after) => {
    const { id, phone } = await somebody();
    await one(id, before);
    await stop(phone);
    shop.clock.set('2026-11-26T10:00:00Z');
    expect(await one(id, { ...after, grantedAt: '2026-11-26T09:00:00Z' })).toEqual({
      kind: 'refused',
      code: 'PROOF_NOT_NEW',
    });
    expect(await count('consent', 'contact_id = $1 AND sendable', id)).toBe(0);
  });

  it('returns with a new document of later date', async () => {
    const { id, phone } = await somebody();
    await one(id);
    await stop(phone);
    shop.clock.set('2026-11-27T10:00:00Z');
    const back = await one(id, { grantedAt: '2026-11-26T18:00:00Z', evidence: { documentRef: 'BULL-9' } });
    expect(back).toMatchObject({ kind: 'recorded', sendable: true, reinstated: true });
    const index = shop.deps.keys.phoneIndex(phone);
    expect(await count('suppression', 'phone_index = $1 AND lifted_at IS NULL', index)).toBe(0);
    expect(await count('suppression', 'phone_index = $1 AND lifted_by IS NOT NULL', index)).toBe(1);
  });

  it.each<['all' | readonly ['marketing'], number]>([
    [['marketing'], 0],
    ['all', 3],
  ])('having returned before the STOP of %s stays', async (scope, left) => {
    const { id, phone } = await somebody();
    await one(id);
    const since = shop.clock.now().toISO();
    await shop.within((tx) => suppressAlone(tx, shop.deps, { phone, scope, source: 'sms', since }));
    shop.clock.set('2026-11-27T10:00:00Z');
    await one(id, { grantedAt: '2026-11-26T18:00:00Z', evidence: { documentRef: 'BULL-9' } });
    const late = { scope: scope === 'all' ? scope : [...scope], occurredAt: since };
    expect((await stop(phone, late)).eventIds).toHaveLength(1);
    expect((await stop(phone, late)).eventIds).toEqual([]);
    expect(await count('consent', `contact_id = $1 AND purpose = 'marketing' AND sendable`, id)).toBe(1);
    const index = shop.deps.keys.phoneIndex(phone);
    expect(await count('suppression', 'phone_index = $1 AND lifted_at IS NULL', index)).toBe(left);
    expect(await count('suppression', 'phone_index = $1 AND event_id IS NULL', index)).toBe(0);
    expect(await shop.within((tx) => verifyChain(tx, 'consent'))).toMatchObject({ holds: true });
  });

  it('under a fast clock has one suppression', async () => {
    const { id, phone } = await somebody();
    await one(id);
    const since = '2026-11-25T10:00:03Z';
    const barred = { phone, scope: ['marketing' as const], source: 'sms', since };
    await shop.within((tx) => suppressAlone(tx, shop.deps, barred));
    await stop(phone, { occurredAt: since });
    const index = shop.deps.keys.phoneIndex(phone);
    expect(await count('suppression', 'phone_index = $1 AND event_id IS NOT NULL', index)).toBe(1);
    expect(await count('suppression', 'phone_index = $1', index)).toBe(1);
  });

  it('returns by the same form another evening', async () => {
    const { id, phone } = await somebody();
    const form = { formUrl: 'https://x', ip: '192.0.2.1' };
    await one(id, { method: 'web_form', evidence: { ...form, submittedAt: '2026-01-05T20:00:00+01:00' } });
    await stop(phone);
    shop.clock.set('2026-11-27T10:00:00Z');
    const grantedAt = '2026-11-26T19:00:00Z';
    const back = await one(id, {
      method: 'web_form',
      grantedAt,
      evidence: { ...form, submittedAt: '2026-11-26T20:00:00+01:00' },
    });
    expect(back).toMatchObject({ kind: 'recorded', sendable: true, reinstated: true });
    const news = await shop.tamper(
      `SELECT details FROM audit_entry WHERE action = 'consent.reinstated' AND subject = $1`,
      [id],
    );
    expect(news).toMatchObject([{ details: { purpose: 'marketing', method: 'web_form' } }]);
  });

  it('raises one alarm above ten an hour', async () => {
    const busy = await aShop(database, test);
    const alarms = () =>
      busy.tamper(`SELECT details FROM audit_entry WHERE tenant_id = $1 AND action LIKE '%-often'`, [
        busy.id,
      ]);
    const wording = await busy.within((tx) =>
      addWording(tx, busy.deps, { text: 'Maison Lumière : nos offres par SMS.', purposes: ['marketing'] }),
    );
    const comesBack = async (turn: number): Promise<void> => {
      const phone = aPhone();
      const left = {
        since: busy.clock.now().toISO(),
        scope: 'marketing',
        source: 'till',
        actor: 'key:1',
      } as const;
      await busy.within((tx) => suppress(tx, busy.deps, [{ ...left, phone }]));
      const [made] = await busy.within((tx) => upsertContacts(tx, busy.deps, [told(phone)]));
      busy.clock.set(busy.clock.now().plus({ minutes: 1 }).toISO());
      const grantedAt = busy.clock.now().toISO();
      const evidence = { documentRef: `RETURN-${turn}` };
      const grant = aGrant(made?.id ?? '', { wordingId: wording.id, grantedAt, evidence });
      const [back] = await busy.within((tx) => recordConsents(tx, busy.deps, [grant]));
      expect(back).toMatchObject({ reinstated: true });
    };
    for (let turn = 1; turn <= 10; turn += 1) await comesBack(turn);
    expect(await alarms()).toEqual([]);
    for (const turn of [11, 12]) await comesBack(turn);
    expect(await alarms()).toEqual([{ details: { count: 11, within: 'PT1H' } }]);
    const warned: unknown[] = [];
    const log = openLog(
      { level: 'warn', process: 'test' },
      { write: (line) => void warned.push(JSON.parse(line)) },
    );
    expect(await watchReturns({ database, clock: busy.clock, log })).toBe(12);
    expect(warned).toMatchObject([{ tenant: busy.id, count: 12 }]);
  });

  it('ignores an agreement from before or that instant', async () => {
    const { id, phone } = await somebody();
    await stop(phone);
    const older = await one(id, { grantedAt: '2026-11-25T10:00:00Z', evidence: { documentRef: 'NEW' } });
    expect(older).toMatchObject({ kind: 'recorded', sendable: false, why: 'CONSENT_WITHDRAWN' });
    const index = shop.deps.keys.phoneIndex(phone);
    expect(await count('suppression', 'phone_index = $1 AND lifted_at IS NULL', index)).toBe(1);
  });

  it('to everything returns for one purpose only', async () => {
    const { id, phone } = await somebody();
    await stop(phone, { scope: 'all' });
    shop.clock.set('2026-11-27T10:00:00Z');
    await one(id, { grantedAt: '2026-11-26T18:00:00Z', evidence: { documentRef: 'BULL-10' } });
    const rows = await shop.tamper(
      `SELECT scope FROM suppression WHERE phone_index = $1 AND lifted_at IS NULL ORDER BY 1`,
      [shop.deps.keys.phoneIndex(phone)],
    );
    expect(rows.map(({ scope }) => scope)).toEqual(['appointment', 'payment', 'renewal']);
  });

  it('stays out despite a later claimed agreement', async () => {
    const { id, phone } = await somebody();
    shop.clock.set('2026-11-25T12:00:00Z');
    await one(id, { grantedAt: '2026-11-25T11:30:00Z' });
    await stop(phone, { occurredAt: '2026-11-25T11:00:00Z' });
    expect(await count('consent', 'contact_id = $1 AND sendable', id)).toBe(0);
  });
});
