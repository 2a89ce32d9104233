import { AsyncLocalStorage } from 'node:async_hooks';
import { DateTime } from 'luxon';

const TOLERATED_SKEW_MS = 2_000;
const AGREEMENT_MS = 60_000;

/** The clocks of a process: the law clock decides what is lawful, the machine clock measures rates and durations. */
export interface Clock {
  /**
   * The law clock, in UTC; windows, consents, events and expiry are read from it. While this host's clock may be
   * wrong, the time comes from the database: within a transaction from the reading at its start (`DatabaseTime`),
   * elsewhere from this host, corrected by the last measured difference.
   */
  now(): DateTime<true>;
  /** Distance of the law clock from the real time, in milliseconds; 0 where nobody moved it. */
  readonly offsetMs: number;
  /** Epoch milliseconds of the machine; rates, leases, back-off and ids. No offset touches it. */
  machine(): number;
  /** Milliseconds on the `performance.now()` scale; only differences mean anything. */
  monotonic(): number;
  /** The revision of the offset in use; a mark under another one is refused. */
  readonly revision: number;
  /** Returns the reason why the clock cannot be trusted now, which closes the gate; undefined while it can. */
  doubt(): string | undefined;
  /** Returns what closes the gate; absent for a clock whose doubt is always about the clock itself. */
  readonly closedBy?: () => GateCause | undefined;
}

/** The causes that close the gate of a worker. */
export type GateCause = 'CLOCK_DOUBT' | 'SEAL_DOUBT' | 'JOURNAL_WAITS';

/** The database's clocks, read in one statement. */
export interface TimeReading {
  readonly offsetMs: number;
  readonly revision: number;
  readonly moving: boolean;
  readonly databaseAt: number;
}

/** The database's time, as a transaction read it when it began. */
interface TransactionTime {
  readonly lawMs: number;
  readonly offsetMs: number;
  /** Monotonic milliseconds. */
  readonly readAt: number;
  /** True once the transaction has ended: work that outlives it uses the host's time again. */
  isOver: boolean;
}

/** Gives the database's time to the work of a transaction that read it when it began. */
export class DatabaseTime {
  readonly #ofTransaction = new AsyncLocalStorage<TransactionTime>();
  readonly #monotonic: () => number;

  constructor(monotonic: () => number) {
    this.#monotonic = monotonic;
  }

