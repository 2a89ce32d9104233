import { describe, expect, it } from 'vitest';
import { CALLERS, readerOf, samplesOf } from './sample.ts';

describe.each(CALLERS)('a call as %s publishes it', (caller) => {
  const reader = readerOf(caller);

  it.each(samplesOf(caller).map((sample) => [sample.name, sample] as const))('is read: %s', (_name, sample) => {
    const said = reader.read(sample.call);
    expect(said).toMatchObject({ events: sample.events, unread: sample.unread });
    expect(said.events).toHaveLength(sample.events.length);
    expect(reader.read(sample.call)).toEqual(said);
  });
});
