import { DateTime } from 'luxon';
import {
  type ProcessClock,
  type Database,
  moveClock,
  readClock,
  reopenAbandoned,
  Refusal,
} from '../../platform/index.ts';
import { dueWork } from '../../temporal/due-work.repository.ts';

/** The law clock as the sandbox shows and moves it. */
export interface LawClock {
  now(): Promise<{ readonly now: string; readonly offsetMs: number }>;
  move(to: string): Promise<void>;
  /** When the next campaign or series acts; undefined while none waits. */
  next(): Promise<string | undefined>;
}

/** Rows that are late are being woken right now; behind so many of them nothing is told. */
const LOOKS_AMONG = 1_000;

/** A clock that moves for all processes, when `movable` says that it may. */
export function lawClock(database: Database, clock: ProcessClock, movable: boolean): LawClock {
  return {
    now: async () => {
      const reading = await database.outside((tx) => clock.follow(() => readClock(tx)));
      return { now: clock.now().toISO(), offsetMs: reading.offsetMs };
    },
    move: async (to) => {
      if (!movable) throw new Refusal('CLOCK_NOT_MOVABLE');
      const toMs = DateTime.fromISO(to, { setZone: true }).toMillis();
      if (!Number.isSafeInteger(toMs)) throw new Refusal('DATE_INVALID');
      await moveClock(database, {
        toMs,
        machine: () => clock.machine(),
        follow: (read) => clock.follow(read),
      });
    },
    next: async () => {
      const now = clock.now();
      const waiting = await dueWork(database, 'infinity', LOOKS_AMONG);
      const ahead = waiting.map(({ dueAt }) => DateTime.fromSQL(dueAt)).find((at) => at > now);
      return ahead?.toUTC().toISO() ?? undefined;
    },
  };
}

/** Compares clocks once; a gate left closed by a mover that died is opened. */
export async function readLawClock(database: Database, clock: ProcessClock): Promise<void> {
  const reading = await database.outside((tx) => clock.follow(() => readClock(tx)));
  if (reading.moving) await database.outside(reopenAbandoned);
}
