import type { Gateway } from '../../sending/index.ts';
import type { AssumptionId } from './assumption.ts';
import { bilingual, type Words } from '../../words/index.ts';

/** An assumption, and the change to make when it is false. */
interface AssumptionWords {
  readonly what: Words;
  readonly change: Words;
}

/** The words of each assumption. */
export const ASSUMPTION_WORDS: Readonly<Record<AssumptionId, AssumptionWords>> = bilingual.doctor.assumptions;

/** The way to answer a text of each kind of operator. */
export const STOP_HOW: Readonly<Record<Gateway['kind'], Words>> = bilingual.doctor.stopHow;
