import { expireLate, acknowledgementBatches } from './acknowledgement.repository.ts';
import { sendChunk, type ChunkDeps } from '../batch/chunk.ts';
import type { Plan, PlanReason } from '../../platform/index.ts';
import { resting } from '../batch/resting.ts';
import type { SendRequest } from '../batch/sending.ts';
import { soonestOf } from '../batch/soonest.ts';
import { keepBatchPlan, readRun } from '../batch/batch-run.repository.ts';
import { placedPlan } from '../batch/spoken-plan.ts';
import { endTrials, openTrials } from '../batch/trial.repository.ts';
import { reasonWords } from '../../words/index.ts';

/** Limit of the wait of a person who wrote or signed up, while trials are sent. */
const ANSWERED_WITHIN_MS = 1_000;

/**
 * Sends a tenant's answers to people who wrote or signed up, then its trials; `done` when nothing is left on any
 * account. No answer waits for a trial: those that come in while one is sent are sent meanwhile.
 */
export async function sendAnswers(
  deps: ChunkDeps,
  request: Omit<SendRequest, 'batchId'>,
): Promise<Plan<PlanReason>> {
  let answers = await answer(deps, request);
  const under = { way: true };
  const trials = sendTrials(deps, request).finally(() => {
    under.way = false;
  });
  try {
    while (under.way) {
      await Promise.race([trials, resting(ANSWERED_WITHIN_MS)]);
      if (under.way) answers = await answer(deps, request);
    }
  } finally {
    await trials;
  }
  return soonestOf([answers, await trials]);
}

async function answer(deps: ChunkDeps, request: Omit<SendRequest, 'batchId'>): Promise<Plan<PlanReason>> {
  const batches = await deps.database.withTenant(request.tenantId, async (tx) => {
    await expireLate(tx, deps.clock.now().toISO());
    return acknowledgementBatches(tx);
  });
  const plans: Plan<PlanReason>[] = [];
  for (const batchId of batches) plans.push(await sendChunk(deps, { ...request, batchId }));
  return soonestOf(plans);
}

/** No trial is started after so long; the rest has the next turn. */
const TURN_MS = 30_000;
/** Interval of looking at a waiting trial: one that is a day old ends then. */
const LONGEST_WAIT_MS = 600_000;
const AGAIN_MS = 60_000;

/** Sends the trials of campaigns, and ends those that are over; `done` when none is left. */
async function sendTrials(deps: ChunkDeps, request: Omit<SendRequest, 'batchId'>): Promise<Plan<PlanReason>> {
  const { database, clock } = deps;
  const trials = await database.withTenant(request.tenantId, async (tx) => {
    await endTrials(tx, { at: clock.now().toISO() });
    return openTrials(tx);
  });
  const startedAt = clock.monotonic();
  const plans: Plan<PlanReason>[] = [];
  for (const batchId of trials) {
    if (clock.monotonic() - startedAt > TURN_MS) return soonestOf([...plans, NEXT_TURN]);
    const trial = { ...request, batchId };
    plans.push(await lookedAtAgain(deps, trial, await sendTrial(deps, trial)));
  }
  return soonestOf(plans);
}

const NEXT_TURN: Plan<PlanReason> = {
  kind: 'send',
  because: { code: 'TRIALS', text: reasonWords('trialsWait') },
};

/** A failed trial is retried in a minute: the answers to people do not wait for it. */
async function sendTrial(deps: ChunkDeps, request: SendRequest): Promise<Plan<PlanReason>> {
  try {
    return await sendChunk(deps, request);
  } catch (fault) {
    return keepFault(deps, request, fault instanceof Error ? fault.name : 'Error');
  }
}

async function keepFault(deps: ChunkDeps, request: SendRequest, name: string): Promise<Plan<PlanReason>> {
  const nextActionAt = inSome(deps, AGAIN_MS);
  const because = {
    code: 'TRIAL_FAILED',
    text: reasonWords('trialFailed', { fault: name }),
  };
  const waiting = { ...because, until: nextActionAt };
  const plan = { state: 'open', nextActionAt, waiting } as const;
  await deps.database.withTenant(request.tenantId, (tx) =>
    keepBatchPlan(tx, request.batchId, { plan, at: deps.clock.now().toISO() }),
  );
  return placed(deps, request, { kind: 'wait', state: 'parked', waitMs: AGAIN_MS, nextActionAt, because });
}

/** A plan with a longer wait is looked at earlier and says when; its batch keeps the moment of sending. */
async function lookedAtAgain(
  deps: ChunkDeps,
  request: SendRequest,
  plan: Plan<PlanReason>,
): Promise<Plan<PlanReason>> {
  if (plan.kind !== 'wait' || plan.waitMs <= LONGEST_WAIT_MS) return plan;
  const nextActionAt = inSome(deps, LONGEST_WAIT_MS);
  return placed(deps, request, { ...plan, waitMs: LONGEST_WAIT_MS, nextActionAt });
}

const inSome = ({ clock }: ChunkDeps, ms: number): string => clock.now().plus(ms).toUTC().toISO();

async function placed(
  { database, clock }: ChunkDeps,
  request: SendRequest,
  plan: Plan<PlanReason>,
): Promise<Plan<PlanReason>> {
  const run = await database.withTenant(request.tenantId, (tx) => readRun(tx, request.batchId));
  return run === undefined ? plan : placedPlan(plan, { ...run, now: clock.now() });
}
