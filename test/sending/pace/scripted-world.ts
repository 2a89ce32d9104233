import { sendChunk } from '../../../src/sending/batch/chunk.ts';
import type { ChunkDeps } from '../../../src/sending/batch/fail-over.ts';
import { LearnedRateLimits, type LearnedLimitStore } from '../../../src/sending/pace/learned-rate-limit.ts';
import type { Plan, PlanReason } from '../../../src/platform/plan.ts';
import { ShiftedClock } from '../../support/law-clock.ts';
import { aSendWorld, type SendWorld, type WorldOptions } from '../../support/send-world.ts';
import { aScriptedGateway, taken, type ScriptedGateway } from '../gateway/scripted-gateway.ts';

/** A store that keeps nothing, so that no test inherits a learned limit. */
const NOWHERE: LearnedLimitStore = { read: async () => undefined, keep: async () => undefined };

/** An instant within the marketing hours of metropolitan France. */
const TUESDAY_AT_TEN = '2026-11-24T10:00:00+01:00';

/** A clock that a test may put in doubt, and whose monotonic time it may move on. */
class UnsureClock extends ShiftedClock {
  doubts: string | undefined;
  skippedMs = 0;
  /** Milliseconds by which this host's clock is ahead of PostgreSQL's. */
  aheadMs = 0;

  override doubt(): string | undefined {
    return this.doubts;
  }

  override machine(): number {
    return Date.now() + this.aheadMs;
  }

  override monotonic(): number {
    return performance.now() + this.skippedMs;
  }
}

/** A world whose operator is a script. */
export interface ScriptedWorld {
  readonly world: SendWorld;
  readonly gateway: ScriptedGateway;
  readonly clock: UnsureClock;
  /** Restores a running campaign on a Tuesday at ten, with an operator that accepts all. */
  calm(): Promise<void>;
  send(batchId: string, options?: { deps?: ChunkDeps; signal?: AbortSignal }): Promise<Plan<PlanReason>>;
}

/** Builds a world, which ends with the file. */
export async function aScriptedWorld(
  options: WorldOptions & Parameters<typeof aScriptedGateway>[0] & { readonly keepLessons?: boolean } = {},
): Promise<ScriptedWorld> {
  const clock = new UnsureClock();
  const gateway = aScriptedGateway(options);
  // The world asks an operator for its account alone.
  const world = await aSendWorld({ gateway }, clock, options);
  return {
    world,
    gateway,
    clock,
    calm: async () => {
      clock.startAt(TUESDAY_AT_TEN);
      clock.doubts = undefined;
      clock.skippedMs = 0;
      clock.aheadMs = 0;
      gateway.script = taken;
      gateway.calls.length = 0;
      if (options.keepLessons !== true)
        Object.assign(world.deps.rates, { learnedLimits: new LearnedRateLimits(NOWHERE, clock) });
      await world.query(
        `UPDATE campaign SET status = 'running', parked_because = NULL, ended_at = NULL, expire_at = NULL WHERE id = $1`,
        [world.campaignId],
      );
    },
    send: (batchId, { deps = world.deps, signal = new AbortController().signal } = {}) =>
      sendChunk(deps, { tenantId: world.tenantId, batchId, signal }),
  };
}

/** A promise and the two ways to settle it. */
export function aGate(): { readonly opened: Promise<void>; readonly open: () => void } {
  const { promise, resolve } = Promise.withResolvers<void>();
  return { opened: promise, open: () => resolve() };
}

/** Compares the tally of a batch with a recount of its rows. */
export async function tallyDiffers(world: SendWorld, batchId: string): Promise<Record<string, unknown>[]> {
  return world.query(
    `SELECT * FROM (
       SELECT state, reason, sum(delta)::int AS tallied, sum(counted)::int AS counted FROM (
         SELECT state, reason, delta, 0 AS counted FROM tally WHERE batch_id = $1
         UNION ALL SELECT state, reason, 0, 1 FROM message WHERE batch_id = $1) both_ways
       GROUP BY 1, 2) sums WHERE tallied <> counted`,
    [batchId],
  );
}
