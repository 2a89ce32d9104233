import { DateTime, Duration } from 'luxon';
import { LOG_KEPT, PROOF_KEPT, SUPPRESSION_KEPT, frenchDay } from '../../law/index.ts';
import { bilingual, type Language, type Words } from '../../words/index.ts';

/** The remaining records of a person, counted when the erasure ends. */
export interface Remains {
  readonly suppressions: number;
  readonly proofs: number;
  readonly events: number;
  readonly messages: number;
  /** ISO instant of the last message handed to an operator; null when there was none. */
  readonly lastMessageAt: string | null;
}

/** One kind of remaining records, with its rule and its end. */
export interface KeptLine {
  readonly what: 'suppression' | 'proof' | 'event' | 'message' | 'journal';
  readonly count: number;
  readonly ruleId: string;
  /** ISO instant; null for as long as its chain. */
  readonly until: string | null;
}

/** Lists the records that stay and the rule behind each; a kind without records is left out. */
export function keptLines(remains: Remains, now: DateTime, journalDays: number): KeptLine[] {
  const lastMessage = remains.lastMessageAt === null ? now : DateTime.fromISO(remains.lastMessageAt);
  const lines: KeptLine[] = [
    {
      what: 'suppression',
      count: remains.suppressions,
      ruleId: 'RET-02',
      until: after(now, SUPPRESSION_KEPT.on(frenchDay(now))),
    },
    {
      what: 'proof',
      count: remains.proofs,
      ruleId: 'RET-03',
      until: after(now, PROOF_KEPT.on(frenchDay(now))),
    },
    { what: 'event', count: remains.events, ruleId: 'RET-05', until: null },
    {
      what: 'message',
      count: remains.messages,
      ruleId: 'RET-04',
      until: after(lastMessage, LOG_KEPT.on(frenchDay(now))),
    },
    { what: 'journal', count: 1, ruleId: 'RET-05', until: now.plus({ days: journalDays }).toISO() },
  ];
  return lines.filter(({ count }) => count > 0);
}

const after = (from: DateTime, period: string): string => from.plus(Duration.fromISO(period)).toISO() ?? '';

/** Words each remaining kind and the reason. */
export const keptBecause = (what: KeptLine['what'], language: Language): string => KEPT[what][language];

/** Words each removed kind. */
export const removedWhat = (what: string, language: Language): string => REMOVED[what]?.[language] ?? what;

const KEPT: Readonly<Record<KeptLine['what'], Words>> = bilingual.contact.erasure.kept;

const REMOVED: Readonly<Record<string, Words>> = bilingual.contact.erasure.removed;
