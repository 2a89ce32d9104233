/** The parts that the api alone serves: the API, the console, the codec and the sandbox. */
export { codec } from './codec/codec.ts';
export { consoleMount } from './console/console.ts';
export { InstanceFigures } from './health/instance-figures.ts';
export { lawClock, openSandbox, sandboxMounts } from './sandbox/sandbox.ts';
export { buildApp } from './server/app.ts';
export { LiveStreams } from './server/budgets.ts';
export { KnownCallers } from './server/caller.ts';
export { OpenId } from './server/open-id.ts';
export { allRoutes } from './server/routes.ts';
