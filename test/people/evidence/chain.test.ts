import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { beforeEach, describe, expect, it } from 'vitest';
import { appendLinks } from '../../../src/people/evidence/chain.repository.ts';
import { linkChain, linkHash } from '../../../src/people/evidence/chain.ts';
import { recordConsents } from '../../../src/people/consent/record-consents.ts';
import { suppressAlone, withdraw } from '../../../src/people/opt-out/opt-out.repository.ts';
import { upsertContacts } from '../../../src/people/contact/upsert-contacts.ts';
import { verifyChain, type Readers } from '../../../src/people/evidence/verify-chain.ts';
import { addWording } from '../../../src/people/consent/wording.repository.ts';
import { recordAudit } from '../../../src/company/audit/audit-entry.repository.ts';
import { aShop, told, type Shop } from '../import/shop.ts';
import { openBase } from '../../support/database.ts';

let shop: Shop;
let people: string[];

const { test, database } = await openBase();

/** Five people agreed and one of them left; every event is linked into the chain. */
beforeEach(async () => {
  shop = await aShop(database, test);
  await shop.within(async (tx) => {
    const wording = await addWording(tx, shop.deps, {
      text: 'Offres de Maison Lumière. STOP.',
      purposes: ['marketing'],
    });
    const phones = [1, 2, 3, 4, 5].map((turn) => told(`061234560${turn}`));
    people = (await upsertContacts(tx, shop.deps, phones)).map(({ id }) => id);
    for (const [turn, contactId] of people.entries()) {
      shop.clock.set(`2026-11-25T10:00:0${turn}Z`);
      const proof = {
        method: 'paper',
        evidence: { documentRef: `B${turn}` },
        grantedAt: '2026-03-01T10:00:00Z',
      } as const;
      await recordConsents(tx, shop.deps, [
        { contactId, purpose: 'marketing', wordingId: wording.id, actor: 'key:test', ...proof },
      ]);
    }
    shop.clock.set('2026-11-25T10:00:10Z');
    await withdraw(tx, shop.deps, {
      phone: '+33612345603',
      scope: ['marketing'],
      channel: 'sms',
      occurredAt: '2026-11-25T10:00:09Z',
      actor: 'person',
      evidence: { messageRef: 'mo-1' },
    });
  });
  await link();
});

const link = (chain: 'consent' | 'audit' = 'consent') => shop.within((tx) => linkChain(tx, chain));
/** Verifies a chain in one walk and again in parallel stretches of two links; both must agree. */
async function verify(chain: 'consent' | 'audit' = 'consent') {
  const atOnce = await shop.within((tx) => verifyChain(tx, chain));
  const readers: Readers = { atOnce: 3, links: 2, within: (work) => shop.within(work) };
  expect(await shop.within((tx) => verifyChain(tx, chain, readers))).toEqual(atOnce);
  return atOnce;
}
const third = async () =>
  String(
    (await shop.tamper(`SELECT event_id FROM link WHERE tenant_id = $1 AND position = 3`, [shop.id]))[0]?.[
      'event_id'
    ],
  );

