import fc from 'fast-check';
import { DateTime } from 'luxon';
import { describe, expect, it } from 'vitest';
import { typedDate } from '../../../src/reading/import-cell.ts';

const ZONES = ['Europe/Paris', 'Indian/Reunion', 'America/Guadeloupe', 'America/Miquelon', 'Pacific/Noumea'];

describe('a date of a file', () => {
  it('is the wall time’s instant on every day', () => {
    const second = fc.integer({ min: Date.UTC(2015, 0, 1) / 1_000, max: Date.UTC(2027, 0, 1) / 1_000 });
    fc.assert(
      fc.property(second, fc.constantFrom(...ZONES), (seconds, zone) => {
        const wall = DateTime.fromSeconds(seconds, { zone });
        const known = DateTime.fromISO(wall.toFormat("yyyy-MM-dd'T'HH:mm:ss"), { zone });
        const expected = {
          kind: 'date',
          on: wall.toFormat('yyyy-MM-dd'),
          at: known.toISO({ suppressMilliseconds: true }),
        };
        expect(typedDate(wall.toFormat('dd/MM/yyyy HH:mm:ss'), zone)).toEqual(expected);
        expect(typedDate(wall.toFormat('yyyy-MM-dd HH:mm:ss'), zone)).toEqual(expected);
      }),
      { numRuns: 500 },
    );
  });

  it.each([
    ['29/03/2026 02:30', '2026-03-29T03:30:00+02:00'],
    ['25/10/2026 02:30', '2026-10-25T02:30:00+01:00'],
    ['28/03/2026', '2026-03-28T00:00:00+01:00'],
  ])('is read as the clocks go: %s', (typed, at) => {
    expect(typedDate(typed, 'Europe/Paris')).toMatchObject({ kind: 'date', at });
  });

  it.each([
    '30/02/2026',
    '2026-02-30',
    '31/04/2026 10:00',
    '2026-13-01',
    '05/01/1899',
    '2026-01-05 24:01',
    '2026-01-05T10:00:00+23:00',
  ])('is none: %s', (typed) => {
    expect(typedDate(typed, 'Europe/Paris').kind).toBe('unreadable');
  });
});
