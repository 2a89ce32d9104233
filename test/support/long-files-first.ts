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
  'test/pages/trial.browser.test.ts': cases(0.1, 50),
  'test/end-to-end/demo.test.ts': cases(1, 50),
  'test/end-to-end/restore.test.ts': cases(0.1, 37),
  'test/end-to-end/frozen-worker.test.ts': cases(0.1, 35),
  'test/pages/practice.browser.test.ts': cases(0.1, 35),
  'test/pages/handset.browser.test.ts': cases(0.1, 35),
  'test/pages/story.browser.test.ts': cases(0.1, 30),
  'test/end-to-end/bill.test.ts': cases(0.1, 30),
  'test/end-to-end/traces.test.ts': cases(0.1, 20),
  'test/temporal/conducting.test.ts': cases(0.1, 6),
  'test/pages/unpacked.browser.test.ts': cases(0.1, 5),
  'test/end-to-end/kill.test.ts': cases(40, 90),
  'test/pages/form.browser.test.ts': cases(41, 50),
  'test/pages/console.browser.test.ts': cases(46, 60),
  'test/end-to-end/journal.test.ts': 69,
  'test/end-to-end/documents.test.ts': cases(30, 60),
  'test/end-to-end/clinic.test.ts': cases(24, 60),
  'test/contacts/import-shop.test.ts': cases(37, 60),
  'test/end-to-end/erasure.test.ts': 29,
  'test/messages/rate.test.ts': 36,
  'test/http/languages.test.ts': cases(28, 30),
  'test/http/budget-bounds.test.ts': 17,
  'test/pages/hand.browser.test.ts': cases(21, 48),
  'test/messages/kill.test.ts': cases(0.1, 60),
  'test/http/hearing-outage.test.ts': cases(14, 44),
  'test/embedded/supervisor.test.ts': cases(20, 27),
  'test/gateways/kill.test.ts': cases(14, 90),
  'test/reminders/series-plan.test.ts': cases(14, 21),
  'test/law/oracle/oracle.test.ts': cases(26, 90),
  'test/contacts/import-parking.test.ts': 20,
  'test/gateways/smpp/session.test.ts': 13,
  'test/http/booking-cancelled.test.ts': 12,
  'test/gateways/conformance/conformance.test.ts': 7,
  'test/pages/desk.browser.test.ts': cases(16, 48),
  'test/temporal/frozen-pool.test.ts': 12,
  'test/http/import-bounds.test.ts': cases(38, 38),
  'test/database/index-move.test.ts': 27,
  'test/temporal/conductor.test.ts': 11,
  'test/journal/journal.test.ts': 15,
  'test/http/public-form.test.ts': 16,
  'test/journal/locks.test.ts': cases(21, 21),
  'test/journal/neighbours.test.ts': cases(15, 110),
  'test/journal/neighbours-random.test.ts': cases(16, 900),
  'test/journal/answered-soon.test.ts': 11,
  'test/journal/split-brain.test.ts': 11,
  'test/database/ended-transactions.test.ts': 11,
  'test/contacts/eligibility.test.ts': cases(13, 60),
  'test/messages/learning.test.ts': 15,
  'test/http/tenant-preview.test.ts': cases(19, 120),
  'test/http/mount-growth.test.ts': cases(10, 80),
  'test/pure/http/budget-bounds.test.ts': 10,
  'test/http/form-attack.test.ts': 10,
  'test/http/opt-out-page.test.ts': 10,
  'test/reminders/correction.test.ts': 10,
  'test/reminders/import-bookings.test.ts': cases(6, 20),
  'test/http/booking-queue.test.ts': cases(6, 60),
  'test/embedded/postgres.test.ts': cases(7, 22),
  'test/http/strangers.test.ts': cases(20, 28),
  'test/database/worker-pace.test.ts': cases(9, 19),
  'test/gateways/smpp/part-ids.test.ts': cases(12, 13),
  'test/replay/replay.test.ts': cases(33, 33),
  'test/http/hearing.test.ts': cases(12, 15),
  'test/gateways/doctor/doctor.test.ts': cases(8, 24),
  'test/pages/handset-hand.browser.test.ts': cases(8, 32),
  'test/database/silent-host.test.ts': cases(8, 16),
  'test/http/account-trial.test.ts': cases(8, 12),
  'test/messages/resolve-uncertain.test.ts': 8,
  'test/gateways/connections.test.ts': 8,
  'test/http/clinic-appointments.test.ts': 8,
  'test/http/journal-disk.test.ts': 8,
  'test/gateways/smpp/part-receipts.test.ts': 13,
  'test/workflows/reminder-series.test.ts': 8,
  'test/http/live.test.ts': cases(11, 11),
  'test/messages/recorder.test.ts': cases(15, 15),
  'test/campaigns/explain.test.ts': 16,
  'test/messages/explain.test.ts': 12,
  'test/reminders/series-model.test.ts': cases(3, 90),
  'test/http/services-subscriptions.test.ts': 15,
  'test/contacts/import-file.test.ts': 10,
  'test/gateways/smpp/words.test.ts': 7,
  'test/activities/activities.test.ts': cases(3, 15),
  'test/workflows/campaign.test.ts': cases(15, 15),
  'test/http/one-planner.test.ts': cases(6, 15),
  'test/embedded/temporal.test.ts': cases(6, 10),
  'test/http/closure.test.ts': cases(6, 60),
  'test/messages/window.test.ts': 6,
  'test/pure/contacts/audit-base.test.ts': cases(8, 8),
  'test/gateways/sandbox/operator.test.ts': 9,
  'test/pure/law-calendar.test.ts': cases(8, 11),
  'test/pure/patterns/growth.test.ts': cases(9, 9),
  'test/gateways/smpp/fuzz.test.ts': cases(5, 30),
  'test/gateways/fail-over.test.ts': cases(7, 30),
  'test/http/mutations.test.ts': cases(5, 60),
  'test/messages/recounting.test.ts': 5,
  'test/http/evidence.test.ts': cases(8, 8),
  'test/law/random-moments.test.ts': cases(5, 90),
  'test/gateways/sandbox/sandbox-gateway.test.ts': cases(4, 9),
  'test/temporal/workflow-bundle.test.ts': 4,
  'test/messages/bounds.test.ts': 4,
  'test/messages/own.repository.test.ts': cases(3, 8),
  'test/temporal/worker-pool.test.ts': cases(8, 10),
  'test/http/server.test.ts': cases(1, 12),
  'test/workflows/campaign-shard.test.ts': 14,
  'test/workflows/campaign-long.test.ts': 13,
  'test/reminders/answers.test.ts': 11,
  'test/messages/attempt.test.ts': 11,
  'test/http/console-again.test.ts': 11,
  'test/http/words.test.ts': 10,
  'test/messages/precedence.test.ts': 9,
  'test/pure/journal/journal.test.ts': 9,
  'test/law/oracle/reminder-oracle.test.ts': 9,
  'test/reminders/answer-reminder.test.ts': 8,
  'test/workflows/small-stories.test.ts': 8,
  'test/embedded/log-disk.test.ts': 7,
  'test/http/law-clock.test.ts': 7,
  'test/temporal/session.test.ts': 7,
  'test/http/appointment.test.ts': 7,
  'test/http/secrecy.test.ts': 7,
  'test/tenants/seal-opening.test.ts': 6,
  'test/campaigns/audience.test.ts': 6,
  'test/http/console.test.ts': 6,
  'test/campaigns/freeze.test.ts': 6,
  'test/messages/learned-limit.test.ts': 6,
  'test/http/console-people.test.ts': 6,
  'test/messages/stop.test.ts': 6,
  'test/messages/accounts.test.ts': 6,
  'test/law/calendar/second-source.test.ts': 6,
  'test/http/journal.test.ts': 6,
  'test/sms/phone-number.test.ts': 5,
  'test/pure/patterns/linear.test.ts': 5,
  'test/law/decide.test.ts': 4,
  'test/pure/tracing/tracing.test.ts': 4,
  'test/gateways/samples/mutation.test.ts': 4,
  'test/pure/contacts/file-readers.test.ts': 4,
  'test/law/any-question.test.ts': 3,
  'test/law/lawful-moment.test.ts': 3,
  'test/pure/leftover.test.ts': 3,
};
/** What a test file takes, about. */
export const secondsOf = (file: string, project: string): number =>
  SECONDS[file] ?? (project === 'pure' ? 0.3 : 2);
/** They start whole instances or a browser. */
export const WHOLE_INSTANCE = /^test\/end-to-end\/|\.browser\.test\.ts$/;
/** The application serves them within their own process: a browser beside it computes as any file does. */
const SERVED_HERE = /^test\/pages\/(?:desk|hand|handset-hand|calendar|unpacked)\./;
/** They wait for time-outs, outages and processes, and compute little. */
export const WAITING: readonly string[] = [
  'test/http/budget-bounds.test.ts',
  'test/http/hearing-outage.test.ts',
  'test/embedded/supervisor.test.ts',
  'test/contacts/import-parking.test.ts',
  'test/temporal/frozen-pool.test.ts',
  'test/journal/locks.test.ts',
  'test/journal/neighbours.test.ts',
  'test/journal/neighbours-random.test.ts',
  'test/journal/answered-soon.test.ts',
  'test/database/ended-transactions.test.ts',
  'test/database/worker-pace.test.ts',
  'test/database/silent-host.test.ts',
  'test/http/server.test.ts',
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