describe('the chain of consents (I12)', () => {
  it('holds when untouched', async () => {
    expect(await verify()).toMatchObject({ holds: true, links: 6, waiting: 0 });
  });

  it('holds while a STOP’s event is pending', async () => {
    const barred = { phone: '+33612345601', scope: ['marketing' as const], source: 'sms' };
    await shop.within((tx) => suppressAlone(tx, shop.deps, barred));
    expect(await verify()).toMatchObject({ holds: true, links: 6, waiting: 0 });
    const name = { fault: 'altered', table: 'consent', id: people[0] };
    const put = `UPDATE consent SET why = 'MINOR', sendable = false WHERE contact_id = $1`;
    await shop.tamper(put, [people[0]]);
    expect(await verify()).toMatchObject({ holds: false, ...name });
  });

  it('holds while an event awaits its position', async () => {
    await shop.within((tx) =>
      withdraw(tx, shop.deps, {
        phone: '+33699999999',
        scope: 'all',
        channel: 'phone',
        occurredAt: '2026-11-25T10:00:10Z',
        actor: 'key:test',
        evidence: {},
      }),
    );
    expect(await verify()).toMatchObject({ holds: true, links: 6, waiting: 1 });
    expect(await link()).toBe(1);
    expect(await link()).toBe(0);
    expect(await verify()).toMatchObject({ holds: true, links: 7, waiting: 0 });
  });

  it.each([
    `purpose = 'payment'`,
    `occurred_at = occurred_at - interval '1 microsecond'`,
    `kind = 'refused'`,
    `actor = 'key:other'`,
    `proof_digest = sha256('other')`,
    `digest = sha256('other')`,
    `contact_id = gen_random_uuid()`,
  ])('names the event whose %s was written over', async (change) => {
    const id = await third();
    await shop.tamper(`UPDATE consent_event SET ${change} WHERE id = $1`, [id]);
    expect(await verify()).toEqual({
      holds: false,
      fault: 'altered',
      table: 'consent_event',
      id,
      position: 3,
    });
  });

  it('takes one event without reading all pending', async () => {
    await shop.tamper(
      `INSERT INTO unlinked (tenant_id, chain, event_id)
       SELECT $1, 'consent', ('ffffffff-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid FROM generate_series(1, 5000) AS n`,
      [shop.id],
    );
    const read = await shop.within(async (tx) => {
      const tuples = async (): Promise<number> => {
        const row = await tx.first(sql<{ n: string }>`
          SELECT seq_tup_read + idx_tup_fetch AS n FROM pg_stat_xact_user_tables WHERE relname = 'unlinked'`);
        return Number(row?.n ?? 0);
      };
      const before = await tuples();
      const seventh = {
        position: 7,
        eventId: randomUUID(),
        previousHash: '00'.repeat(32),
        hash: '11'.repeat(32),
      };
      await appendLinks(tx, 'consent', [seventh]);
      return (await tuples()) - before;
    });
    expect(read).toBeLessThan(100);
  });

  it('names the event that was removed', async () => {
    const id = await third();
    await shop.tamper(`DELETE FROM consent_event WHERE id = $1`, [id]);
    expect(await verify()).toEqual({
      holds: false,
      fault: 'removed',
      table: 'consent_event',
      id,
      position: 3,
    });
  });

  it('names the position of a removed link', async () => {
    const id = await third();
    await shop.tamper(`DELETE FROM consent_event WHERE id = $1`, [id]);
    await shop.tamper(`DELETE FROM link WHERE event_id = $1`, [id]);
    expect(await verify()).toEqual({ holds: false, fault: 'removed', table: 'link', id: '', position: 3 });
  });

  it('names the last event before a cut', async () => {
    const [last] = await shop.tamper(
      `DELETE FROM link WHERE tenant_id = $1 AND position = 6 RETURNING event_id`,
      [shop.id],
    );
    await shop.tamper(`DELETE FROM consent_event WHERE id = $1`, [last?.['event_id']]);
    expect(await verify()).toEqual({
      holds: false,
      fault: 'removed',
      table: 'consent_event',
      id: last?.['event_id'],
    });
  });

  it('names an event inserted past the triggers', async () => {
    const id = randomUUID();
    await shop.tamper(
      `INSERT INTO consent_event SELECT ($1::uuid), tenant_id, contact_id, purpose, kind, basis, method, channel, wording_id,
         proof, occurred_at, recorded_at, actor, digest, proof_digest, barred, simulated FROM consent_event WHERE id = $2`,
      [id, await third()],
    );
    expect(await verify()).toEqual({ holds: false, fault: 'inserted', table: 'consent_event', id });
  });

  it('names a person made sendable by hand', async () => {
    await shop.tamper(`UPDATE consent SET sendable = true, why = NULL WHERE contact_id = $1`, [people[2]]);
    expect(await verify()).toEqual({ holds: false, fault: 'altered', table: 'consent', id: people[2] });
  });

  it('names the suppression that was lifted by hand', async () => {
    const [row] = await shop.tamper(
      `UPDATE suppression SET lifted_at = since, lifted_by = event_id WHERE tenant_id = $1 RETURNING id`,
      [shop.id],
    );
    expect(await verify()).toEqual({ holds: false, fault: 'altered', table: 'suppression', id: row?.['id'] });
  });

  it.each(['previous_hash', 'hash'])('names the link whose %s was written over', async (column) => {
    await shop.tamper(`UPDATE link SET ${column} = sha256('x') WHERE tenant_id = $1 AND position = 4`, [
      shop.id,
    ]);
    expect(await verify()).toMatchObject({ holds: false, fault: 'altered', position: 4 });
  });

  it('names the first link made anew', async () => {
    const links = await shop.tamper(
      `SELECT l.position::int, l.event_id, encode(e.digest, 'hex') AS digest FROM link l JOIN consent_event e ON e.id = l.event_id
        WHERE l.tenant_id = $1 AND l.position > 4 ORDER BY l.position`,
      [shop.id],
    );
    let previousHash = '11'.repeat(32);
    for (const { position, event_id: eventId, digest } of links) {
      const made = { position: Number(position), eventId: String(eventId), previousHash };
      const hash = linkHash(made, String(digest));
      await shop.tamper(
        `UPDATE link SET previous_hash = decode($3, 'hex'), hash = decode($4, 'hex') WHERE tenant_id = $1 AND position = $2`,
        [shop.id, position, previousHash, hash],
      );
      previousHash = hash;
    }
    expect(await verify()).toMatchObject({ holds: false, fault: 'altered', table: 'link', position: 5 });
  });

  it('cannot be rewritten by the application at all', async () => {
    const refused = /never changed or removed|permission denied/;
    for (const text of ['UPDATE consent_event SET actor = actor', 'DELETE FROM link']) {
      await expect(shop.within((tx) => tx.run(sql.raw(text)))).rejects.toThrow(refused);
    }
  });
});

