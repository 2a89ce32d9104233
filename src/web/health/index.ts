export { Metrics } from './metrics.ts';
export { probes } from './probes.ts';
export type { ReadinessChecks } from './readiness.ts';
