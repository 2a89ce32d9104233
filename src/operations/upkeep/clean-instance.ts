import { Duration } from 'luxon';
import { LOG_KEPT, TEXT_KEPT, frenchDay } from '../../law/index.ts';
import { instant, type Clock, type Database, type Transaction } from '../../platform/index.ts';
import { dropMonths, forgetInbound, forgetReceipts } from '../../sending/index.ts';

/** The dependencies of cleaning the rows of no tenant. */
export interface InstanceCleaning {
  readonly database: Database;
  readonly clock: Clock;
  /** Removes the calls of trials at operators that ended before an instant of the machine clock. */
  readonly forgetTrialCalls: (tx: Transaction, at: string) => Promise<unknown>;
}

const MOST_PAGES = 200;

/** Removes what the instance keeps no longer: calls of operators, people's messages that had their effect, old months. */
export async function cleanInstance({ database, clock, forgetTrialCalls }: InstanceCleaning): Promise<void> {
  const inbox = Duration.fromISO(TEXT_KEPT.on(frenchDay(clock.now())));
  const machine = instant(clock.machine());
  const outside = (work: (tx: Transaction) => Promise<number>) => paged(() => database.outside(work));
  await database.outside((tx) => forgetTrialCalls(tx, machine.toISO()));
  await outside((tx) => forgetReceipts(tx, machine.minus(inbox).toISO()));
  await outside((tx) => forgetInbound(tx, clock.now().minus(inbox).toISO()));
  const keptSince = clock
    .now()
    .minus(Duration.fromISO(LOG_KEPT.on(frenchDay(clock.now()))))
    .toISO();
  await database.outside((tx) => dropMonths(tx, { machine: machine.toISO(), keptSince }));
}

async function paged(work: () => Promise<number>): Promise<void> {
  for (let pages = 0; pages < MOST_PAGES; pages += 1) if ((await work()) === 0) return;
}
