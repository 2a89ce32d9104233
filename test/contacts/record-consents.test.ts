import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Grant } from '../../src/contacts/record-consents.ts';
import { recordConsents } from '../../src/contacts/record-consents.ts';
import { upsertContacts, type ContactGiven } from '../../src/contacts/upsert-contacts.ts';
import { addWording } from '../../src/contacts/wording.ts';
import { withdraw } from '../../src/contacts/withdraw.ts';
import { watchReturns } from '../../src/contacts/watch-returns.ts';
import { openLog } from '../../src/log.ts';
import { listSuppressions, suppress, suppressAlone } from '../../src/contacts/suppress.ts';
import type { Database } from '../../src/database/connection.ts';
import { aDatabase, type TestDatabase } from '../support/database.ts';
import { aShop, open, told, type Shop } from './shop.ts';

let test: TestDatabase;
let database: Database;
let shop: Shop;
let wordingId: string;
let last = 10_000_000;

beforeAll(async () => {
  test = await aDatabase();
  database = await open(test);
  shop = await aShop(database, test);
  const words =
    'Maison Lumière : recevoir par SMS nos offres et le rappel de mes rendez-vous. STOP pour arrêter.';
  const wording = await shop.within((tx) =>
    addWording(tx, shop.deps, { text: words, purposes: ['marketing', 'appointment', 'renewal', 'payment'] }),
  );
  wordingId = wording.id;
});
afterAll(() => database.close());
beforeEach(() => shop.clock.set('2026-11-25T10:00:00Z'));

async function somebody(more: Partial<ContactGiven> = {}): Promise<{ id: string; phone: string }> {
  const phone = `+336${(last += 7)}`;
  const [made] = await shop.within((tx) => upsertContacts(tx, shop.deps, [told(phone, more)]));
  return { id: made?.id ?? '', phone };
}

const aGrant = (contactId: string, more: Partial<Grant> = {}): Grant => ({
  contactId,
  purpose: 'marketing',
  method: 'paper',
  wordingId,
  grantedAt: '2026-03-01T10:00:00+01:00',
  evidence: { documentRef: 'BULL-1' },
  actor: 'key:test',
  ...more,
});

const record = (...grants: Grant[]) => shop.within((tx) => recordConsents(tx, shop.deps, grants));
const one = async (...given: Parameters<typeof aGrant>) => (await record(aGrant(...given)))[0];

const stop = (phone: string, more: Partial<Parameters<typeof withdraw>[2]> = {}) =>
  shop.within((tx) =>
    withdraw(tx, shop.deps, {
      phone,
      scope: ['marketing'],
      channel: 'sms',
      occurredAt: shop.clock.now().toISO(),
      actor: 'person',
      evidence: { messageRef: 'mo-1' },
      ...more,
    }),
  );

async function aSeries(contactId: string, purpose: string, state: string): Promise<string> {
  const id = randomUUID();
  await shop.tamper(
    `INSERT INTO reminder_series SELECT * FROM jsonb_populate_record(NULL::reminder_series, $1::jsonb)`,
    [
      JSON.stringify({
        id,
        tenant_id: shop.id,
        kind: purpose === 'payment' ? 'payment-plan' : purpose,
        purpose,
        source: 'default',
        external_index: `\\x${Buffer.from(id).toString('hex')}`,
        contact_id: contactId,
        account_id: randomUUID(),
        batch_id: randomUUID(),
        sender: 'CLINIC',
        sealed: '\\x00',
        facts: '\\x00',
        revised_at: '2026-11-25T10:00:00Z',
        territory: 'FR',
        time_zone: 'Europe/Paris',
        event_at: '2026-12-01T10:00:00Z',
        event_wall: '2026-12-01T11:00',
        event_zone: 'Europe/Paris',
        plan: [],
        revision: 1,
        notify_change: true,
        state,
        simulated: false,
        created_at: '2026-11-25T10:00:00Z',
        updated_at: '2026-11-25T10:00:00Z',
        ended_at: state === 'cancelled' ? '2026-11-25T10:00:00Z' : null,
      }),
    ],
  );
  return id;
}

const count = async (table: string, where = 'true', ...values: unknown[]) =>
  Number((await shop.tamper(`SELECT count(*) AS n FROM ${table} WHERE ${where}`, values))[0]?.['n']);

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

  it('by the record of the caller is enough for a reminder', async () => {
    const { id } = await somebody();
    const evidence = { source: 'agenda', recordRef: 'appointment RDV-1' };
    const answer = await one(id, { purpose: 'appointment', evidence, attested: true });
    expect(answer).toMatchObject({ kind: 'recorded', sendable: true });
    expect(await count('consent_event', `contact_id = $1 AND proof = 'attested'`, id)).toBe(1);
  });

  it('twice the same changes nothing, and another document is another event', async () => {
    const { id } = await somebody();
    const first = await one(id);
    expect(await one(id)).toMatchObject({
      kind: 'known',
      eventId: first?.kind === 'recorded' && first.eventId,
    });
    expect((await one(id, { evidence: { documentRef: 'BULL-2' } }))?.kind).toBe('recorded');
    expect(await count('consent_event', 'contact_id = $1', id)).toBe(2);
  });

  it('comes from many people in one call, each answered', async () => {
    const [a, b] = [await somebody(), await somebody()];
    const answers = await record(aGrant(a.id), aGrant(b.id, { evidence: {} }), aGrant(b.id), aGrant(a.id));
    expect(answers.map(({ kind }) => kind)).toEqual(['recorded', 'refused', 'recorded', 'known']);
  });
});

