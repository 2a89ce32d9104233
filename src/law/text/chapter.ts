import { noHealth } from './no-health.ts';
import { noPromotionInReminder } from './no-promotion-in-reminder.ts';
import { ownLinks } from './own-links.ts';
import { partsOfFinalText } from './parts-of-final-text.ts';
import type { Rule } from '../rule.ts';

/** What a text may say. */
export const textRules: readonly Rule[] = [noHealth, partsOfFinalText, noPromotionInReminder, ownLinks];
