export { Conductor } from './conductor.ts';
export { openTemporal, wayTo, registerSearchAttributes, type Temporal } from './connection.ts';
export { localeOfTenant } from './due-work.repository.ts';
export { Handover } from './handover.ts';
export { PayloadSealer, PayloadKeyUnknown } from './payload-codec.ts';
export { temporalProbe, type TemporalProbe, type Conducting } from './probe.ts';
export { Pulse } from './pulse.ts';
export { SealKeeper } from './seal.ts';
