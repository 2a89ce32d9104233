import { bannedProspecting } from './banned-prospecting.ts';
import { healthHosting } from './health-hosting.ts';
import type { Rule } from '../rule.ts';

/** Trades with rules of their own. */
export const sectorRules: readonly Rule[] = [bannedProspecting, healthHosting];
