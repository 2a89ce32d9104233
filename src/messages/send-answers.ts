import { expireLate, standingBatches } from './acknowledgement.repository.ts';
import { sendChunk, type ChunkDeps } from './chunk.ts';
import type { Plan } from './plan.ts';

/** Sends what a tenant owes to people who wrote or signed up; `done` when nothing is owed on any account. */
export async function sendAnswers(
  deps: ChunkDeps,
  errand: { readonly tenantId: string; readonly signal: AbortSignal },
): Promise<Plan> {
  const batches = await deps.database.withTenant(errand.tenantId, async (tx) => {
    await expireLate(tx, deps.clock.now().toISO());
    return standingBatches(tx);
  });
  const plans: Plan[] = [];
  for (const batchId of batches) plans.push(await sendChunk(deps, { ...errand, batchId }));
  return plans.reduce(soonest, {
    kind: 'done',
    because: { code: 'DONE', text: 'Toutes les réponses sont parties.' },
  });
}

/** The plan that acts first. */
function soonest(one: Plan, other: Plan): Plan {
  if (one.kind === 'send' || other.kind === 'done') return one;
  if (other.kind === 'send' || one.kind === 'done') return other;
  return one.waitMs <= other.waitMs ? one : other;
}
