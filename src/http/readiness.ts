import { readdir } from 'node:fs/promises';
import type { Clock } from '../clock.ts';
import type { Database } from '../database/connection.ts';
import { appliedMigrations, sealOf } from '../database/instance.repository.ts';
import { lawReadyFor } from '../law/calendar/holiday.ts';

/** What readiness is made of. */
export interface Premises {
  readonly database: Database;
  readonly clock: Clock;
  /** Resolves once Temporal answered. */
  readonly temporal: () => Promise<void>;
}

/** `ok`, or one sentence, for each part. */
export type Parts = Readonly<Record<Part, string>>;

type Part = 'database' | 'migrations' | 'temporal' | 'law' | 'clock' | 'seal';

const OK = 'ok';
const ANSWERS_WITHIN_MS = 2_000;

/** Looks at every part at once; answers within two seconds whatever is gone. */
export async function lookAtParts(premises: Premises): Promise<Parts> {
  const { database, clock, temporal } = premises;
  const [stored, conducted] = await Promise.all([
    soon(() => lookAtDatabase(database)).catch(() => unreachable),
    soon(temporal).then(
      () => OK,
      () => 'Temporal does not answer.',
    ),
  ]);
  return { ...stored, temporal: conducted, law: lookAtLaw(clock), clock: clock.doubt() ?? OK };
}

type Stored = Pick<Parts, 'database' | 'migrations' | 'seal'>;

const unreachable: Stored = {
  database: 'PostgreSQL does not answer.',
  migrations: 'unknown: PostgreSQL does not answer.',
  seal: 'unknown: PostgreSQL does not answer.',
};

async function lookAtDatabase(database: Database): Promise<Stored> {
  const { applied, seal } = await database.outside(async (tx) => ({
    applied: await appliedMigrations(tx),
    seal: await sealOf(tx),
  }));
  const missing = (await writtenMigrations()).filter((name) => !applied.includes(name));
  return {
    database: OK,
    migrations: missing.length === 0 ? OK : `Run npm run migrate: ${missing.join(', ')}.`,
    seal: seal ?? OK,
  };
}

async function writtenMigrations(): Promise<string[]> {
  const files = await readdir(new URL('../../migrations', import.meta.url));
  return files.filter((file) => file.endsWith('.ts')).map((file) => file.slice(0, -'.ts'.length));
}

function lookAtLaw(clock: Clock): string {
  const { year } = clock.now();
  return lawReadyFor(year) ? OK : `The public holidays of ${year} and ${year + 1} are not all known.`;
}

async function soon<T>(look: () => Promise<T>): Promise<T> {
  const late = new AbortController();
  const timeout = new Promise<never>((_, reject) => {
    const timer = setTimeout(() => reject(new TookTooLong()), ANSWERS_WITHIN_MS);
    late.signal.addEventListener('abort', () => clearTimeout(timer));
  });
  try {
    return await Promise.race([look(), timeout]);
  } finally {
    late.abort();
  }
}

class TookTooLong extends Error {
  override readonly name = 'TookTooLong';
}
