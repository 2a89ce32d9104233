/** The parts that the api and the public server both serve; what one process alone needs is loaded by a function. */
export { InstanceFigures } from './health/instance-figures.ts';
export { Metrics } from './health/metrics.ts';
export { probes, type ReadinessChecks } from './health/readiness.ts';
export { inboundPort, type ListenedAccount } from './public/inbound-port.ts';
export { inboundRouter } from './public/inbound.ts';
export { linkPages } from './public/opt-out.ts';
export { publicForms } from './public/public-form.ts';
export type { KnownCallers } from './server/caller.ts';
export { type Mounted, publicApp } from './server/edge.ts';
export type { OptOutJournal } from './server/journalled.ts';
export type { Api, Route } from './server/route.ts';
export { listen, stopServing } from './server/server.ts';

/** Loads what the api alone serves. */
export const apiParts = () => import('./api-parts.ts');

/** Loads the reading of rows of bookings as the API reads its bodies: files are read in workers. */
export const bookingRows = () => import('./api/bookings/bookings.ts');
