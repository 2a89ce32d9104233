import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Attackers, aScene, roundOf, type Scene } from '../support/attacked.ts';
import { attackTable } from '../support/attack-table.ts';
import type { Outcome } from '../support/attackers.ts';
import { NIGHT } from '../support/cases.ts';
import { launched, seenOf, type Seen } from '../support/undisturbed.ts';

const PEOPLE = 2_000;
const STOPS = 40;
const RATE = 20;
/** What had left before a STOP reaches people within this. How long answers take: npm run bench -- attack. */
const BOUND_MS = 10_000;

let scene: Scene;
let seen: Seen;
let outcome: Outcome;

beforeAll(async () => {
  scene = await aScene(RATE);
  await scene.instance.moveClock('2027-03-30T14:30:00+02:00');
  const round = roundOf(scene, 2, { people: PEOPLE, stops: STOPS, stopEveryMs: 250, readEveryMs: 250 });
  await launched(round);
  const attackers = await Attackers.begin(scene, {
    slow: 300,
    junkMiB: 16,
    files: 100,
    exports: 100,
    bombs: 8,
  });
  seen = await seenOf(round);
  outcome = await attackers.end();
}, 300_000);
afterAll(() => scene.close());

describe('I16, while strangers and one tenant attack', NIGHT, () => {
  it('every STOP is accepted in time and effective', () => {
    expect(seen.stops.filter(({ status }) => status !== 204)).toEqual([]);
    expect(seen.withoutEffect).toBe(0);
    expect(seen.lateMs).toBeLessThan(BOUND_MS);
  });

  it('a campaign goes on, and others are answered', () => {
    expect(seen.pace).toBeGreaterThan(0);
    expect(seen.reads.filter(({ status }) => status !== 200)).toEqual([]);
  });

  it('every attack was made, and refused', () => {
    const lasting = [
      'codec',
      'exports of one tenant',
      'files of one tenant',
      'hostile texts',
      'junk',
      'slow connections',
      'wrong sign-ins',
    ];
    const all = [...lasting, ...attackTable.map(({ name }) => name)];
    expect(outcome).toMatchObject({ refused: Object.fromEntries(all.map((name) => [name, true])) });
    expect(Object.values(outcome.repelled).flatMap((statuses) => Object.keys(statuses))).not.toContain('500');
  });
});
