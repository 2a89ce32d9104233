import type { Accepted, AcceptedRecipient, Call, RefusalClass, SubmitResult } from '../gateway/gateway.ts';
import { perGateway } from '../pace/precedence.ts';
import { unknownPartId, recordOutcomes, type Outcome, type OutcomePlace } from './outcome.repository.ts';
import type { Ledger } from '../../platform/index.ts';
import { resting } from '../../base/index.ts';

/** The refusals that concern the whole account, not one message. */
export type AccountTrouble =
  | {
      readonly kind: 'parked';
      readonly code: 'CONFIG' | 'CREDIT';
      /** The operator's own code. */
      readonly operatorCode?: string;
    }
  | { readonly kind: 'slower'; readonly code: 'THROTTLED'; readonly waitMs: number };

/** The people an operator refuses to write to, for their own opt-out or for ever, by seq of their message. */
export interface RefusedRecipients {
  readonly optedOut: readonly number[];
  readonly badNumbers: readonly number[];
}

/** What an answer means for each message, for people, and for the account. */
interface Meaning extends RefusedRecipients {
  readonly outcomes: readonly Outcome[];
  readonly trouble?: AccountTrouble;
}

const RETRY_MS = 2_000;
const LONGEST_RETRY_MS = 60_000;

interface AnswerReading {
  /** Epoch milliseconds of the machine. */
  readonly machineMs: number;
  /** Returns the blind index of a number: it identifies the person where an id covers several. */
  readonly indexOf: (to: string) => Buffer;
  /** True when so many were refused in this way that the account itself is refused. */
  readonly isOfAccount?: boolean;
}

/**
 * Interprets the answer to one call: what it means for each message, for people and for the account. Pure: whether
 * the account itself is refused is known before (`isOfAccount`), and the attempt drops the trouble of an operator
 * for which slowing down is enough.
 */
export function meaningOf(call: Call, result: SubmitResult, reading: AnswerReading): Meaning {
  const all = seqs(call);
  const alike = (outcome: Parameters<typeof outcomeOf>[2]): Meaning => ({
    outcomes: all.map(([, seq]) => outcomeOf(call, seq, outcome)),
    optedOut: [],
    badNumbers: [],
  });
  switch (result.kind) {
    case 'NOT_WRITTEN':
      return alike({ kind: 'unwritten', reason: '' });
    case 'UNKNOWN':
      return alike({
        kind: 'uncertain',
        reason: result.reason.toUpperCase(),
        ...partIdsOf(call, result.partIds),
      });
    case 'REFUSED': {
      const waitMs = Math.min(result.retryAfterMs ?? RETRY_MS, LONGEST_RETRY_MS);
      const refused = all.map(([, seq]) => Object.assign({ seq }, refusalOf(result)));
      const meaning = refusals(call, refused, { waitMs, machineMs: reading.machineMs });
      if (reading.isOfAccount !== true) return meaning;
      return { ...meaning, trouble: { kind: 'parked', code: 'CONFIG', operatorCode: result.code } };
    }
    case 'ACCEPTED':
      return meaningOfAccepted(call, result, reading);
    default:
      return result satisfies never;
  }
}

/**
 * Interprets an accepted call, of which some messages may be refused; one that the answer leaves out is uncertain.
 */
function meaningOfAccepted(call: Call, result: Accepted, { machineMs, indexOf }: AnswerReading): Meaning {
  const all = seqs(call);
  const seqOf = new Map(all);
  const rejected = result.rejected.flatMap((one) =>
    found(seqOf.get(one.to), (seq) => Object.assign({ seq }, refusalOf(one))),
  );
  const bad = refusals(call, rejected, { waitMs: RETRY_MS, machineMs });
  const accepted = result.perRecipient.flatMap((one) =>
    found(seqOf.get(one.to), (seq) => acceptanceOf(call, one, { ...result, seq, indexOf })),
  );
  const answered = new Set([...accepted, ...bad.outcomes].map(({ seq }) => seq));
  const silent = all
    .filter(([, seq]) => !answered.has(seq))
    .map(([, seq]) => outcomeOf(call, seq, { kind: 'uncertain', reason: 'PARSE' }));
  return { ...bad, outcomes: [...accepted, ...bad.outcomes, ...silent] };
}

const refusalOf = ({
  errorClass,
  code,
  words,
}: Omit<RefusedMessage, 'seq'>): Omit<RefusedMessage, 'seq'> => ({
  errorClass,
  code,
  ...(words !== undefined && { words }),
});

const found = <T>(seq: number | undefined, make: (seq: number) => T): T[] =>
  seq === undefined ? [] : [make(seq)];

const EMPTY = Buffer.alloc(0);

