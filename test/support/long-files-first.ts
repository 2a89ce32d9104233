import { BaseSequencer, type TestSpecification } from 'vitest/node';
import { relative } from 'node:path';

/** Seconds on a quiet machine of two cores of the files that take long; all others take one or two, those without services less. */
export const SECONDS: Readonly<Record<string, number>> = {
  'test/end-to-end/documents.test.ts': 75,
  'test/pages/console.browser.test.ts': 75,
  'test/end-to-end/kill.test.ts': 70,
  'test/end-to-end/shop.test.ts': 70,
  'test/end-to-end/attack.test.ts': 65,
  'test/end-to-end/external.test.ts': 60,
  'test/end-to-end/clinic.test.ts': 60,
  'test/pages/desk.browser.test.ts': 45,
  'test/end-to-end/year.test.ts': 45,
  'test/end-to-end/public-server.test.ts': 45,
  'test/end-to-end/journal.test.ts': 45,
  'test/http/budget-bounds.test.ts': 60,
  'test/http/mount-growth.test.ts': 40,
  'test/embedded/reach.test.ts': 20,
  'test/pages/form.browser.test.ts': 40,
  'test/end-to-end/demo.test.ts': 35,
  'test/pages/opt-out.browser.test.ts': 30,
  'test/end-to-end/restore.test.ts': 30,
  'test/end-to-end/erasure.test.ts': 25,
  'test/pages/story.browser.test.ts': 25,
  'test/pages/practice.browser.test.ts': 25,
  'test/pages/handset.browser.test.ts': 25,
  'test/end-to-end/traces.test.ts': 20,
  'test/end-to-end/bill.test.ts': 30,
  'test/pages/calendar.browser.test.ts': 8,
  'test/pages/unpacked.browser.test.ts': 8,
  'test/journal/locks.test.ts': 40,
  'test/http/booking-queue.test.ts': 25,
  'test/embedded/supervisor.test.ts': 25,
  'test/embedded/postgres.test.ts': 25,
  'test/gateways/kill.test.ts': 25,
  'test/messages/rate.test.ts': 22,
  'test/temporal/housekeeper.test.ts': 20,
  'test/reminders/import-bookings.test.ts': 15,
  'test/http/services-subscriptions.test.ts': 15,
  'test/messages/kill.test.ts': 15,
  'test/embedded/temporal.test.ts': 15,
  'test/contacts/import-parking.test.ts': 35,
  'test/database/ended-transactions.test.ts': 60,
  'test/contacts/eligibility.test.ts': 15,
  'test/contacts/import-shop.test.ts': 14,
  'test/reminders/series-plan.test.ts': 14,
  'test/workflows/small-stories.test.ts': 14,
  'test/workflows/campaign.test.ts': 13,
  'test/messages/recorder.test.ts': 13,
  'test/messages/learning.test.ts': 13,
  'test/http/clinic-appointments.test.ts': 12,
  'test/http/import-bounds.test.ts': 12,
  'test/gateways/smpp/words.test.ts': 12,
  'test/reminders/series-model.test.ts': 12,
  'test/reminders/planner-sends.test.ts': 12,
  'test/gateways/fail-over.test.ts': 12,
  'test/law/oracle/oracle.test.ts': 15,
  'test/law/random-moments.test.ts': 12,
  'test/law/oracle/reminder-oracle.test.ts': 10,
  'test/pure/contacts/audit-base.test.ts': 12,
  'test/pure/patterns/growth.test.ts': 10,
  'test/pure/contacts/file-readers.test.ts': 6,
  'test/pure/law-calendar.test.ts': 8,
  'test/gateways/conformance/conformance.test.ts': 12,
  'test/gateways/smpp/fuzz.test.ts': 11,
  'test/gateways/smpp/session.test.ts': 11,
  'test/activities/activities.test.ts': 11,
  'test/workflows/campaign-shard.test.ts': 11,
  'test/temporal/worker-pool.test.ts': 11,
  'test/http/server.test.ts': 10,
  'test/http/public-form.test.ts': 10,
  'test/database/index-move.test.ts': 10,
  'test/journal/journal.test.ts': 10,
  'test/replay/replay.test.ts': 10,
  'test/messages/resolve-uncertain.test.ts': 10,
  'test/http/evidence.test.ts': 10,
  'test/http/live.test.ts': 9,
  'test/messages/stop.test.ts': 8,
  'test/temporal/session.test.ts': 8,
  'test/temporal/conductor.test.ts': 8,
  'test/workflows/reminder-series.test.ts': 8,
};
/** What a test file takes, about. */
export const secondsOf = (file: string, project: string): number =>
  SECONDS[file] ?? (project === 'pure' ? 0.3 : 2);
/** They start whole instances, and mostly wait for them. */
export const WHOLE_INSTANCE = /^test\/end-to-end\/|\.browser\.test\.ts$/;
/** With three at once on two cores, tests waited in vain. */
const INSTANCES = 2;

interface Timed {
  readonly seconds: number;
}

interface File extends Timed {
  readonly spec: TestSpecification;
  readonly isWhole: boolean;
}

/**
 * Orders files so that no long one is left for the end, alone.
 *
 * Files of whole instances run beside files that compute: one at a time where two files run at a time, else two.
 */
export default class LongFilesFirst extends BaseSequencer {
  override async sort(specs: TestSpecification[]): Promise<TestSpecification[]> {
    const all = specs.map((spec) => this.#timed(spec)).toSorted((one, other) => other.seconds - one.seconds);
    const [whole, others] = [all.filter(({ isWhole }) => isWhole), all.filter(({ isWhole }) => !isWhole)];
    return sideBySide(whole, byProject(others), this.ctx.config.maxWorkers).map(({ spec }) => spec);
  }

  #timed(spec: TestSpecification): File {
    const name = relative(this.ctx.config.root, spec.moduleId);
    return { spec, seconds: secondsOf(name, spec.project.name), isWhole: WHOLE_INSTANCE.test(name) };
  }
}

/** Those of one project after each other, so that the next one finds the modules read; the shortest files last. */
function byProject(files: readonly File[]): readonly File[] {
  return [...Map.groupBy(files, ({ spec }) => spec.project.name).entries()]
    .toSorted(([one], [other]) => other.localeCompare(one))
    .flatMap(([, some]) => some);
}

/** One of the first whenever one before it will have ended, by the seconds of the second that run beside them. */
export function sideBySide<T extends Timed>(
  first: readonly T[],
  second: readonly T[],
  workers: number,
): readonly T[] {
  const ends = Array.from({ length: Math.max(1, Math.min(INSTANCES, workers - 1)) }, () => 0);
  const beside = Math.max(1, workers - ends.length);
  const order: T[] = [];
  let [taken, seconds] = [0, 0];
  for (const file of first) {
    const begins = Math.min(...ends);
    for (let next = second[taken]; next !== undefined && seconds < begins; next = second[taken]) {
      order.push(next);
      taken += 1;
      seconds += next.seconds / beside;
    }
    order.push(file);
    ends[ends.indexOf(begins)] = begins + file.seconds;
  }
  return [...order, ...second.slice(taken)];
}
