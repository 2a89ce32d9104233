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
}

const DELIVER = 5;
const SEED = 20_261_126;
/** One in so many is told twice, and one in so many did not arrive. */
const REPEATED = 20;
const UNDELIVERED = 20;

const { latencyMs, window } = JSON.parse(process.env['ORDER'] ?? '{}') as TellingOrder;
const taken: { readonly to: string; readonly id: string }[] = [];
const sentAt = new Map<number, number>();
const took: number[] = [];
let refused = 0;
let room = (): void => undefined;
const smsc = new Smsc({
  latencyMs,
  took: (to, id) => void taken.push({ to, id }),
  answered: (sequence, status) => {
    took.push(performance.now() - (sentAt.get(sequence) ?? 0));
    sentAt.delete(sequence);
    if (status !== 0) refused += 1;
    room();
  },
});

const octets = (...values: number[]): Buffer => Buffer.from(values);
const text = (value: string): Buffer => Buffer.from(`${value}\0`, 'latin1');

/** A `deliver_sm` that tells what became of one message. */
function receipt(sequence: number, { to, id }: { to: string; id: string }, stat: string): Buffer {
  const words = Buffer.from(
    `id:${id} sub:001 dlvrd:001 submit date:2611241000 done date:2611241001 stat:${stat} err:000 text:`,
  );
  const addresses = [octets(0, 1, 1), text(to), octets(5, 0), text('LUMIERE')];
  const head = octets(4, 0, 0, 0, 0, 0, 0, 0, 0, words.length);
  return pdu(DELIVER, sequence, Buffer.concat([...addresses, head, words]));
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
  return {
    messages: known,
    receipts: told.length,
    repeated: told.length - 2 * known,
    undelivered: Math.ceil(known / UNDELIVERED),
    refused,
    ms: performance.now() - began,
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
