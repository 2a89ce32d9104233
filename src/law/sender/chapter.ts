import { brandFirst } from './brand-first.ts';
import { noMobileSender } from './no-mobile-sender.ts';
import { routeClass } from './route-class.ts';
import { senderName } from './sender-name.ts';
import type { Rule } from '../rule.ts';

/** Under which name. */
export const senderRules: readonly Rule[] = [senderName, noMobileSender, brandFirst, routeClass];
