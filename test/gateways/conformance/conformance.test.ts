import { describe, expect, it, test } from 'vitest';
import { RUNS } from './runs.ts';
import { KINDS, SCENARIOS, type Kind, type Scenario, type ScenarioName } from './scenario-list.ts';
import { aSubject } from './subject.ts';

/** Some operators are only like that with a habit of theirs. */
const HABITS: Partial<Record<ScenarioName, { indexingMs: number }>> = {
  'a look-up before it is indexed': { indexingMs: 30_000 },
};

const scenarios = Object.entries(SCENARIOS) as [ScenarioName, Scenario][];
const possible = (kind: Kind) =>
  scenarios
    .filter(([, { impossible }]) => impossible?.[kind] === undefined)
    .map(([name, { expected }]) => ({ name, expected }));

describe.each(KINDS)('at %s,', (kind) => {
  test.concurrent.each(possible(kind))('$name is $expected', async ({ name }) => {
    const subject = await aSubject(kind, HABITS[name]);
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
