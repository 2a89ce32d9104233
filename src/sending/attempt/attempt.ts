import type { Accounts, Account, Tariff } from '../accounts/account.ts';
import type { BatchRun } from '../batch/batch-run.repository.ts';
import {
  callOf,
  candidatesOf,
  draftCalls,
  lookOf,
  outcomePlace,
  takenRows,
  WRITE_WITHIN_MS,
  writeCall,
  type CallDraft,
} from './call.ts';
import {
  givingBack,
  releaseUnused,
  SlotFinder,
  type Pacing,
  type ReservedSlots,
} from '../pace/slot-finder.ts';
import { lookAndMark } from './mark.repository.ts';
import {
  meaningOf,
  Recorder,
  refusalsOf,
  type AccountTrouble,
  type RefusedRecipients,
} from './outcome-of-answer.ts';
import type { Ownership } from '../batch/own.repository.ts';
import type { Composer, Prepared } from '../compose/composing-text.ts';
import { isBudgeted, BudgetReservation } from './budget.repository.ts';
import { goodUntil, learnFromResult, type Token } from '../pace/rate.ts';
import type { Verdict } from '../batch/verdict.ts';
import type { Call, Slot, SubmitResult } from '../gateway/gateway.ts';
import { DECISION_LIVES_MS } from '../../law/index.ts';
import { frenchDay } from '../../rule/index.ts';
import type { Database } from '../../platform/index.ts';
import type { TenantKeys } from '../../crypto/index.ts';

const BUDGET_AGAIN_MS = 1_000;
/** Milliseconds between tries of an operator without any connection for a minute. */
const LOST_AGAIN_MS = 3_000;

export interface SendDependencies extends Pacing {
  readonly database: Database;
  readonly accounts: Accounts;
  /** Draws a UUIDv7 of machine time. */
  readonly newId: () => string;
  readonly keysOf: (tenantId: string) => Promise<TenantKeys>;
  readonly composerOf: (run: BatchRun, account: Account) => Promise<Composer>;
  /** Records the people whom an operator refused: their opt-outs and unusable numbers. */
  readonly recordRefused: (run: BatchRun, refused: RefusedRecipients) => Promise<void>;
}

/** A group to send together: rows of one locality under one verdict, at one price. */
export interface Group {
  readonly rows: readonly Prepared[];
  readonly verdict: Verdict;
  readonly territory: string;
  readonly timeZone: string;
  readonly tariff: Tariff;
}

export interface Task {
  readonly run: BatchRun;
  readonly account: Account;
  readonly ownership: Ownership;
  readonly keys: TenantKeys;
  readonly signal: AbortSignal;
}

/** Why an attempt ended before all its rows were sent. */
export type AttemptTrouble =
  | AccountTrouble
  | { readonly kind: 'parked'; readonly code: 'BUDGET' }
  | { readonly kind: 'slower'; readonly code: 'BUDGET' | 'OPERATOR_FAILS'; readonly waitMs: number };

/** One attempt at a batch: its messages marked, on the wire, and answered. */
export class Attempt {
  readonly #sending: SendDependencies;
  readonly #task: Task;
  readonly #recorder: Recorder;
  readonly #slotFinder: SlotFinder;
  readonly #budget: BudgetReservation;
  readonly #onTheWire = new Set<Promise<void>>();
  readonly #optedOut: number[] = [];
  readonly #badNumbers: number[] = [];
  #trouble: AttemptTrouble | undefined;
  #fault: unknown;
  #marked = 0;
  #doubts = 0;

  constructor(sending: SendDependencies, task: Task) {
    this.#sending = sending;
    this.#task = task;
    this.#slotFinder = new SlotFinder(sending, task);
    this.#budget = new BudgetReservation(sending.database, task.run, task.ownership.epoch);
    this.#recorder = new Recorder(sending.ledger, () => outcomePlace(sending.clock, task));
  }

  get marked(): number {
    return this.#marked;
  }

  /** Messages without a reliable answer of the operator. */
  get doubts(): number {
    return this.#doubts;
  }

  /** Why the operator or the budget stops this attempt; nothing more is marked then. */
  get trouble(): AttemptTrouble | undefined {
    return this.#trouble;
  }

