import { AsyncLocalStorage } from 'node:async_hooks';
import { DateTime } from 'luxon';

const TOLERATED_SKEW_MS = 2_000;
const AGREEMENT_MS = 60_000;

/** The two clocks: the law clock decides, the machine clock measures. */
export interface Clock {
  /**
   * The law clock, in UTC; windows, consents, events and expiry are read from it. Where this host's clock may be
   * wrong it is the database's: within a transaction as it read it at its start (`DatabaseTime`), elsewhere shifted
   * by the last measured difference.
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
  /** Returns the reason to distrust the clock now: the gate stays closed. */
  doubt(): string | undefined;
  /** The cause of the doubt, where something other than the clock also closes the gate. */
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

/** The time as a transaction read it when it began. */
interface ShownTime {
  readonly lawMs: number;
  readonly offsetMs: number;
  /** Monotonic milliseconds. */
  readonly shownAt: number;
  /** True when the transaction is over: work that outlives it uses the host's time again. */
  isOver: boolean;
}

/** The database's time, for work within a transaction that read it. */
export class DatabaseTime {
  readonly #shown = new AsyncLocalStorage<ShownTime>();
  readonly #monotonic: () => number;

  constructor(monotonic: () => number) {
    this.#monotonic = monotonic;
  }

  /** Does the work with a law clock that starts at the reading and runs on from there. */
  async within<T>({ databaseAt, offsetMs }: TimeReading, work: () => Promise<T>): Promise<T> {
    const shown = { lawMs: databaseAt + offsetMs, offsetMs, shownAt: this.#monotonic(), isOver: false };
    try {
      return await this.#shown.run(shown, work);
    } finally {
      shown.isOver = true;
    }
  }

  /** Returns the law clock by the database, within such work; else undefined. */
  now(): DateTime<true> | undefined {
    const shown = this.#current();
    return shown && instant(Math.round(shown.lawMs + this.#monotonic() - shown.shownAt));
  }

  get offsetMs(): number | undefined {
    return this.#current()?.offsetMs;
  }

  #current(): ShownTime | undefined {
    const shown = this.#shown.getStore();
    return shown?.isOver === true ? undefined : shown;
  }
}

/** A clock that doubts its host until it is compared with the database's time. */
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
  #awayMs = 0;
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
    return this.databaseTime.now() ?? instant(this.#host.wall() + this.#awayMs + this.#offsetMs);
  }

  machine(): number {
    return this.#host.wall();
  }

  monotonic(): number {
    return this.#host.monotonic();
  }

  /** Reads the database's clocks, and compares ours within the error of the reading's duration. */
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
    if (skew === 'apart') this.#awayMs = Math.round(reading.databaseAt - wall + tookMs / 2);
    if (skew === 'agree') this.#awayMs = 0;
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

/** Bounds the skew of two clocks from one answer, which was given at some moment between question and now. */
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

/** The common format. */
const WITH_OFFSET = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:\d{2})$/;

/** Returns the epoch milliseconds of an ISO instant; one without an offset is of UTC. The calendar is asked only where it must be. */
export function millisOf(iso: string): number {
  const soon = WITH_OFFSET.test(iso) ? Date.parse(iso) : Number.NaN;
  return Number.isNaN(soon) ? DateTime.fromISO(iso, { zone: 'utc' }).toMillis() : soon;
}

/** Further causes that close the gate: each returns its reason while it does. */
interface GateKeepers {
  readonly seal: () => string | undefined;
  readonly journal: () => string | undefined;
}

/** The clock of the send path: every cause that closes the gate is a doubt of this clock. */
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

/** Says whether the law clock differs from the real time: then nothing that happens is evidence. */
export const isSimulated = ({ offsetMs }: Pick<Clock, 'offsetMs'>): boolean => offsetMs !== 0;
