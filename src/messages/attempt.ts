import type { Account } from './account.ts';
import type { BatchRun } from './batch-run.repository.ts';
import { callOf, candidatesOf, draftCalls, takenRows, type Draft } from './call.ts';
import { lookAndMark, type Look, type Marked } from './look.repository.ts';
import { meaningOf, type AccountTrouble } from './outcome-of-answer.ts';
import type { Outcome } from './outcome.repository.ts';
import type { Ownership } from './own.repository.ts';
import type { Prepared } from './prepared.ts';
import type { RateScope } from './rate.ts';
import { Recorder } from './recorder.ts';
import type { Sending } from './sending.ts';
import type { Verdict } from './verdict.ts';
import type { Call, Seat } from '../gateways/gateway.ts';
import type { TenantKeys } from '../database/vault.ts';

/** From the look to the first byte, or never. */
const WRITE_WITHIN_MS = 250;
const LARGEST_GROUP = 50;
/** Nothing is marked in the last second before a close. */
const LAST_SECOND_MS = 1_000;
const SEAT_POLL_MS = 5;
const VERDICT_OLDEST_MS = 30_000;

/** A group that may leave together: rows of one locality under one verdict. */
export interface Group {
  readonly rows: readonly Prepared[];
  readonly verdict: Verdict;
  readonly territory: string;
  readonly timeZone: string;
}

/** One attempt at a batch: what is marked, on the wire, and heard. */
export class Attempt {
  readonly #sending: Sending;
  readonly #run: BatchRun;
  readonly #account: Account;
  readonly #ownership: Ownership;
  readonly #keys: TenantKeys;
  readonly #signal: AbortSignal;
  readonly #recorder: Recorder;
  readonly #onTheWire = new Set<Promise<void>>();
  readonly #optedOut: number[] = [];
  readonly #badNumbers: number[] = [];
  #trouble: AccountTrouble | undefined;
  #marked = 0;

