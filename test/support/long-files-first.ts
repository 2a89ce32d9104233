import { BaseSequencer, type TestSpecification } from 'vitest/node';
import { relative } from 'node:path';
import { cases } from './cases.ts';

/** Seconds on a busy machine of two cores of the files that take long; all others take one or two, those without services less. */
export const SECONDS: Readonly<Record<string, number>> = {
  'test/end-to-end/shop.test.ts': cases(0.1, 130),
  'test/end-to-end/account.test.ts': cases(0.1, 100),
  'test/end-to-end/kill.test.ts': 90,
  'test/end-to-end/clinic.test.ts': 79,
  'test/end-to-end/documents.test.ts': 75,
  'test/end-to-end/journal.test.ts': 66,
  'test/pages/console.browser.test.ts': 60,
  'test/end-to-end/attack.test.ts': cases(0.1, 60),
  'test/end-to-end/year.test.ts': cases(0.1, 60),
  'test/end-to-end/external.test.ts': cases(0.1, 60),
  'test/contacts/import-parking.test.ts': 51,
  'test/http/mount-growth.test.ts': 50,
  'test/embedded/supervisor.test.ts': 49,
  'test/pages/form.browser.test.ts': 45,
  'test/http/budget-bounds.test.ts': 45,
  'test/http/hearing-outage.test.ts': 44,
  'test/http/services-subscriptions.test.ts': 43,
  'test/end-to-end/restore.test.ts': 42,
  'test/http/console-again.test.ts': 42,
  'test/embedded/postgres.test.ts': 41,
  'test/gateways/kill.test.ts': 41,
  'test/embedded/temporal.test.ts': 41,
  'test/end-to-end/erasure.test.ts': 40,
  'test/journal/locks.test.ts': 40,
  'test/pages/opt-out.browser.test.ts': 39,
  'test/contacts/import-shop.test.ts': 39,
  'test/replay/replay.test.ts': 35,
  'test/pages/handset.browser.test.ts': cases(0.1, 35),
  'test/http/tenant-preview.test.ts': 35,
  'test/http/strangers.test.ts': 34,
  'test/http/booking-queue.test.ts': 34,
  'test/contacts/eligibility.test.ts': 33,
  'test/pages/desk.browser.test.ts': 33,
  'test/end-to-end/demo.test.ts': 32,
  'test/end-to-end/frozen-worker.test.ts': 32,
  'test/http/clinic-appointments.test.ts': 32,
  'test/http/import-bounds.test.ts': 30,
  'test/end-to-end/bill.test.ts': cases(0.1, 30),
  'test/pages/story.browser.test.ts': cases(0.1, 30),
  'test/reminders/import-bookings.test.ts': 29,
  'test/gateways/doctor/doctor.test.ts': 29,
  'test/http/languages.test.ts': 28,
  'test/pages/trial.browser.test.ts': 27,
  'test/end-to-end/public-server.test.ts': 26,
  'test/gateways/smpp/words.test.ts': 24,
  'test/pages/practice.browser.test.ts': 24,
  'test/messages/kill.test.ts': 23,
  'test/messages/rate.test.ts': 22,
  'test/reminders/series-model.test.ts': 22,
  'test/http/live.test.ts': 21,
  'test/workflows/reminder-series.test.ts': 20,
  'test/end-to-end/traces.test.ts': cases(0.1, 20),
  'test/reminders/series-plan.test.ts': 20,
  'test/messages/bounds.test.ts': 19,
  'test/http/booking-cancelled.test.ts': 18,
  'test/database/ended-transactions.test.ts': 18,
  'test/law/oracle/oracle.test.ts': 18,
  'test/http/words.test.ts': 18,
  'test/pure/contacts/audit-base.test.ts': 18,
  'test/messages/learning.test.ts': 16,
  'test/embedded/reach.test.ts': 16,
  'test/gateways/fail-over.test.ts': 16,
  'test/database/silent-host.test.ts': 16,
  'test/gateways/smpp/fuzz.test.ts': 15,
  'test/pure/law-calendar.test.ts': 15,
  'test/gateways/conformance/conformance.test.ts': 15,
  'test/campaigns/explain.test.ts': 15,
  'test/http/one-planner.test.ts': 15,
  'test/messages/recorder.test.ts': 14,
  'test/activities/activities.test.ts': 14,
  'test/messages/attempt.test.ts': 14,
  'test/http/account-trial.test.ts': 14,
  'test/messages/own.repository.test.ts': 14,
  'test/gateways/smpp/part-ids.test.ts': 13,
  'test/database/index-move.test.ts': 13,
  'test/gateways/smpp/session.test.ts': 13,
  'test/http/hearing.test.ts': 13,
  'test/journal/journal.test.ts': 12,
  'test/pure/http/budget-bounds.test.ts': 12,
  'test/workflows/campaign.test.ts': 12,
  'test/http/opt-out-page.test.ts': 11,
  'test/http/form-attack.test.ts': 11,
  'test/http/public-form.test.ts': 11,
  'test/http/server.test.ts': 11,
  'test/messages/explain.test.ts': 11,
  'test/pure/patterns/growth.test.ts': 10,
  'test/http/mutations.test.ts': 10,
  'test/law/random-moments.test.ts': 10,
  'test/http/evidence.test.ts': 10,
  'test/reminders/correction.test.ts': 10,
  'test/temporal/session.test.ts': 9,
  'test/gateways/sandbox/sandbox-gateway.test.ts': 9,
  'test/messages/precedence.test.ts': 9,
  'test/pages/unpacked.browser.test.ts': 9,
  'test/messages/recounting.test.ts': 8,
  'test/messages/resolve-uncertain.test.ts': 8,
  'test/messages/window.test.ts': 8,
  'test/temporal/conductor.test.ts': 8,
  'test/campaigns/audience.test.ts': 8,
  'test/journal/database-disk.test.ts': 8,
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
