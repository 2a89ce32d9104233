import { type Day, SENDER_LENGTH, senderFault } from '../../rule/index.ts';
import { type Finding, findingOf } from './finding.ts';
import { healthRoot } from './health-word.ts';
import type { Language } from '../../words/index.ts';

/** The day of the law, the tenant and the language for judging a sender. */
export interface SenderTerms {
  readonly on: Day;
  readonly language?: Language;
  readonly sector?: string | undefined;
}

/** Checks a sender; empty when operators take it. */
export function checkSender(
  sender: string,
  { on, language = 'fr', sector = 'general' }: SenderTerms,
): readonly Finding[] {
  const spot = { words: sender, in: 'sender' } as const;
  const fault = senderFault(sender, on);
  if (fault !== undefined) return [findingOf(fault, language, spot)];
  const root = sector === 'health' ? healthRoot(sender) : undefined;
  return root === undefined ? [] : [findingOf('HEALTH_WORD', language, spot)];
}

/** Derives a sender from a brand: its letters and digits, as many as a name may have; undefined when that is no sender. */
export function senderFromBrand(brand: string, on: Day): string | undefined {
  const letters = brand
    .replace(/œ/g, 'oe')
    .replace(/Œ/g, 'OE')
    .replace(/æ/g, 'ae')
    .replace(/Æ/g, 'AE')
    .replace(/ß/g, 'ss')
    .normalize('NFKD')
    .replace(/[^A-Za-z0-9]/g, '')
    .slice(0, SENDER_LENGTH.on(on).most);
  return checkSender(letters, { on }).length === 0 ? letters : undefined;
}