  constructor(
    sending: Sending,
    about: {
      readonly run: BatchRun;
      readonly account: Account;
      readonly ownership: Ownership;
      readonly keys: TenantKeys;
      readonly signal: AbortSignal;
    },
  ) {
    this.#sending = sending;
    this.#run = about.run;
    this.#account = about.account;
    this.#ownership = about.ownership;
    this.#keys = about.keys;
    this.#signal = about.signal;
    this.#recorder = new Recorder(sending.ledger, () => ({
      tenantId: about.run.tenantId,
      batchId: about.run.batchId,
      accountId: about.account.id,
      lawNow: sending.clock.now().toISO(),
    }));
  }

  /** Messages marked so far. */
  get marked(): number {
    return this.#marked;
  }

  /** What the operator said of the account; nothing more is marked then. */
  get trouble(): AccountTrouble | undefined {
    return this.#trouble;
  }

  get stopped(): boolean {
    return this.#signal.aborted || this.#trouble !== undefined;
  }

  /** Sends a group as room allows; answers how many rows the looks took or excluded. */
  async send(group: Group): Promise<number> {
    let left = group.rows;
    let moved = 0;
    while (left.length > 0 && !this.stopped && this.#isFresh(group.verdict)) {
      const room = await this.#room();
      if (room.dues.length === 0) continue;
      const now = left.slice(0, room.dues.length);
      left = left.slice(now.length);
      moved += await this.#sendTogether(now, group, room);
    }
    return moved;
  }

  /** Waits for the answers of what was written, and for their record. */
  async settled(withinMs: number): Promise<void> {
    await Promise.allSettled(this.#onTheWire);
    await this.#recorder.drained(withinMs);
    if (this.#optedOut.length + this.#badNumbers.length > 0) {
      await this.#sending.heard(this.#run, { optedOut: this.#optedOut, badNumbers: this.#badNumbers });
    }
  }

  /** Room for at least one message: a connection now, and tokens due within 50 ms. */
  async #room(): Promise<{ readonly seats: readonly Seat[]; readonly dues: readonly number[] }> {
    const { gateway } = this.#account;
    if (gateway.seats() === 0) {
      for (const seat of gateway.reserve(1)) seat.release();
      await resting(SEAT_POLL_MS);
      return { seats: [], dues: [] };
    }
    const scopes = this.#scopes();
    const n = Math.min(LARGEST_GROUP, this.#sending.rates.largestGroup(scopes), gateway.seats());
    const first = this.#run.purpose !== 'marketing';
    const { dues } = await this.#sending.rates.take(scopes, n, { first, signal: this.#signal });
    const seats = gateway.reserve(dues.length);
    return { seats, dues: dues.slice(0, seats.length) };
  }

  #scopes(): RateScope[] {
    const { order } = this.#run;
    const account = this.#account.ratePerSecond;
    const campaign = order.kind === 'campaign' ? order.ratePerSecond : null;
    return [
      ...(account === null ? [] : [{ scope: `account:${this.#account.id}`, ratePerSecond: account }]),
      ...(order.kind === 'campaign' && campaign !== null
        ? [{ scope: `campaign:${order.campaignId}`, ratePerSecond: campaign }]
        : []),
    ];
  }

  /** Looks, marks, and writes what was taken: all of it due within the same moment. */
  async #sendTogether(
    rows: readonly Prepared[],
    group: Group,
    room: { readonly seats: readonly Seat[]; readonly dues: readonly number[] },
  ): Promise<number> {
    const perCall = Math.min(this.#account.gateway.capabilities.maxRecipients, rows.length);
    const drafts = draftCalls(rows, { perCall, newId: this.#sending.newId });
    const lookedAt = this.#sending.clock.monotonic();
    const taken = await this.#mark(drafts, group).catch((cause: unknown) => {
      for (const seat of room.seats) seat.release();
      throw cause;
    });
    this.#marked += taken.taken.size;
    this.#writeAll(drafts, { taken: taken.taken, room, group, writeBefore: lookedAt + WRITE_WITHIN_MS });
    return taken.taken.size + taken.excluded;
  }

  async #mark(drafts: readonly Draft[], group: Group): Promise<Marked> {
    const digestOf = (text: string): Buffer => this.#keys.digest(text);
    const candidates = drafts.flatMap((draft) => candidatesOf(draft, digestOf));
    try {
      return await lookAndMark(this.#sending.ledger, this.#ownership, {
        look: this.#look(group),
        candidates,
      });
    } catch (cause) {
      // The commit may have happened: nothing was written, so the rows go back as soon as the database answers.
      this.#recorder.add(
        candidates.map((one) => ({
          kind: 'unwritten',
          seq: one.seq,
          submissionId: one.submissionId,
          reason: '',
          notBefore: 0,
        })),
      );
      throw cause;
    }
  }

  #look(group: Group): Look {
    const { clock } = this.#sending;
    const { decision, decisionId } = group.verdict;
    const closes = decision.until ?? decision.at;
    return {
      kind: this.#run.kind,
      purpose: this.#run.purpose,
      accountId: this.#account.id,
      fake: this.#account.gateway.fake,
      decisionId,
      territory: group.territory,
      timeZone: group.timeZone,
      lawNow: clock.now().toISO(),
      until: closes.minus(LAST_SECOND_MS).toUTC().toISO() ?? '',
      machineMs: clock.machine(),
      clockRevision: group.verdict.clockRevision,
      revision: this.#run.order.revision,
    };
  }

  #writeAll(
    drafts: readonly Draft[],
    about: {
      readonly taken: ReadonlySet<number>;
      readonly room: { readonly seats: readonly Seat[]; readonly dues: readonly number[] };
      readonly group: Group;
      readonly writeBefore: number;
    },
  ): void {
    const seats = [...about.room.seats];
    const dues = [...about.room.dues];
    const validUntil =
      (about.group.verdict.decision.until ?? about.group.verdict.decision.at).toUTC().toISO() ?? '';
    for (const draft of drafts) {
      const rows = takenRows(draft, about.taken);
      const call = callOf(draft, rows, {
        batchId: this.#run.batchId,
        purpose: this.#run.purpose,
        validUntil,
      });
      const seat = call === undefined ? undefined : seats.shift();
      const due = dues.splice(0, rows.length).at(-1);
      if (call !== undefined && seat !== undefined && due !== undefined) {
        this.#follow(this.#write(call, seat, { due, writeBefore: about.writeBefore }));
      }
    }
    for (const seat of seats) seat.release();
  }

  async #write(
    call: Call,
    seat: Seat,
    when: { readonly due: number; readonly writeBefore: number },
  ): Promise<void> {
    const { clock } = this.#sending;
    const early = when.due - clock.monotonic();
    if (early > 0) await resting(early);
    const result = await this.#account.gateway.submit(call, {
      seat,
      writeBefore: when.writeBefore,
      signal: this.#signal,
      monotonic: () => clock.monotonic(),
      machine: () => clock.machine(),
    });
    const meaning = meaningOf(call, result, clock.machine());
    this.#recorder.add(meaning.outcomes satisfies readonly Outcome[]);
    this.#optedOut.push(...meaning.optedOut);
    this.#badNumbers.push(...meaning.badNumbers);
    this.#trouble ??= meaning.trouble;
  }

  #follow(write: Promise<void>): void {
    this.#onTheWire.add(write);
    void write.finally(() => this.#onTheWire.delete(write));
  }

  #isFresh(verdict: Verdict): boolean {
    return this.#sending.clock.monotonic() - verdict.decidedAt < VERDICT_OLDEST_MS;
  }
}

const resting = (ms: number): Promise<void> =>
  new Promise((rested) => {
    setTimeout(rested, ms);
  });
