/** The parts that workers alone load: the core of Temporal, and the bundle of the workflows. */
export { keptBundle } from './worker/workflow-bundle.ts';
export { openWorkerTraces } from './worker/worker-traces.ts';
export { WorkerPool } from './worker/worker-pool.ts';
