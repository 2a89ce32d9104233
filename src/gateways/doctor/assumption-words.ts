import type { Gateway } from '../../sending/index.ts';
import type { AssumptionId } from './assumption.ts';
import { bilingual, type Words } from '../../words/index.ts';

/** What is assumed, and what to change when it is not so. */
interface AssumptionWords {
  readonly what: Words;
  readonly change: Words;
}

/** The words of each assumption. */
export const ASSUMPTION_WORDS: Readonly<Record<AssumptionId, AssumptionWords>> = bilingual.doctor.assumptions;

/** How a person answers to a text that comes from each kind of operator. */
export const STOP_HOW: Readonly<Record<Gateway['kind'], Words>> = bilingual.doctor.stopHow;
