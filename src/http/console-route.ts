import type { Visit } from './console-visit.ts';

/** One address of the console, for somebody who signed in. */
export interface ConsoleRoute {
  readonly method: 'get' | 'post';
  readonly path: string;
  readonly work: (visit: Visit) => Promise<void>;
  /** Reads its body itself: a file is not held in memory. */
  readonly streams?: true;
}
