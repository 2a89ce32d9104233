import { DateTime } from 'luxon';
import type { Transaction } from '../database/connection.ts';
import type { Merge } from './import-merge.ts';
import type { ReadRow } from './import-row.ts';
import { recordLeavings, type Leaving } from './record-leavings.ts';
import type { ContactDeps } from './upsert-contacts.ts';

/** A leaving and the line that tells it. */
interface LineLeaving {
  readonly line: number;
  readonly leaving: Omit<Leaving, 'occurredAt' | 'once' | 'byDate'>;
  /** ISO instant; none when the file gives no date. */
  readonly at: string | undefined;
}

/** The leavings of rows, given back or not: they need a number and nothing else. */
export function leavingsOf(rows: readonly ReadRow[], { actor, source }: Merge): readonly LineLeaving[] {
  return rows.flatMap(({ line, reading: { phone, withdrawal } }) =>
    phone === undefined || withdrawal === undefined
      ? []
      : withdrawal.purposes.map((scope) => ({
          line,
          at: withdrawal.at,
          leaving: {
            phone,
            scope,
            kind: withdrawal.kind,
            channel: 'api' as const,
            actor,
            source: `import:${source}`,
            evidence: withdrawal.typed === '' ? {} : { asTyped: withdrawal.typed },
          },
        })),
  );
}

/** Records leavings by their date; answers the lines that told one. */
export async function recordRowLeavings(
  tx: Transaction,
  deps: ContactDeps,
  told: readonly LineLeaving[],
): Promise<ReadonlySet<number>> {
  const now = deps.clock.now();
  await recordLeavings(
    tx,
    deps,
    told.map(({ leaving, at }) => Object.assign({}, leaving, dated(at, now))),
  );
  return new Set(told.map(({ line }) => line));
}

/** Without a date, or with one to come, the person has left now, and once is enough. */
function dated(at: string | undefined, now: DateTime<true>): Pick<Leaving, 'occurredAt' | 'once' | 'byDate'> {
  if (at === undefined || DateTime.fromISO(at) > now) return { occurredAt: now.toISO(), once: true };
  return { occurredAt: at, byDate: true };
}
