import { setFlagsFromString } from 'node:v8';
import { Worker, type ResourceLimits } from 'node:worker_threads';

export function limitedWorker(
  script: URL,
  { limits, data }: { readonly limits: ResourceLimits; readonly data?: unknown },
): Worker {
  // The process's own heap flag would outrank the limits of a thread.
  setFlagsFromString('--max-semi-space-size=0');
  return new Worker(script, { resourceLimits: limits, workerData: data });
}