describe('a STOP', () => {
  it('to advertising leaves reminders alone', async () => {
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

  it('to a reminder tells the open series of that purpose, and only those', async () => {
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

  it('from a number that nobody holds is a suppression, which a later contact meets', async () => {
    const phone = `+336${(last += 7)}`;
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

describe('somebody who said STOP', () => {
  it('is not brought back by the file that is loaded again', async () => {
    const { id, phone } = await somebody();
    await one(id);
    await stop(phone);
    expect(await one(id)).toMatchObject({ kind: 'known', sendable: false, why: 'CONSENT_WITHDRAWN' });
  });

  it.each<[string, Partial<Grant>, Partial<Grant>]>([
    ['the same bulletin dated today', {}, {}],
    [
      'a form sent again with the hour of tonight',
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

  it('comes back with a new document of a later date', async () => {
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

  it('comes back from home by the same form on another evening', async () => {
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

  it('is told of once when more than ten came back within the hour', async () => {
    const busy = await aShop(database, test);
    const alarms = () =>
      busy.tamper(`SELECT details FROM audit_entry WHERE tenant_id = $1 AND action LIKE '%-often'`, [
        busy.id,
      ]);
    const wording = await busy.within((tx) =>
      addWording(tx, busy.deps, { text: 'Maison Lumière : nos offres par SMS.', purposes: ['marketing'] }),
    );
    const comesBack = async (turn: number): Promise<void> => {
      const phone = `+336${(last += 7)}`;
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

  it('keeps away from what was agreed before, or at that very instant', async () => {
    const { id, phone } = await somebody();
    await stop(phone);
    const older = await one(id, { grantedAt: '2026-11-25T10:00:00Z', evidence: { documentRef: 'NEW' } });
    expect(older).toMatchObject({ kind: 'recorded', sendable: false, why: 'CONSENT_WITHDRAWN' });
    const index = shop.deps.keys.phoneIndex(phone);
    expect(await count('suppression', 'phone_index = $1 AND lifted_at IS NULL', index)).toBe(1);
  });

  it('to everything comes back for one purpose and stays away for the others', async () => {
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

  it('stays away when the STOP is committed after an agreement that claims a later hour', async () => {
    const { id, phone } = await somebody();
    shop.clock.set('2026-11-25T12:00:00Z');
    await one(id, { grantedAt: '2026-11-25T11:30:00Z' });
    await stop(phone, { occurredAt: '2026-11-25T11:00:00Z' });
    expect(await count('consent', 'contact_id = $1 AND sendable', id)).toBe(0);
  });
});

describe('a suppression from a list', () => {
  it('covers a number that nobody holds, once', async () => {
    const phone = `+336${(last += 7)}`;
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
  it('leaves the number alone at once, and is completed later', async () => {
    const { id, phone } = await somebody();
    await one(id);
    const alone = { phone, scope: 'marketing', source: 'sms', since: '2026-11-25T10:00:00Z' } as const;
    await shop.within(async (tx) => {
      await tx.em
        .getConnection()
        .execute(
          `SELECT 1 FROM contact WHERE id = '${id}' FOR UPDATE`,
          [],
          'all',
          tx.em.getTransactionContext(),
        );
      await shop.within((other) => suppressAlone(other, shop.deps, alone));
    });
    const index = shop.deps.keys.phoneIndex(phone);
    expect(await count('suppression', 'phone_index = $1', index)).toBe(1);
    await stop(phone, { occurredAt: '2026-11-25T10:00:00Z' });
    expect(await count('suppression', 'phone_index = $1', index)).toBe(1);
    expect(await count('consent', `contact_id = $1 AND why = 'CONSENT_WITHDRAWN'`, id)).toBe(1);
  });
});

describe('a minor', () => {
  it.each<[string, Partial<Grant>, string | null]>([
    ['2011-11-26', {}, 'MINOR'],
    ['2011-11-26', { evidence: { documentRef: 'B', guardianRef: 'mother' } }, null],
    ['2011-03-01', {}, null],
    ['2000-01-01', {}, null],
    ['2000-01-01', { grantedAt: '2014-12-31T12:00:00Z' }, 'MINOR'],
  ])('born %s who agrees with %j', async (birthDate, more, why) => {
    const { id } = await somebody({ birthDate });
    expect(await one(id, more)).toMatchObject({ kind: 'recorded', sendable: why === null, why });
  });
});
