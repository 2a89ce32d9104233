import { sql } from 'kysely';
import { describe, expect, it } from 'vitest';
import type { Grant } from '../../../src/people/consent/grant-criteria.ts';
import { upsertContacts } from '../../../src/people/contact/upsert-contacts.ts';
import { told, aShop } from '../import/shop.ts';
import { listSuppressions, suppress, suppressAlone } from '../../../src/people/opt-out/opt-out.repository.ts';
import { aLedger } from '../evidence/ledger.ts';

const { test, database, shop, aPhone, somebody, aGrant, record, one, stop, aSeries, count } = await aLedger();

describe('a consent with its proof (I13)', () => {
  it('makes the person sendable for that purpose alone', async () => {
    const { id } = await somebody();
    expect(await one(id)).toMatchObject({ kind: 'recorded', sendable: true, reinstated: false });
    expect(
      await shop.tamper('SELECT purpose, sendable, generation FROM consent WHERE contact_id = $1', [id]),
    ).toEqual([{ purpose: 'marketing', sendable: true, generation: 1 }]);
  });

  it.each<[Partial<Grant>, string, string[] | undefined]>([
    [{ evidence: {} }, 'CONSENT_PROOF_INCOMPLETE', ['documentRef']],
    [
      { method: 'web_form', evidence: { formUrl: 'https://x' } },
      'CONSENT_PROOF_INCOMPLETE',
      ['ip|userAgent'],
    ],
    [{ method: 'oral', evidence: { operator: 'Léa' } }, 'CONSENT_PROOF_INCOMPLETE', ['recordingRef']],
    [{ wordingId: undefined }, 'CONSENT_PROOF_INCOMPLETE', ['wordingId']],
    [{ method: undefined }, 'CONSENT_PROOF_INCOMPLETE', ['method']],
    [{ attested: true, evidence: { source: 'till' } }, 'CONSENT_PROOF_INCOMPLETE', ['documentRef']],
    [{ wordingId: '01900000-0000-7000-8000-000000000000' }, 'WORDING_NOT_FOUND', undefined],
    [{ grantedAt: '2026-11-26T10:00:00Z' }, 'DATE_INVALID', undefined],
    [{ basis: 'contract', evidence: { contractRef: 'C1' } }, 'BASIS_NOT_ALLOWED', undefined],
    [{ basis: 'legitimate_interest' }, 'BASIS_NOT_ALLOWED', undefined],
    [{ basis: 'contract', purpose: 'payment', evidence: {} }, 'BASIS_NOT_PROVEN', ['contractRef']],
  ])('is not recorded with %j', async (lacking, code, missing) => {
    const { id } = await somebody();
    const answer = await one(id, lacking);
    expect(answer).toEqual({ kind: 'refused', code, ...(missing ? { missing } : {}) });
    expect(await count('consent_event', 'contact_id = $1', id)).toBe(0);
  });

  it('by the caller’s record suffices for a reminder', async () => {
    const { id } = await somebody();
    const evidence = { source: 'agenda', recordRef: 'appointment RDV-1' };
    const answer = await one(id, { purpose: 'appointment', evidence, attested: true });
    expect(answer).toMatchObject({ kind: 'recorded', sendable: true });
    expect(await count('consent_event', `contact_id = $1 AND proof = 'attested'`, id)).toBe(1);
  });

  it('repeated changes nothing unless its document differs', async () => {
    const { id } = await somebody();
    const first = await one(id);
    expect(await one(id)).toMatchObject({
      kind: 'known',
      eventId: first?.kind === 'recorded' && first.eventId,
    });
    expect((await one(id, { evidence: { documentRef: 'BULL-2' } }))?.kind).toBe('recorded');
    expect(await count('consent_event', 'contact_id = $1', id)).toBe(2);
  });

  it('comes for many people in one call', async () => {
    const [a, b] = [await somebody(), await somebody()];
    const answers = await record(aGrant(a.id), aGrant(b.id, { evidence: {} }), aGrant(b.id), aGrant(a.id));
    expect(answers.map(({ kind }) => kind)).toEqual(['recorded', 'refused', 'recorded', 'known']);
  });
});

