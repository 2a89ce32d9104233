import { createHash } from 'node:crypto';
import {
  boundOfTrial,
  type TrialParts,
  beatTrial,
  beginTrial,
  endTrial,
  forgetTrialCalls,
  takeText,
} from './account-trial.repository.ts';
import { receiveTrial, type TrialReceiver, type TranscribedCall } from './trial-calls.ts';
import { instant } from '../../platform/index.ts';
import { uuidV7 } from '../../base/index.ts';
import type { AssumptionFinding } from '../entry.ts';
import {
  isEnded,
  isMine,
  isStop,
  judge,
  ACCEPTED,
  type TrialFacts,
  type TriedText,
  type TrialBound,
  type TrialNews,
} from './judge.ts';
import type { Call, Gateway, Health, Reconciled, Slot } from '../../sending/index.ts';
import { briefly } from '../open-gateway.ts';
import { measure } from '../../sms/index.ts';
import { wordsIn } from '../../words/index.ts';

/** The person with the telephone. */
export interface TrialPerson {
  /** Returns E.164 of their own telephone, typed and confirmed; undefined ends the trial before anything is sent. */
  phone(): Promise<string | undefined>;
  show(news: TrialNews): Promise<void>;
  /** Reports the findings so far; none of them is about to change by itself. */
  found(findings: readonly AssumptionFinding[]): Promise<void>;
  /** Asks what the telephone shows, once a text was sent. */
  shown(words: string, text: TriedText['id']): Promise<TriedText['shown']>;
  /** Asks for a STOP; resolves once it is typed, or they give up. */
  typeStop(): Promise<void>;
}

/** The findings on each assumption, and the calls by which they were made. */
export interface TrialResult {
  readonly findings: readonly AssumptionFinding[];
  readonly transcript: readonly TranscribedCall[];
  /** Count of calls about the trial that would have shown a number or a secret. */
  readonly withheld: number;
  readonly bound?: TrialBound;
}

const BEATS_EVERY_MS = 5_000;
const LOOKS_EVERY_MS = 250;
const SLOT_WITHIN_MS = 10_000;
const WRITTEN_WITHIN_MS = 5_000;

/**
 * Tries an account with a person's own telephone; undefined when another trial of it is under way. At most two
 * texts are sent, each at most once. A STOP opts out as any other does.
 */
export async function tryAccount(parts: TrialParts, person: TrialPerson): Promise<TrialResult | undefined> {
  const { database, clock, accountId } = parts;
  const startedMs = clock.machine();
  const id = uuidV7(startedMs);
  const at = instant(startedMs).toISO();
  const begun = await database.outside((tx) => beginTrial(tx, { id, accountId, at }));
  return begun === 'begun' ? conductTrial(parts, person, { id, startedMs }) : undefined;
}

/** Runs a trial that has begun, and ends it whatever happens. */
export async function conductTrial(
  parts: TrialParts,
  person: TrialPerson,
  /** Its start is by the machine clock. */
  started: { readonly id: string; readonly startedMs: number },
): Promise<TrialResult> {
  const { database, clock } = parts;
  const { id } = started;
  const now = (): string => instant(clock.machine()).toISO();
  const beating = beat(() => database.outside((tx) => beatTrial(tx, { id, at: now() })));
  const rest: TrialParts['rest'] = async (ms) => {
    beating.ended.throwIfAborted();
    await parts.rest(ms);
  };
  let tried: TrialResult | undefined;
  try {
    tried = await new Trial({ ...parts, rest }, person, started).run();
    return tried;
  } finally {
    beating.stop();
    const at = now();
    await database.outside(async (tx) => {
      await endTrial(tx, { id, at, findings: tried?.findings ?? null });
      await forgetTrialCalls(tx, at);
    });
  }
}

class TrialTakenOver extends Error {
  override readonly name = 'TrialTakenOver';

  constructor() {
    super('the trial was ended by another process');
  }
}

/** Renews this process's hold on the trial until the trial has ended. */
function beat(say: () => Promise<boolean>): { readonly ended: AbortSignal; stop(): void } {
  const ended = new AbortController();
  const each = async (): Promise<void> => {
    if (!(await say())) ended.abort(new TrialTakenOver());
  };
  // A process that fails to renew for a minute counts as dead, and learns so here afterwards.
  const timer = setInterval(() => void each().catch(() => undefined), BEATS_EVERY_MS);
  return { ended: ended.signal, stop: () => clearInterval(timer) };
}