const acceptanceOf = (
  call: Call,
  one: AcceptedRecipient,
  { seq, firstByteAt, answeredAt, indexOf }: Accepted & Pick<AnswerReading, 'indexOf'> & { seq: number },
): Outcome => {
  const ofParts = partIdsOf(call, one.partIds);
  return {
    kind: 'accepted',
    seq,
    submissionId: call.submissionId,
    gatewayId: ofParts.partIds?.at(-1) ?? one.gatewayId ?? one.ticket ?? `key:${call.key}`,
    ...ofParts,
    // A ticket, or the key of a call, covers all its recipients.
    recipient: one.gatewayId === undefined && call.recipients.length > 1 ? indexOf(one.to) : EMPTY,
    firstByteAt,
    answeredAt,
  };
};

/**
 * Returns the part ids to keep: missing ones are named by our key. An id shared by two parts is that of the whole
 * message: no receipt would distinguish the parts.
 */
function partIdsOf(
  { key }: Call,
  gatewayIds: readonly (string | null)[] | undefined,
): { readonly partIds?: readonly string[] } {
  if (gatewayIds === undefined) return {};
  const shared = gatewayIds.find((id, place) => id !== null && gatewayIds.indexOf(id) !== place);
  if (typeof shared === 'string') return { partIds: [shared] };
  return { partIds: gatewayIds.map((id, place) => id ?? unknownPartId(key, place + 1, gatewayIds.length)) };
}

type Other = Exclude<Outcome, { kind: 'accepted' }>;

const outcomeOf = (
  call: Call,
  seq: number,
  outcome: Pick<Other, 'kind' | 'reason'> & Partial<Other>,
): Other => ({
  seq,
  submissionId: call.submissionId,
  notBefore: 0,
  ...outcome,
});

/** Reads the seqs of a call's messages from our own references, which need no check as a stranger's do. */
const seqs = (call: Call): (readonly [string, number])[] =>
  call.recipients.flatMap(({ to, reference }) => {
    const seq = Number(reference.slice(reference.lastIndexOf('_') + 1));
    return Number.isInteger(seq) ? [[to, seq] as const] : [];
  });

/** The reason kept with a message that an operator refused for good. */
const FINAL = {
  PERMANENT_RECIPIENT: 'NUMBER_REFUSED',
  OPTED_OUT: 'OPTED_OUT',
  PERMANENT_CONTENT: 'CONTENT_REFUSED',
  UNLISTED: 'REFUSED_BY_OPERATOR',
} as const satisfies Partial<Record<RefusalClass, string>>;

const isFinal = (errorClass: RefusalClass): errorClass is keyof typeof FINAL => errorClass in FINAL;

interface RefusedMessage {
  readonly seq: number;
  readonly errorClass: RefusalClass;
  readonly code: string;
  readonly words?: string;
}

function refusals(
  call: Call,
  refused: readonly RefusedMessage[],
  retry: { readonly waitMs: number; readonly machineMs: number },
): Meaning {
  const trouble = refused.map((one) => troubleOf(one, retry.waitMs)).find((one) => one !== undefined);
  return {
    outcomes: refused.map(({ seq, errorClass, code, words }) =>
      isFinal(errorClass)
        ? outcomeOf(call, seq, {
            kind: 'failed',
            reason: FINAL[errorClass],
            refusal: { code, ...(words !== undefined && { words }) },
          })
        : outcomeOf(call, seq, {
            kind: 'again',
            reason: errorClass,
            notBefore: retry.machineMs + retry.waitMs,
          }),
    ),
    optedOut: refused.filter(({ errorClass }) => errorClass === 'OPTED_OUT').map(({ seq }) => seq),
    badNumbers: refused
      .filter(({ errorClass }) => errorClass === 'PERMANENT_RECIPIENT')
      .map(({ seq }) => seq),
    ...(trouble === undefined ? {} : { trouble }),
  };
}

function troubleOf({ errorClass, code }: RefusedMessage, waitMs: number): AccountTrouble | undefined {
  if (errorClass === 'CONFIG' || errorClass === 'CREDIT')
    return { kind: 'parked', code: errorClass, operatorCode: code };
  return errorClass === 'THROTTLED' ? { kind: 'slower', code: errorClass, waitMs } : undefined;
}

/** So many outcomes are written at once, or as many as have come after `WITHIN_MS`. */
const MOST = 500;
const WITHIN_MS = 20;
const WRITE_AGAIN_MS = 500;

/** Gathers outcomes of one batch and writes them in groups; evidence is kept until it is written. */
export class Recorder {
  readonly #ledger: Ledger;
  readonly #where: () => OutcomePlace;
  #waiting: Outcome[] = [];
  #timer: NodeJS.Timeout | undefined;
  #writing: Promise<void> = Promise.resolve();
  #fault: unknown;

