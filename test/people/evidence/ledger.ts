import { randomUUID } from 'node:crypto';
import { beforeEach } from 'vitest';
import type { Grant } from '../../../src/people/consent/grant-criteria.ts';
import { recordConsents } from '../../../src/people/consent/record-consents.ts';
import { upsertContacts } from '../../../src/people/contact/upsert-contacts.ts';
import { type ContactGiven } from '../../../src/person/person.ts';
import { addWording } from '../../../src/people/consent/wording.repository.ts';
import { withdraw } from '../../../src/people/opt-out/opt-out.repository.ts';
import { aShop, told } from '../import/shop.ts';
import { openBase } from '../../support/database.ts';

const KINDS = { appointment: 'appointment', renewal: 'subscription', payment: 'payment-plan' } as const;

/** Creates a shop on its own database, to record consents and opt-outs; each test resets its clock. */
export async function aLedger() {
  const { test, database } = await openBase();
  const shop = await aShop(database, test);
  let last = 10_000_000;
  const words =
    'Maison Lumière : recevoir par SMS nos offres et le rappel de mes rendez-vous. STOP pour arrêter.';
  const wording = await shop.within((tx) =>
    addWording(tx, shop.deps, { text: words, purposes: ['marketing', 'appointment', 'renewal', 'payment'] }),
  );
  const wordingId = wording.id;
  beforeEach(() => shop.clock.set('2026-11-25T10:00:00Z'));
  const aPhone = (): string => `+336${(last += 7)}`;

  async function somebody(more: Partial<ContactGiven> = {}): Promise<{ id: string; phone: string }> {
    const phone = aPhone();
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

  async function aSeries(contactId: string, purpose: keyof typeof KINDS, state: string): Promise<string> {
    const id = randomUUID();
    const kind = KINDS[purpose];
    await shop.tamper(
      `INSERT INTO reminder_series SELECT * FROM jsonb_populate_record(NULL::reminder_series, $1::jsonb)`,
      [
        JSON.stringify({
          id,
          tenant_id: shop.id,
          kind,
          terms: { kind },
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
          paid: [],
          legal_notice: false,
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
  return { test, database, shop, aPhone, somebody, aGrant, record, one, stop, aSeries, count };
}
