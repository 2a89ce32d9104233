import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import type { Audience } from '../src/campaigns/audience/audience.repository.ts';
import { freezeAudience } from '../src/campaigns/audience/freeze.ts';
import { instant } from '../src/platform/clock.ts';
import { uuidV7 } from '../src/base/random.ts';
import { clock, onGround, type Ground } from './ground.ts';
import { machine } from './machine.ts';
import { figure, keepResult } from './result.ts';
import '../src/main/wiring.ts';

const newId = (): string => uuidV7(clock.machine());

/** People of five places; one in two hundred said stop, one in a hundred never agreed. Nobody reads their names here. */
async function peopled({ own, tenantId }: Ground, count: number): Promise<void> {
  await own(`
    INSERT INTO contact (id, tenant_id, phone_index, sealed, territory, time_zone, place_from, line_type, last_interaction_at, created_at, updated_at)
    SELECT uuidv7(), '${tenantId}', sha256(n::text::bytea), '\\x00', (ARRAY['FR','FR','FR','RE','GP'])[1 + n % 5],
           (ARRAY['Europe/Paris','Europe/Paris','Europe/Paris','Indian/Reunion','America/Guadeloupe'])[1 + n % 5], 'number', 'mobile',
           now() - make_interval(days => n % 400), now(), now() FROM generate_series(1, ${count}) n`);
  await own(`
    INSERT INTO consent (contact_id, purpose, tenant_id, sendable, why, basis, since, event_id)
    SELECT id, 'marketing', '${tenantId}', true, NULL, 'consent', now() - interval '100 days', id FROM contact
     WHERE get_byte(phone_index, 0) <> 7 OR get_byte(phone_index, 1) > 99`);
  await own(`
    INSERT INTO suppression (id, tenant_id, phone_index, scope, since, source, recorded_at)
    SELECT uuidv7(), '${tenantId}', phone_index, 'marketing', now(), 'sms', now() FROM contact WHERE get_byte(phone_index, 2) = 3`);
  await own('VACUUM ANALYZE');
}

async function campaignFor(ground: Ground, audience: Audience): Promise<string> {
  const id = newId();
  const at = instant(clock.machine()).toISO();
  await ground.own(`
    INSERT INTO gateway_account (id, name, kind, fake, updated_at) VALUES ('${randomUUID()}', 'sandbox', 'sandbox', true, now())
    ON CONFLICT (name) DO NOTHING`);
  await ground.database.withTenant(ground.tenantId, (tx) =>
    tx.run(sql`
      INSERT INTO campaign (id, tenant_id, account_id, name, purpose, profile, status, sender, sealed, audience, currency, max_parts,
                            margin_ms, source, simulated, created_at, updated_at, launched_at)
      SELECT ${id}::uuid, ${tx.tenantId}::uuid, g.id, 'Bench', 'marketing', 'fr-seed-strict', 'running', 'BENCH', '\\x00'::bytea,
             ${JSON.stringify(audience)}::jsonb, 'EUR', 1, 0, 'bench', false, ${at}, ${at}, ${at} FROM gateway_account g WHERE g.name = 'sandbox'`),
  );
  return id;
}

async function frozenIn(ground: Ground, audience: Audience): Promise<{ ms: number; shards: number }> {
  const { database, tenantId, keys } = ground;
  const campaignId = await campaignFor(ground, audience);
  const began = performance.now();
  const keysOf = () => Promise.resolve(keys);
  const { shards } = await freezeAudience({ database, clock, newId, keysOf }, { tenantId, campaignId });
  return { ms: performance.now() - began, shards: shards.length };
}

async function measure(ground: Ground, count: number): Promise<void> {
  await peopled(ground, count);
  const audiences = {
    everybody: { all: true },
    filtered: {
      filter: {
        all: [
          { field: 'territory', op: 'eq', value: 'FR' },
          { field: 'lastReceivedAt', op: 'exists', value: false },
          { field: 'lastInteractionAt', op: 'withinDays', value: 200 },
        ],
      },
    },
  } as const satisfies Record<string, Audience>;
  const figures: Record<string, number> = { people: count };
  for (const [name, audience] of Object.entries(audiences)) {
    const before = await ground.serverMs();
    const { ms, shards } = await frozenIn(ground, audience);
    const server = (await ground.serverMs()) - before;
    process.stdout.write(
      `${name} of ${figure(count)}: frozen in ${figure(ms)} ms, ${shards} batches; PostgreSQL ${figure(server)} ms of processor\n`,
    );
    figures[`${name}Ms`] = Math.round(ms);
    figures[`${name}ProcessorMs`] = Math.round(server);
  }
  await keepResult(`freeze-${count}`, figures);
}

/** How long it takes to freeze an audience; `npm run bench -- freeze 1000000`. */
export async function bench(): Promise<void> {
  const count = Number(process.argv[3] ?? 100_000);
  process.stdout.write(`${machine('pg')}\n`);
  await onGround((ground) => measure(ground, count));
}
