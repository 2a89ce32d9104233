import { IANAZone } from 'luxon';
import { describe, expect, test } from 'vitest';
import { knownZone } from '../../../src/rule/time-zone.ts';

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;

/** Two of France, one whose clocks change on the half hour, one on the quarter, one that moved by a whole day. */
const NAMES = ['Europe/Paris', 'America/Miquelon', 'Australia/Lord_Howe', 'Pacific/Chatham', 'Pacific/Apia'];

/** The first minute of each new offset between two days. */
function changes(zone: IANAZone, firstDay: number, lastDay: number): number[] {
  const found: number[] = [];
  for (let day = firstDay; day < lastDay; day += 1) {
    let [before, after] = [day * DAY_MS, (day + 1) * DAY_MS];
    const old = zone.offset(before);
    if (zone.offset(after) === old) continue;
    while (after - before > MINUTE_MS) {
      const middle = before + Math.floor((after - before) / 2 / MINUTE_MS) * MINUTE_MS;
      if (zone.offset(middle) === old) before = middle;
      else after = middle;
    }
    found.push(after);
  }
  return found;
}

describe('a zone that remembers its offsets', () => {
  test.each(NAMES)('agrees with Intl at clock changes in %s', (name) => {
    const asked = new IANAZone(name);
    const at = changes(asked, Date.UTC(2008, 0) / DAY_MS, Date.UTC(2014, 0) / DAY_MS);
    expect(at.length).toBeGreaterThanOrEqual(8);
    const moments = at.flatMap((ms) =>
      [-60, -31, -15, -1, 0, 1, 14, 29, 59].map((more) => ms + more * MINUTE_MS),
    );
    // Asked twice: the second answer is the remembered one.
    for (const _ of [1, 2])
      expect(moments.map((ms) => knownZone(name).offset(ms))).toEqual(moments.map((ms) => asked.offset(ms)));
  });

  // Until then clocks changed at any second.
  test('asks each time before 1970', () => {
    const asked = new IANAZone('Europe/Paris');
    // From Paris time to Greenwich, on 11 March 1911 at 0:00 by Paris: 23:50:39 of the day before.
    const change = Date.UTC(1911, 2, 10, 23, 50, 39);
    const moments = [-50_000, -1, 0, 1, 200_000].map((more) => change + more);
    expect(moments.map((ms) => knownZone('Europe/Paris').offset(ms))).toEqual(
      moments.map((ms) => asked.offset(ms)),
    );
  });

  test('is luxon’s zone of that name, or none', () => {
    expect(knownZone('Europe/Paris').equals(IANAZone.create('Europe/Paris'))).toBe(true);
    expect(knownZone('Europe/Nowhere').isValid).toBe(false);
    expect(knownZone('Europe/Paris')).toBe(knownZone('Europe/Paris'));
  });
});
