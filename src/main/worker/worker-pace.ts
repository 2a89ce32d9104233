import {
  type Clock,
  openDatabase,
  type Database,
  IMPATIENT,
  otherPaces,
  tellPace,
  type Log,
  startLoop,
  type Queue,
} from '../../platform/index.ts';
import type { Handover } from '../../temporal/handover.ts';
import { SteppingBack, type RoundTrip } from './stepping-back.ts';

/** Six times within the lifetime of a report. */
const REPORTED_EVERY_MS = 500;

/** The dependencies of comparing this worker's pace with that of others. */
export interface PaceParts {
  readonly databaseUrl: string;
  readonly workerId: string;
  readonly queues: readonly Queue[];
  readonly clock: Pick<Clock, 'monotonic'>;
  readonly log: Log;
  /** True when this worker could take over another's work: its own gate is open and Temporal answers it. */
  readonly isFit: () => boolean;
  readonly handover: Handover;
  /** Polls these queues from now on, and no other. */
  readonly serve: (queues: readonly Queue[]) => Promise<void>;
}

/** Compares the pace of this worker with that of others, and leaves its work to them while they are much faster. */
export async function keepPace(parts: PaceParts): Promise<{
  /** True when any of its work was handed to others. */
  isBack(): boolean;
  stop(): Promise<void>;
}> {
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
      await serving.obey();
      return false;
    },
    log,
  });
  return {
    isBack: () => stepping.back.size > 0,
    stop: async () => {
      await loop.stop();
      // No worker steps back for one that ends.
      const gone = { id: parts.workerId, roundTripMs: null, queues: [] };
      await database.outside((tx) => tellPace(tx, gone)).catch(() => undefined);
      await database.close();
    },
  };
}

/** Exchanges paces in one round trip, whose duration is this worker's. */
async function compared(
  database: Database,
  { workerId: id, clock }: PaceParts,
  said: Omit<Parameters<typeof tellPace>[1], 'id'>,
): Promise<RoundTrip> {
  const answered = Promise.withResolvers<RoundTrip>();
  // Where either fails, the transaction says why.
  answered.promise.catch(() => undefined);
  await database.outside((tx) => {
    answered.resolve(measured(clock, () => otherPaces(tx, id)));
    // The rest of the statement is on its way before the answer is here.
    tellPace(tx, { id, ...said }).catch(() => undefined);
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

/** The queues that a worker polls. */
class Serving {
  readonly #parts: PaceParts;
  readonly #stepping: SteppingBack;
  #now: readonly Queue[];
  /** False while Temporal was away during a change. */
  #isSure = true;

  constructor(parts: PaceParts, stepping: SteppingBack) {
    this.#parts = parts;
    this.#stepping = stepping;
    this.#now = parts.queues;
  }

  /** The queues that it surely polls. */
  get now(): readonly Queue[] {
    return this.#isSure ? this.#now : [];
  }

  /** Leaves the queues that it steps back from, and takes the others. */
  async obey(): Promise<void> {
    const { queues, handover, log, serve } = this.#parts;
    const { back, paceMs } = this.#stepping;
    handover.leave(back);
    const wanted = queues.filter((queue) => !back.has(queue));
    const isSame = wanted.join(' ') === this.#now.join(' ');
    if (isSame && this.#isSure) return;
    if (!isSame) log.warn({ roundTripMs: paceMs, serves: wanted }, saidOf(wanted.length < this.#now.length));
    this.#now = wanted;
    this.#isSure = false;
    await serve(wanted);
    this.#isSure = true;
  }
}

const saidOf = (isLess: boolean): string =>
  isLess
    ? 'PostgreSQL answers this worker much later than another: it leaves its work to others'
    : 'this worker takes work again that it had left to others';
