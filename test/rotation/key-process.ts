import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { instant } from '../../src/platform/clock.ts';
import type { ContactDeps } from '../../src/people/contact/contact.repository.ts';
import { openDatabase, type Transaction } from '../../src/platform/database/connection.ts';
import { IndexGuard, KeyWatch } from '../../src/platform/crypto/key-process.repository.ts';
import { openKeyRing } from '../../src/settings/key-ring.ts';
import { KeyRotation } from '../../src/rotation/key-rotation.ts';
import { noteProcess } from '../../src/platform/database/process.repository.ts';
import { Vault } from '../../src/platform/crypto/vault.ts';
import type { TestDatabase } from '../support/database.ts';
import { ShiftedClock } from '../support/law-clock.ts';

/** A clock on which time passes at once, for whoever was stopped. */
class PassingClock extends ShiftedClock {
  #passedMs = 0;

  pass(ms: number): void {
    this.#passedMs += ms;
  }

  override monotonic(): number {
    return super.monotonic() + this.#passedMs;
  }
}

/** Where processes of one instance meet. */
export interface KeyPlace {
  readonly test: TestDatabase;
  readonly keysFile: string;
  readonly tenantId: string;
}

/** One process: connections, keys in memory and loops of its own, turned when a test turns them. */
export async function openProcess({ test, keysFile, tenantId }: KeyPlace) {
  const id = randomUUID();
  const clock = new PassingClock();
  const ring = await openKeyRing(keysFile);
  const vault = new Vault(ring);
  const guard = new IndexGuard(vault, clock);
  const database = await openDatabase({
    url: test.appUrl,
    connections: 4,
    name: 'test',
    guard: guard.enter,
  });
  const seen = (): Promise<void> => {
    const at = instant(Date.now()).toISO();
    return database.outside((tx) => noteProcess(tx, { id, kind: 'worker', startedAt: at, at }));
  };
  await seen();
  const watch = new KeyWatch({ processId: id, file: keysFile, ring, vault, database, guard });
  const look = async (): Promise<void> => {
    await seen();
    await watch.look();
  };
  await look();
  let hasEnded = false;
  const rotation = new KeyRotation({ database, vault, ring, clock });
  return {
    id,
    clock,
    database,
    vault,
    look,
    turn: () => rotation.turn(),
    within: <T>(work: (tx: Transaction, deps: ContactDeps) => Promise<T>): Promise<T> =>
      database.withTenant(tenantId, async (tx) => work(tx, { keys: await vault.tenant(tx), clock })),
    ends: async () => {
      if (hasEnded) return;
      hasEnded = true;
      await database.outside((tx) => tx.run(sql`DELETE FROM process WHERE id = ${id}::uuid`));
      await database.close();
    },
  };
}

/** One process of an instance. */
export type KeyProcess = Awaited<ReturnType<typeof openProcess>>;
