import {
  condition,
  patched,
  CancellationScope,
  ChildWorkflowFailure,
  getExternalWorkflowHandle,
  isCancellation,
  ParentClosePolicy,
  sleep,
  startChild,
  TemporalFailure,
  workflowInfo,
  type ChildWorkflowHandle,
} from '@temporalio/workflow';
import type { BatchIds, CampaignIds, ShardToSend } from '../activities/index.ts';
import { again, conduct, CALLED_BACK, unlessCancelled, WorkflowState } from './conduct.ts';
import { chunk, queues, planning, timeOuts, keys } from './settings.ts';
import { tenantActivities } from './tenant-activities.ts';
import { words } from './words.ts';
import { calledBack, replan } from './messages.ts';

/** Patch: shards under way are called back once the campaign's history is long: the new run starts them again, and waits for none. */
const CALLS_BACK = 'calls-back';

/** Freezes the audience, sends each locality's shards in its own hours, and closes the accounts. */
export async function campaign({ tenantId, campaignId }: CampaignIds): Promise<string> {
  const sending = { tenantId, campaignId };
  const { planCampaign, closeCampaign } = tenantActivities(tenantId, planning);
  const state = new WorkflowState({
    facts: ['changed'],
    ordersOn: { tenantId, workflow: 'campaign', id: campaignId },
  });
  return conduct(state, {
    plan: () => planCampaign(sending),
    send: async () => {
      await sendShards(state, sending);
      return closeCampaign(sending);
    },
    again: () => again<typeof campaign>(sending),
  });
}

/** Sends all open shards; meanwhile shows the progress, and passes signals on. */
async function sendShards(state: WorkflowState, sending: CampaignIds): Promise<void> {
  const { freezeAudience } = tenantActivities(sending.tenantId, {
    ...chunk,
    taskQueue: queues.housekeeping,
    startToCloseTimeout: timeOuts.freezeMs,
    summary: words().freezeAudience,
  });
  const { shards: open } = await freezeAudience(sending);
  const shards = new Shards(sending, {
    counted: (counts) => state.count(counts),
    isLong: () => state.isLong(),
    callsBack: () => patched(CALLS_BACK),
  });
  await Promise.all([shards.runAll(open), watch(state, sending, shards), shards.callBack()]);
}

async function watch(state: WorkflowState, sending: CampaignIds, shards: Shards): Promise<void> {
  const { planCampaign } = tenantActivities(sending.tenantId, planning);
  for (;;) {
    await condition(() => shards.isOver || state.isSignalled());
    if (shards.isOver) return;
    await state.ask(() => planCampaign(sending));
    // Also where the plan has not changed: it does not contain the hours and limits that shards read.
    await shards.signalAll();
  }
}

/** Most shards in flight in each locality: one locality may sleep while another sends. */
const MOST_IN_FLIGHT = 8;
const PATIENCE_MS = 5_000;

interface ShardTerms {
  readonly counted: WorkflowState['count'];
  /** True when a new run of the campaign is to take over: then no further shard is started. */
  readonly isLong: () => boolean;
  /** True when shards are then called back, and get the signals that came while they started. */
  readonly callsBack: () => boolean;
}

class Shards {
  readonly #campaign: CampaignIds;
  readonly #terms: ShardTerms;
  readonly #inFlight = new Map<string, ChildWorkflowHandle<typeof campaignShard>>();
  #open = 0;
  #isOver = false;
  #areCalledBack = false;
  #signalled = 0;

  constructor(ids: CampaignIds, terms: ShardTerms) {
    this.#campaign = ids;
    this.#terms = terms;
  }

