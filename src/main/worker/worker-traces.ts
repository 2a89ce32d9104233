import type { Traced } from '../../temporal/traced.ts';
import { openTracing } from '../../platform/index.ts';

/** How a worker is traced, until it is closed. */
export interface WorkerTraces extends Traced {
  close(): Promise<void>;
}

/** Nothing where no collector is named: then nothing of it is loaded. */
export async function openWorkerTraces(env: NodeJS.ProcessEnv): Promise<WorkerTraces | undefined> {
  const tracing = await openTracing(env, 'worker');
  if (tracing === undefined) return undefined;
  const { tracedBy } = await import('../../temporal/traced.ts');
  return { ...tracedBy(tracing), close: () => tracing.close() };
}