class Trial {
  readonly #parts: TrialParts;
  readonly #person: TrialPerson;
  readonly #id: string;
  readonly #receiver: TrialReceiver;
  readonly #texts: TriedText[] = [];
  #bound: TrialBound | undefined;
  #known: Omit<TrialFacts, 'texts' | 'events' | 'calls' | 'misSigned' | 'unread'>;

  constructor(parts: TrialParts, person: TrialPerson, about: Parameters<typeof conductTrial>[2]) {
    this.#parts = parts;
    this.#person = person;
    this.#id = about.id;
    this.#receiver = receiveTrial(parts, about);
    this.#known = { kind: parts.account.kind, health: { ok: false }, phone: '' };
  }

  async run(): Promise<TrialResult> {
    const { gateway, account } = this.#parts;
    const health = await this.#health();
    const { ok, code } = health;
    this.#known = { kind: account.kind, health, phone: '' };
    await this.#person.show({ kind: 'health', ok, ...(code !== undefined && { code }) });
    if (mayWrite(health)) {
      const stopList = (await gateway.pullStops?.(soon()))?.kind;
      this.#known = { ...this.#known, ...(stopList !== undefined && { stopList }) };
      await this.#found();
      const phone = (await this.#person.phone()) ?? '';
      this.#known = { ...this.#known, phone };
      if (phone !== '') await this.#converse(phone);
    }
    const facts = await this.#facts();
    const { calls, withheld } = await this.#receiver.transcript(facts);
    const bound = this.#bound;
    return { findings: judge(facts), transcript: calls, withheld, ...(bound && { bound }) };
  }

  async #facts(): Promise<TrialFacts> {
    return { ...this.#known, texts: this.#texts, ...(await this.#receiver.look()) };
  }

  async #found(): Promise<void> {
    await this.#person.found(judge(await this.#facts()));
  }

  async #converse(phone: string): Promise<void> {
    const lookUp = await this.#write(phone);
    this.#known = { ...this.#known, ...(lookUp && { lookUp }) };
    await this.#found();
    if (this.#texts.some(isTaken)) await this.#awaitStop(phone);
  }

