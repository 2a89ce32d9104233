import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { sql } from 'kysely';
import { Client } from 'pg';
import { ensureKeyRing } from '../../src/settings/key-ring.ts';
import type { Keyed } from '../../src/rotation/key-orders.ts';
import { aDatabase } from '../support/database.ts';
import { openProcess, type KeyPlace, type KeyProcess } from './key-process.ts';
import { afterFile } from '../support/after-file.ts';

/** An instance with one tenant, on a database and a keys file of its own. */
export async function aKeyWorld() {
  const test = await aDatabase();
  const folder = await mkdtemp(path.join(tmpdir(), 'bonheure-keys-'));
  const keysFile = path.join(folder, 'key-encryption.json');
  await ensureKeyRing(keysFile);
  const tenantId = randomUUID();
  const place: KeyPlace = { test, keysFile, tenantId };
  const opened: KeyProcess[] = [];
  const process = async (): Promise<KeyProcess> => {
    const one = await openProcess(place);
    opened.push(one);
    return one;
  };
  const first = await process();
  await first.database.withTenant(tenantId, async (tx) => {
    await tx.run(sql`INSERT INTO tenant (id, name, legal_name, created_at, updated_at)
      VALUES (${tenantId}, 'Maison Lumière', 'Maison Lumière SAS', '2026-01-01T00:00:00Z', '2026-01-01T00:00:00Z')`);
    await first.vault.makeTenantKeys(tx, '2026-01-01T00:00:00Z');
  });
  const outside = new Client({ connectionString: test.superUrl });
  await outside.connect();
  afterFile(async () => {
    for (const one of opened) await one.ends();
    await outside.end();
    await rm(folder, { recursive: true });
  });
  const keyed: Keyed = {
    file: keysFile,
    database: first.database,
    clock: first.clock,
    journalFolder: path.join(folder, 'journal'),
  };
  /** As somebody who owns the machine. */
  const ask = async <Row extends object>(text: string, values: unknown[] = []): Promise<Row[]> =>
    (await outside.query<Row>(text, values)).rows;
  /** Every process looks and turns until nothing is left to do. */
  const carriedThrough = async (processes: readonly KeyProcess[]): Promise<void> => {
    for (let turns = 0, quiet = 0; quiet < 2; turns += 1) {
      if (turns > 400) throw new Error('it does not end');
      for (const one of processes) await one.look();
      const { enforced, resealed, carried } = (await processes[0]?.turn()) ?? {
        enforced: 0,
        resealed: 0,
        carried: 0,
      };
      const [state] = await ask<{ open: boolean }>(
        `SELECT index_moving OR keys_revision <> keys_settled AS open FROM instance`,
      );
      quiet = enforced + resealed + carried === 0 && state?.open === false ? quiet + 1 : 0;
    }
  };
  return { place, keyed, first, process, ask, carriedThrough };
}
