import { accessExport } from './access-export.ts';
import { contactRetention } from './contact.ts';
import { erasure } from './erasure.ts';
import { proofRetention } from './proof.ts';
import { reminderTextRetention } from './reminder-text.ts';
import { suppressionRetention } from './suppression.ts';
import type { Rule } from '../rule.ts';

/** How long what is kept. */
export const retentionRules: readonly Rule[] = [
  contactRetention,
  suppressionRetention,
  proofRetention,
  reminderTextRetention,
  erasure,
  accessExport,
];
