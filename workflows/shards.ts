import {
  ChildWorkflowFailure,
  getExternalWorkflowHandle,
  isCancellation,
  ParentClosePolicy,
  sleep,
  startChild,
  TemporalFailure,
  type ChildWorkflowHandle,
  type SignalDefinition,
  workflowInfo,
} from '@temporalio/workflow';
import type { CampaignIds, OpenShard } from '../activities/campaigns.ts';
import { unlessCancelled } from './cancellation.ts';
import { campaignShard, type Shard } from './campaign-shard.ts';
import { CALLED_BACK } from './conduct.ts';
import { calledBack, replan } from './messages.ts';
import { keys } from './search-attribute-keys.ts';
import { timeOuts } from './time-outs.ts';
import { words } from './words.ts';

/** In each locality, since one may sleep while another sends. */
const MOST_IN_FLIGHT = 8;
const PATIENCE_MS = 5_000;

/** How many are left, and how many of them are at work. */
export interface Counts {
  readonly open: number;
  readonly inFlight: number;
}

/** What its campaign makes of it. */
interface Presenting {
  /** Told each time one starts or ends. */
  readonly counted: (counts: Counts) => void;
  /** Whether one that just started is told what was said meanwhile. */
  readonly catchesUp: () => boolean;
}

/** The shards of one campaign that are under way. */
export class Shards {
  readonly #campaign: CampaignIds;
  readonly #presenting: Presenting;
  readonly #inFlight = new Map<string, ChildWorkflowHandle<typeof campaignShard>>();
  #open = 0;
  #over = false;
  #callsBack = false;
  #tells = 0;

  constructor(campaign: CampaignIds, presenting: Presenting) {
    this.#campaign = campaign;
    this.#presenting = presenting;
  }

  /** Runs all of them, some at a time in each locality; starts no more once `enough` says so. */
  async runAll(shards: readonly OpenShard[], enough: () => boolean): Promise<void> {
    this.#open = shards.length;
    this.#over = false;
    const localities = Map.groupBy(shards, (shard) => `${shard.territory} ${shard.timeZone ?? ''}`);
    const lanes = [...localities.values()].flatMap((queue) =>
      Array.from({ length: Math.min(MOST_IN_FLIGHT, queue.length) }, () => this.#lane(queue, enough)),
    );
    await Promise.all(lanes);
    this.#over = true;
  }

  /** Whether all that were started have ended. */
  get over(): boolean {
    return this.#over;
  }

  /** Passes on that there is something to look at. */
  async tell(): Promise<void> {
    this.#tells += 1;
    await this.#signal(replan);
  }

  /** Has all end for now, what sleeps at once and what sends once its answers are in; their rows stay open. */
  async callBack(): Promise<void> {
    this.#callsBack = true;
    await this.#signal(calledBack);
  }

  async #signal(what: SignalDefinition): Promise<void> {
    await Promise.all([...this.#inFlight.values()].map((shard) => told(shard, what)));
  }

  async #lane(queue: OpenShard[], enough: () => boolean): Promise<void> {
    for (let shard = queue.shift(); shard !== undefined && !enough(); shard = queue.shift()) {
      await this.#run(shard);
    }
  }

  async #run(shard: OpenShard): Promise<void> {
    const tells = this.#tells;
    const handle = await this.#start(shard);
    this.#inFlight.set(shard.batchId, handle);
    this.#count();
    try {
      await this.#catchUp(handle, tells);
      if ((await handle.result()) !== CALLED_BACK) this.#open -= 1;
      else if (!this.#callsBack) await sleep(PATIENCE_MS);
    } catch (failure) {
      // Ended by hand: its rows are still open, so the campaign runs it again, without haste.
      if (!(failure instanceof ChildWorkflowFailure) || isCancellation(failure)) throw failure;
      await sleep(PATIENCE_MS);
    } finally {
      this.#inFlight.delete(shard.batchId);
      this.#count();
    }
  }

  /** What was said while one started it has not heard, and may have planned before. */
  async #catchUp(shard: ChildWorkflowHandle<typeof campaignShard>, tells: number): Promise<void> {
    if (this.#callsBack) await told(shard, calledBack);
    else if (this.#tells !== tells && this.#presenting.catchesUp()) await told(shard, replan);
  }

  #count(): void {
    this.#presenting.counted({ open: this.#open, inFlight: this.#inFlight.size });
  }

  async #start(shard: OpenShard): Promise<ChildWorkflowHandle<typeof campaignShard>> {
    const workflowId = `campaign/${this.#campaign.campaignId}/shard/${shard.shard}`;
    for (;;) {
      try {
        return await startChild(campaignShard, { workflowId, ...this.#options(shard) });
      } catch (failure) {
        if (!alreadyStarted(failure)) throw failure;
        // The child of a run that is gone: it makes room.
        await getExternalWorkflowHandle(workflowId).cancel().catch(unlessCancelled);
        await sleep(PATIENCE_MS);
      }
    }
  }

  #options({ batchId, shard, territory }: OpenShard) {
    const { memo } = workflowInfo();
    const input: Shard = { ...this.#campaign, batchId, shard };
    return {
      args: [input] as [Shard],
      workflowTaskTimeout: timeOuts.workflowTaskMs,
      parentClosePolicy: ParentClosePolicy.TERMINATE,
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

/** A shard that ended meanwhile needs no telling. */
const told = (shard: ChildWorkflowHandle<typeof campaignShard>, what: SignalDefinition): Promise<void> =>
  shard.signal(what).catch(unlessCancelled);

// The class is not among what the sandbox exports.
const alreadyStarted = (failure: unknown): boolean =>
  failure instanceof TemporalFailure && failure.name === 'WorkflowExecutionAlreadyStartedError';
