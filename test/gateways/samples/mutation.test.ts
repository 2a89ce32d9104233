import { describe, expect, it } from 'vitest';
import { classifyReply } from '../../../src/sms/inbound-word.ts';
import { cases } from '../../support/cases.ts';
import { mutated, plainStops } from './mutation.ts';
import { CALLERS, OURS, readerOf, samplesOf } from './sample.ts';

/** Calls of each operator, or as many as one asks for. */
const CALLS = Number(process.env['MUTATIONS'] ?? cases(600, 20_000));

const isSilenced = (kind: string): boolean => ['stop', 'stop-all', 'objection'].includes(kind);

describe.each(CALLERS)('calls of %s that nobody ever published', (caller) => {
  const reader = readerOf(caller);
  const samples = samplesOf(caller);

  it('are read or left unread, never lost, and never with a STOP that can be seen', () => {
    const sums = { events: 0, unread: 0, stops: 0 };
    for (let seed = 0; seed < CALLS; seed += 1) {
      const sample = samples[seed % samples.length];
      if (sample === undefined) throw new Error('there is no sample');
      const number = `336${String(10_000_000 + (seed % 80_000_000))}`;
      const call = mutated(sample.call, seed, number);
      const { events, unread } = reader.read(call);
      const about = `seed ${seed} of ${sample.name}: ${call.method} ${call.target} ${call.body.toString('latin1')}`;
      expect([about, events.length + unread > 0]).toEqual([about, true]);
      expect([about, reader.read(call)]).toEqual([about, { events, unread }]);
      const barred = new Set(
        events.flatMap((event) => {
          if (event.kind === 'receipt') return [];
          return event.kind === 'stop' || isSilenced(classifyReply(event.text).kind) ? [event.from] : [];
        }),
      );
      for (const stop of plainStops(call, (names) => OURS[caller].some((name) => names.has(name)))) {
        expect([about, barred.has(stop)]).toEqual([about, true]);
        sums.stops += 1;
      }
      sums.events += events.length;
      sums.unread += unread === 0 ? 0 : 1;
    }
    expect(sums.stops).toBeGreaterThan(CALLS / 20);
    expect(sums.unread).toBeGreaterThan(0);
    if (process.env['MUTATIONS'] !== undefined) console.log(caller, CALLS, JSON.stringify(sums));
  });
});
