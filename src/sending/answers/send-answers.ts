import { expireLate, standingBatches } from './acknowledgement.repository.ts';
import { sendChunk, type ChunkDeps } from '../batch/chunk.ts';
import type { Plan, Reason } from '../../platform/index.ts';
import { resting } from '../batch/resting.ts';
import { sendTrials } from './send-trials.ts';
import type { Errand } from '../batch/sending.ts';
import { soonestOf } from '../batch/soonest.ts';

/** While trials are sent, whoever wrote or signed up waits no longer than that. */
const ANSWERED_WITHIN_MS = 1_000;

/**
 * Sends what a tenant owes to people who wrote or signed up, then its trials; `done` when nothing is left on any account.
 *
 * No answer waits for a trial: those that come in while one is sent leave meanwhile.
 */
export async function sendAnswers(deps: ChunkDeps, errand: Omit<Errand, 'batchId'>): Promise<Plan<Reason>> {
  let answers = await answer(deps, errand);
  const under = { way: true };
  const trials = sendTrials(deps, errand).finally(() => {
    under.way = false;
  });
  try {
    while (under.way) {
      await Promise.race([trials, resting(ANSWERED_WITHIN_MS)]);
      if (under.way) answers = await answer(deps, errand);
    }
  } finally {
    await trials;
  }
  return soonestOf([answers, await trials]);
}

async function answer(deps: ChunkDeps, errand: Omit<Errand, 'batchId'>): Promise<Plan<Reason>> {
  const batches = await deps.database.withTenant(errand.tenantId, async (tx) => {
    await expireLate(tx, deps.clock.now().toISO());
    return standingBatches(tx);
  });
  const plans: Plan<Reason>[] = [];
  for (const batchId of batches) plans.push(await sendChunk(deps, { ...errand, batchId }));
  return soonestOf(plans);
}
