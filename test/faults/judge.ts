import type { LedgerLine } from './ledger.ts';

/** A STOP: when the person said it, and when we first answered 2xx; undefined where we never did. */
export interface SaidStop {
  readonly phone: string;
  readonly saidAt: number;
  readonly answeredAt: number | undefined;
}

/** Someone who is owed a message, and the moment at which it is due by the machine's clock. */
export interface Owed {
  readonly phone: string;
  readonly dueAt: number;
}

/** All that was seen from outside while one fault was made. */
export interface Evidence {
  /** Messages that the operators took from people of this row, in the order of their arrival. */
  readonly ledger: readonly LedgerLine[];
  /** Everybody whom the campaign is for. */
  readonly audience: readonly string[];
  /** Whom the campaign left out for another reason than a STOP, or still holds, by the accounts of the API. */
  readonly reminders: readonly Owed[];
  readonly stops: readonly SaidStop[];
  /** People barred in the end, of those who said STOP. */
  readonly barred: number;
  /** The fault, by the machine's clock. */
  readonly from: number;
  readonly to: number;
  /** Whether somebody healthy stands beside what is struck: then the rest goes on from the first moment. */
  readonly beside: boolean;
  /** The same for the other company, which has an operator of its own. */
  readonly othersBeside: boolean;
  /** Hours in which advertising may leave, by the machine's clock: from, to. */
  readonly windows: readonly (readonly [from: number, to: number])[];
  /** Messages a second that each account allows. */
  readonly ratePerSecond: number;
}

/** What a fault came to. */
export interface Verdict {
  readonly reachedTwice: number;
  readonly lost: number;
  readonly afterStop: number;
  readonly outsideWindow: number;
  /** People who said STOP and are not barred in the end. */
  readonly unheard: number;
  /** Of the campaign: its longest silence that reminders and answers, which go first, do not explain. */
  readonly silentMs: number;
  /** Of reminders: the longest time past their minute. */
  readonly lateMs: number;
  /** Until a STOP is answered, and the last message before it has arrived; infinite where it never was. */
  readonly slowestStopMs: number;
  readonly busiestSecond: number;
  readonly broken: readonly string[];
}

/** What had been written to the operator when we answered is still on its way for so long. */
export const ON_THE_WIRE_MS = 1_000;
/** Two messages that left a second apart may arrive so much closer. */
const JITTER_MS = 100;
const SECOND_MS = 1_000;
/** I9 and I16. */
const LONGEST_MS = 10_000;

/** What kind of message a text is: each person is owed each once at most. */
const kindOf = (text: string): 'campaign' | 'reminder' | 'answer' => {
  if (text.includes('-30 %')) return 'campaign';
  return text.includes('rendez-vous') ? 'reminder' : 'answer';
};

const of = (ledger: readonly LedgerLine[], kind: ReturnType<typeof kindOf>): readonly LedgerLine[] =>
  ledger.filter(({ text }) => kindOf(text) === kind);

function reachedTwice(ledger: readonly LedgerLine[]): number {
  return ledger.length - new Set(ledger.map(({ to, text }) => `${to} ${kindOf(text)}`)).size;
}

function lost({ ledger, audience, reminders, stops }: Evidence): number {
  const silent = new Set(stops.map(({ phone }) => phone));
  const reached = new Set(of(ledger, 'campaign').map(({ to }) => to));
  const reminded = new Set(of(ledger, 'reminder').map(({ to }) => to));
  const missed = audience.filter((phone) => !reached.has(phone) && !silent.has(phone));
  return missed.length + reminders.filter(({ phone }) => !reminded.has(phone)).length;
}

function afterStop({ ledger, stops }: Evidence): number {
  const answered = new Map(stops.map(({ phone, answeredAt }) => [phone, answeredAt]));
  return of(ledger, 'campaign').filter(
    ({ to, at }) => at > (answered.get(to) ?? Number.POSITIVE_INFINITY) + ON_THE_WIRE_MS,
  ).length;
}

