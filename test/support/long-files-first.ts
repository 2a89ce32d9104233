import { BaseSequencer, type TestSpecification } from 'vitest/node';
import { relative } from 'node:path';
import { cases } from './cases.ts';

/** Seconds beside others on two cores of the files that take long, by day and at night; all others take one or two, those without services less. */
export const SECONDS: Readonly<Record<string, number>> = {
  'test/end-to-end/shop.test.ts': cases(0.1, 130),
  'test/end-to-end/account.test.ts': cases(0.1, 100),
  'test/end-to-end/year.test.ts': cases(0.1, 60),
  'test/end-to-end/external.test.ts': cases(0.1, 60),
  'test/end-to-end/attack.test.ts': cases(0.1, 60),
  'test/web/console/trial.browser.test.ts': cases(0.1, 50),
  'test/end-to-end/demo.test.ts': cases(1, 50),
  'test/end-to-end/restore.test.ts': cases(0.1, 37),
  'test/end-to-end/frozen-worker.test.ts': cases(0.1, 35),
  'test/web/console/practice.browser.test.ts': cases(0.1, 35),
  'test/web/sandbox/handset.browser.test.ts': cases(0.1, 35),
  'test/web/console/story.browser.test.ts': cases(0.1, 30),
  'test/end-to-end/bill.test.ts': cases(0.1, 30),
  'test/end-to-end/traces.test.ts': cases(0.1, 20),
  'test/temporal/conducting.test.ts': cases(0.1, 6),
  'test/web/browser/unpacked.browser.test.ts': cases(0.1, 5),
  'test/end-to-end/kill.test.ts': cases(40, 90),
  'test/web/public/form.browser.test.ts': cases(41, 50),
  'test/web/console/console.browser.test.ts': cases(46, 60),
  'test/end-to-end/journal.test.ts': 69,
  'test/end-to-end/documents.test.ts': cases(30, 60),
  'test/end-to-end/clinic.test.ts': cases(24, 60),
  'test/people/import/import-shop.test.ts': cases(37, 60),
  'test/end-to-end/erasure.test.ts': 29,
  'test/sending/pace/rate.test.ts': 36,
  'test/web/server/languages.test.ts': cases(28, 30),
  'test/web/server/budget-bounds.test.ts': 17,
  'test/web/console/hand.browser.test.ts': cases(21, 48),
  'test/sending/batch/kill.test.ts': cases(0.1, 60),
  'test/web/public/inbound-outage.test.ts': cases(14, 44),
  'test/main/embedded/supervisor.test.ts': cases(20, 27),
  'test/gateways/kill.test.ts': cases(14, 90),
  'test/reminders/series/series-plan.test.ts': cases(14, 21),
  'test/law/oracle/oracle.test.ts': cases(26, 90),
  'test/people/import/import-parking.test.ts': 20,
  'test/gateways/smpp/session.test.ts': 13,
  'test/web/api/bookings/booking-cancelled.test.ts': 12,
  'test/gateways/conformance/conformance.test.ts': 7,
  'test/web/console/orders.browser.test.ts': cases(16, 48),
  'test/temporal/frozen-pool.test.ts': 12,
  'test/web/api/people/import-bounds.test.ts': cases(38, 38),
  'test/rotation/index-move.test.ts': 27,
  'test/temporal/conductor.test.ts': 11,
  'test/platform/journal/journal.test.ts': 15,
  'test/web/public/public-form.test.ts': 16,
  'test/platform/journal/locks.test.ts': cases(21, 21),
  'test/platform/journal/neighbours.test.ts': cases(15, 110),
  'test/platform/journal/neighbours-random.test.ts': cases(16, 900),
  'test/web/public/answered-soon.test.ts': 11,
  'test/platform/journal/split-brain.test.ts': 11,
  'test/platform/database/ended-transactions.test.ts': 11,
  'test/people/eligibility/eligibility.test.ts': cases(13, 60),
  'test/sending/pace/learned-rate-limit.test.ts': 15,
  'test/web/api/company/tenant-preview.test.ts': cases(19, 120),
  'test/web/server/mount-growth.test.ts': cases(10, 80),
  'test/pure/web/server/budget-bounds.test.ts': 10,
  'test/web/public/form-attack.test.ts': 10,
  'test/web/public/opt-out.test.ts': 10,
  'test/reminders/steps/correction.test.ts': 10,
  'test/reminders/import/import-bookings.test.ts': cases(6, 20),
  'test/web/api/bookings/booking-queue.test.ts': cases(6, 60),
  'test/main/embedded/postgres.test.ts': cases(7, 22),
  'test/web/public/strangers.test.ts': cases(20, 28),
  'test/main/worker/worker-pace.test.ts': cases(9, 19),
  'test/gateways/smpp/part-ids.test.ts': cases(12, 13),
  'test/replay/replay.test.ts': cases(33, 33),
  'test/web/public/inbound-call.test.ts': cases(12, 15),
  'test/gateways/doctor/doctor.test.ts': cases(8, 24),
  'test/web/sandbox/handset-hand.browser.test.ts': cases(8, 32),
  'test/platform/database/silent-host.test.ts': cases(8, 16),
  'test/web/api/messages/account-trial.test.ts': cases(8, 12),
  'test/sending/uncertain/resolve-uncertain.test.ts': 8,
  'test/gateways/connections.test.ts': 8,
  'test/web/api/bookings/clinic-appointments.test.ts': 8,
  'test/web/public/journal-disk.test.ts': 8,
  'test/gateways/smpp/part-receipts.test.ts': 13,
  'test/workflows/reminder-series.test.ts': 8,
  'test/web/api/messages/live.test.ts': cases(11, 11),
  'test/sending/attempt/recorder.test.ts': cases(15, 15),
  'test/campaigns/run/explain.test.ts': 16,
  'test/sending/batch/explain.test.ts': 12,
  'test/reminders/series/series-model.test.ts': cases(3, 90),
  'test/web/api/bookings/services-subscriptions.test.ts': 15,
  'test/people/import/import-file.test.ts': 10,
  'test/gateways/smpp/words.test.ts': 7,
  'test/activities/activities.test.ts': cases(3, 15),
  'test/workflows/campaign.test.ts': cases(15, 15),
  'test/web/api/bookings/one-planner.test.ts': cases(6, 15),
  'test/main/embedded/temporal.test.ts': cases(6, 10),
  'test/web/api/bookings/closure.test.ts': cases(6, 60),
  'test/sending/batch/window.test.ts': 6,
  'test/pure/main/base-audit.test.ts': cases(8, 8),
  'test/gateways/sandbox/operator.test.ts': 9,
  'test/pure/main/cli/law-calendar.test.ts': cases(8, 11),
  'test/pure/patterns/growth.test.ts': cases(9, 9),
  'test/gateways/smpp/fuzz.test.ts': cases(5, 30),
  'test/gateways/fail-over.test.ts': cases(7, 30),
  'test/web/server/mutations.test.ts': cases(5, 60),
  'test/sending/batch/recounting.test.ts': 5,
  'test/web/api/people/evidence.test.ts': cases(8, 8),
  'test/law/random-moments.test.ts': cases(5, 90),
  'test/gateways/sandbox/sandbox-gateway.test.ts': cases(4, 9),
  'test/temporal/workflow-bundle.test.ts': 4,
  'test/sending/batch/bounds.test.ts': 4,
  'test/sending/batch/own.repository.test.ts': cases(3, 8),
  'test/temporal/worker-pool.test.ts': cases(8, 10),
  'test/web/server/server.test.ts': cases(1, 12),
  'test/workflows/campaign-shard.test.ts': 14,
  'test/workflows/campaign-long.test.ts': 13,
  'test/reminders/series/answers.test.ts': 11,
  'test/sending/attempt/attempt.test.ts': 11,
  'test/web/console/refused-form.test.ts': 11,
  'test/web/server/words.test.ts': 10,
  'test/sending/pace/precedence.test.ts': 9,
  'test/pure/platform/journal/journal.test.ts': 9,
  'test/law/oracle/reminder-oracle.test.ts': 9,
  'test/reminders/series/answer-reminder.test.ts': 8,
  'test/workflows/small-stories.test.ts': 8,
  'test/main/embedded/log-disk.test.ts': 7,
  'test/web/sandbox/law-clock.test.ts': 7,
  'test/temporal/session.test.ts': 7,
  'test/web/api/bookings/appointment.test.ts': 7,
  'test/web/server/secrecy.test.ts': 7,
  'test/operations/seal/seal-opening.test.ts': 6,
  'test/campaigns/audience/audience.repository.test.ts': 6,
  'test/web/console/console.test.ts': 6,
  'test/campaigns/audience/freeze.test.ts': 6,
  'test/pure/sending/pace/learned-limit.test.ts': 6,
  'test/web/console/people.test.ts': 6,
  'test/sending/attempt/stop.test.ts': 6,
  'test/sending/accounts/accounts.test.ts': 6,
  'test/law/calendar/second-source.test.ts': 6,
  'test/web/api/company/journal.test.ts': 6,
  'test/sms/number/phone-number.test.ts': 5,
  'test/pure/patterns/linear.test.ts': 5,
  'test/law/decide/decide.test.ts': 4,
  'test/pure/platform/tracing.test.ts': 4,
  'test/gateways/samples/mutation.test.ts': 4,
  'test/pure/people/import/file-readers.test.ts': 4,
  'test/law/any-question.test.ts': 3,
  'test/law/decide/lawful-moment.test.ts': 3,
  'test/pure/leftover.test.ts': 3,
};
/** What a test file takes, about. */
export const secondsOf = (file: string, project: string): number =>
  SECONDS[file] ?? (project === 'pure' ? 0.3 : 2);
