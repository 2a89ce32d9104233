import { z } from 'zod';
import type { Language, Words } from '../law/rule.ts';
import { GATE_WORDS, isGateCause } from '../messages/gate-word.ts';
import type { WaitingFor } from '../messages/waiting-for.ts';
import { ANSWERS_UNHEARD } from './answers-unheard.ts';
import { spoken } from './reason.ts';
import type { Series } from './series.ts';
import { reasonWords } from '../words/reason.ts';

const Kept = z.object({
  code: z.string(),
  ruleId: z.string().nullable().default(null),
  until: z.string().nullable().default(null),
  // What the send path says is kept in the tenant's language alone.
  text: z.union([z.string(), z.object({ fr: z.string(), en: z.string() })]),
});

/** Codes of the send path that have one sentence. */
const SENDING = {
  THROTTLED: 'askedToWait',
  RETRY: 'askedToWait',
  OPERATOR_FAILS: 'operatorFails',
  CREDIT: 'creditGone',
  GATE_CLOSED: 'gateClosed',
  PLACE_UNKNOWN: 'placeUnknown',
} as const;

const isSendingCode = (code: string): code is keyof typeof SENDING => Object.hasOwn(SENDING, code);

/** What the send path said in one language alone and is known in both. */
function wordsOf(code: string): Words | undefined {
  if (isGateCause(code)) return GATE_WORDS[code];
  if (isSendingCode(code)) return reasonWords(SENDING[code]);
  return code === 'ANSWERS_IMPOSSIBLE' ? ANSWERS_UNHEARD : undefined;
}

/** What was kept of it with the last plan, where its one person is, in the reader's language. */
export function waitingFor(
  { waiting, territory }: Pick<Series, 'waiting' | 'territory'>,
  language: Language,
): WaitingFor | null {
  if (waiting === null) return null;
  const { until, ruleId, ...because } = Kept.parse(waiting);
  const said = { ...because, text: wordsOf(because.code) ?? because.text };
  return { ...spoken(said, language), ruleId, until, byTerritory: [{ territory, count: 1, until }] };
}
