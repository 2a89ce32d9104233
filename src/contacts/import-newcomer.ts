import type { Transaction } from '../database/connection.ts';
import type { ReadRow } from './import-row.ts';
import { exactInstant } from './consent-event.ts';
import { actsOf, indexedNow, type Newcomer } from './newcomer.ts';
import { insertNewcomers } from './newcomer.repository.ts';
import type { Grant, Granted } from './record-consents.ts';
import { isSimulated } from './simulated.ts';
import type { ContactDeps, Upserted } from './upsert-contacts.ts';

/** A row that was judged, and what it still grants. */
export interface Arriving {
  readonly row: ReadRow;
  /** Without the id of the person, who may be new. */
  readonly grants: readonly Grant[];
}

/** What became of a newcomer. */
interface Arrived {
  readonly contact: Upserted;
  readonly answers: readonly Granted[];
}

/**
 * Writes those whom nobody knew, with all that they agreed to, in bulk; answers them by line.
 *
 * Whoever holds the number already, or left before, is none of them: their history has its say.
 */
export async function receiveNewcomers(
  tx: Transaction,
  deps: ContactDeps,
  { importId, drafts }: { readonly importId: string; readonly drafts: readonly Arriving[] },
): Promise<ReadonlyMap<number, Arrived>> {
  const alone = onceEach(drafts);
  if (alone.length === 0) return new Map();
  const now = deps.clock.now();
  const arrival = { importId, at: now.toISO(), simulated: isSimulated(deps.clock) };
  const recorded = { recordedAt: exactInstant(now), simulated: arrival.simulated };
  const told = alone.map(({ newcomer, grants, row }) => {
    const here = indexedNow(deps, newcomer);
    return { line: row.line, newcomer: here, acts: actsOf(deps, { newcomer: here, grants }, recorded) };
  });
  const known = await insertNewcomers(tx, arrival, {
    people: told,
    acts: told.flatMap(({ acts }) => acts.map(({ act }) => act)),
  });
  return new Map(
    told
      .filter(({ newcomer }) => !known.has(newcomer.id))
      .map(({ line, newcomer: { id }, acts }) => [
        line,
        {
          contact: { id, outcome: 'created', nameConflict: false },
          answers: acts.map(({ answer }) => answer),
        },
      ]),
  );
}

/** Two rows of one number are one story, told by the longer way. */
function onceEach(drafts: readonly Arriving[]): (Arriving & { readonly newcomer: Newcomer })[] {
  const [met, repeated] = [new Set<string>(), new Set<string>()];
  for (const { row } of drafts) {
    const { phone = '' } = row.reading;
    (met.has(phone) ? repeated : met).add(phone);
  }
  return drafts.flatMap(({ row, grants }) => {
    const { newcomer, reading } = row;
    const isAlone = !repeated.has(reading.phone ?? '');
    return newcomer !== undefined && isAlone ? [{ row, grants, newcomer }] : [];
  });
}
