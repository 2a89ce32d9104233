import { setTimeout as pause } from 'node:timers/promises';
import { sendChunk, type ChunkDeps } from '../../src/messages/chunk.ts';
import type { Plan, Reason } from '../../src/messages/plan.ts';
import type { Errand } from '../../src/messages/sending.ts';

const CHUNKS = 5;

/**
 * Sends until nothing more may leave now, in at most five chunks; answers the last plan.
 *
 * What a busy machine would write too late after its look is put back, and leaves with another chunk; an operator that
 * asks to wait a moment is waited for. Only tests that are about one chunk send one.
 */
export async function untilSent(chunk: () => Promise<Plan<Reason>>): Promise<Plan<Reason>> {
  for (let turn = 1; ; turn += 1) {
    const plan = await chunk();
    const isAskedToWait = plan.kind === 'wait' && plan.because.code === 'RETRY';
    if ((plan.kind !== 'send' && !isAskedToWait) || turn === CHUNKS) return plan;
    if (isAskedToWait) await pause(plan.waitMs);
  }
}

/** Sends a batch so. */
export const sendAll = (deps: ChunkDeps, errand: Errand): Promise<Plan<Reason>> =>
  untilSent(() => sendChunk(deps, errand));
