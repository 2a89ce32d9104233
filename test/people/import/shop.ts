import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { Client } from 'pg';
import { instant, type Clock } from '../../../src/platform/clock.ts';
import { keyOf, newKeyBytes } from '../../../src/crypto/cipher.ts';
import type { Database, Transaction } from '../../../src/platform/database/connection.ts';
import { KeyRing } from '../../../src/settings/key-ring.ts';
import { Vault } from '../../../src/platform/crypto/vault.ts';
import type { TenantKeys } from '../../../src/crypto/tenant-keys.ts';
import { readPhone } from '../../../src/sms/number/phone-number.ts';
import type { ContactGiven } from '../../../src/person/person.ts';
import type { TestDatabase } from '../../support/database.ts';

/** A clock that a test sets. The machine clock is equal to it unless `offset` is set. */
class SetClock implements Clock {
  revision = 1;
  #at: number;
  /** Milliseconds by which the law clock is ahead. */
  offset = 0;

  constructor(at: string) {
    this.#at = Date.parse(at);
  }

  set(at: string): void {
    this.#at = Date.parse(at);
  }

  now() {
    return instant(this.#at + this.offset);
  }

  get offsetMs(): number {
    return this.offset;
  }

  machine(): number {
    return this.#at;
  }

  monotonic(): number {
    return performance.now();
  }

  doubt(): undefined {
    return undefined;
  }
}

/** A tenant of its own, with keys and access to its rows. */
export interface Shop {
  readonly id: string;
  readonly clock: SetClock;
  readonly deps: { keys: TenantKeys; clock: SetClock };
  /** Runs a transaction with the rights of the application. */
  within<T>(work: (tx: Transaction) => Promise<T>): Promise<T>;
  /** Runs a statement as the owner of the machine, without triggers. */
  tamper(text: string, values?: unknown[]): Promise<Record<string, unknown>[]>;
}

/** Creates a tenant in an open database. */
export async function aShop(
  database: Database,
  test: TestDatabase,
  options: { territory?: string; timeZone?: string; settings?: object; at?: string } = {},
): Promise<Shop> {
  const id = randomUUID();
  const clock = new SetClock(options.at ?? '2026-11-25T10:00:00Z');
  const vault = new Vault(new KeyRing([keyOf(1, newKeyBytes())], 1));
  const keys = await database.withTenant(id, async (tx) => {
    await tx.run(sql`INSERT INTO tenant (id, name, legal_name, territory, time_zone, settings, created_at, updated_at)
      VALUES (${id}, 'Maison Lumière', 'Maison Lumière SAS', ${options.territory ?? 'FR'}, ${options.timeZone ?? 'Europe/Paris'},
        ${JSON.stringify(options.settings ?? {})}::jsonb, '2026-01-01T00:00:00Z', '2026-01-01T00:00:00Z')`);
    await vault.makeTenantKeys(tx, '2026-01-01T00:00:00Z');
    return vault.tenant(tx);
  });
  return {
    id,
    clock,
    deps: { keys, clock },
    within: (work) => database.withTenant(id, work),
    tamper: (text, values = []) => asSuperuser(test, text, values),
  };
}

async function asSuperuser(test: TestDatabase, text: string, values: unknown[]) {
  const client = new Client({ connectionString: test.superUrl });
  await client.connect();
  try {
    await client.query(`SET session_replication_role = replica`);
    return (await client.query<Record<string, unknown>>(text, values)).rows;
  } finally {
    await client.end();
  }
}

/** Returns the data of a contact with this number. */
export function told(phone: string, more: Partial<ContactGiven> = {}): ContactGiven {
  const line = readPhone(phone);
  if (line.kind === 'unreadable') throw new Error(`unreadable: ${phone}`);
  return { line, ...more };
}
