import {
  openDatabase,
  IMPATIENT,
  otherPaces,
  tellPace,
  startLoop,
  type Clock,
  type Database,
  type Log,
} from '../../platform/index.ts';
import type { Queue } from '../../settings/index.ts';
import type { Handover } from '../../../activities/attempt.ts';

/** A report counts for six times as long. */
const REPORTED_EVERY_MS = 500;

interface PaceParts {
  readonly databaseUrl: string;
  readonly workerId: string;
  readonly queues: readonly Queue[];
  readonly clock: Pick<Clock, 'monotonic'>;
  readonly log: Log;
  /** True when this worker could do another's work: its own gate is open, and Temporal answers it. */
  readonly isFit: () => boolean;
  readonly handover: Handover;
  /** Returns the shares of rates that the work left behind. */
  readonly returnRates: () => void;
  readonly serve: (queues: readonly Queue[]) => Promise<void>;
}

/**
 * Starts the loop that compares this worker's round trips to PostgreSQL with those of others, and leaves queues to
 * workers that are much faster.
 */
export async function keepPace(parts: PaceParts) {
  const name = 'bonheure-worker-pace';
  const { databaseUrl: url, log } = parts;
  const database = await openDatabase({ url, connections: 1, name, ahead: true, patience: IMPATIENT });
  const stepping = new SteppingBack();
  const serving = new Serving(parts, stepping);
  const loop = startLoop({
    name: 'pace',
    everyMs: REPORTED_EVERY_MS,
    isSteady: true,
    work: async () => {
      const roundTripMs = parts.isFit() ? (stepping.paceMs ?? null) : null;
      stepping.read(await compared(database, parts, { roundTripMs, queues: serving.now }), parts.queues);
      await serving.update();
    },
    log,
  });
  return {
    isBack: (): boolean => stepping.back.size > 0,
    stop: async (): Promise<void> => {
      await loop.stop();
      // Says that this worker polls no queue, so that no other steps back for it.
      const gone = { id: parts.workerId, roundTripMs: null, queues: [] };
      await database.outside((tx) => tellPace(tx, gone)).catch(() => undefined);
      await database.close();
    },
  };
}

/** Reads the others' round trips and reports this worker's, in one round trip, which it measures. */
async function compared(
  database: Database,
  { workerId: id, clock }: PaceParts,
  report: Omit<Parameters<typeof tellPace>[1], 'id'>,
): Promise<RoundTrip> {
  const answered = Promise.withResolvers<RoundTrip>();
  // When either statement fails, the transaction throws.
  answered.promise.catch(() => undefined);
  await database.outside((tx) => {
    answered.resolve(measured(clock, () => otherPaces(tx, id)));
    // Sent before the first answer is here.
    tellPace(tx, { id, ...report }).catch(() => undefined);
    return Promise.resolve();
  });
  return answered.promise;
}

async function measured(
  clock: PaceParts['clock'],
  ask: () => Promise<ReadonlyMap<string, number>>,
): Promise<RoundTrip> {
  const began = clock.monotonic();
  const others = await ask();
  const at = clock.monotonic();
  return { ms: at - began, at, others };
}

class Serving {
  readonly #parts: PaceParts;
  readonly #stepping: SteppingBack;
  #now: readonly Queue[];
  /** False while a change of queues is not known to have succeeded. */
  #isSure = true;

  constructor(parts: PaceParts, stepping: SteppingBack) {
    this.#parts = parts;
    this.#stepping = stepping;
    this.#now = parts.queues;
  }

  /** The queues that this worker surely polls. */
  get now(): readonly Queue[] {
    return this.#isSure ? this.#now : [];
  }