  get stopped(): boolean {
    return (
      this.#task.signal.aborted ||
      this.#trouble !== undefined ||
      this.#fault !== undefined ||
      this.#sending.clock.doubt() !== undefined
    );
  }

  /**
   * Sends a group as slots allow; returns how many rows the looks took or excluded. A look begins while the one
   * before it is answered: PostgreSQL never waits for us.
   */
  async send(group: Group): Promise<number> {
    let left = group.rows;
    let moved = 0;
    let before = Promise.resolve(0);
    while (left.length > 0 && !this.stopped && this.#isFresh(group.verdict)) {
      const restMs = this.#slotFinder.restMs();
      if (restMs > 0) this.#noteTrouble({ kind: 'slower', code: 'OPERATOR_FAILS', waitMs: restMs });
      else {
        // Small groups cost as much as large ones, and the reservation of rows that a look drops is given back
        // before more is reserved.
        if (isBudgeted(this.#task.run) || !this.#slotFinder.isWide(left.length)) await before;
        const sent = await this.#sendSome(left, group);
        left = left.slice(sent.tried);
        moved += await before;
        before = sent.moved;
      }
    }
    return moved + (await before);
  }

  /** Waits for the answers to written messages, and for their record. */
  async settled(withinMs: number): Promise<void> {
    while (this.#onTheWire.size > 0) await Promise.allSettled(this.#onTheWire);
    await this.#recorder.drained(withinMs);
    await this.#budget.close();
    if (this.#optedOut.length + this.#badNumbers.length > 0) {
      await this.#sending.recordRefused(this.#task.run, {
        optedOut: this.#optedOut,
        badNumbers: this.#badNumbers,
      });
    }
    if (this.#fault !== undefined) throw this.#fault;
  }

  /** A wait for slots may be long: the group's verdict is checked again after it. */
  async #sendSome(
    left: readonly Prepared[],
    group: Group,
  ): Promise<{ readonly tried: number; readonly moved: Promise<number> }> {
    const reserved = await this.#slotFinder.find(left.length);
    const mayLeave = reserved.tokens.length > 0 && !this.stopped && this.#isFresh(group.verdict);
    const rows = mayLeave
      ? await this.#paid(left.slice(0, reserved.tokens.length), { ...group, rows: left }, reserved)
      : [];
    // The reservation may have waited for a lock: an expired row is not marked.
    const isInTime = goodUntil(reserved.tokens) > this.#sending.clock.monotonic();
    if (rows.length > 0 && !isInTime) this.#budget.refund(rows, group.tariff);
    if (rows.length > 0 && isInTime)
      return { tried: rows.length, moved: this.#follow(this.#sendTogether(rows, group, reserved)) };
    releaseUnused(reserved);
    if (reserved.tokens.length === 0 && this.#slotFinder.isLost())
      this.#noteTrouble({ kind: 'slower', code: 'OPERATOR_FAILS', waitMs: LOST_AGAIN_MS });
    return { tried: 0, moved: Promise.resolve(0) };
  }

  async #paid(
    rows: readonly Prepared[],
    { rows: ahead, tariff }: Group,
    reserved: ReservedSlots,
  ): Promise<readonly Prepared[]> {
    const { paid, elsewhere } = await this.#budget.pay(rows, ahead, tariff).catch(givingBack(reserved));
    if (paid === 0)
      this.#noteTrouble(
        elsewhere
          ? { kind: 'slower', code: 'BUDGET', waitMs: BUDGET_AGAIN_MS }
          : { kind: 'parked', code: 'BUDGET' },
      );
    return rows.slice(0, paid);
  }

  /** Looks, marks, and writes the marked messages: all of them due within the same moment. */
  async #sendTogether(rows: readonly Prepared[], group: Group, reserved: ReservedSlots): Promise<number> {
    const perCall = Math.min(this.#task.account.gateway.capabilities.maxRecipients, rows.length);
    const drafts = draftCalls(rows, { perCall, newId: this.#sending.newId });
    const lookedAt = this.#sending.clock.monotonic();
    const marked = await this.#mark(drafts, group).catch(givingBack(reserved));
    this.#marked += marked.taken.size;
    this.#budget.refund(
      rows.filter(({ row }) => !marked.taken.has(row.seq)),
      group.tariff,
    );
    this.#writeAll(drafts, { taken: marked.taken, reserved, group, writeBefore: lookedAt + WRITE_WITHIN_MS });
    return marked.taken.size + marked.excluded;
  }

  async #mark(drafts: readonly CallDraft[], group: Group): ReturnType<typeof lookAndMark> {
    const candidates = drafts.flatMap((draft) => candidatesOf(draft, this.#task.account.gateway));
    const look = lookOf(this.#sending.clock, this.#task, group);
    try {
      return await lookAndMark(this.#sending.ledger, this.#task.ownership, { look, candidates });
    } catch (cause) {
      // The commit may have happened, or may still happen: nothing was sent, so the rows go back once it can happen
      // no more.
      this.#recorder.add(
        candidates.map(({ seq, submissionId }) => ({
          kind: 'unwritten',
          seq,
          submissionId,
          reason: '',
          notBefore: 0,
          lostUnder: this.#task.ownership.epoch,
        })),
      );
      throw cause;
    }
  }

  #writeAll(
    drafts: readonly CallDraft[],
    about: {
      readonly taken: ReadonlySet<number>;
      readonly reserved: ReservedSlots;
      readonly group: Group;
      readonly writeBefore: number;
    },
  ): void {
    const { batchId, purpose } = this.#task.run;
    const { validUntil, closesAt } = about.group.verdict.ends;
    const validForMs = closesAt === undefined ? undefined : closesAt - this.#sending.clock.now().toMillis();
    const slots = [...about.reserved.slots];
    const tokens = [...about.reserved.tokens];
    for (const draft of drafts) {
      const rows = takenRows(draft, about.taken);
      const call = callOf(draft, rows, { batchId, purpose, validUntil, validForMs });
      const slot = call === undefined ? undefined : slots.shift();
      if (call !== undefined && slot !== undefined) {
        void this.#follow(
          this.#write(call, slot, {
            tokens: tokens.splice(0, rows.length),
            writeBefore: about.writeBefore,
          }),
        );
      }
    }
    releaseUnused({ slots, tokens });
  }

