export { CannotStart } from './cannot-start.ts';
export { linesOn } from './log-lines.ts';
export { isForwarded, isLocal, isLoopbackHost, isLoopbackPeer, type Whence } from './loopback.ts';
export { allEnded, eachWithin, evenlyAfter, inTime, mapInSlices, resting, until } from './promises.ts';