  /** Leaves the queues from which this worker steps back, and polls the others. */
  async update(): Promise<void> {
    const { queues, handover, log, serve, returnRates } = this.#parts;
    const { back, paceMs } = this.#stepping;
    handover.leave(back);
    const wanted = queues.filter((queue) => !back.has(queue));
    const isSame = wanted.join(' ') === this.#now.join(' ');
    if (isSame && this.#isSure) return;
    const isLess = wanted.length < this.#now.length;
    if (isLess) returnRates();
    if (!isSame) log.warn({ roundTripMs: paceMs, serves: wanted }, changeMessage(isLess));
    this.#now = wanted;
    this.#isSure = false;
    await serve(wanted);
    this.#isSure = true;
  }
}

const changeMessage = (isLess: boolean): string =>
  isLess
    ? 'PostgreSQL answers this worker much later than another: it leaves its work to others'
    : 'this worker takes work again that it had left to others';

/** A last look and its mark take two round trips, and a message is written within 250 ms of its last look, or never. */
const SLOW_MS = 100;

/** A worker steps back when its round trip takes at least so many times as long as that of a healthy worker. */
const TIMES = 4;

/** So many slow answers in a row count; one alone says nothing. */
const IN_A_ROW = 3;

/**
 * Milliseconds of good answers after which a worker comes back; twice as many each time that it soon stepped back
 * again.
 */
const GOOD_FOR_MS = 10_000;
const GOOD_FOR_MOST_MS = 5 * 60_000;

/**
 * Milliseconds for which a worker keeps a queue that it took again for lack of another worker, in case others come
 * and go.
 */
const TAKEN_FOR_MS = 5_000;

/** After so long without stepping back, a worker comes back after the shortest time again. */
const FORGOTTEN_AFTER_MS = 10 * 60_000;

/** A measured round trip to PostgreSQL, and those of other workers. */
interface RoundTrip {
  readonly ms: number;
  /** Monotonic. */
  readonly at: number;
  /** For each queue, the fastest round trip of another healthy worker that polls it. */
  readonly others: ReadonlyMap<string, number>;
}

/**
 * Decides from which queues a worker steps back, because it reaches PostgreSQL much later than another worker that polls
 * them. It never does so because of its own round trips alone: when all workers are slow, or there is no other, it goes
 * on. The fastest worker of a queue never steps back from it, so that somebody always polls it.
 */
export class SteppingBack {
  readonly #latest: number[] = [];
  readonly #back = new Set<string>();
  /** When the good round trips began; undefined after a bad one. */
  #goodSince: number | undefined;
  #goodForMs = GOOD_FOR_MS;
  #steppedAt = Number.NEGATIVE_INFINITY;
  #takenAt = Number.NEGATIVE_INFINITY;

  get back(): ReadonlySet<string> {
    return this.#back;
  }

  /** The best of the last round trips of this worker, in milliseconds; undefined until enough were measured. */
  get paceMs(): number | undefined {
    return this.#latest.length < IN_A_ROW ? undefined : Math.min(...this.#latest);
  }

  read(trip: RoundTrip, queues: readonly string[]): void {
    this.#latest.push(trip.ms);
    if (this.#latest.length > IN_A_ROW) this.#latest.shift();
    const fastestMs = Math.min(...trip.others.values());
    const isGood = trip.ms < Math.max(SLOW_MS / 2, fastestMs * (TIMES / 2));
    this.#goodSince = isGood ? (this.#goodSince ?? trip.at) : undefined;
    for (const queue of queues) this.#decide(queue, trip);
  }

  #decide(queue: string, { at, others }: RoundTrip): void {
    const otherMs = others.get(queue);
    if (otherMs === undefined) this.#takeAgain(queue, at);
    else if (this.#back.has(queue) && this.#isGoodAgain(at)) this.#back.delete(queue);
    else if (!this.#back.has(queue) && this.#mayStepBack(at, otherMs)) this.#stepBack(queue, at);
  }

  #isGoodAgain(at: number): boolean {
    return this.#goodSince !== undefined && at - this.#goodSince >= this.#goodForMs;
  }

  #takeAgain(queue: string, at: number): void {
    if (this.#back.delete(queue)) this.#takenAt = at;
  }

  #mayStepBack(at: number, otherMs: number): boolean {
    const { paceMs } = this;
    if (at - this.#takenAt < TAKEN_FOR_MS) return false;
    return paceMs !== undefined && paceMs >= Math.max(SLOW_MS, otherMs * TIMES);
  }

  #stepBack(queue: string, at: number): void {
    // Further queues at the same time count as the same step.
    if (this.#back.size === 0) {
      const isAgain = at - this.#steppedAt < FORGOTTEN_AFTER_MS;
      this.#goodForMs = isAgain ? Math.min(this.#goodForMs * 2, GOOD_FOR_MOST_MS) : GOOD_FOR_MS;
      this.#steppedAt = at;
    }
    this.#back.add(queue);
  }
}