/** They start whole instances or a browser. */
export const WHOLE_INSTANCE = /^test\/end-to-end\/|\.browser\.test\.ts$/;
/** The application serves them within their own process: a browser beside it computes as any file does. */
const SERVED_HERE =
  /^test\/web\/(?:console\/(?:desk|hand)|sandbox\/handset-hand|api\/law\/calendar|browser\/unpacked)\./;
/** They wait for time-outs, outages and processes, and compute little. */
export const WAITING: readonly string[] = [
  'test/web/server/budget-bounds.test.ts',
  'test/web/public/inbound-outage.test.ts',
  'test/main/embedded/supervisor.test.ts',
  'test/people/import/import-parking.test.ts',
  'test/temporal/frozen-pool.test.ts',
  'test/platform/journal/locks.test.ts',
  'test/platform/journal/neighbours.test.ts',
  'test/platform/journal/neighbours-random.test.ts',
  'test/web/public/answered-soon.test.ts',
  'test/platform/database/ended-transactions.test.ts',
  'test/main/worker/worker-pace.test.ts',
  'test/platform/database/silent-host.test.ts',
  'test/web/server/server.test.ts',
];
/** With three at once on two cores, tests waited in vain. */
const INSTANCES = 2;
/** Beside as many that compute as there are cores. */
const COMPUTING = 2;

interface Timed {
  readonly seconds: number;
}

interface File extends Timed {
  readonly spec: TestSpecification;
  readonly waits: boolean;
}

/**
 * Orders files so that no long one is left for the end, alone.
 *
 * Files that mostly wait run beside files that compute: one at a time where two or three files run at a time, else two.
 */
export default class LongFilesFirst extends BaseSequencer {
  override async sort(specs: TestSpecification[]): Promise<TestSpecification[]> {
    const all = specs.map((spec) => this.#timed(spec)).toSorted((one, other) => other.seconds - one.seconds);
    const [waiting, others] = [all.filter(({ waits }) => waits), all.filter(({ waits }) => !waits)];
    return sideBySide(waiting, byProject(others), this.ctx.config.maxWorkers).map(({ spec }) => spec);
  }

  #timed(spec: TestSpecification): File {
    const name = relative(this.ctx.config.root, spec.moduleId);
    const waits = (WHOLE_INSTANCE.test(name) && !SERVED_HERE.test(name)) || WAITING.includes(name);
    return { spec, seconds: secondsOf(name, spec.project.name), waits };
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
  const ends = Array.from({ length: Math.max(1, Math.min(INSTANCES, workers - COMPUTING)) }, () => 0);
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
