import { setTimeout as pause } from 'node:timers/promises';
import { sendChunk, type SendRequest } from '../../src/sending/batch/chunk.ts';
import type { ChunkDeps } from '../../src/sending/batch/fail-over.ts';
import type { Plan, PlanReason } from '../../src/platform/plan.ts';

const CHUNKS = 5;
/** It is asked to wait a moment; or nothing of a chunk could be written in time, which a busy machine does to the last few. */
const PASSING: ReadonlySet<string> = new Set(['RETRY', 'GATE_CLOSED']);
const ASKED_TO_WAIT: ReadonlySet<string> = new Set(['RETRY']);

/**
 * Sends until nothing more may leave now, in at most five chunks; answers the last plan.
 *
 * What a busy machine would write too late after its look is put back, and leaves with another chunk; what passes by
 * itself within seconds is waited for. Only tests that are about one chunk send one.
 */
export async function untilSent(
  chunk: () => Promise<Plan<PlanReason>>,
  passing: ReadonlySet<string> = PASSING,
): Promise<Plan<PlanReason>> {
  for (let turn = 1; ; turn += 1) {
    const plan = await chunk();
    const isPassing = plan.kind === 'wait' && passing.has(plan.because.code);
    if ((plan.kind !== 'send' && !isPassing) || turn === CHUNKS) return plan;
    if (isPassing) await pause(plan.waitMs);
  }
}

/** Sends a batch so. */
export const sendAll = (deps: ChunkDeps, request: SendRequest): Promise<Plan<PlanReason>> =>
  untilSent(() => sendChunk(deps, request));

/** The same, and a gate that is closed is the answer: for tests that are about the gate. */
export const sendUnlessClosed = (deps: ChunkDeps, request: SendRequest): Promise<Plan<PlanReason>> =>
  untilSent(() => sendChunk(deps, request), ASKED_TO_WAIT);
