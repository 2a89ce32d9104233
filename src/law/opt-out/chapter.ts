import { acknowledgement } from './acknowledgement.ts';
import { contactAnswer } from './contact-answer.ts';
import { immediateEffect } from './immediate-effect.ts';
import { marketingMention } from './marketing-mention.ts';
import { noReturnWithoutProof } from './no-return-without-proof.ts';
import { operatorBlacklist } from './operator-blacklist.ts';
import { reminderWayOut } from './reminder-way-out.ts';
import { stopScope } from './scope.ts';
import { suppressionAtMark } from './suppression-at-mark.ts';
import { stopWords } from './words.ts';
import type { Rule } from '../rule.ts';

/** Who says no, and what follows. */
export const optOutRules: readonly Rule[] = [
  suppressionAtMark,
  immediateEffect,
  stopScope,
  stopWords,
  acknowledgement,
  marketingMention,
  reminderWayOut,
  contactAnswer,
  operatorBlacklist,
  noReturnWithoutProof,
];
