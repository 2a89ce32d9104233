import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { freezeAudience } from '../src/campaigns/audience/freeze.ts';
import { campaignTextPlace } from '../src/campaigns/campaign.ts';
import { instant } from '../src/platform/clock.ts';
import { newPersonKey } from '../src/crypto/tenant-keys.ts';
import { uuidV7 } from '../src/base/random.ts';
import { clock, type Ground } from './ground.ts';

const AT_ONCE = 5_000;
const TEXT = 'Maison Lumière : -20 % ce mois-ci en boutique, {firstName|cher client}. {stop}';
const newId = (): string => uuidV7(clock.machine());

/** A campaign whose audience stands, ready to be sent. */
export interface Frozen {
  readonly campaignId: string;
  readonly accountId: string;
  readonly batches: readonly string[];
}

/** So many people with a number, a name and an agreement, sealed as imports seal them. */
export async function peopled(ground: Ground, count: number, from = 0): Promise<void> {
  for (let first = from; first < from + count; first += AT_ONCE)
    await insertPeople(ground, first, Math.min(AT_ONCE, from + count - first));
}

async function insertPeople(
  { database, keys, tenantId }: Ground,
  from: number,
  count: number,
): Promise<void> {
  const at = instant(clock.machine()).minus({ days: 100 }).toISO();
  const rows = Array.from({ length: count }, (_, n) => {
    const [id, phone] = [newId(), `+336${String(10_000_000 + from + n)}`];
    const { key, wrapped, version } = newPersonKey(keys, id);
    return {
      id,
      index: keys.phoneIndex(phone).toString('hex'),
      sealed: key.sealPerson({ phone, firstName: `Camille ${from + n}` }).toString('hex'),
      wrapped: wrapped.toString('hex'),
      version,
    };
  });
  const given = sql`jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) AS r(id uuid, index text, sealed text, wrapped text, version int)`;
  await database.withTenant(tenantId, async (tx) => {
    await tx.run(sql`
      INSERT INTO contact (id, tenant_id, phone_index, sealed, territory, time_zone, place_from, line_type, created_at, updated_at)
      SELECT id, ${tenantId}, decode(index, 'hex'), decode(sealed, 'hex'), 'FR', 'Europe/Paris', 'number', 'mobile', ${at}, ${at} FROM ${given}`);
    await tx.run(sql`
      INSERT INTO contact_key (contact_id, tenant_id, wrapped, key_version) SELECT id, ${tenantId}, decode(wrapped, 'hex'), version FROM ${given}`);
    await tx.run(sql`
      INSERT INTO consent (contact_id, purpose, tenant_id, sendable, basis, since, event_id)
      SELECT id, 'marketing', ${tenantId}, true, 'consent', ${at}, id FROM ${given}`);
  });
}

const MILLION = 1_000_000;

/** So many messages of campaigns that are over, in the very partition where the next one is sent. */
export async function aged({ own, tenantId }: Ground, messages: number): Promise<void> {
  for (let first = 0; first < messages; first += MILLION)
    await own(`
      WITH people AS (SELECT array_agg(id) AS ids FROM contact WHERE tenant_id = '${tenantId}'),
           batches AS (SELECT array_agg(uuidv7()) AS ids FROM generate_series(1, 20))
      INSERT INTO message (batch_id, seq, tenant_id, contact_id, state, submission_id, accepted_at, final_at, parts, encoding)
      SELECT b.ids[1 + n / 50000], n % 50000, '${tenantId}', p.ids[1 + n % cardinality(p.ids)], 'delivered', uuidv7(), now(), now(), 1, 'GSM-7'
        FROM generate_series(0, ${Math.min(MILLION, messages - first) - 1}) AS n, people p, batches b`);
}

/** One in two hundred changes their mind after the freeze: half by withdrawing, half by STOP. */
async function someLeave({ own, tenantId }: Ground): Promise<void> {
  await own(`
    UPDATE consent SET sendable = false, why = 'CONSENT_WITHDRAWN' WHERE tenant_id = '${tenantId}' AND get_byte(uuid_send(contact_id), 15) = 7
       AND get_byte(uuid_send(contact_id), 14) < 164`);
  await own(`
    INSERT INTO suppression (id, tenant_id, phone_index, scope, since, source, recorded_at)
    SELECT uuidv7(), tenant_id, phone_index, 'marketing', now(), 'sms', now() FROM contact
     WHERE tenant_id = '${tenantId}' AND get_byte(uuid_send(id), 15) = 9 AND get_byte(uuid_send(id), 14) < 164 ON CONFLICT DO NOTHING`);
}

/** Freezes everybody, lets some leave, and puts PostgreSQL at rest. */
export async function frozen(ground: Ground): Promise<Frozen> {
  const { database, tenantId, keys, own } = ground;
  const [campaignId, at] = [newId(), instant(clock.machine()).toISO()];
  const [account] = await own(`
    INSERT INTO gateway_account (id, name, kind, fake, updated_at) VALUES ('${randomUUID()}', 'sandbox', 'sandbox', true, now())
    ON CONFLICT (name) DO UPDATE SET updated_at = now() RETURNING id`);
  const accountId = String(account?.['id']);
  await database.withTenant(tenantId, (tx) =>
    tx.run(sql`
      INSERT INTO campaign (id, tenant_id, account_id, name, purpose, profile, status, sender, sealed, audience, currency, max_parts,
                            margin_ms, source, simulated, created_at, updated_at, launched_at)
      VALUES (${campaignId}, ${tenantId}, ${accountId}, 'Bench', 'marketing', 'fr-seed-strict', 'running', 'LUMIERE',
              ${keys.seal(campaignTextPlace(campaignId), TEXT)}, '{"all":true}', 'EUR', 3, 0, 'bench', false, ${at}, ${at}, ${at})`),
  );
  const { shards } = await freezeAudience(
    { database, clock, newId, keysOf: () => Promise.resolve(keys) },
    { tenantId, campaignId },
  );
  await someLeave(ground);
  await own('VACUUM ANALYZE');
  await own('CHECKPOINT');
  return { campaignId, accountId, batches: shards.map(({ batchId }) => batchId) };
}

/** Messages of a campaign by state, and whether its tally says the same. */
export async function accountsIn(
  { own }: Ground,
  { campaignId }: Frozen,
): Promise<{ readonly states: Readonly<Record<string, number>>; readonly tallied: boolean }> {
  const of = `batch_id IN (SELECT id FROM batch WHERE campaign_id = '${campaignId}')`;
  const counted = await own(
    `SELECT state::text, count(*)::int AS n FROM message WHERE ${of} GROUP BY 1 ORDER BY 1`,
  );
  const tallied = await own(
    `SELECT state::text, sum(delta)::int AS n FROM tally WHERE ${of} GROUP BY 1 HAVING sum(delta) <> 0 ORDER BY 1`,
  );
  return {
    states: Object.fromEntries(counted.map(({ state, n }) => [String(state), Number(n)])),
    tallied: JSON.stringify(counted) === JSON.stringify(tallied),
  };
}
