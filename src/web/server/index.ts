export { type Mounted, publicApp } from './edge.ts';
export { listen, stopServing } from './server.ts';
