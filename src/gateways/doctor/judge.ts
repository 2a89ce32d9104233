import { DateTime } from 'luxon';
import { classifyReply, silences } from '../../sms/index.ts';
import type {
  AcceptedRecipient,
  Gateway,
  GatewayEvent,
  Health,
  ReceiptEvent,
  Reconciled,
  ReplyEvent,
  StopEvent,
  StopList,
  SubmitResult,
} from '../../sending/index.ts';
import { ASSUMPTION_WORDS, type AssumptionId, type AssumptionFinding } from '../entry.ts';
import { OPERATORS } from '../operators.ts';
import { wordsIn, type Language } from '../../words/index.ts';

export interface ReceivedEvent {
  readonly event: GatewayEvent;
  /** Epoch milliseconds by the machine clock. */
  readonly at: number;
}

export interface TriedText {
  readonly id: 'accents' | 'two-parts';
  /** Our own reference, which some operators return. */
  readonly reference: string;
  /** By our own count. */
  readonly parts: number;
  readonly result: SubmitResult;
  /** The phone's display of the text, as its owner reports. */
  readonly shown: 'as-sent' | 'otherwise' | 'nothing';
}

export interface TrialFacts {
  readonly kind: Gateway['kind'];
  readonly phone: string;
  readonly health: Health;
  readonly stopList?: StopList['kind'];
  readonly texts: readonly TriedText[];
  readonly events: readonly ReceivedEvent[];
  /** Count of the operator's calls, whatever their content. */
  readonly calls: number;
  /** Calls with the right secret and a wrong signature. */
  readonly misSigned: number;
  readonly unread: number;
  readonly lookUp?: Reconciled;
}

type Verdict = AssumptionFinding['verdict'];
type Judged = Verdict | readonly [Verdict, string];

const DRIFT_MS = 900_000;

/** Judges each assumption of the account's adapter by the trial. */
export function judge(facts: TrialFacts): readonly AssumptionFinding[] {
  return OPERATORS[facts.kind].assumptions.map((id) => {
    const judged = JUDGES[id](facts);
    if (typeof judged === 'string') return { id, verdict: judged };
    const [verdict, detail] = judged;
    return { id, verdict, detail };
  });
}

const when = (held: boolean): Verdict => (held ? 'held' : 'failed');

export const idsOf = ({ result }: TriedText): readonly string[] =>
  result.kind === 'ACCEPTED' ? [...new Set(result.perRecipient.flatMap(idsIn).filter(isThere))] : [];

const idsIn = ({
  gatewayId,
  ticket,
  partIds = [],
}: AcceptedRecipient): readonly (string | null | undefined)[] => [gatewayId, ticket, ...partIds];

const isThere = (id: string | null | undefined): id is string => id !== undefined && id !== null;

const partIdsOf = ({ result }: TriedText): readonly string[] =>
  result.kind === 'ACCEPTED'
    ? result.perRecipient.flatMap(({ partIds = [] }) => partIds.filter(isThere))
    : [];

/** Says whether receipts report a text's outcome: for each of its parts that has an id of its own. */
export const isEnded = (text: TriedText, events: readonly GatewayEvent[]): boolean => {
  const receipts = events.filter((event) => event.kind === 'receipt').filter(isFinal);
  const isReported = (ids: readonly string[]): boolean => receipts.some((receipt) => isUnder(ids, receipt));
  const parts = partIdsOf(text);
  return parts.length > 0 ? parts.every((id) => isReported([id])) : isReported(idsOf(text));
};

const receiptsOf = ({ events }: TrialFacts): readonly ReceiptEvent[] =>
  events.flatMap(({ event }) => (event.kind === 'receipt' ? [event] : []));

const isUnder = (ids: readonly string[], { gatewayId, ticket }: ReceiptEvent): boolean =>
  [gatewayId, ticket].some((id) => id !== undefined && ids.includes(id));

/** Says whether a receipt carries our own reference of a text. */
const isNamed = ({ texts }: Pick<TrialFacts, 'texts'>, { reference }: ReceiptEvent): boolean =>
  texts.some((text) => text.reference === reference);

