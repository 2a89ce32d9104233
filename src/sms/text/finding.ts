import { bilingual, type Language, type Words } from '../../words/index.ts';

/** `error` prevents sending, `warning` asks for a look, `notice` only informs. */
type Severity = 'error' | 'warning' | 'notice';

/** The subject of a finding: the text, another field, or the value of one variable. */
export type FindingSubject = 'text' | 'sender' | 'name' | `variable:${string}`;

/** An issue in a text, a sender or a name, under a rule. */
export interface Finding {
  /** Rule of the law (`TXT-03`), or the code itself when no rule covers it. */
  readonly ruleId: string;
  readonly code: FindingCode;
  readonly severity: Severity;
  /** The field in which `at` counts. */
  readonly in: FindingSubject;
  /** Position in UTF-16 units of that field; 0 when it concerns the whole. */
  readonly at: number;
  readonly message: string;
}

interface Sort {
  readonly ruleId: string;
  readonly severity: Severity;
  /** `%s` is replaced by the words at fault. */
  readonly message: Words;
}

const SORTS = {
  TEXT_EMPTY: {
    ruleId: 'TXT-02',
    severity: 'error',
    message: bilingual.finding.TEXT_EMPTY,
  },
  VARIABLE_UNKNOWN: {
    ruleId: 'VARIABLE_UNKNOWN',
    severity: 'error',
    message: bilingual.finding.VARIABLE_UNKNOWN,
  },
  VARIABLE_MALFORMED: {
    ruleId: 'VARIABLE_MALFORMED',
    severity: 'error',
    message: bilingual.finding.VARIABLE_MALFORMED,
  },
  BRACE_ALONE: {
    ruleId: 'BRACE_ALONE',
    severity: 'error',
    message: bilingual.finding.BRACE_ALONE,
  },
  CLAUSE_MAY_VANISH: {
    ruleId: 'CLAUSE_MAY_VANISH',
    severity: 'notice',
    message: bilingual.finding.CLAUSE_MAY_VANISH,
  },
  NOT_GSM7: {
    ruleId: 'TXT-02',
    severity: 'warning',
    message: bilingual.finding.NOT_GSM7,
  },
  TOO_MANY_PARTS: {
    ruleId: 'TXT-02',
    severity: 'error',
    message: bilingual.finding.TOO_MANY_PARTS,
  },
  STOP_MENTION_ADDED: {
    ruleId: 'OPT-06',
    severity: 'warning',
    message: bilingual.finding.STOP_MENTION_ADDED,
  },
  OPT_OUT_IMPOSSIBLE: {
    ruleId: 'OPT-06',
    severity: 'error',
    message: bilingual.finding.OPT_OUT_IMPOSSIBLE,
  },
  STOP_CODE_NOT_YOURS: {
    ruleId: 'OPT-06',
    severity: 'error',
    message: bilingual.finding.STOP_CODE_NOT_YOURS,
  },
  REPLY_IMPOSSIBLE: {
    ruleId: 'OPT-07',
    severity: 'error',
    message: bilingual.finding.REPLY_IMPOSSIBLE,
  },
  ANSWERS_IMPOSSIBLE: {
    ruleId: 'ANSWERS_IMPOSSIBLE',
    severity: 'error',
    message: bilingual.finding.ANSWERS_IMPOSSIBLE,
  },
  PROMOTION_IN_FUNCTIONAL: {
    ruleId: 'TXT-03',
    severity: 'error',
    message: bilingual.finding.PROMOTION_IN_FUNCTIONAL,
  },
  SERVICE_IN_MARKETING: {
    ruleId: 'TXT-03',
    severity: 'warning',
    message: bilingual.finding.SERVICE_IN_MARKETING,
  },
  TRADE_BARRED: {
    ruleId: 'SEC-01',
    severity: 'error',
    message: bilingual.finding.TRADE_BARRED,
  },
  SECTOR_BARRED: {
    ruleId: 'SEC-01',
    severity: 'error',
    message: bilingual.finding.SECTOR_BARRED,
  },
  ADDRESSED_TO_MINORS: {
    ruleId: 'CON-05',
    severity: 'warning',
    message: bilingual.finding.ADDRESSED_TO_MINORS,
  },
  HEALTH_WORD: {
    ruleId: 'TXT-01',
    severity: 'error',
    message: bilingual.finding.HEALTH_WORD,
  },
  PRACTITIONER_NAMED: {
    ruleId: 'TXT-01',
    severity: 'warning',
    message: bilingual.finding.PRACTITIONER_NAMED,
  },
  PREMIUM_NUMBER: {
    ruleId: 'TXT-04',
    severity: 'error',
    message: bilingual.finding.PREMIUM_NUMBER,
  },
  LINK_SHORTENED: {
    ruleId: 'TXT-04',
    severity: 'error',
    message: bilingual.finding.LINK_SHORTENED,
  },
  LINK_NOT_YOURS: {
    ruleId: 'TXT-04',
    severity: 'error',
    message: bilingual.finding.LINK_NOT_YOURS,
  },
  STALE_WHEN_HELD: {
    ruleId: 'STALE_WHEN_HELD',
    severity: 'warning',
    message: bilingual.finding.STALE_WHEN_HELD,
  },
  BRAND_NOT_FIRST: {
    ruleId: 'SND-03',
    severity: 'warning',
    message: bilingual.finding.BRAND_NOT_FIRST,
  },
  SENDER_MALFORMED: {
    ruleId: 'SND-01',
    severity: 'error',
    message: bilingual.finding.SENDER_MALFORMED,
  },
  SENDER_GENERIC: {
    ruleId: 'SND-01',
    severity: 'error',
    message: bilingual.finding.SENDER_GENERIC,
  },
  SENDER_MOBILE: {
    ruleId: 'SND-02',
    severity: 'error',
    message: bilingual.finding.SENDER_MOBILE,
  },
} as const satisfies Record<string, Sort>;

