import { type Transaction, isSimulated } from '../../platform/index.ts';
import type { ContactDeps } from '../contact/contact.repository.ts';
import type { Grant } from '../consent/grant-grounds.ts';
import type { ReadRow } from './import-row.ts';
import { exactInstant } from '../consent/consent-event.ts';
import { actsOf, indexedNow } from './newcomer.ts';
import {
  copyOfNewcomers,
  insertNewcomers,
  type Arrival,
  type NewcomerCopy,
  type Newcomer,
} from './newcomer.repository.ts';
import type { Granted } from '../consent/record-consents.ts';
import type { Upserted } from '../contact/upsert-contacts.ts';

/** A judged row and its remaining grants. */
export interface Arriving {
  readonly row: ReadRow;
  /** Without the id of the person, who may be new. */
  readonly grants: readonly Grant[];
}

/** The outcome of a newcomer. */
interface Arrived {
  readonly contact: Upserted;
  readonly answers: readonly Granted[];
}

/** The newcomers, by line. */
export type Newcomers = ReadonlyMap<number, Arrived>;

/** Prepared newcomers of a merge, and the answers for those who prove to be new. */
export interface Arrivals {
  readonly arrival: Arrival;
  readonly copy: NewcomerCopy;
  readonly arrivals: readonly {
    readonly line: number;
    readonly id: string;
    readonly answers: readonly Granted[];
  }[];
  /** The index keys and clock revision of this computation: under others it is made anew. */
  readonly under: readonly [indexes: unknown, clockRevision: number];
}

interface Drafted {
  readonly importId: string;
  readonly drafts: readonly Arriving[];
}

/** Prepares the newcomers while the previous merge is written. */
export function arrivalsOf(deps: ContactDeps, { importId, drafts }: Drafted): Arrivals {
  const now = deps.clock.now();
  const arrival = { importId, at: now.toISO(), simulated: isSimulated(deps.clock) };
  const recorded = { recordedAt: exactInstant(now), at: now, simulated: arrival.simulated };
  const people = onceEach(drafts).map(({ newcomer, grants, row: { line } }) => {
    const here = indexedNow(deps, newcomer);
    return { line, newcomer: here, acts: actsOf(deps, { newcomer: here, grants }, recorded) };
  });
  return {
    arrival,
    copy: copyOfNewcomers(
      people,
      people.flatMap(({ acts }) => acts.map(({ act }) => act)),
    ),
    arrivals: people.map(({ line, newcomer: { id }, acts }) => ({
      line,
      id,
      answers: acts.map(({ answer }) => answer),
    })),
    under: computedUnder(deps),
  };
}

const computedUnder = ({ keys, clock }: ContactDeps): Arrivals['under'] => [keys.indexState, clock.revision];

/**
 * Writes newcomers with all their agreements, in bulk; returns them by line. A number with a holder, or that was
 * suppressed before, is left out: its history counts.
 */
export async function receiveNewcomers(
  tx: Transaction,
  deps: ContactDeps,
  { ready: made, ...drafted }: Drafted & { readonly ready?: Arrivals },
): Promise<Newcomers> {
  const ready = made ?? arrivalsOf(deps, drafted);
  const isCurrent = computedUnder(deps).every((one, turn) => one === ready.under[turn]);
  const { arrival, copy, arrivals } = isCurrent ? ready : arrivalsOf(deps, drafted);
  if (arrivals.length === 0) return new Map();
  const known = await insertNewcomers(tx, arrival, copy);
  return new Map(
    arrivals
      .filter(({ id }) => !known.has(id))
      .map(({ line, id, answers }) => [
        line,
        { contact: { id, outcome: 'created', nameConflict: false }, answers },
      ]),
  );
}

/** Two rows of one number belong together, and take the full path. */
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
