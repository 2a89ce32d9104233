import { WorkflowNotFoundError, ScheduleAlreadyRunning, type Client } from '@temporalio/client';
import { queues } from '../../workflows/settings.ts';
import { type ConductDeps, inTime, signalWithStart, start, type Address } from './dispatcher.ts';
import { localesOnce, openWork, type OpenWork } from './due-work.repository.ts';
import { BEFORE_ALL } from '../platform/index.ts';
import { eachWithin } from '../base/index.ts';
import { summariesIn } from '../words/index.ts';

/** The one workflow that always runs: where it is missing, Temporal was emptied. */
export const SEAL_WORKFLOW = 'instance/seal';

const LATE_MS = 60_000;
const EVERY_MS = 60_000;
const PAGE = 500;
/** A bounded rate: the scheduler signals due work meanwhile. */
const AT_ONCE = 16;

/** Compares open rows with Temporal, and starts missing workflows; PostgreSQL is the truth. */
export class Reconciler {
  readonly #deps: ConductDeps;
  readonly #page: number;
  #lookedAt = Number.NEGATIVE_INFINITY;
  #isScheduled = false;

  constructor(deps: ConductDeps, { page = PAGE }: { readonly page?: number } = {}) {
    this.#deps = deps;
    this.#page = page;
  }

  /** Looks after a start, after an outage and each minute; starts everything where Temporal was emptied. */
  async reconcile(): Promise<void> {
    const { clock, log } = this.#deps;
    try {
      const isEmptied = await this.#isEmptied();
      if (isEmptied || !this.#isScheduled) {
        await inTime(this.#deps, () => ensureHousekeeping(this.#deps.temporal.client));
        this.#isScheduled = true;
      }
      if (isEmptied) {
        const started = await this.#startAll('infinity');
        await this.#leaveMark();
        if (started > 0) log.warn({ started }, 'Temporal was empty: all open workflows were started');
      } else if (clock.monotonic() - this.#lookedAt >= EVERY_MS) {
        await this.#startAll(clock.now().minus(LATE_MS).toISO());
      } else {
        return;
      }
      this.#lookedAt = clock.monotonic();
    } catch (error) {
      this.#lookedAt = Number.NEGATIVE_INFINITY;
      throw error;
    }
  }

  async #isEmptied(): Promise<boolean> {
    try {
      const { client } = this.#deps.temporal;
      const { status } = await inTime(this.#deps, () => client.workflow.getHandle(SEAL_WORKFLOW).describe());
      return status.name !== 'RUNNING';
    } catch (error) {
      if (error instanceof WorkflowNotFoundError) return true;
      throw error;
    }
  }

  /** Only once everything was started: a crash before makes the next process begin anew. */
  async #leaveMark(): Promise<void> {
    await inTime(this.#deps, () =>
      this.#deps.temporal.client.workflow.start('seal', {
        workflowId: SEAL_WORKFLOW,
        taskQueue: queues.orchestration,
        workflowIdConflictPolicy: 'USE_EXISTING',
        staticSummary: summariesIn().seal,
      }),
    );
  }

  /** A refusal by Temporal concerns one workflow; where it takes none of a page it is away. */
  async #startAll(lateBefore: string): Promise<number> {
    let started = 0;
    let failure: PromiseRejectedResult | undefined;
    const locales = localesOnce(this.#deps.database);
    for (let after = BEFORE_ALL; ;) {
      const page = await openWork(this.#deps.database, lateBefore, { after, most: this.#page });
      const outcomes = await eachWithin(AT_ONCE, page, (work) =>
        inTime(this.#deps, async () => this.#restart(work, await locales(work.tenantId))),
      );
      const failed = outcomes.filter((outcome) => outcome.status === 'rejected');
      failure ??= failed[0];
      started += page.length - failed.length;
      const last = page.at(-1);
      const isAway = page.length > 0 && failed.length === page.length;
      if (last === undefined || page.length < this.#page || isAway) break;
      after = last.id;
    }
    if (failure !== undefined) throw failure.reason;
    return started;
  }

  /** A campaign is always listed, and so not logged each minute; the others are late. */
  async #restart(work: OpenWork, locale: string): Promise<void> {
    const address = { ...addressOf(work), locale };
    if (work.kind === 'campaign' || work.kind === 'import' || work.kind === 'erasure')
      return start(this.#deps, address);
    return signalWithStart(this.#deps, address, 'replan');
  }
}

/** Retention ends by the day; a round finds little, and the next is never far. */
const EVERY = '6 hours';

/** Ensures that Temporal schedules housekeeping; an existing schedule, changed by an operator or not, stays. */
async function ensureHousekeeping(client: Client): Promise<void> {
  try {
    await client.schedule.create({
      scheduleId: 'housekeeping',
      spec: { intervals: [{ every: EVERY }] },
      policies: { overlap: 'SKIP', catchupWindow: '1 hour' },
      action: {
        type: 'startWorkflow',
        workflowType: 'housekeeping',
        workflowId: 'housekeeping',
        taskQueue: queues.orchestration,
        args: [{}],
        staticSummary: summariesIn().housekeeping,
      },
    });
  } catch (error) {
    if (!(error instanceof ScheduleAlreadyRunning)) throw error;
  }
}

export function addressOf({ kind, id, tenantId }: OpenWork): Omit<Address, 'locale'> {
  switch (kind) {
    case 'series':
      return { workflow: 'reminderSeries', workflowId: `series/${id}`, input: { tenantId, seriesId: id } };
    case 'campaign':
      return { workflow: 'campaign', workflowId: `campaign/${id}`, input: { tenantId, campaignId: id } };
    case 'import':
      return { workflow: 'importContacts', workflowId: `import/${id}`, input: { tenantId, importId: id } };
    case 'erasure':
      return { workflow: 'erasure', workflowId: `erasure/${id}`, input: { tenantId, erasureId: id } };
    case 'acknowledgements':
      return {
        workflow: 'acknowledgements',
        workflowId: `acknowledgements/${tenantId}`,
        input: { tenantId },
      };
    default:
      return kind satisfies never;
  }
}
