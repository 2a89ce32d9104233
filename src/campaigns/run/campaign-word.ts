import { GATE_WORDS, LIST_UNREAD } from '../../sending/index.ts';
import type { ReasonInWords, PlanReason } from '../../platform/index.ts';
import { bilingual, reasonWords, type Language, type Words } from '../../words/index.ts';

/** The campaign's own words, in each language. */
const WORDS = {
  ...bilingual.campaign.waits,
  SUPPRESSIONS_UNREAD: LIST_UNREAD,
  PLACE_UNKNOWN: reasonWords('placeUnknown'),
} as const satisfies Record<string, Words>;

/** The reasons that hold people back in open hours. */
const DELAYS = {
  ...bilingual.campaign.delays,
  THROTTLED: reasonWords('askedToWait'),
  RETRY: reasonWords('askedToWait'),
  OPERATOR_FAILS: reasonWords('operatorFails'),
  ...GATE_WORDS,
  GATE_CLOSED: reasonWords('gateClosed'),
} as const satisfies Record<string, Words>;

/** Words why people wait in open hours, in the reader's language; undefined for a code that is worded elsewhere. */
export function delay(code: string, language: Language): ReasonInWords | undefined {
  const words: Words | undefined = code in DELAYS ? DELAYS[code as keyof typeof DELAYS] : undefined; // guarded by `in`
  return words && { code, text: words[language] };
}

/** The reason of a vanished campaign, in each language. */
export const GONE: PlanReason = { code: 'CANCELLED', text: WORDS.CANCELLED };

/** A code of the campaign's own words. */
type CampaignWord = keyof typeof WORDS;

/** Words a reason in the reader's language; a code without words is shown as it is. */
export function say(code: string, language: Language, at?: string): ReasonInWords {
  const words: Words | undefined = code in WORDS ? WORDS[code as CampaignWord] : undefined; // guarded by `in`
  return { code, text: words?.[language] ?? code, ...(at === undefined ? {} : { at }) };
}

const OPERATOR_CODE = bilingual.campaign.operatorCode;

/** Words why a campaign is parked, with the operator's own code where it gave one. */
export function parkedBecause(
  {
    parkedBecause: code,
    parkedCode,
  }: { readonly parkedBecause: string | null; readonly parkedCode: string | null },
  language: Language,
): ReasonInWords {
  const because = say(code ?? 'OPERATOR', language);
  if (parkedCode === null) return because;
  return { ...because, text: `${because.text}${OPERATOR_CODE[language]}${parkedCode}.` };
}