/** Returns the trial's receipts, by the operator's id. */
const ours = (facts: TrialFacts, texts = facts.texts): readonly ReceiptEvent[] => {
  const ids = texts.flatMap(idsOf);
  return receiptsOf(facts).filter((receipt) => isUnder(ids, receipt));
};

/** Returns receipts without an id of the trial that may be about it. */
const astray = (facts: TrialFacts): readonly ReceiptEvent[] => {
  const ids = facts.texts.flatMap(idsOf);
  return receiptsOf(facts).filter((receipt) => {
    const { to, reference } = receipt;
    if (isUnder(ids, receipt)) return false;
    if (reference !== undefined) return isNamed(facts, receipt);
    return to === undefined || to === facts.phone;
  });
};

const isFinal = ({ state }: ReceiptEvent): boolean => state !== 'PENDING' && state !== 'BUFFERED';

const repliesOf = ({ events, phone }: TrialFacts): readonly (ReplyEvent | StopEvent)[] =>
  events.flatMap(({ event }) => (event.kind !== 'receipt' && event.from === phone ? [event] : []));

export const isStop = (event: ReplyEvent | StopEvent): boolean =>
  event.kind === 'stop' || silences(classifyReply(event.text).kind);

const accepted = ({ texts }: TrialFacts) =>
  texts.flatMap((text) =>
    text.result.kind === 'ACCEPTED' && text.result.perRecipient.length > 0
      ? [{ ...text, taken: text.result.perRecipient }]
      : [],
  );

const wasShown = ({ texts }: TrialFacts): boolean => texts.some(({ shown }) => shown !== 'nothing');

const credit = ({ health }: TrialFacts): Judged => {
  if (health.code === 'CREDIT') return 'failed';
  if (health.credit === undefined) return 'not-seen';
  const { amount, currency = '' } = health.credit;
  return [when(Number(amount) > 0), `${amount} ${currency}`.trim()];
};

function sender({ texts }: TrialFacts): Judged {
  for (const { result } of texts) {
    const refused = refusalIn(result);
    if (refused !== undefined)
      return [PASSING.has(refused.errorClass) ? 'not-seen' : 'failed', refusalWords(refused)];
  }
  return texts.some(({ result }) => result.kind === 'ACCEPTED') ? 'held' : 'not-seen';
}

/** The refusals that say nothing about the sender. */
const PASSING: ReadonlySet<string> = new Set(['THROTTLED', 'RETRYABLE', 'CREDIT']);

const refusalIn = (result: SubmitResult) => {
  if (result.kind === 'REFUSED') return result;
  return result.kind === 'ACCEPTED' ? result.rejected[0] : undefined;
};

const refusalWords = ({ code, words = '' }: { readonly code: string; readonly words?: string }): string =>
  `${code} ${words}`.trim();

function answerId(facts: TrialFacts): Judged {
  const taken = accepted(facts);
  const unreadable = facts.texts.some(({ result }) => result.kind === 'UNKNOWN' && result.reason === 'parse');
  if (unreadable) return 'failed';
  return taken.length === 0 ? 'not-seen' : when(taken.every((text) => idsOf(text).length > 0));
}

function partsReported(facts: TrialFacts): Judged {
  const counts = accepted(facts).flatMap(({ taken, parts }) =>
    taken.flatMap((one) => (one.parts === undefined ? [] : [{ theirs: one.parts, parts }])),
  );
  if (counts.length === 0) return 'not-seen';
  const detail = counts.map(({ theirs, parts }) => `${theirs}/${parts}`).join(', ');
  return [when(counts.every(({ theirs, parts }) => theirs === parts)), detail];
}

const shownAs =
  (wanted: TriedText['id']) =>
  ({ texts }: TrialFacts): Judged => {
    const text = texts.find(({ id }) => id === wanted);
    if (text === undefined || text.shown === 'nothing') return 'not-seen';
    return when(text.shown === 'as-sent');
  };

