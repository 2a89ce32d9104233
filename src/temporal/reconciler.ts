import { WorkflowNotFoundError, ScheduleAlreadyRunning, type Client } from '@temporalio/client';
import { queues } from '../../workflows/settings.ts';
import { type ConductDeps, inTime, signalWithStart, start, type Address } from './dispatcher.ts';
import { localesOnce, openWork, type OpenWork } from './due-work.repository.ts';
import { BEFORE_ALL } from '../platform/index.ts';
import { eachWithin } from '../base/index.ts';
import { summariesIn } from '../words/index.ts';

/** The id of the one workflow that always runs: when it is missing, Temporal was emptied. */
export const SEAL_WORKFLOW = 'instance/seal';

const LATE_MS = 60_000;
const EVERY_MS = 60_000;
const PAGE = 500;
/** Starts at once: few, since the scheduler signals due work meanwhile. */
const AT_ONCE = 16;

/**
 * Compares the open rows of PostgreSQL, which are the truth, with Temporal, and starts workflows that are missing
 * there.
 */
export class Reconciler {
  readonly #deps: ConductDeps;
  readonly #page: number;
  #lookedAt = Number.NEGATIVE_INFINITY;
  #isScheduled = false;

  constructor(deps: ConductDeps, { page = PAGE }: { readonly page?: number } = {}) {
    this.#deps = deps;
    this.#page = page;
  }

  /**
   * Starts the workflows of late rows, at a start, after an outage and then each minute; starts all open work when
   * Temporal was emptied.
   */
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
        await this.#startSeal();
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

  /** Called once everything was started, so that after a crash in between the next process starts everything again. */
  async #startSeal(): Promise<void> {
    await inTime(this.#deps, () =>
      this.#deps.temporal.client.workflow.start('seal', {
        workflowId: SEAL_WORKFLOW,
        taskQueue: queues.orchestration,
        workflowIdConflictPolicy: 'USE_EXISTING',
        staticSummary: summariesIn().seal,
      }),
    );
  }

  /**
   * Returns the number of workflows started. A refusal concerns one workflow; when all of a page fail, Temporal is
   * away.
   */
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

  /** Starts a workflow; those that plan again at a signal and are late are signalled as well. */
  async #restart(work: OpenWork, locale: string): Promise<void> {
    const address = { ...addressOf(work), locale };
    if (work.kind === 'campaign' || work.kind === 'import' || work.kind === 'erasure')
      return start(this.#deps, address);
    return signalWithStart(this.#deps, address, 'replan');
  }
}

/** Retention is counted in days, so that a round every few hours finds little and is never late by much. */
const EVERY = '6 hours';

/** Makes the schedule of housekeeping in Temporal unless it exists: an operator may have changed it. */
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
