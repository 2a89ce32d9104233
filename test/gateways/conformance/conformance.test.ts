import { describe, expect, it, test } from 'vitest';
import { RUNS } from './runs.ts';
import { KINDS, SCENARIOS, type Kind, type Scenario, type ScenarioName } from './scenario-list.ts';
import { aSubject, type Habits } from './subject.ts';

/** Scenarios that some operators meet only with a habit of their own. */
const HABITS: Partial<Record<ScenarioName, Habits>> = {
  'a look-up before it is indexed': { indexingMs: 30_000 },
};

const scenarios = Object.entries(SCENARIOS) as [ScenarioName, Scenario][];
const possible = (kind: Kind) =>
  scenarios
    .filter(([, { impossible }]) => impossible?.[kind] === undefined)
    .map(([name, { expected }]) => ({ name, expected }));

/** SMPP is tested in general and as OVHcloud has it, which takes less of it. */
const OPERATORS: readonly { readonly name: string; readonly kind: Kind; readonly habits?: Habits }[] = [
  ...KINDS.map((kind) => ({ name: kind, kind })),
  { name: 'smpp of OVHcloud', kind: 'smpp', habits: { smpp: { profile: 'ovh', window: 10 } } },
];

// Silences take as long as their time-out: all operators are asked beside each other.
describe.concurrent.each(OPERATORS)('at $name,', ({ kind, habits }) => {
  test.each(possible(kind))('$name is $expected', async ({ name }) => {
    const subject = await aSubject(kind, { ...HABITS[name], ...habits });
    try {
      await expect(RUNS[name](subject)).resolves.toBeUndefined();
    } finally {
      await subject.close();
    }
  });
});

describe('the table of scenarios', () => {
  it('has each of them run', () => {
    expect(Object.keys(RUNS).toSorted()).toEqual(Object.keys(SCENARIOS).toSorted());
  });
});