function receiptId(facts: TrialFacts): Judged {
  if (ours(facts).length > 0) return 'held';
  if (facts.texts.flatMap(idsOf).length === 0) return 'not-seen';
  return astray(facts).length > 0 ? ['failed', String(astray(facts).length)] : 'not-seen';
}

function receiptReference(facts: TrialFacts): Judged {
  if (receiptsOf(facts).some((receipt) => isNamed(facts, receipt))) return 'held';
  return ours(facts).length > 0 ? 'failed' : 'not-seen';
}

/** Judges the states of receipts: a final one must report a text that its owner saw as delivered. */
function receiptState(facts: TrialFacts): Judged {
  const mine = new Set([...ours(facts), ...(ours(facts).length === 0 ? astray(facts) : [])]);
  const final = [...mine].filter(isFinal);
  if (final.some(({ state }) => state === 'DELIVERED')) return 'held';
  const [first] = final;
  if (first === undefined) return 'not-seen';
  const detail = `${first.state} ${first.code ?? ''}`.trim();
  return [wasShown(facts) ? 'failed' : 'not-seen', detail];
}

function receiptParts(facts: TrialFacts): Judged {
  const long = facts.texts.filter(({ id }) => id === 'two-parts');
  const final = new Set(
    ours(facts, long)
      .filter(isFinal)
      .map(({ identity }) => identity),
  );
  const awaited = Math.max(1, long.flatMap(partIdsOf).length);
  if (final.size > 0) return final.size === awaited ? 'held' : ['failed', `${final.size}/${awaited}`];
  const others = ours(facts).length > 0 && astray(facts).some(isFinal);
  return others ? ['failed', '0'] : 'not-seen';
}

function receiptClock(facts: TrialFacts): Judged {
  const drifts = facts.events.flatMap(({ event, at }) => {
    const reportedAt = isMine(facts, event) ? frenchTime(event.occurredAt) : undefined;
    return reportedAt === undefined ? [] : [Math.abs(reportedAt - at)];
  });
  if (drifts.length === 0) return 'not-seen';
  const least = Math.min(...drifts);
  return [when(least <= DRIFT_MS), `${Math.round(least / 60_000)} min`];
}

export const isMine = (facts: Pick<TrialFacts, 'phone' | 'texts'>, event: GatewayEvent): boolean => {
  if (event.kind !== 'receipt') return event.from === facts.phone;
  return event.to === facts.phone || isUnder(facts.texts.flatMap(idsOf), event) || isNamed(facts, event);
};

const FORMATS = ['yyyy-MM-dd HH:mm:ss', 'yyyyMMddHHmmss'];

const frenchTime = (written: string | undefined): number | undefined => {
  const read = FORMATS.map((format) => DateTime.fromFormat(written ?? '', format, { zone: 'Europe/Paris' }));
  return read.find(({ isValid }) => isValid)?.toMillis();
};

function lookUp({ lookUp: answer }: TrialFacts): Judged {
  if (answer === undefined || answer.kind === 'NOT_FOUND') return 'not-seen';
  if (answer.kind === 'FOUND') return 'held';
  return answer.reason === 'parse' || answer.reason === 'unreachable'
    ? ['failed', answer.reason]
    : 'not-seen';
}

function replyNumber(facts: TrialFacts): Judged {
  if (repliesOf(facts).length > 0) return 'held';
  return facts.unread > 0 ? 'failed' : 'not-seen';
}

function replyWords(facts: TrialFacts): Judged {
  const replies = repliesOf(facts);
  return replies.length === 0 ? 'not-seen' : when(replies.some(isStop));
}

/**
 * Judges whether calls are readable. An unreadable item beside a reply may be about something else; alone, it is the
 * reply.
 */
function callsRead(facts: TrialFacts): Judged {
  if (facts.calls === 0 || (facts.unread > 0 && repliesOf(facts).length === 0)) return 'not-seen';
  return facts.unread === 0 ? 'held' : ['failed', String(facts.unread)];
}

