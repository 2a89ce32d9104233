import type { Traced } from './traced.ts';
import { openTracing } from '../../platform/index.ts';

export interface WorkerTraces extends Traced {
  close(): Promise<void>;
}

/** Loads nothing where no collector is named. */
export async function openWorkerTraces(env: NodeJS.ProcessEnv): Promise<WorkerTraces | undefined> {
  const tracing = await openTracing(env, 'worker');
  if (tracing === undefined) return undefined;
  const { tracedBy } = await import('./traced.ts');
  return { ...tracedBy(tracing), close: () => tracing.close() };
}
