import type { Clock, Database, Plan, PlanReason } from '../../platform/index.ts';
import { ReaderStopped } from './file-thread.ts';
import { isOpen, type ImportKey } from './import-opening.ts';
import { readingPlan } from './import-progress.ts';
import { lockImport, noteStop, parkImport } from './import.repository.ts';
import { reasonWords, type Words } from '../../words/index.ts';

/** A machine may stall once, and a row may be read beside something large; a second time it is the row. */
const MOST_STOPS_AT_LINE = 2;
/** Without a merge meanwhile, so many tries are enough, whatever rows they stopped at. */
const MOST_STOPS_AT_CURSOR = 5;

interface ParkingDeps {
  readonly database: Database;
  readonly clock: Clock;
  readonly signal?: AbortSignal | undefined;
}

/** Reads a file; one that stops its reader twice at one row, or too often without a merge, is parked, and its row named. */
export async function parkedWhenStopped(
  deps: ParkingDeps,
  key: ImportKey,
  read: () => Promise<Plan<PlanReason>>,
): Promise<Plan<PlanReason>> {
  try {
    return await read();
  } catch (cause) {
    // On shutdown the row stays where the last merge left it.
    if (deps.signal?.aborted === true && cause === deps.signal.reason) return readingPlan(undefined);
    if (!(cause instanceof ReaderStopped)) throw cause;
    return stoppedAt(deps, key, cause.line);
  }
}

/** Compares by the cursor: merges since then are behind the row. */
const stoppedAt = (
  { database, clock }: ParkingDeps,
  { tenantId, importId }: ImportKey,
  line: number,
): Promise<Plan<PlanReason>> =>
  database.withTenant(tenantId, async (tx) => {
    const record = await lockImport(tx, importId);
    if (record === undefined || !isOpen(record)) return over('FINISHED', reasonWords('fileOver'));
    const { stops, offset = 0 } = record.cursor;
    const lines = [...((stops?.offset === offset ? stops.lines : undefined) ?? []), line];
    const atLine = lines.filter((one) => one === line).length;
    if (atLine < MOST_STOPS_AT_LINE && lines.length < MOST_STOPS_AT_CURSOR) {
      await noteStop(tx, importId, { offset, lines });
      return readingPlan(record);
    }
    await parkImport(tx, importId, {
      failure: { code: 'ROW_STOPS_READER', line },
      at: clock.now().toISO(),
    });
    return over('PARKED', reasonWords('rowStops', { line }));
  });

const over = (code: string, text: Words): Plan<PlanReason> => ({ kind: 'done', because: { code, text } });
