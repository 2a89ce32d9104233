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

/** The rule and the usual severity of each code; `bilingual.finding` has its sentence. */
const KINDS = {
  TEXT_EMPTY: { ruleId: 'TXT-02', severity: 'error' },
  VARIABLE_UNKNOWN: { ruleId: 'VARIABLE_UNKNOWN', severity: 'error' },
  VARIABLE_MALFORMED: { ruleId: 'VARIABLE_MALFORMED', severity: 'error' },
  BRACE_ALONE: { ruleId: 'BRACE_ALONE', severity: 'error' },
  CLAUSE_MAY_VANISH: { ruleId: 'CLAUSE_MAY_VANISH', severity: 'notice' },
  NOT_GSM7: { ruleId: 'TXT-02', severity: 'warning' },
  TOO_MANY_PARTS: { ruleId: 'TXT-02', severity: 'error' },
  STOP_MENTION_ADDED: { ruleId: 'OPT-06', severity: 'warning' },
  OPT_OUT_IMPOSSIBLE: { ruleId: 'OPT-06', severity: 'error' },
  STOP_CODE_NOT_YOURS: { ruleId: 'OPT-06', severity: 'error' },
  REPLY_IMPOSSIBLE: { ruleId: 'OPT-07', severity: 'error' },
  ANSWERS_IMPOSSIBLE: { ruleId: 'ANSWERS_IMPOSSIBLE', severity: 'error' },
  PROMOTION_IN_FUNCTIONAL: { ruleId: 'TXT-03', severity: 'error' },
  SERVICE_IN_MARKETING: { ruleId: 'TXT-03', severity: 'warning' },
  TRADE_BARRED: { ruleId: 'SEC-01', severity: 'error' },
  SECTOR_BARRED: { ruleId: 'SEC-01', severity: 'error' },
  ADDRESSED_TO_MINORS: { ruleId: 'CON-05', severity: 'warning' },
  HEALTH_WORD: { ruleId: 'TXT-01', severity: 'error' },
  PRACTITIONER_NAMED: { ruleId: 'TXT-01', severity: 'warning' },
  PREMIUM_NUMBER: { ruleId: 'TXT-04', severity: 'error' },
  LINK_SHORTENED: { ruleId: 'TXT-04', severity: 'error' },
  LINK_NOT_YOURS: { ruleId: 'TXT-04', severity: 'error' },
  STALE_WHEN_HELD: { ruleId: 'STALE_WHEN_HELD', severity: 'warning' },
  BRAND_NOT_FIRST: { ruleId: 'SND-03', severity: 'warning' },
  SENDER_MALFORMED: { ruleId: 'SND-01', severity: 'error' },
  SENDER_GENERIC: { ruleId: 'SND-01', severity: 'error' },
  SENDER_MOBILE: { ruleId: 'SND-02', severity: 'error' },
} as const satisfies Record<string, Pick<Finding, 'ruleId' | 'severity'>>;

type FindingCode = keyof typeof KINDS;

/** The position and words of a finding; a rule or severity other than the usual one. */
interface Spot {
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
  const kind = KINDS[code];
  const sentence = bilingual.finding[code][language].replace('%s', () => spot.words ?? '');
  return {
    ruleId: spot.ruleId ?? kind.ruleId,
    code,
    severity: spot.severity ?? kind.severity,
    in: spot.in ?? 'text',
    at: spot.at ?? 0,
    message: spot.hint === undefined ? sentence : `${sentence} ${spot.hint[language]}`,
  };
}

/**
 * Runs a check for readers of each language and joins the findings, for a refusal that either may read. `check` must
 * depend on `readBy` for the messages alone.
 */
export function foundInEach<F extends Identity>(
  check: (readBy: Language) => readonly F[],
): readonly (Omit<F, 'message'> & { readonly message: Words })[] {
  const french = check('fr');
  // Most texts have no finding, and need no second check.
  if (french.length === 0) return [];
  const english = Map.groupBy(check('en'), identityOf);
  const withBothMessages = ({
    message: fr,
    ...found
  }: F): Omit<F, 'message'> & { readonly message: Words } => {
    const en = english.get(identityOf(found))?.shift()?.message;
    if (en === undefined) throw new TypeError(`${found.code} was found in French and not in English.`);
    return { ...found, message: { fr, en } };
  };
  return french.map(withBothMessages);
}

/** What identifies a finding within a check, whatever the language of its message. */
interface Identity {
  readonly code: string;
  readonly in?: string;
  readonly at: number;
  readonly message: string;
}

const identityOf = ({ code, in: field = '', at }: Omit<Identity, 'message'>): string =>
  `${code} ${field} ${at}`;

/** Appends the id of a rule to a sentence. */
export const withRule = ({ fr, en }: Words, ruleId: string): Words => ({
  fr: `${fr} (${ruleId})`,
  en: `${en} (${ruleId})`,
});

/** Moves a finding to another field than the text. */
export const within = (field: FindingSubject, finding: Finding): Finding => ({ ...finding, in: field });
