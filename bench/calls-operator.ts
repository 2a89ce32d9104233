import { once } from 'node:events';
import { Agent, request } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';

/** What an operator that calls back is told. */
export interface CallingOrder {
  /** Our inbound address. */
  readonly inbound: string;
  /** Where the operator of the campaign tells what it took. */
  readonly operator: string;
  readonly calls: number;
  /** What each call tells: what became of a message, or that its recipient wants no more. */
  readonly tells: 'receipts' | 'stops';
  /** Calls a second; as fast as they are answered when absent. */
  readonly perSecond?: number;
  /** Calls without an answer, at most. */
  readonly inFlight: number;
}

/** What calling came to. */
export interface Called {
  readonly ms: number;
  readonly statuses: Readonly<Record<string, number>>;
  /** From a call to its answer. */
  readonly p50Ms: number;
  readonly p99Ms: number;
}

type Taken = readonly [to: string, atMs: number, text: string];

const { inbound, operator, calls, tells, perSecond, inFlight } = JSON.parse(
  process.env['ORDER'] ?? '{}',
) as CallingOrder;
const agent = new Agent({ keepAlive: true, maxSockets: inFlight });
const statuses: Record<string, number> = {};
const took: number[] = [];

/** One receipt a call, of one message: its end first, then states that nobody knows. */
function receiptOf(turn: number, taken: readonly Taken[]): object {
  const [to = ''] = taken[turn % taken.length] ?? [];
  const state = turn < taken.length ? 'DELIVERED' : `STATE-${turn}`;
  const at = new Date().toISOString();
  return { kind: 'receipt', id: `o-${(turn % taken.length) + 1}`, to, state, at };
}

/** Another person at each turn. */
function stopOf(turn: number, taken: readonly Taken[]): object {
  const [from = ''] = taken[turn % taken.length] ?? [];
  return { kind: 'reply', id: `all-${turn}`, from, text: 'STOP', at: new Date().toISOString() };
}

async function tell(event: object): Promise<void> {
  const began = performance.now();
  const { promise, resolve } = Promise.withResolvers<number>();
  const headers = { 'content-type': 'application/json' };
  const call = request(inbound, { method: 'POST', agent, headers }, (answer) => {
    answer.resume().on('end', () => resolve(answer.statusCode ?? 0));
  });
  call.on('error', () => resolve(0)).end(JSON.stringify({ events: [event] }));
  const status = await promise;
  statuses[status] = (statuses[status] ?? 0) + 1;
  took.push(performance.now() - began);
}

async function callAll(): Promise<Called> {
  const taken = (await (await fetch(`${operator}/taken`)).json()) as readonly Taken[];
  const began = performance.now();
  let next = 0;
  await Promise.all(
    Array.from({ length: inFlight }, async () => {
      while (next < calls) {
        const turn = next;
        next += 1;
        const dueMs = perSecond === undefined ? 0 : (turn * 1_000) / perSecond;
        const early = dueMs - (performance.now() - began);
        if (early > 0) await pause(early);
        await tell(tells === 'receipts' ? receiptOf(turn, taken) : stopOf(turn, taken));
      }
    }),
  );
  const ms = performance.now() - began;
  const sorted = took.toSorted((one, other) => one - other);
  const at = (part: number): number => Math.round(sorted[Math.floor(sorted.length * part)] ?? Number.NaN);
  return { ms, statuses, p50Ms: at(0.5), p99Ms: at(0.99) };
}

process.once('disconnect', () => process.exit(0));
process.send?.('ready');
await once(process, 'message');
process.send?.(await callAll());
