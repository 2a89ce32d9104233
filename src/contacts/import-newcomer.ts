import type { Transaction } from '../database/connection.ts';
import type { ReadRow } from './import-row.ts';
import { exactInstant } from './consent-event.ts';
import { actsOf, indexedNow, type Newcomer } from './newcomer.ts';
import { insertArrivals, insertNewcomers } from './newcomer.repository.ts';
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
  const made = await insertNewcomers(
    tx,
    arrival,
    alone.map(({ newcomer, row }) => ({ newcomer: indexedNow(deps, newcomer), line: row.line })),
  );
  const recorded = { recordedAt: exactInstant(now), simulated: arrival.simulated };
  const here = alone.filter(({ newcomer }) => made.has(newcomer.id));
  const told = here.map((one) => ({
    line: one.row.line,
    id: one.newcomer.id,
    acts: actsOf(deps, one, recorded),
  }));
  await insertArrivals(
    tx,
    arrival,
    told.flatMap(({ acts }) => acts.map(({ act }) => act)),
  );
  return new Map(
    told.map(({ line, id, acts }) => [
      line,
      { contact: { id, outcome: 'created', nameConflict: false }, answers: acts.map(({ answer }) => answer) },
    ]),
  );
}

/** Two rows of one number are one story, told by the longer way. */
function onceEach(drafts: readonly Arriving[]): (Arriving & { readonly newcomer: Newcomer })[] {
  const numbers = Map.groupBy(drafts, ({ row }) => row.reading.phone);
  return drafts.flatMap((draft) => {
    const { newcomer, reading } = draft.row;
    const isAlone = numbers.get(reading.phone)?.length === 1;
    return newcomer !== undefined && isAlone ? [Object.assign({}, draft, { newcomer })] : [];
  });
}