  async #write(
    call: Call,
    slot: Slot,
    when: { readonly tokens: readonly Token[]; readonly writeBefore: number },
  ): Promise<void> {
    const { clock } = this.#sending;
    const { gateway } = this.#task.account;
    const written = await writeCall(clock, call, {
      ...when,
      gateway,
      slot,
      signal: this.#task.signal,
      assumed: (fault) => this.#inDoubt(fault),
    });
    const result = refusalsOf(gateway).read(call, written);
    const goesOn = learnFromResult(this.#sending.rates, this.#task.account, result);
    const isOfAccount = refusalsOf(gateway).isOfAccount(call, result);
    const indexOf = (to: string): Buffer => this.#task.keys.phoneIndex(to);
    const meaning = meaningOf(call, result, { machineMs: clock.machine(), indexOf, isOfAccount });
    this.#recorder.add(meaning.outcomes);
    this.#doubts += meaning.outcomes.filter(({ kind }) => kind === 'uncertain').length;
    this.#optedOut.push(...meaning.optedOut);
    this.#badNumbers.push(...meaning.badNumbers);
    if (meaning.trouble !== undefined && !goesOn) this.#noteTrouble(meaning.trouble);
  }

  /** A gateway that throws leaves its call in doubt, and ends the attempt. */
  #inDoubt(fault: unknown): SubmitResult {
    this.#fault ??= fault;
    const at = this.#sending.clock.machine();
    return { kind: 'UNKNOWN', reason: 'parse', firstByteAt: at, answeredAt: at };
  }

  /** Keeps work under way until it ends, so that `settled` awaits it even where its caller no longer does. */
  #follow<T>(work: Promise<T>): Promise<T> {
    const over = work.then(
      () => undefined,
      () => undefined,
    );
    this.#onTheWire.add(over);
    void over.then(() => this.#onTheWire.delete(over));
    return work;
  }

  /** Trouble that needs a person outweighs trouble that needs time. */
  #noteTrouble(trouble: AttemptTrouble): void {
    if (this.#trouble?.kind !== 'parked') this.#trouble = trouble;
  }

  #isFresh(verdict: Verdict): boolean {
    return (
      this.#sending.clock.monotonic() - verdict.decidedAt <
      DECISION_LIVES_MS.on(frenchDay(this.#sending.clock.now()))
    );
  }
}
