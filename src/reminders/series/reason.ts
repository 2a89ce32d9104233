import { EXCLUSION_RULES, exclusionWords, type ExclusionReason } from '../../people/index.ts';
import { momentInWords } from '../../law/index.ts';
import type { DateTime } from 'luxon';
import { bilingual, inEachLanguage, type Words } from '../../words/index.ts';

/** The reason why a step moved, or will not be sent; kept in both languages. */
export interface StepReason {
  /** A code of steps, as SUNDAY, LATE_BOOKING or STOPPED. */
  readonly code: string;
  readonly ruleId?: string;
  /** ISO instant the reason speaks of. */
  readonly at?: string;
  readonly text: Words;
}

/** The reasons why a step cannot be sent, whatever its wish. */
const ENDINGS = bilingual.series.endings;

/** Returns the reason of a step that ended for a known cause. */
export const ending = (code: keyof typeof ENDINGS): StepReason => ({ code, text: ENDINGS[code] });

/** Returns the reason of a step whose person is not eligible. */
export const excludedBy = (code: ExclusionReason): StepReason => ({
  code,
  text: inEachLanguage((language) => exclusionWords(code, language).why),
});

const EXCLUSION_CODES: ReadonlySet<string> = new Set(EXCLUSION_RULES.map(({ code }) => code));

/**
 * Says whether a step was skipped for a reason of its person. It may pass before the event: by an agreement, a new
 * number, a birthday.
 */
export const isExclusionCode = (code: string | null): boolean => code !== null && EXCLUSION_CODES.has(code);

/** The reason of a wish that a change made late, after a message of the event was sent. */
export const changedLate = (wanted: DateTime): StepReason => ({
  code: 'LATE_BOOKING',
  ruleId: 'WIN-04',
  text: bilingual.series.changedLate({
    wanted: inEachLanguage((language) => momentInWords(wanted, language)),
  }),
});

/** The reason of a step held back until too little time was left. */
export const missed = (planned: DateTime): StepReason => ({
  code: 'PAST',
  ruleId: 'WIN-04',
  text: bilingual.series.missed({ planned: inEachLanguage((language) => momentInWords(planned, language)) }),
});

/** The reason of a step that repeats another within half a day. */
export const collapsed = (kept: DateTime): StepReason => ({
  code: 'COLLAPSED',
  at: kept.toString(),
  text: bilingual.series.collapsed({ kept: inEachLanguage((language) => momentInWords(kept, language)) }),
});

/** The reason of a step for the same day that could only be sent earlier. */
export const notSameDay = (wanted: DateTime): StepReason => ({
  code: 'NOT_SAME_DAY',
  ruleId: 'WIN-04',
  text: bilingual.series.notSameDay({
    wanted: inEachLanguage((language) => momentInWords(wanted, language)),
  }),
});

/** The reason of a move into the bounds that the law sets to one message of a renewal. */
export const movedIntoNotice = ({
  wanted,
  at,
  ruleId,
}: {
  readonly wanted: DateTime;
  readonly at: DateTime;
  readonly ruleId: 'REN-01' | 'REN-03';
}): StepReason => ({
  code: 'REN_01',
  ruleId,
  at: at.toString(),
  text: bilingual.series.movedIntoNotice({
    wanted: inEachLanguage((language) => momentInWords(wanted, language)),
    at: inEachLanguage((language) => momentInWords(at, language)),
    ruleId,
  }),
});

/** The reason of a late step that another one replaces. */
export const enoughWith = (kept: DateTime): StepReason => ({
  code: 'COLLAPSED',
  at: kept.toString(),
  text: bilingual.series.enoughWith({ kept: inEachLanguage((language) => momentInWords(kept, language)) }),
});

/** The reason of a step whose content was already sent and is still true. */
export const alreadySaid = (at: DateTime): StepReason => ({
  code: 'COLLAPSED',
  at: at.toString(),
  text: bilingual.series.alreadySaid({ at: inEachLanguage((language) => momentInWords(at, language)) }),
});

/** The reason of a change too late to announce. */
export const correctionImpossible = (limit: DateTime): StepReason => ({
  code: 'LATE_BOOKING',
  ruleId: 'WIN-04',
  at: limit.toString(),
  text: bilingual.series.correctionImpossible({
    limit: inEachLanguage((language) => momentInWords(limit, language)),
  }),
});

const NOT_REACHED = bilingual.series.notReached;

/** Returns the reason to phone somebody, with its cause. */
export function notReached(code: keyof typeof NOT_REACHED, because: StepReason | null): StepReason {
  const { fr, en } = NOT_REACHED[code];
  const { text } = because ?? {};
  return { code, text: text === undefined ? { fr, en } : { fr: `${fr} ${text.fr}`, en: `${en} ${text.en}` } };
}
