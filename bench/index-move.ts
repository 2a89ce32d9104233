import { sql } from 'kysely';
import { suppressAlone } from '../src/people/opt-out/opt-out.repository.ts';
import { openDatabase, type Database } from '../src/platform/database/connection.ts';
import { IndexGuard } from '../src/platform/crypto/key-process.repository.ts';
import { IndexMove } from '../src/rotation/key-rotation.ts';
import { announceIndexKey } from '../src/rotation/key-rotation.repository.ts';
import { instant } from '../src/platform/clock.ts';
import { clock, onGround, type Ground } from './ground.ts';
import { machine } from './machine.ts';
import { figure, keepResult } from './result.ts';

const PEOPLE = 200_000;
const STOPS_EVERY_MS = 5;

/** People whose indexes are as random as real ones, and one in ten of them suppressed. */
async function people({ own, tenantId }: Ground): Promise<void> {
  await own(`
    INSERT INTO contact (id, tenant_id, phone_index, sealed, territory, time_zone, place_from, line_type, created_at, updated_at)
    SELECT gen_random_uuid(), '${tenantId}', sha256(convert_to(n::text, 'UTF8')), '', 'FR', 'Europe/Paris', 'number', 'mobile', now(), now()
      FROM generate_series(1, ${PEOPLE}) n`);
  await own(`
    INSERT INTO suppression (id, tenant_id, phone_index, scope, since, source, recorded_at)
    SELECT gen_random_uuid(), '${tenantId}', sha256(convert_to(n::text, 'UTF8')), 'marketing', now(), 'bench', now()
      FROM generate_series(1, ${PEOPLE}, 10) n`);
  await own('VACUUM ANALYZE contact, suppression');
}

/** Writes suppressions, one after the other, until told to stop; answers what each took. */
function stops(
  database: Database,
  { tenantId, vault }: Pick<Ground, 'tenantId' | 'vault'>,
): { end: () => Promise<number[]> } {
  const over = new AbortController();
  const took: number[] = [];
  const writing = (async () => {
    for (let turn = 0; !over.signal.aborted; turn += 1) {
      const began = clock.monotonic();
      await database.withTenant(tenantId, async (tx) => {
        const phone = `+336${10_000_000 + (turn % 80_000_000)}`;
        const deps = { keys: await vault.tenant(tx), clock };
        await suppressAlone(tx, deps, { phone, scope: 'marketing', source: 'bench' });
      });
      took.push(clock.monotonic() - began);
      await new Promise((rested) => setTimeout(rested, STOPS_EVERY_MS));
    }
  })();
  return {
    end: async () => {
      over.abort();
      await writing;
      return took.toSorted((one, other) => one - other);
    },
  };
}

const at = (sorted: readonly number[], share: number): number =>
  sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;

const told = (took: readonly number[]): string =>
  `p50 ${at(took, 0.5).toFixed(1)} ms, p99 ${at(took, 0.99).toFixed(1)} ms, max ${at(took, 1).toFixed(1)} ms`;

/** How fast indexes are carried to another key, and what a STOP waits meanwhile. */
export async function bench(): Promise<void> {
  await onGround(async (ground) => {
    const { tenantId, vault, ring, url } = ground;
    await people(ground);
    const guard = new IndexGuard(vault, clock);
    const others = await openDatabase({ url, connections: 4, name: 'others', guard: guard.enter });
    guard.notice(false);
    const resting = stops(others, ground);
    await new Promise((rested) => setTimeout(rested, 3_000));
    const before = await resting.end();
    const ordered = instant(clock.machine()).toISO();
    await ground.database.withTenant(tenantId, (tx) => announceIndexKey(tx, ring, ordered));
    guard.notice(true);
    await vault.renew(ground.database);
    const move = new IndexMove({ database: others, vault, clock });
    const moving = stops(others, ground);
    const began = clock.monotonic();
    let rows = 0;
    for (let open = true; open;) {
      const turn = await move.turn(-1);
      rows += turn.rows;
      open = turn.open;
    }
    const seconds = (clock.monotonic() - began) / 1_000;
    const during = await moving.end();
    const left = await ground.database.withTenant(tenantId, (tx) =>
      tx.rows(sql`SELECT 1 FROM contact WHERE octet_length(phone_index) = 32 LIMIT 1`),
    );
    process.stdout.write(
      `${JSON.stringify(machine('pg'))}\n${figure(rows)} rows carried in ${seconds.toFixed(1)} s: ${figure(rows / seconds)}/s, ${left.length} left\nSTOP at rest: ${told(before)}\nSTOP meanwhile: ${told(during)}\n`,
    );
    await keepResult('index-move', { rows, seconds, atRest: told(before), meanwhile: told(during) });
    await others.close();
  });
}
