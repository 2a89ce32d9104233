export { Metrics } from './metrics.ts';
export { probes } from './readiness.ts';
export type { ReadinessChecks } from './readiness.ts';
