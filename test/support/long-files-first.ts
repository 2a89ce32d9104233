import { BaseSequencer, type TestSpecification } from 'vitest/node';
import { relative } from 'node:path';
import { cases } from './cases.ts';

/** Seconds beside two other files on two cores of the files that take long; all others take one or two, those without services less. */
export const SECONDS: Readonly<Record<string, number>> = {
  'test/end-to-end/shop.test.ts': cases(0.1, 130),
  'test/end-to-end/account.test.ts': cases(0.1, 100),
  'test/end-to-end/year.test.ts': cases(0.1, 60),
  'test/end-to-end/external.test.ts': cases(0.1, 60),
  'test/end-to-end/attack.test.ts': cases(0.1, 60),
  'test/end-to-end/kill.test.ts': 53,
  'test/pages/trial.browser.test.ts': cases(0.1, 50),
  'test/end-to-end/demo.test.ts': cases(3, 50),
  'test/http/hearing-outage.test.ts': 44,
  'test/pages/console.browser.test.ts': 43,
  'test/end-to-end/journal.test.ts': 42,
  'test/embedded/supervisor.test.ts': 38,
  'test/end-to-end/restore.test.ts': 37,
  'test/end-to-end/clinic.test.ts': 36,
  'test/end-to-end/frozen-worker.test.ts': cases(30, 35),
  'test/pages/practice.browser.test.ts': cases(0.1, 35),
  'test/pages/handset.browser.test.ts': cases(0.1, 35),
  'test/pages/opt-out.browser.test.ts': 34,
  'test/pages/form.browser.test.ts': 33,
  'test/contacts/import-parking.test.ts': 32,
  'test/pages/story.browser.test.ts': cases(0.1, 30),
  'test/end-to-end/documents.test.ts': 30,
  'test/end-to-end/bill.test.ts': cases(0.1, 30),
  'test/http/budget-bounds.test.ts': 29,
  'test/http/strangers.test.ts': 28,
  'test/end-to-end/erasure.test.ts': 27,
  'test/contacts/import-shop.test.ts': 27,
  'test/http/mount-growth.test.ts': 25,
  'test/http/languages.test.ts': 22,
  'test/pages/desk.browser.test.ts': 22,
  'test/journal/locks.test.ts': 20,
  'test/pages/hand.browser.test.ts': 16,
  'test/messages/rate.test.ts': 20,
  'test/end-to-end/traces.test.ts': cases(0.1, 20),
  'test/gateways/doctor/doctor.test.ts': 19,
  'test/replay/replay.test.ts': 18,
  'test/end-to-end/public-server.test.ts': 18,
  'test/reminders/series-plan.test.ts': 17,
  'test/http/tenant-preview.test.ts': 17,
  'test/http/booking-queue.test.ts': 17,
  'test/reminders/import-bookings.test.ts': 17,
  'test/embedded/postgres.test.ts': 17,
  'test/law/oracle/oracle.test.ts': 16,
  'test/messages/kill.test.ts': 16,
  'test/http/import-bounds.test.ts': 15,
  'test/messages/learning.test.ts': 15,
  'test/gateways/kill.test.ts': 15,
  'test/contacts/eligibility.test.ts': 15,
  'test/messages/recorder.test.ts': 14,
  'test/database/silent-host.test.ts': 14,
  'test/database/ended-transactions.test.ts': 13,
  'test/gateways/smpp/part-ids.test.ts': 13,
  'test/gateways/smpp/session.test.ts': 13,
  'test/workflows/campaign.test.ts': 12,
  'test/http/one-planner.test.ts': 12,
  'test/gateways/conformance/conformance.test.ts': 12,
  'test/pure/patterns/growth.test.ts': 11,
  'test/journal/journal.test.ts': 11,
  'test/reminders/series-model.test.ts': 11,
  'test/http/account-trial.test.ts': 11,
  'test/embedded/temporal.test.ts': 11,
  'test/http/closure.test.ts': 11,
  'test/messages/bounds.test.ts': 11,
  'test/http/hearing.test.ts': 11,
  'test/http/evidence.test.ts': 11,
  'test/gateways/smpp/words.test.ts': 11,
  'test/http/mutations.test.ts': 11,
  'test/http/server.test.ts': 11,
  'test/database/index-move.test.ts': 11,
  'test/activities/activities.test.ts': 11,
  'test/gateways/smpp/fuzz.test.ts': 10,
  'test/http/form-attack.test.ts': 10,
  'test/pure/contacts/audit-base.test.ts': 10,
  'test/http/public-form.test.ts': 10,
  'test/http/live.test.ts': 9,
  'test/gateways/fail-over.test.ts': 9,
  'test/http/opt-out-page.test.ts': 9,
  'test/http/booking-cancelled.test.ts': 8,
  'test/temporal/conductor.test.ts': 8,
  'test/gateways/sandbox/sandbox-gateway.test.ts': 8,
  'test/http/clinic-appointments.test.ts': 8,
  'test/http/journal-disk.test.ts': 8,
  'test/temporal/workflow-bundle.test.ts': 8,
  'test/messages/resolve-uncertain.test.ts': 8,
  'test/gateways/connections.test.ts': 8,
  'test/gateways/sandbox/operator.test.ts': 8,
  'test/gateways/smpp/part-receipts.test.ts': 7,
  'test/messages/own.repository.test.ts': 7,
  'test/pure/http/budget-bounds.test.ts': 7,
  'test/workflows/reminder-series.test.ts': 7,
  'test/messages/window.test.ts': 7,
  'test/http/services-subscriptions.test.ts': 7,
  'test/pages/unpacked.browser.test.ts': cases(0.1, 5),
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
  'test/http/hearing-outage.test.ts',
  'test/embedded/supervisor.test.ts',
  'test/contacts/import-parking.test.ts',
  'test/http/budget-bounds.test.ts',
  'test/journal/locks.test.ts',
  'test/database/silent-host.test.ts',
  'test/database/ended-transactions.test.ts',
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
