import type { Clock } from '../clock.ts';
import type { Database } from '../database/connection.ts';
import type { Plan } from '../messages/plan.ts';
import { ReaderStopped } from './file-thread.ts';
import { isOpen, type ImportKey } from './import-opening.ts';
import { readingPlan } from './import-progress.ts';
import { lockImport, noteStop, parkImport } from './import.repository.ts';

/** A machine may stall once, and a row may have been read beside something large; a second time it is the row. */
const MOST_STOPS = 2;

interface ParkingDeps {
  readonly database: Database;
  readonly clock: Clock;
}

/** Reads a file; one that stops its reader twice at one place is parked, and its row named. */
export async function parkedWhenStopped(
  deps: ParkingDeps,
  key: ImportKey,
  read: () => Promise<Plan>,
): Promise<Plan> {
  try {
    return await read();
  } catch (cause) {
    if (!(cause instanceof ReaderStopped)) throw cause;
    return stoppedAt(deps, key, cause.line);
  }
}

/** Places are told apart by the cursor: whatever was merged since is behind the row. */
const stoppedAt = (
  { database, clock }: ParkingDeps,
  { tenantId, importId }: ImportKey,
  line: number,
): Promise<Plan> =>
  database.withTenant(tenantId, async (tx) => {
    const record = await lockImport(tx, importId);
    if (record === undefined || !isOpen(record)) return over('FINISHED', 'Import terminé.');
    const { stops, offset = 0 } = record.cursor;
    const times = stops?.offset === offset ? stops.times + 1 : 1;
    if (times < MOST_STOPS) {
      await noteStop(tx, importId, { offset, times });
      return readingPlan(record);
    }
    await parkImport(tx, importId, {
      failure: { code: 'ROW_STOPS_READER', line },
      at: clock.now().toISO(),
    });
    return over('PARKED', `La ligne ${line} arrête la lecture.`);
  });

const over = (code: string, text: string): Plan => ({ kind: 'done', because: { code, text } });
