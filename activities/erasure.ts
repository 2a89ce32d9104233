import type { Plan } from '../src/platform/index.ts';
import { beating, type Ending } from './attempt.ts';
import { answering } from './refusal.ts';

/** One erasure of one tenant. */
export interface ErasureIds {
  readonly tenantId: string;
  readonly erasureId: string;
}

/** What erasing needs of the domain. */
export interface ErasurePort {
  /** Removes what is left of a person and certifies it; `wait` while something is still with an operator. */
  eraseTraces(erasure: ErasureIds): Promise<Plan>;
}

/** The verb of an erasure. */
export const createErasureActivities = (erasures: ErasurePort, ending: Ending) => ({
  eraseTraces: (erasure: ErasureIds) => answering(() => beating(ending, () => erasures.eraseTraces(erasure))),
});