function creditReported({ health: { ok, code, credit: reportedCredit } }: TrialFacts): Judged {
  if (reportedCredit !== undefined) return 'held';
  return ok || code === 'UNREADABLE' ? 'failed' : 'not-seen';
}

function credentials({ health: { ok, code } }: TrialFacts): Judged {
  if (ok || code === 'UNREADABLE' || code === 'CREDIT') return 'held';
  return code === 'CONFIG' ? 'failed' : 'not-seen';
}

const JUDGES: Readonly<Record<AssumptionId, (facts: TrialFacts) => Judged>> = {
  reached: ({ health: { ok, code } }) => when(ok || code !== 'UNREACHABLE'),
  credentials,
  'credit-told': creditReported,
  'credit-left': credit,
  'stop-list': ({ stopList }) => (stopList === undefined ? 'not-seen' : when(stopList === 'LISTED')),
  sender,
  'answer-id': answerId,
  'parts-told': partsReported,
  accents: shownAs('accents'),
  'two-parts': shownAs('two-parts'),
  callback: ({ calls, misSigned }) => (calls + misSigned > 0 ? 'held' : 'not-seen'),
  session: ({ calls }) => (calls > 0 ? 'held' : 'not-seen'),
  signature: ({ calls, misSigned }) =>
    misSigned > 0 ? ['failed', String(misSigned)] : calls > 0 ? 'held' : 'not-seen',
  'receipt-id': receiptId,
  'receipt-reference': receiptReference,
  'receipt-state': receiptState,
  'receipt-parts': receiptParts,
  'receipt-clock': receiptClock,
  'look-up': lookUp,
  'reply-number': replyNumber,
  'reply-words': replyWords,
  'calls-read': callsRead,
};

/** The reasons why a text of a trial may not be sent. */
export type TrialBound = 'SEALED' | 'JOURNAL_WAITS' | 'HALTED' | 'SUPPRESSED';

/** The outcome of an accepted text; any other is the operator's code and words. */
export const ACCEPTED = 'accepted';

export type TrialNews =
  | { readonly kind: 'health'; readonly ok: boolean; readonly code?: string }
  | { readonly kind: 'sent'; readonly text: TriedText['id']; readonly outcome: string }
  | { readonly kind: 'held-back'; readonly bound: TrialBound }
  | { readonly kind: 'waiting'; readonly what: 'receipt' | 'reply' };

/** Returns the sender of a trial: the company's; a fake needs none. */
export const trialSender = (
  given: string | null | undefined,
  { fake }: { readonly fake: boolean },
): string | undefined => {
  if (given !== null && given !== undefined && given !== '') return given;
  return fake ? 'BONHEURE' : undefined;
};

/** Words one news item of a trial. */
export function newsLine(news: TrialNews, language: Language): string {
  const words = wordsIn(language).doctor.news;
  switch (news.kind) {
    case 'health':
      return news.ok ? words.answers : `${words.silent} ${news.code ?? ''}`;
    case 'sent':
      return `${words.sent[news.text]} ${news.outcome === ACCEPTED ? words.accepted : news.outcome}`;
    case 'held-back':
      return wordsIn(language).doctor.bounds[news.bound];
    case 'waiting':
      return words.waiting[news.what];
    default:
      return news satisfies never;
  }
}

/** Words each assumption with its verdict, and the remedy where it is false; failures stand out. */
export function findingLines(findings: readonly AssumptionFinding[], language: Language): readonly string[] {
  const { doctor: words, punctuation } = wordsIn(language);
  return findings.flatMap(({ id, verdict, detail }) => {
    const { what, change } = ASSUMPTION_WORDS[id];
    const inBrackets = detail === undefined ? '' : ` (${detail})`;
    const word = words.verdicts[verdict];
    const shown = verdict === 'failed' ? word.toUpperCase() : word;
    const line = `${shown.padEnd(9)} ${id.padEnd(18)} ${what[language]}${inBrackets}`;
    if (verdict === 'held') return [line];
    return [line, `${' '.repeat(10)}${words.terminal.change}${punctuation.colon}${change[language]}`];
  });
}