const outsideWindow = ({ ledger, windows }: Evidence): number =>
  of(ledger, 'campaign').filter(
    ({ at }) => !windows.some(([from, to]) => at >= from && at <= to + ON_THE_WIRE_MS),
  ).length;

/**
 * The longest silence of the campaign from a moment on, while it had anybody left, less the time for which reminders
 * and answers, which go first, used its account: each a message's part of a second.
 */
function longestSilence({ ledger, ratePerSecond }: Evidence, from: number): number {
  const after = of(ledger, 'campaign').filter(({ at }) => at > from);
  const isAhead = ({ text }: LedgerLine): boolean => kindOf(text) !== 'campaign';
  const silences = after.map(({ at, account }, n) => {
    const since = after[n - 1]?.at ?? from;
    const ahead = ledger.filter(
      (line) => isAhead(line) && line.account === account && line.at > since && line.at < at,
    );
    return at - since - (ahead.length * SECOND_MS) / ratePerSecond;
  });
  return Math.max(0, ...silences);
}

function longestWait({ ledger, reminders }: Evidence, from: number): number {
  const at = new Map(of(ledger, 'reminder').map((line) => [line.to, line.at]));
  return Math.max(
    0,
    ...reminders.map(({ phone, dueAt }) => (at.get(phone) ?? dueAt) - Math.max(dueAt, from)),
  );
}

function slowestStop({ ledger, stops }: Evidence): number {
  const last = new Map(of(ledger, 'campaign').map(({ to, at }) => [to, at]));
  return Math.max(
    0,
    ...stops.map(
      ({ phone, saidAt, answeredAt }) =>
        Math.max(answeredAt ?? Number.POSITIVE_INFINITY, last.get(phone) ?? saidAt) - saidAt,
    ),
  );
}

/** Messages of one account in the busiest second, less the jitter of the way. */
function busiestSecond(ledger: readonly LedgerLine[]): number {
  const busiest = (lines: readonly LedgerLine[]): number => {
    let [most, first] = [0, 0];
    lines.forEach(({ at }, n) => {
      while ((lines[first]?.at ?? at) <= at - SECOND_MS + JITTER_MS) first += 1;
      most = Math.max(most, n - first + 1);
    });
    return most;
  };
  return Math.max(0, ...[...Map.groupBy(ledger, ({ account }) => account).values()].map(busiest));
}

/** Judges one fault by what was seen from outside. */
export function judged(evidence: Evidence): Verdict {
  const goesOnFrom = evidence.beside ? evidence.from : evidence.to;
  const found = {
    reachedTwice: reachedTwice(evidence.ledger),
    lost: lost(evidence),
    afterStop: afterStop(evidence),
    outsideWindow: outsideWindow(evidence),
    unheard: evidence.stops.length - evidence.barred,
    silentMs: longestSilence(evidence, goesOnFrom),
    lateMs: longestWait(evidence, evidence.othersBeside ? evidence.from : evidence.to),
    slowestStopMs: slowestStop(evidence),
    busiestSecond: busiestSecond(evidence.ledger),
  };
  return { ...found, broken: broken(found, evidence) };
}

function broken(found: Omit<Verdict, 'broken'>, { ratePerSecond }: Evidence): readonly string[] {
  const promises: readonly (readonly [string, boolean])[] = [
    ['reached twice', found.reachedTwice === 0],
    ['lost', found.lost === 0],
    ['after STOP', found.afterStop === 0],
    ['outside the window', found.outsideWindow === 0],
    ['STOP not kept', found.unheard === 0],
    ['silent too long', found.silentMs <= LONGEST_MS],
    ['reminders too late', found.lateMs <= LONGEST_MS],
    ['STOP too slow', found.slowestStopMs <= LONGEST_MS],
    ['faster than the rate', found.busiestSecond <= ratePerSecond],
  ];
  return promises.flatMap(([name, held]) => (held ? [] : [name]));
}
