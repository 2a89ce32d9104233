import { sendChunk, type ChunkDeps } from '../../src/messages/chunk.ts';
import type { Plan, Reason } from '../../src/messages/plan.ts';
import type { Errand } from '../../src/messages/sending.ts';

const CHUNKS = 5;

/**
 * Sends until nothing more may leave now, in at most five chunks; answers the last plan.
 *
 * What a busy machine would write too late after its look is put back, and leaves with another chunk: only tests that
 * are about one chunk send one.
 */
export async function untilSent(chunk: () => Promise<Plan<Reason>>): Promise<Plan<Reason>> {
  for (let turn = 1; ; turn += 1) {
    const plan = await chunk();
    if (plan.kind !== 'send' || turn === CHUNKS) return plan;
  }
}

/** Sends a batch so. */
export const sendAll = (deps: ChunkDeps, errand: Errand): Promise<Plan<Reason>> =>
  untilSent(() => sendChunk(deps, errand));