describe('two linkers at once', () => {
  it('make one chain', async () => {
    await shop.within(async (tx) => {
      for (const turn of [1, 2, 3]) {
        await withdraw(tx, shop.deps, {
          phone: `+3369999990${turn}`,
          scope: ['marketing'],
          channel: 'sms',
          occurredAt: `2026-11-25T10:00:0${turn}Z`,
          actor: 'person',
          evidence: {},
        });
      }
    });
    await Promise.all([link(), link(), link()]);
    await link();
    expect(await verify()).toMatchObject({ holds: true, links: 9, waiting: 0 });
  });
});

describe('the chain of the audit', () => {
  it('names the entry whose details were written over', async () => {
    const before = await link('audit');
    const when = { at: '2026-11-25T10:00:00Z', machineMs: shop.clock.machine() };
    await shop.within(async (tx) => {
      await recordAudit(tx, { actor: 'key:test', action: 'tenant.changed', details: { b: 1, a: [2] } }, when);
      await recordAudit(tx, { actor: 'key:test', action: 'tenant.changed' }, when);
    });
    expect(await link('audit')).toBe(2);
    expect(await verify('audit')).toMatchObject({ holds: true, links: before + 2 });
    const [row] = await shop.tamper(
      `UPDATE audit_entry SET details = '{"b": 2}' WHERE tenant_id = $1 AND details = '{"a": [2], "b": 1}' RETURNING id`,
      [shop.id],
    );
    expect(await verify('audit')).toMatchObject({
      holds: false,
      fault: 'altered',
      table: 'audit_entry',
      id: row?.['id'],
    });
  });
});
