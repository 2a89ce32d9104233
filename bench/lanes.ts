import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { sendChunk } from '../src/sending/batch/chunk.ts';
import type { SendPath } from '../src/main/worker/send-path.ts';

/** As many batches of one locality at a time as a campaign has under way. */
const LANES = 8;

/** What it took to send every batch: wall time, processors of this process, and its most memory. */
export interface LaneFigures {
  readonly ms: number;
  readonly cpuMs: number;
  readonly rssMiB: number;
}

/** Batches that are sent, and what ends them early. */
export interface Lanes {
  readonly tenantId: string;
  readonly batches: readonly string[];
  readonly signal: AbortSignal;
}

/** Sends batches to their end, several at a time. */
export async function inLanes(path: SendPath, { tenantId, batches, signal }: Lanes): Promise<void> {
  const queue = [...batches];
  const lane = async (): Promise<void> => {
    for (let batchId = queue.shift(); batchId !== undefined; batchId = queue.shift()) {
      while (!signal.aborted) {
        const plan = await sendChunk(path, { tenantId, batchId, signal });
        if (plan.kind === 'done') break;
        if (plan.kind === 'wait') await pause(plan.waitMs, undefined, { signal }).catch(() => undefined);
      }
    }
  };
  await Promise.all(Array.from({ length: LANES }, lane));
}

/** Sends batches to their end once the parent says go. */
export async function sendInLanes(path: SendPath, sent: Omit<Lanes, 'signal'>): Promise<LaneFigures> {
  process.send?.('ready');
  await once(process, 'message');
  const [began, used] = [performance.now(), process.cpuUsage()];
  await inLanes(path, { ...sent, signal: new AbortController().signal });
  const ms = performance.now() - began;
  const { user, system } = process.cpuUsage(used);
  return { ms, cpuMs: (user + system) / 1_000, rssMiB: process.resourceUsage().maxRSS / 1_024 };
}
