import { access } from './access.ts';
import { decisionRecord } from './decision-record.ts';
import { encryption } from './encryption.ts';
import type { Rule } from '../rule.ts';

/** What is written down, and for whom. */
export const recordRules: readonly Rule[] = [decisionRecord, encryption, access];
