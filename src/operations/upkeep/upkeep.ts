import { instant, type Clock, type Database, type TenantKeys } from '../../platform/index.ts';
import { forgetAnswers, forgetRejected, sweepSilentUploads } from '../../people/index.ts';
import { everyTenant, forgetKeysBefore } from '../../company/index.ts';

/** Days for which rejected rows are kept, for whoever repairs the file. */
const REJECTED_KEPT_DAYS = 30;
/** Codes are counted for a day; a ticket lives two hours. */
const ANSWERS_KEPT_DAYS = 2;
const KEYS_KEPT_MS = 24 * 3_600_000;
/** The rest waits for the next round: no tenant delays the others. */
const MOST_PAGES = 20;

export interface UpkeepDeps {
  readonly database: Database;
  readonly clock: Clock;
  readonly keysOf: (tenantId: string) => Promise<TenantKeys>;
}

/** The counts of one round's removals. */
export interface Forgotten {
  readonly rejectedRows: number;
  readonly uploads: number;
  readonly keys: number;
  /** Of forms: submissions and codes that nothing waits for any more. */
  readonly answers: number;
}

/** Removes, in every tenant, data past its retention; a failure in one tenant stops no other one. */
export async function upkeep(deps: UpkeepDeps): Promise<Forgotten> {
  let forgotten: Forgotten = { rejectedRows: 0, uploads: 0, keys: 0, answers: 0 };
  const failures: unknown[] = [];
  for await (const tenantId of everyTenant((work) => deps.database.outside(work))) {
    const [outcome] = await Promise.allSettled([upkeepOf(deps, tenantId)]);
    if (outcome.status === 'rejected') {
      failures.push(outcome.reason);
      continue;
    }
    const { rejectedRows, uploads, keys, answers } = outcome.value;
    forgotten = {
      rejectedRows: forgotten.rejectedRows + rejectedRows,
      uploads: forgotten.uploads + uploads,
      keys: forgotten.keys + keys,
      answers: forgotten.answers + answers,
    };
  }
  if (failures.length > 0) throw failures[0];
  return forgotten;
}

async function upkeepOf({ database, clock, keysOf }: UpkeepDeps, tenantId: string): Promise<Forgotten> {
  const rejectedBefore = clock.now().minus({ days: REJECTED_KEPT_DAYS }).toISO();
  const answersBefore = clock.now().minus({ days: ANSWERS_KEPT_DAYS }).toISO();
  const keysBefore = instant(clock.machine() - KEYS_KEPT_MS).toISO();
  return {
    rejectedRows: await paged(() =>
      database.withTenant(tenantId, (tx) => forgetRejected(tx, rejectedBefore)),
    ),
    uploads: await sweepSilentUploads({ database, clock, keys: await keysOf(tenantId) }),
    keys: await paged(() => database.withTenant(tenantId, (tx) => forgetKeysBefore(tx, keysBefore))),
    answers: await paged(() => database.withTenant(tenantId, (tx) => forgetAnswers(tx, answersBefore))),
  };
}

/** Removes page after page, each in a transaction of its own, until one is empty. */
async function paged(forget: () => Promise<number>): Promise<number> {
  let sum = 0;
  for (let page = 0; page < MOST_PAGES; page += 1) {
    const gone = await forget();
    sum += gone;
    if (gone === 0) break;
  }
  return sum;
}
