import fc from 'fast-check';

/** What a back office says of one visit, in its own order. */
export interface Told {
  readonly visit: number;
  readonly revision: number;
  /** Days after the first; undefined: cancelled. */
  readonly day: number | undefined;
}

/** A visit as whoever knows every message would have it. */
export interface Visit {
  readonly day: number | undefined;
}

/** So many messages about visits, each visit's in the order of its revisions. */
export function messagesOf(seed: number, count: number): Told[] {
  const turns = fc.array(
    fc.tuple(fc.integer({ min: 0, max: 20 }), fc.integer({ min: 1, max: 3 }), fc.nat(99)),
    { minLength: 1, maxLength: 7 },
  );
  const visits = fc.sample(turns, { numRuns: count, seed });
  const all = visits.flatMap((changes, visit) => {
    let revision = 0;
    return changes.map(([day, step, luck]) => {
      revision += step;
      return { visit, revision, day: luck < 40 ? undefined : day };
    });
  });
  return all.slice(0, count);
}

/** Each message one to four times, in any order. */
export function deliveredOf(seed: number, messages: readonly Told[]): Told[] {
  const [times = []] = fc.sample(
    fc.array(fc.integer({ min: 1, max: 4 }), { minLength: messages.length, maxLength: messages.length }),
    { numRuns: 1, seed },
  );
  const copies = messages.flatMap((message, turn) => Array.from({ length: times[turn] ?? 1 }, () => message));
  const [shuffled = copies] = fc.sample(
    fc.shuffledSubarray(copies, { minLength: copies.length, maxLength: copies.length }),
    { numRuns: 1, seed },
  );
  return shuffled;
}

/** The visits that these messages leave, whatever their order: the highest revision of each is true. */
export function visitsAfter(delivered: readonly Told[]): ReadonlyMap<number, Visit> {
  const last = new Map<number, Told>();
  for (const message of delivered) {
    const known = last.get(message.visit);
    if (known === undefined || message.revision > known.revision) last.set(message.visit, message);
  }
  return last;
}
