import type { Clock } from '../clock.ts';
import { learnt, limitAt, type Learned } from './learned-limit.ts';

/** Where lessons are kept for all workers; each answers what holds. */
export interface LessonStore {
  read(accountId: string): Promise<Learned | undefined>;
  /** Keeps a lesson unless another worker drew one meanwhile. */
  keep(accountId: string, lesson: Learned): Promise<Learned | undefined>;
}

/** A second is counted in tenths. */
const TENTH_MS = 100;
const TENTHS = 10;
const READ_EVERY_MS = 5_000;

interface Known {
  lesson: Learned | undefined;
  readAt: number;
  /** Messages taken in each tenth of the last second, by the number of the tenth. */
  readonly taken: Map<number, number>;
}

/** What one worker knows of limits that operators never told. */
export class Learning {
  readonly #store: LessonStore;
  readonly #clock: Clock;
  readonly #accounts = new Map<string, Known>();

  constructor(store: LessonStore, clock: Clock) {
    this.#store = store;
    this.#clock = clock;
  }

  /** Messages a second that an account may be tried with; undefined while it never complained. */
  limitOf(accountId: string): number | undefined {
    const known = this.#known(accountId);
    if (this.#clock.monotonic() - known.readAt >= READ_EVERY_MS) this.#read(accountId, known);
    return known.lesson && limitAt(known.lesson, this.#clock.machine());
  }

  /** An operator took so many messages just now. */
  took(accountId: string, messages: number): void {
    const { taken } = this.#known(accountId);
    const tenth = this.#tenth();
    taken.set(tenth, (taken.get(tenth) ?? 0) + messages);
    for (const old of taken.keys()) {
      if (old > tenth - TENTHS) break;
      taken.delete(old);
    }
  }

  /**
   * It said that this was too fast; `part` is this worker's part of what all send, `told` the limit it told.
   *
   * Answers whether going slower is enough: not at the first time, when its second is full, nor when it takes nothing.
   */
  complained(
    accountId: string,
    { part, told }: { readonly part: number; readonly told: number | null },
  ): boolean {
    const known = this.#known(accountId);
    const tenth = this.#tenth();
    const lately = [...known.taken].reduce((sum, [at, count]) => sum + (at > tenth - TENTHS ? count : 0), 0);
    const accepted = Math.round(lately / part);
    const lesson = learnt(known.lesson, {
      now: this.#clock.machine(),
      accepted,
      told: told ?? undefined,
    });
    if (lesson === undefined) return false;
    if (lesson !== known.lesson) {
      known.lesson = lesson;
      void this.#adopt(known, this.#store.keep(accountId, lesson));
    }
    return accepted > 0 && lesson.hits > 1;
  }

  #tenth(): number {
    return Math.floor(this.#clock.monotonic() / TENTH_MS);
  }

  #known(accountId: string): Known {
    const known = this.#accounts.get(accountId);
    if (known !== undefined) return known;
    const made: Known = { lesson: undefined, readAt: Number.NEGATIVE_INFINITY, taken: new Map() };
    this.#accounts.set(accountId, made);
    return made;
  }

  #read(accountId: string, known: Known): void {
    known.readAt = this.#clock.monotonic();
    void this.#adopt(known, this.#store.read(accountId));
  }

  /** Without the database what is known goes on. */
  async #adopt(known: Known, asked: Promise<Learned | undefined>): Promise<void> {
    const lesson = await asked.catch(() => undefined);
    if (lesson !== undefined && lesson.since >= (known.lesson?.since ?? 0)) known.lesson = lesson;
  }
}