  /** A session opens in the background: its health is asked until it is bound or refused. */
  async #health(): ReturnType<Gateway['health']> {
    const { gateway, rest, clock } = this.#parts;
    const until = clock.monotonic() + SLOT_WITHIN_MS;
    for (;;) {
      const health = await gateway.health(soon());
      const isOpening = gateway.kind === 'smpp' && health.code === 'UNREACHABLE';
      if (!isOpening || clock.monotonic() > until) return health;
      await rest(LOOKS_EVERY_MS);
    }
  }

  async #write(phone: string): Promise<Reconciled | undefined> {
    const since = instant(this.#parts.clock.machine()).toISO();
    for (const [place, id] of (['accents', 'two-parts'] as const).entries()) {
      const call = this.#callOf(id, phone);
      if (!(await this.#send(call, { id, turn: place === 0 ? 1 : 2 }))) break;
    }
    const [first] = this.#texts;
    if (first === undefined || !isTaken(first)) return undefined;
    const { key, recipients, text } = this.#callOf(first.id, phone);
    return this.#parts.gateway.reconcile({ key, recipients, since, text }, soon());
  }

  /** Builds a service message to the person who asked for it. */
  #callOf(id: TriedText['id'], phone: string): Call {
    const { sender, language } = this.#parts;
    const text = wordsIn(language).doctor.trialTexts[id];
    const name = `try_${this.#id}_${id}`;
    return {
      key: createHash('sha256').update(name).digest('hex').slice(0, 20),
      submissionId: name,
      purpose: 'acknowledgement',
      sender,
      text,
      encoding: measure(text).encoding,
      recipients: [{ to: phone, reference: name }],
    };
  }

  /** Says whether the text was accepted, so that the next one may follow. */
  async #send(
    call: Call,
    { id, turn }: { readonly id: TriedText['id']; readonly turn: 1 | 2 },
  ): Promise<boolean> {
    const { database, gateway, clock } = this.#parts;
    const [person] = call.recipients;
    const { to, reference } = person ?? { to: '', reference: '' };
    const slot = await this.#reserveSlot();
    this.#bound = await boundOfTrial(this.#parts, to);
    const mayLeave =
      this.#bound === undefined &&
      slot !== undefined &&
      (await database.outside((tx) => takeText(tx, { trialId: this.#id, turn })));
    if (!mayLeave) {
      slot?.release();
      if (this.#bound !== undefined) await this.#person.show({ kind: 'held-back', bound: this.#bound });
      return false;
    }
    const result = await gateway.submit(call, {
      slot,
      writeBefore: clock.monotonic() + WRITTEN_WITHIN_MS,
      signal: new AbortController().signal,
      monotonic: () => clock.monotonic(),
      machine: () => clock.machine(),
    });
    const { parts } = measure(call.text);
    const text: TriedText = { id, reference, parts, result, shown: 'nothing' };
    await this.#person.show({ kind: 'sent', text: id, outcome: outcomeOf(text) });
    const shown =
      isTaken(text) || result.kind === 'UNKNOWN' ? await this.#person.shown(call.text, id) : 'nothing';
    this.#texts.push({ ...text, shown });
    if (isTaken(text)) {
      const hasEnded = ({ events }: EventFacts): boolean =>
        isEnded(
          text,
          events.map(({ event }) => event),
        );
      await this.#waitFor('receipt', hasEnded, to);
      await this.#found();
    }
    return isTaken(text);
  }

  async #reserveSlot(): Promise<Slot | undefined> {
    const { gateway, rest, clock } = this.#parts;
    const until = clock.monotonic() + SLOT_WITHIN_MS;
    for (;;) {
      const [slot] = gateway.reserve(1);
      if (slot !== undefined || clock.monotonic() > until) return slot;
      await rest(20);
    }
  }

  async #awaitStop(phone: string): Promise<void> {
    await this.#person.typeStop();
    await this.#waitFor('reply', saidStop, phone);
  }

  /** Waits until it is received, or for so long. */
  async #waitFor(
    what: 'receipt' | 'reply',
    hasArrived: (facts: EventFacts) => boolean,
    phone: string,
  ): Promise<void> {
    const { rest, clock, waitMs } = this.#parts;
    const until = clock.monotonic() + waitMs[what];
    await this.#person.show({ kind: 'waiting', what });
    for (;;) {
      const { events } = await this.#receiver.look();
      if (hasArrived({ events, phone, texts: this.#texts }) || clock.monotonic() > until) return;
      await rest(LOOKS_EVERY_MS);
    }
  }
}

/** Says whether a text may be tried: without credit, or with wrong credentials, it would be refused. */
const mayWrite = ({ ok, code, credit }: Health): boolean =>
  (ok && (credit === undefined || Number(credit.amount) > 0)) || code === 'UNREADABLE';

type EventFacts = Pick<TrialFacts, 'events' | 'phone' | 'texts'>;

const soon = (): AbortSignal => briefly(new AbortController().signal);

const isTaken = ({ result }: TriedText): boolean =>
  result.kind === 'ACCEPTED' && result.perRecipient.length > 0;

const saidStop = (facts: EventFacts): boolean =>
  facts.events.some(({ event }) => event.kind !== 'receipt' && isMine(facts, event) && isStop(event));

function outcomeOf({ result }: TriedText): string {
  switch (result.kind) {
    case 'ACCEPTED':
      return result.perRecipient.length > 0 ? ACCEPTED : (result.rejected[0]?.code ?? 'refused');
    case 'REFUSED':
      return `${result.code} ${result.words ?? ''}`.trim();
    case 'UNKNOWN':
    case 'NOT_WRITTEN':
      return result.reason;
    default:
      return result satisfies never;
  }
}

/** Writes a transcript: the verdicts, and the calls in the format of samples. */
export const transcriptOf = (kind: string, { findings, transcript }: TrialResult): string =>
  `${JSON.stringify({ kind, findings, samples: transcript }, undefined, 2)}\n`;
