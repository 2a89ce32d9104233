export type { PoolParts, WorkerPool } from './worker-parts.ts';
export { Conductor } from './conductor.ts';
export {
  openTemporal,
  connectionOptions,
  registerSearchAttributes,
  type Temporal,
  temporalProbe,
  type TemporalProbe,
  type Conducting,
  Pulse,
} from './connection.ts';
export { localeOfTenant } from './due-work.repository.ts';
export { Handover } from '../../activities/attempt.ts';
export { PayloadSealer, PayloadKeyUnknown } from './payload-codec.ts';
export { SealKeeper } from './seal.ts';

/** Loads the core of Temporal, which only workers need. */
export const workerParts = () => import('./worker-parts.ts');