describe('a STOP', () => {
  it('to advertising leaves reminders active', async () => {
    const { id, phone } = await somebody();
    await record(aGrant(id), aGrant(id, { purpose: 'appointment' }));
    const left = await stop(phone);
    expect(left).toMatchObject({ contactId: id, endedSeries: [] });
    const rows = await shop.tamper(
      'SELECT purpose, sendable, why, generation FROM consent WHERE contact_id = $1 ORDER BY 1',
      [id],
    );
    expect(rows).toEqual([
      { purpose: 'appointment', sendable: true, why: null, generation: 1 },
      { purpose: 'marketing', sendable: false, why: 'CONSENT_WITHDRAWN', generation: 2 },
    ]);
  });

  it('to a reminder notifies its open series', async () => {
    const { id, phone } = await somebody();
    const [open_, paused, over, other] = [
      await aSeries(id, 'appointment', 'open'),
      await aSeries(id, 'appointment', 'paused'),
      await aSeries(id, 'appointment', 'cancelled'),
      await aSeries(id, 'payment', 'open'),
    ];
    const left = await stop(phone, { scope: ['appointment', 'marketing'] });
    expect(left.endedSeries.map((series) => series.id).toSorted()).toEqual([open_, paused].toSorted());
    const told_ = await shop.tamper(
      `SELECT class, verb, signal, workflow_id FROM intent WHERE tenant_id = $1 ORDER BY workflow_id`,
      [shop.id],
    );
    const expected = [open_, paused].toSorted().map((series) => `series/${series}`);
    expect(told_.map((intent) => intent['workflow_id'])).toEqual(expected);
    expect(told_[0]).toMatchObject({ class: 0, verb: 'signal', signal: 'stopReceived' });
    expect([over, other]).toHaveLength(2);
  });

  it('that races an older agreement always wins', async () => {
    const racing = Array.from({ length: 12 }, async () => {
      const { id, phone } = await somebody();
      await Promise.all([one(id), stop(phone), one(id, { evidence: { documentRef: 'OTHER' } })]);
      return count('consent', `contact_id = $1 AND purpose = 'marketing' AND sendable`, id);
    });
    expect(new Set(await Promise.all(racing))).toEqual(new Set([0]));
  });

  it('from an unknown number suppresses a later contact', async () => {
    const phone = aPhone();
    const left = await stop(phone);
    expect(left.contactId).toBeUndefined();
    expect(left.eventIds).toHaveLength(1);
    const [made] = await shop.within((tx) => upsertContacts(tx, shop.deps, [told(phone)]));
    expect(await one(made?.id ?? '')).toMatchObject({ kind: 'recorded', sendable: false, why: 'SUPPRESSED' });
  });

  it('said twice is two events and one suppression', async () => {
    const { id, phone } = await somebody();
    await stop(phone);
    shop.clock.set('2026-11-25T11:00:00Z');
    const again = await stop(phone);
    expect(again.eventIds).toHaveLength(1);
    expect(await count('consent_event', 'contact_id = $1', id)).toBe(2);
    const index = shop.deps.keys.phoneIndex(phone);
    expect(await count('suppression', 'phone_index = $1', index)).toBe(1);
  });

  it('delivered twice by the operator is one event', async () => {
    const { id, phone } = await somebody();
    await stop(phone);
    expect((await stop(phone)).eventIds).toEqual([]);
    expect(await count('consent_event', 'contact_id = $1', id)).toBe(1);
  });

  it('to everything ends every purpose', async () => {
    const { id, phone } = await somebody();
    await record(aGrant(id), aGrant(id, { purpose: 'payment' }));
    await stop(phone, { scope: 'all' });
    expect(await count('consent', 'contact_id = $1 AND NOT sendable', id)).toBe(4);
    expect(
      await count('suppression', `phone_index = $1 AND scope = 'all'`, shop.deps.keys.phoneIndex(phone)),
    ).toBe(1);
  });

  it('is on no list that another tenant reads', async () => {
    const other = await aShop(database, test);
    const { phone } = await somebody();
    await stop(phone);
    const seen = await other.within((tx) => listSuppressions(tx, { limit: 10 }));
    expect(seen).toEqual({ items: [], next: null });
  });
});

describe('a suppression from a list', () => {
  it('covers an unknown number, once', async () => {
    const phone = aPhone();
    const given = { phone, scope: 'marketing', source: 'octopush', actor: 'key:test' } as const;
    const [first, again] = await shop.within((tx) => suppress(tx, shop.deps, [given, given]));
    expect([first?.created, again?.created]).toEqual([true, false]);
    expect(first?.id).toBe(again?.id);
  });

  it('makes its holder unreachable, and says why', async () => {
    const { id, phone } = await somebody();
    await one(id);
    await shop.within((tx) =>
      suppress(tx, shop.deps, [
        { phone, scope: 'all', source: 'ovh', since: '2024-01-01T00:00:00Z', actor: 'key:test' },
      ]),
    );
    expect(await count('consent', `contact_id = $1 AND why = 'SUPPRESSED'`, id)).toBe(4);
  });
});

describe('a STOP that may not wait for the row of its holder', () => {
  it('applies to the number at once', async () => {
    const { id, phone } = await somebody();
    await one(id);
    const alone = { phone, scope: 'marketing', source: 'sms', since: '2026-11-25T10:00:00Z' } as const;
    await shop.within(async (tx) => {
      await tx.rows(sql`SELECT 1 FROM contact WHERE id = ${id} FOR UPDATE`);
      await shop.within((other) => suppressAlone(other, shop.deps, alone));
    });
    const index = shop.deps.keys.phoneIndex(phone);
    expect(await count('suppression', 'phone_index = $1', index)).toBe(1);
    await stop(phone, { occurredAt: '2026-11-25T10:00:00Z' });
    expect(await count('suppression', 'phone_index = $1', index)).toBe(1);
    const isExplained = 'phone_index = $1 AND event_id IN (SELECT id FROM consent_event)';
    expect(await count('suppression', isExplained, index)).toBe(1);
    expect(await count('consent', `contact_id = $1 AND why = 'CONSENT_WITHDRAWN'`, id)).toBe(1);
  });
});

describe('a minor', () => {
  it.each<[string, Partial<Grant>, string | null, string | null]>([
    ['2011-11-26', {}, 'MINOR', 'MINOR'],
    ['2011-11-26', { evidence: { documentRef: 'B', guardianRef: 'mother' } }, null, 'MINOR'],
    ['2011-03-01', {}, null, 'MINOR'],
    ['2000-01-01', {}, null, null],
    ['2000-01-01', { grantedAt: '2014-12-31T12:00:00Z' }, 'MINOR', 'MINOR'],
  ])('born %s who agrees with %j', async (birthDate, more, kept, why) => {
    const { id } = await somebody({ birthDate });
    expect(await one(id, more)).toMatchObject({ kind: 'recorded', sendable: why === null, why });
    const [row] = await shop.tamper('SELECT why FROM consent WHERE contact_id = $1', [id]);
    expect(row).toEqual({ why: kept });
  });
});
