import { DateTime } from 'luxon';
import { type ProcessClock, type Database, moveClock, readClock, Refusal } from '../../platform/index.ts';
import { nextDue } from '../../operations/index.ts';

/** The law clock as the sandbox shows and moves it. */
export interface LawClock {
  now(): Promise<{ readonly now: string; readonly offsetMs: number }>;
  move(to: string): Promise<void>;
  /** Returns the next moment at which a campaign or series acts; undefined while none waits. */
  next(): Promise<string | undefined>;
}

/** Returns a clock that moves for all processes, when `movable` allows it. */
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
    next: () => nextDue(database, clock.now()),
  };
}