/** A code of `SORTS`, which gives its usual severity and rule. */
export type FindingCode = keyof typeof SORTS;

/** The position and words of a finding; a rule or severity other than the usual one. */
export interface Spot {
  readonly at?: number;
  readonly words?: string;
  readonly ruleId?: string;
  readonly severity?: Severity;
  readonly in?: FindingSubject;
  /** A suggestion, appended to the sentence. */
  readonly hint?: Words | undefined;
}

/** Builds a finding in the reader's language. */
export function findingOf(code: FindingCode, language: Language, spot: Spot = {}): Finding {
  const sort: Sort = SORTS[code];
  const sentence = sort.message[language].replace('%s', () => spot.words ?? '');
  return {
    ruleId: spot.ruleId ?? sort.ruleId,
    code,
    severity: spot.severity ?? sort.severity,
    in: spot.in ?? 'text',
    at: spot.at ?? 0,
    message: spot.hint === undefined ? sentence : `${sentence} ${spot.hint[language]}`,
  };
}

/**
 * Runs a check for readers of each language and joins the findings, for a refusal that either may read. All else
 * that the check depends on, as the language of the text, stays the same.
 */
export function foundInEach<F extends Place>(
  check: (readBy: Language) => readonly F[],
): readonly (Omit<F, 'message'> & { readonly message: Words })[] {
  const french = check('fr');
  // Most texts have no finding: they are read once.
  if (french.length === 0) return [];
  const english = Map.groupBy(check('en'), placeOf);
  const inEach = ({ message: fr, ...found }: F): Omit<F, 'message'> & { readonly message: Words } => {
    const en = english.get(placeOf(found))?.shift()?.message;
    if (en === undefined) throw new TypeError(`${found.code} was found in French and not in English.`);
    return { ...found, message: { fr, en } };
  };
  return french.map(inEach);
}

/** The identity of a finding within a check. */
interface Place {
  readonly code: string;
  readonly in?: string;
  readonly at: number;
  readonly message: string;
}

const placeOf = ({ code, in: field = '', at }: Omit<Place, 'message'>): string => `${code} ${field} ${at}`;

/** Appends its rule to a sentence. */
export const withRule = ({ fr, en }: Words, ruleId: string): Words => ({
  fr: `${fr} (${ruleId})`,
  en: `${en} (${ruleId})`,
});

/** Moves a finding to another field than the text. */
export const within = (field: FindingSubject, found: Finding): Finding => ({ ...found, in: field });