  constructor(ledger: Ledger, where: () => OutcomePlace) {
    this.#ledger = ledger;
    this.#where = where;
  }

  add(outcomes: readonly Outcome[]): void {
    this.#waiting.push(...outcomes);
    this.#ledger.unrecorded += outcomes.length;
    if (this.#waiting.length >= MOST) this.#flush();
    else this.#timer ??= setTimeout(() => this.#flush(), WITHIN_MS);
  }

  /** Says whether everything added so far is in the ledger before the given time is over. */
  async drained(withinMs: number): Promise<boolean> {
    this.#flush();
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<false>((give) => {
      timer = setTimeout(give, withinMs, false);
    });
    const inTime = await Promise.race([this.#writing.then(() => true), late]);
    clearTimeout(timer);
    if (this.#fault !== undefined) throw this.#fault;
    return inTime;
  }

  #flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#waiting.length === 0) return;
    const outcomes = this.#waiting;
    this.#waiting = [];
    this.#writing = this.#writing.then(() => this.#write(outcomes));
  }

  async #write(outcomes: readonly Outcome[]): Promise<void> {
    try {
      await this.#keep(outcomes);
    } catch (fault) {
      // Reported by drained(); later outcomes are still written.
      this.#fault ??= fault;
    }
    this.#ledger.unrecorded -= outcomes.length;
  }

  /** The database may be gone for a while; one outcome it refuses must not take the others with it. */
  async #keep(outcomes: readonly Outcome[]): Promise<void> {
    try {
      while ((await recordOutcomes(this.#ledger, this.#where(), outcomes)) === 'unavailable') {
        await resting(WRITE_AGAIN_MS);
      }
    } catch (fault) {
      const [first] = outcomes;
      if (first === undefined) return;
      if (outcomes.length === 1) return this.#doubt(first, fault);
      const half = Math.ceil(outcomes.length / 2);
      await this.#keep(outcomes.slice(0, half));
      await this.#keep(outcomes.slice(half));
    }
  }

  /** An answer that cannot be stored, as an id with a zero byte, counts as unintelligible. */
  async #doubt({ seq, submissionId, kind }: Outcome, fault: unknown): Promise<void> {
    if (kind === 'uncertain') throw fault;
    await this.#keep([{ kind: 'uncertain', seq, submissionId, reason: 'PARSE', notBefore: 0 }]);
  }
}

/**
 * Different people in a row, refused in one unexplained way, after which the account counts as refused. Each of
 * them is given up: a lower number would let three unlucky numbers stop a campaign.
 */
export const REFUSED_ALIKE = 5;

/** The same, where the codes differ. */
export const REFUSED_IN_A_ROW = 20;

/** Maximum number of remembered messages that parked their account. */
const MOST_PARKED = 1_000;

/** Separates refusals of one person from those of the account; an acceptance in between proves the account. */
export class Refusals {
  readonly #people = new Map<string, string>();
  /** Messages for which the account was parked, and whether it accepted another since. */
  readonly #parked = new Map<string, boolean>();

  /** Interprets an answer: an account that accepts other messages does not refuse this person for its own sake. */
  read(call: Call, result: SubmitResult): SubmitResult {
    if (result.kind === 'ACCEPTED') this.#proved();
    if (result.kind !== 'REFUSED' || result.errorClass !== 'CONFIG') return result;
    const name = call.recipients[0]?.reference ?? '';
    if (this.#parked.get(name) === true) return { ...result, errorClass: 'UNLISTED' };
    this.#parked.set(name, false);
    const [oldest] = this.#parked.keys();
    if (this.#parked.size > MOST_PARKED && oldest !== undefined) this.#parked.delete(oldest);
    return result;
  }

  /** Notes an unexplained refusal; says whether the account is refused. */
  isOfAccount(call: Call, result: SubmitResult): boolean {
    if (result.kind !== 'REFUSED' || result.errorClass !== 'UNLISTED') return false;
    for (const { to } of call.recipients) this.#people.set(to, result.code);
    const alike = [...this.#people.values()].filter((code) => code === result.code).length;
    if (alike < REFUSED_ALIKE && this.#people.size < REFUSED_IN_A_ROW) return false;
    this.#people.clear();
    return true;
  }

  #proved(): void {
    this.#people.clear();
    for (const name of this.#parked.keys()) this.#parked.set(name, true);
  }
}

/** Returns the refusals of an account, shared by all batches of this worker. */
export const refusalsOf = perGateway(() => new Refusals());
