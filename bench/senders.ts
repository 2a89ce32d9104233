import { heapFlags } from '../src/main/embedded/processes.ts';
import { Child } from './child.ts';
import type { Ground } from './ground.ts';
import type { Frozen } from './send-ground.ts';
import type { SendOrder } from './send-worker.ts';

/** Inside the window of marketing, whatever the hour. */
const LAW_NOW = '2026-11-24T10:00:00+01:00';

/** How a campaign is sent by our own send path. */
export interface Sending {
  readonly origin: string;
  readonly people: number;
  /** Calls on the wire at once, over all workers. */
  readonly inFlight: number;
  /** Processes that send. */
  readonly workers: number;
  readonly ratePerSecond: number | null;
}

/** The processes that send a campaign, each its part of the shards; none has begun. */
export function senders(
  { url, tenantId, ringKey }: Ground,
  { accountId, batches }: Frozen,
  { origin, people, inFlight, workers, ratePerSecond }: Sending,
): readonly Child[] {
  return Array.from({ length: workers }, (_, worker) => {
    const order: SendOrder = {
      url,
      tenantId,
      accountId,
      ringKey: ringKey.toString('base64'),
      batches: batches.filter((_batch, n) => n % workers === worker),
      people: people / workers,
      origin,
      connections: Math.floor(inFlight / workers),
      ratePerSecond,
      lawNow: LAW_NOW,
    };
    return new Child('send-worker.ts', order, { flags: heapFlags('worker') });
  });
}