  /** Does the work under a law clock that starts at the reading and goes on from there by the monotonic clock. */
  async within<T>({ databaseAt, offsetMs }: TimeReading, work: () => Promise<T>): Promise<T> {
    const time = { lawMs: databaseAt + offsetMs, offsetMs, readAt: this.#monotonic(), isOver: false };
    try {
      return await this.#ofTransaction.run(time, work);
    } finally {
      time.isOver = true;
    }
  }

  /** Returns the law clock by the database; undefined outside of such work. */
  now(): DateTime<true> | undefined {
    const time = this.#current();
    return time && instant(Math.round(time.lawMs + this.#monotonic() - time.readAt));
  }

  get offsetMs(): number | undefined {
    return this.#current()?.offsetMs;
  }

  #current(): TransactionTime | undefined {
    const time = this.#ofTransaction.getStore();
    return time?.isOver === true ? undefined : time;
  }
}

/** The part of a process's clock that decides whether a transaction takes its time from the database. */
export type DoubtedClock = Pick<Clock, 'doubt'> & { readonly databaseTime: DatabaseTime };

/** The host's own clocks, replaceable in tests of skew. */
export interface Host {
  wall(): number;
  monotonic(): number;
}

const host: Host = { wall: () => Date.now(), monotonic: () => performance.now() };

/** The clock of one process; it follows the offset kept in the database. */
export class ProcessClock implements Clock {
  readonly databaseTime: DatabaseTime;
  readonly #host: Host;
  readonly #movable: boolean;
  #origin: number;
  #offsetMs = 0;
  /** Milliseconds by which PostgreSQL was ahead of this host when they last disagreed; 0 once they agree. */
  #aheadMs = 0;
  #revision = 0;
  #moving = true;
  #disagreedAt: number | undefined;
  #readAt: number | undefined;

  constructor(options: { readonly movable: boolean; readonly host?: Host }) {
    this.#host = options.host ?? host;
    this.#movable = options.movable;
    this.databaseTime = new DatabaseTime(() => this.#host.monotonic());
    this.#origin = this.#host.wall() - this.#host.monotonic();
  }

  get revision(): number {
    return this.#revision;
  }

  get offsetMs(): number {
    return this.databaseTime.offsetMs ?? this.#offsetMs;
  }

  now(): DateTime<true> {
    return this.databaseTime.now() ?? instant(this.#host.wall() + this.#aheadMs + this.#offsetMs);
  }

  machine(): number {
    return this.#host.wall();
  }

  monotonic(): number {
    return this.#host.monotonic();
  }

  /** Reads the database's clocks and adopts them; the comparison allows for the time that the answer took. */
  async follow(read: () => Promise<TimeReading>): Promise<TimeReading> {
    const askedAt = this.#host.monotonic();
    const reading = await read();
    this.adopt(reading, askedAt);
    return reading;
  }

  /** Applies a reading that was requested at a monotonic instant, and compares clocks with it. */
  adopt(reading: TimeReading, askedAt: number): void {
    this.#offsetMs = reading.offsetMs;
    this.#revision = reading.revision;
    this.#moving = reading.moving;
    const answeredAt = this.#host.monotonic();
    const tookMs = answeredAt - askedAt;
    const wall = this.#host.wall();
    const skew = skewOf(reading.databaseAt, { wall, tookMs });
    const parted = skew === 'apart' || this.#jumped();
    if (skew === 'apart') this.#aheadMs = Math.round(reading.databaseAt - wall + tookMs / 2);
    if (skew === 'agree') this.#aheadMs = 0;
    // A slow answer, or a process that was stopped meanwhile, says nothing about clocks: the next one may.
    if (!parted && skew === 'unknown') return;
    this.#readAt = answeredAt;
    if (parted) {
      this.#disagreedAt = answeredAt;
      this.#origin = this.#host.wall() - answeredAt;
    }
  }

  doubt(): string | undefined {
    if (this.#readAt === undefined) return 'the clock was never compared with the database';
    if (this.#host.monotonic() - this.#readAt > 10_000)
      return 'the clock was not compared with the database for 10 s';
    if (this.#moving) return 'the law clock is being moved';
    if (this.#offsetMs !== 0 && !this.#movable)
      return 'the law clock is moved and a real gateway is configured';
    if (this.#jumped()) return 'the wall clock jumped by more than 2 s';
    if (this.#disagreedAt !== undefined && this.#host.monotonic() - this.#disagreedAt < AGREEMENT_MS) {
      return 'this host and PostgreSQL differed by more than 2 s within the last minute';
    }
    return undefined;
  }

  /** Says whether wall and monotonic clocks diverged since the last comparison with the database. */
  #jumped(): boolean {
    return Math.abs(this.#host.wall() - this.#host.monotonic() - this.#origin) > TOLERATED_SKEW_MS;
  }
}

/** Compares two clocks by one reading, which the database took at some moment between the question and the answer. */
function skewOf(
  databaseAt: number,
  { wall, tookMs }: { readonly wall: number; readonly tookMs: number },
): 'agree' | 'apart' | 'unknown' {
  const earliest = databaseAt - wall;
  const latest = earliest + tookMs;
  if (earliest > TOLERATED_SKEW_MS || latest < -TOLERATED_SKEW_MS) return 'apart';
  return earliest >= -TOLERATED_SKEW_MS && latest <= TOLERATED_SKEW_MS ? 'agree' : 'unknown';
}

/** An instant in UTC from epoch milliseconds. */
export function instant(epochMs: number): DateTime<true> {
  const at = DateTime.fromMillis(epochMs, { zone: 'utc' });
  if (!at.isValid) throw new RangeError(`not an instant: ${epochMs}`);
  return at;
}

/** The common form of an ISO instant, which `Date.parse` reads as luxon does, and faster. */
const WITH_OFFSET = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:\d{2})$/;

/** Returns the epoch milliseconds of an ISO instant; one without an offset is read as UTC. */
export function millisOf(iso: string): number {
  const parsed = WITH_OFFSET.test(iso) ? Date.parse(iso) : Number.NaN;
  return Number.isNaN(parsed) ? DateTime.fromISO(iso, { zone: 'utc' }).toMillis() : parsed;
}

/** Further causes that close the gate: each returns its reason while it does. */
interface GateKeepers {
  readonly seal: () => string | undefined;
  readonly journal: () => string | undefined;
}

/** Makes the clock of the send path, which doubts for every cause that closes the gate: clock, seal or journal. */
export function gatedClock(clock: Clock, { seal, journal }: GateKeepers): Clock {
  return {
    now: () => clock.now(),
    machine: () => clock.machine(),
    monotonic: () => clock.monotonic(),
    get offsetMs() {
      return clock.offsetMs;
    },
    get revision() {
      return clock.revision;
    },
    doubt: () => clock.doubt() ?? seal() ?? journal(),
    closedBy: (): GateCause | undefined => {
      if (clock.doubt() !== undefined) return 'CLOCK_DOUBT';
      if (seal() !== undefined) return 'SEAL_DOUBT';
      return journal() === undefined ? undefined : 'JOURNAL_WAITS';
    },
  };
}

/** Says whether the law clock differs from the real time: what is recorded then is no evidence of anything. */
export const isSimulated = ({ offsetMs }: Pick<Clock, 'offsetMs'>): boolean => offsetMs !== 0;
