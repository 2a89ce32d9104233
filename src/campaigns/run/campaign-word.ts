import { GATE_WORDS, LIST_UNREAD } from '../../sending/index.ts';
import type { Because, Reason } from '../../platform/index.ts';
import { bilingual, reasonWords, type Language, type Words } from '../../words/index.ts';

/** What a campaign says of itself, in each language. */
const WORDS = {
  ...bilingual.campaign.waits,
  SUPPRESSIONS_UNREAD: LIST_UNREAD,
  PLACE_UNKNOWN: reasonWords('placeUnknown'),
} as const satisfies Record<string, Words>;

/** What keeps people back while the hours of their place are open. */
const DELAYS = {
  ...bilingual.campaign.delays,
  THROTTLED: reasonWords('askedToWait'),
  RETRY: reasonWords('askedToWait'),
  OPERATOR_FAILS: reasonWords('operatorFails'),
  ...GATE_WORDS,
  GATE_CLOSED: reasonWords('gateClosed'),
} as const satisfies Record<string, Words>;

/** Why people wait in open hours, in the reader's language; nothing for a code that is told elsewhere. */
export function delay(code: string, language: Language): Because | undefined {
  const words: Words | undefined = code in DELAYS ? DELAYS[code as keyof typeof DELAYS] : undefined; // guarded by `in`
  return words && { code, text: words[language] };
}

/** A campaign that is not there any more, in each language. */
export const GONE: Reason = { code: 'CANCELLED', text: WORDS.CANCELLED };

/** A code that a campaign gives of itself. */
type CampaignWord = keyof typeof WORDS;

/** A reason in the reader's language; a code without words speaks for itself. */
export function say(code: string, language: Language, at?: string): Because {
  const words: Words | undefined = code in WORDS ? WORDS[code as CampaignWord] : undefined; // guarded by `in`
  return { code, text: words?.[language] ?? code, ...(at === undefined ? {} : { at }) };
}

const OPERATOR_CODE = bilingual.campaign.operatorCode;

/** Why a campaign is parked, with the operator's own code where it gave one. */
export function parkedBecause(
  {
    parkedBecause: code,
    parkedCode,
  }: { readonly parkedBecause: string | null; readonly parkedCode: string | null },
  language: Language,
): Because {
  const because = say(code ?? 'OPERATOR', language);
  if (parkedCode === null) return because;
  return { ...because, text: `${because.text}${OPERATOR_CODE[language]}${parkedCode}.` };
}
