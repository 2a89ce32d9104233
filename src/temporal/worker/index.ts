export { WorkerPool, type PoolParts } from './worker-pool.ts';
export { openWorkerTraces, type WorkerTraces } from './worker-traces.ts';
export { keptBundle } from './workflow-bundle.ts';
