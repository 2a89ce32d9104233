export type { InstanceFigures } from './health/instance-figures.ts';
export type { Metrics } from './health/metrics.ts';
export type { ReadinessChecks } from './health/readiness.ts';
export type { ListenedAccount } from './public/inbound-port.ts';
export type { KnownCallers } from './server/caller.ts';
export type { Mounted } from './server/edge.ts';
export type { OptOutJournal } from './server/journalled.ts';
export type { Api } from './server/route.ts';

/** Loads what the api and the public server both serve. */
export const publicParts = () => import('./public-parts.ts');

/** Loads what the api alone serves. */
export const apiParts = () => import('./api-parts.ts');

/** Loads the reading of rows of bookings as the API reads its bodies: files are read in workers. */
export const bookingRows = () => import('./api/bookings/bookings.ts');
