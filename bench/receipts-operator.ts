import { once } from 'node:events';
import type { Socket } from 'node:net';
import { seeded } from '../test/support/seed.ts';
import { pdu, Smsc } from './smsc.ts';

/** What an operator that tells of messages is told. */
export interface TellingOrder {
  readonly latencyMs: number;
  /** Receipts without an answer in one session, at most. */
  readonly window: number;
}

/** What telling came to. */
export interface Told {
  /** That it had taken when it began: of the other campaign a few are among them. */
  readonly messages: number;
  readonly receipts: number;
  readonly repeated: number;
  readonly undelivered: number;
  readonly refused: number;
  readonly ms: number;
  /** From a receipt to its answer. */
  readonly answerP99Ms: number;
  /** People who said STOP meanwhile, and from each to its answer. */
  readonly stops: number;
  readonly stopP50Ms: number;
  readonly stopLongestMs: number;
}

const DELIVER = 5;
const SEED = 20_261_126;
/** Whoever says STOP is far from whoever did before. */
const STRIDE = 7_919;
/** One in so many is told twice, and one in so many did not arrive. */
const REPEATED = 20;
const UNDELIVERED = 20;
/** Somebody says STOP so often, whatever else is told. */
const STOP_EVERY_MS = 100;

const { latencyMs, window } = JSON.parse(process.env['ORDER'] ?? '{}') as TellingOrder;
const taken: { readonly to: string; readonly id: string }[] = [];
const sentAt = new Map<number, number>();
const took: number[] = [];
const stopsSentAt = new Map<number, number>();
const stopsTook: number[] = [];
let refused = 0;
let room = (): void => undefined;
const smsc = new Smsc({
  latencyMs,
  took: (to, id) => void taken.push({ to, id }),
  answered: (sequence, status) => {
    if (status !== 0) refused += 1;
    const stopSentAt = stopsSentAt.get(sequence);
    if (stopSentAt !== undefined) {
      stopsTook.push(performance.now() - stopSentAt);
      stopsSentAt.delete(sequence);
      return room();
    }
    took.push(performance.now() - (sentAt.get(sequence) ?? 0));
    sentAt.delete(sequence);
    room();
  },
});

const octets = (...values: number[]): Buffer => Buffer.from(values);
const text = (value: string): Buffer => Buffer.from(`${value}\0`, 'latin1');

/** A `deliver_sm` of one number: a receipt by its class, or what its owner wrote. */
function delivered(
  sequence: number,
  to: string,
  { isReceipt, words }: { isReceipt: boolean; words: string },
): Buffer {
  const addresses = [octets(0, 1, 1), text(to), octets(5, 0), text('LUMIERE')];
  const head = octets(isReceipt ? 4 : 0, 0, 0, 0, 0, 0, 0, 0, 0, words.length);
  return pdu(DELIVER, sequence, Buffer.concat([...addresses, head, Buffer.from(words)]));
}

/** Tells what became of one message. */
function receipt(sequence: number, { to, id }: { to: string; id: string }, stat: string): Buffer {
  const words = `id:${id} sub:001 dlvrd:001 submit date:2611241000 done date:2611241001 stat:${stat} err:000 text:`;
  return delivered(sequence, to, { isReceipt: true, words });
}

/** Another person says STOP, on one session after the other. */
function sayStop(sessions: readonly Socket[]): void {
  const turn = stopsTook.length + stopsSentAt.size;
  const one = taken[(turn * STRIDE) % taken.length];
  if (one === undefined) return;
  sequence += 1;
  stopsSentAt.set(sequence, performance.now());
  const words = 'STOP';
  sessions[turn % sessions.length]?.write(delivered(sequence, one.to, { isReceipt: false, words }));
}

/** On its way and at its end, in any order, and some of it twice. */
function tellings(): { readonly about: (typeof taken)[number]; readonly stat: string }[] {
  const random = seeded(SEED);
  const all = taken.flatMap((about, n) =>
    ['ENROUTE', n % UNDELIVERED === 0 ? 'UNDELIV' : 'DELIVRD'].map((stat) => ({ about, stat })),
  );
  const told = [...all, ...all.filter((_, n) => n % REPEATED === 0)];
  for (let at = told.length - 1; at > 0; at -= 1) {
    const other = Math.floor(random() * (at + 1));
    [told[at], told[other]] = [told[other] as never, told[at] as never];
  }
  return told;
}

/** As many at a time as the sessions have places. */
async function tellAll(sessions: readonly Socket[]): Promise<Told> {
  const told = tellings();
  const known = taken.length;
  const began = performance.now();
  const saying = setInterval(() => sayStop(sessions), STOP_EVERY_MS);
  let next = 0;
  while (took.length < told.length) {
    const free = Math.min(window * sessions.length - sentAt.size, told.length - next);
    const some = told.slice(next, next + free);
    for (const [session, theirs] of Map.groupBy(some, (_, n) => sessions[n % sessions.length]))
      session?.write(Buffer.concat(theirs.map(({ about, stat }) => written(about, stat))));
    next += some.length;
    await new Promise<void>((freed) => {
      room = freed;
    });
  }
  const ms = performance.now() - began;
  clearInterval(saying);
  while (stopsSentAt.size > 0)
    await new Promise<void>((freed) => {
      room = freed;
    });
  const stops = stopsTook.toSorted((one, other) => one - other);
  return {
    messages: known,
    receipts: told.length,
    repeated: told.length - 2 * known,
    undelivered: Math.ceil(known / UNDELIVERED),
    refused,
    ms,
    stops: stops.length,
    stopP50Ms: stops[Math.floor(stops.length / 2)] ?? 0,
    stopLongestMs: stops.at(-1) ?? 0,
    answerP99Ms: took.toSorted((one, other) => one - other)[Math.floor(took.length * 0.99)] ?? 0,
  };
}

let sequence = 0;
function written(about: (typeof taken)[number], stat: string): Buffer {
  sequence += 1;
  sentAt.set(sequence, performance.now());
  return receipt(sequence, about, stat);
}

process.once('disconnect', () => process.exit(0));
process.send?.({ url: await smsc.listen() });
await once(process, 'message');
process.send?.(await tellAll(smsc.bound));