  /** Runs all of them, some at a time in each locality. */
  async runAll(shards: readonly ShardToSend[]): Promise<void> {
    this.#open = shards.length;
    this.#isOver = false;
    const localities = Map.groupBy(shards, (shard) => `${shard.territory} ${shard.timeZone ?? ''}`);
    const lanes = [...localities.values()].flatMap((queue) =>
      Array.from({ length: Math.min(MOST_IN_FLIGHT, queue.length) }, () => this.#lane(queue)),
    );
    await Promise.all(lanes);
    this.#isOver = true;
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  /** Passes a signal on to all shards in flight, or calls them back once more. */
  async signalAll(): Promise<void> {
    this.#signalled += 1;
    await Promise.all([...this.#inFlight.values()].map((shard) => this.#signalShard(shard)));
    this.#leaveOff();
  }

  /**
   * Ends all shards for now, before a new run takes over: sleeping ones at once, sending ones after their chunk. A
   * worker of the version before does not know this signal and forgets it. So it is repeated until the last has
   * ended: after seconds, then each time after twice as long, since a run holds only so many events.
   */
  async callBack(): Promise<void> {
    // Not cancellable: a cancelled campaign ends with the failure of its lanes and signals, as before this wait existed.
    await CancellationScope.nonCancellable(() => condition(() => this.#isOver || this.#areCalledBack));
    for (let patienceMs = PATIENCE_MS; !this.#isOver; patienceMs *= 2) {
      await this.signalAll();
      await condition(() => this.#isOver, patienceMs);
    }
  }

  /**
   * Called at each signal and each end of a lane, and not in a condition: a replay evaluates conditions as often. A
   * run that was long already under the version before is checked again at the next of these times.
   */
  #leaveOff(): void {
    if (!this.#areCalledBack && this.#terms.isLong()) this.#areCalledBack = this.#terms.callsBack();
  }

  async #lane(queue: ShardToSend[]): Promise<void> {
    for (let shard = queue.shift(); shard !== undefined && !this.#terms.isLong(); shard = queue.shift()) {
      await this.#run(shard, queue);
    }
    this.#leaveOff();
  }

  async #run(shard: ShardToSend, queue: ShardToSend[]): Promise<void> {
    const signalled = this.#signalled;
    const handle = await this.#start(shard);
    this.#inFlight.set(shard.batchId, handle);
    this.#count();
    try {
      // The shard missed the signals that came while it started, and may have planned before them.
      if (this.#signalled !== signalled && this.#terms.callsBack()) await this.#signalShard(handle);
      const ending = await handle.result();
      if (ending !== CALLED_BACK || !this.#terms.callsBack()) this.#open -= 1;
      else if (!this.#areCalledBack) await this.#putBack(shard, queue);
    } catch (failure) {
      // Ended by hand: its rows are still open, so the campaign runs it again, without haste.
      if (!(failure instanceof ChildWorkflowFailure) || isCancellation(failure)) throw failure;
      await sleep(PATIENCE_MS);
    } finally {
      this.#inFlight.delete(shard.batchId);
      this.#count();
    }
  }

  /** Queues a shard that was called back by hand once more in its locality, without haste. */
  async #putBack(shard: ShardToSend, queue: ShardToSend[]): Promise<void> {
    await sleep(PATIENCE_MS);
    queue.push(shard);
  }

  /** A shard that ended meanwhile needs no signal. */
  #signalShard(shard: ChildWorkflowHandle<typeof campaignShard>): Promise<void> {
    return shard.signal(this.#areCalledBack ? calledBack : replan).catch(unlessCancelled);
  }

  #count(): void {
    this.#terms.counted({ open: this.#open, inFlight: this.#inFlight.size });
  }

  async #start(shard: ShardToSend): Promise<ChildWorkflowHandle<typeof campaignShard>> {
    const workflowId = `campaign/${this.#campaign.campaignId}/shard/${shard.shard}`;
    for (;;) {
      try {
        return await startChild(campaignShard, { workflowId, ...this.#options(shard) });
      } catch (failure) {
        if (!alreadyStarted(failure)) throw failure;
        // The child of a run that is gone: it is cancelled in favour of the new one.
        await getExternalWorkflowHandle(workflowId).cancel().catch(unlessCancelled);
        await sleep(PATIENCE_MS);
      }
    }
  }

  #options({ batchId, shard, territory }: ShardToSend) {
    const { memo } = workflowInfo();
    const input: Shard = { ...this.#campaign, batchId, shard };
    return {
      args: [input] satisfies [Shard],
      workflowTaskTimeout: timeOuts.workflowTaskMs,
      parentClosePolicy: ParentClosePolicy.TERMINATE,
      priority: { fairnessKey: this.#campaign.tenantId },
      staticSummary: words().shard(shard, territory),
      ...(memo === undefined ? {} : { memo }),
      typedSearchAttributes: [
        { key: keys.tenantId, value: this.#campaign.tenantId },
        { key: keys.kind, value: 'campaignShard' },
        { key: keys.territory, value: territory },
      ],
    };
  }
}

// The class is not among what the sandbox exports.
const alreadyStarted = (failure: unknown): boolean =>
  failure instanceof TemporalFailure && failure.name === 'WorkflowExecutionAlreadyStartedError';

/** Patch: a shard ends for now when its campaign calls it back: at once while it sleeps, after its chunk while it sends. */
const COMES_BACK = 'comes-back';

/** A share of a campaign: one locality, some 25,000 to 50,000 people. */
type Shard = CampaignIds & BatchIds & Pick<ShardToSend, 'shard'>;

/** Sends one share of a campaign chunk by chunk, window after window, until it is done. */
export async function campaignShard(shard: Shard): Promise<string> {
  const { tenantId, campaignId, batchId } = shard;
  const summaries = words();
  const { planShard } = tenantActivities(tenantId, { ...planning, summary: summaries.planShard });
  const { sendChunk } = tenantActivities(tenantId, {
    ...chunk,
    taskQueue: queues.bulk,
    // Behind reminders.
    priorityKey: 4,
    summary: summaries.sendChunk,
  });

  // An order given here is given to the whole campaign.
  const state = new WorkflowState({
    ordersOn: { tenantId, workflow: 'campaign', id: campaignId },
    onOrder: () => getExternalWorkflowHandle(`campaign/${campaignId}`).signal(replan).catch(unlessCancelled),
    onCalledBack: () => patched(COMES_BACK),
  });
  return conduct(state, {
    plan: () => planShard({ tenantId, batchId }),
    send: () => sendChunk({ tenantId, batchId }),
    again: () => again<typeof campaignShard>(shard),
  });
}
