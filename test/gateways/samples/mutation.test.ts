import { isDeepStrictEqual } from 'node:util';
import { describe, expect, it } from 'vitest';
import type { GatewayEvent } from '../../../src/sending/gateway/gateway.ts';
import { classifyReply, silences } from '../../../src/sms/inbound/inbound-word.ts';
import { cases } from '../../support/cases.ts';
import { mutated, plainStops } from './mutation.ts';
import { CALLERS, OURS, readerOf, samplesOf, type Caller } from './sample.ts';

/** Calls of each operator, or as many as one asks for. */
const CALLS = Number(process.env['MUTATIONS'] ?? cases(400, 20_000));
/** Two milliseconds for each on a busy machine. */
const TIME_MS = Math.max(90_000, CALLS * 5);
/** `SEED=41155 MUTATIONS=1` reads that one alone. */
const FIRST = Number(process.env['SEED'] ?? 0);

const isBarring = (event: GatewayEvent): boolean =>
  event.kind === 'stop' || (event.kind === 'reply' && silences(classifyReply(event.text).kind));

/** Returns what is wrong with the reading of one call; undefined where nothing is. */
function faultsOf(caller: Caller, seed: number): { readonly faults: readonly string[]; readonly sums: Sums } {
  const { reader, samples, isOurs } = operator(caller);
  const sample = samples[seed % samples.length];
  if (sample === undefined) throw new Error('there is no sample');
  const number = `336${String(10_000_000 + (seed % 80_000_000))}`;
  const call = mutated(sample.call, seed, number);
  const said = reader.read(call);
  const { events, unread } = said;
  const barred = new Set(events.flatMap((event) => (event.kind !== 'receipt' && isBarring(event) ? [event.from] : [])));
  const stops = new Set(plainStops(call, isOurs));
  const faults = [
    ...(events.length + unread > 0 ? [] : ['lost']),
    ...(isDeepStrictEqual(reader.read(call), said) ? [] : ['read otherwise the second time']),
    ...[...stops].filter((stop) => !barred.has(stop)).map((stop) => `${stop} said STOP`),
  ];
  const about = `seed ${seed} of ${sample.name}: ${call.method} ${call.target} ${call.body.toString('latin1')}`;
  return {
    faults: faults.map((fault) => `${fault}, ${about}`),
    sums: { effects: unread === 0 ? 1 : 0, unread: unread > 0 ? 1 : 0, events: events.length, stops: stops.size, barred: barred.size },
  };
}

interface Sums {
  readonly effects: number;
  readonly unread: number;
  readonly events: number;
  /** People whose STOP is visible in the calls, and those whose STOP our readers found. */
  readonly stops: number;
  readonly barred: number;
}

const operators = new Map(
  CALLERS.map((caller) => [
    caller,
    {
      reader: readerOf(caller),
      samples: samplesOf(caller),
      isOurs: (names: ReadonlySet<string>) => OURS[caller].some((name) => names.has(name)),
    },
  ]),
);
function operator(caller: Caller) {
  const found = operators.get(caller);
  if (found === undefined) throw new Error(`nobody calls from ${caller}`);
  return found;
}

describe.each(CALLERS)('calls of %s that nobody ever published', (caller) => {
  it(
    'are read or kept, never losing a STOP',
    () => {
      const faults: string[] = [];
      const total = { effects: 0, unread: 0, events: 0, stops: 0, barred: 0 };
      for (let seed = FIRST; seed < FIRST + CALLS; seed += 1) {
        const one = faultsOf(caller, seed);
        faults.push(...one.faults);
        for (const name of Object.keys(total) as (keyof Sums)[]) total[name] += one.sums[name];
      }
      if (process.env['MUTATIONS'] !== undefined) console.log(caller, CALLS, JSON.stringify(total));
      expect(faults.slice(0, 10)).toEqual([]);
      expect(total.effects + total.unread).toBe(CALLS);
      if (CALLS < 100) return;
      expect(total.stops).toBeGreaterThan(CALLS / 20);
      expect(total.unread).toBeGreaterThan(0);
    },
    TIME_MS,
  );
});
