import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { methodNamed, purposesNamed } from '../../../../src/reading/import-cell.ts';
import { typedStart, typedHour } from '../../../../src/reminders/import/import-row.ts';
import { visitStatus } from '../../../../src/reminders/import/import-columns.ts';

const two = (value: number): string => String(value).padStart(2, '0');

describe('an hour as agendas write it', () => {
  it.each([
    ['08:30', '08:30'],
    ['8:30', '08:30'],
    ['08:30:00', '08:30'],
    ['08h30', '08:30'],
    ['14 h', '14:00'],
    ['14\u00a0h\u00a005', '14:05'],
    ['9 heures 15', '09:15'],
    ['12:00 AM', '00:00'],
    ['2:30 pm', '14:30'],
    ['0,354166667', '08:30'],
    ['0.999', undefined],
    ['24:00', undefined],
    ['13:00 PM', undefined],
    ['8.30', undefined],
    ['0830', undefined],
    ['8h60', undefined],
    ['8:30 - 9:00', undefined],
  ])('(%s) is %s', (typed, hour) => expect(typedHour(typed)).toBe(hour));

  it('is the same minute however typed', () => {
    const minute = fc.record({
      hour: fc.integer({ min: 0, max: 23 }),
      minute: fc.integer({ min: 0, max: 59 }),
    });
    fc.assert(
      fc.property(minute, fc.integer({ min: 3, max: 12 }), ({ hour, minute: at }, digits) => {
        const wall = `${two(hour)}:${two(at)}`;
        const part = ((hour * 60 + at) / 1440).toFixed(Math.max(digits, 5));
        const typed = [
          `${hour}:${two(at)}`,
          `${hour}h${two(at)}`,
          `${wall}:00`,
          part,
          part.replace('.', ','),
        ];
        expect(new Set(typed.map(typedHour))).toEqual(new Set([wall]));
      }),
    );
  });
});

describe('a start out of several cells', () => {
  const start = (...cells: ['startsOn' | 'startsAt' | 'startHour', string][]) =>
    typedStart(cells.map(([field, text]) => ({ field, text, isMonthFirst: false })));

  it.each<[Parameters<typeof start>, string]>([
    [[['startsAt', '2026-12-03 08:30']], '2026-12-03T08:30'],
    [[['startsAt', '2026-12-03T08:30:00+01:00']], '2026-12-03T08:30:00+01:00'],
    [
      [
        ['startsOn', '03/12/2026'],
        ['startsAt', '8h30'],
      ],
      '2026-12-03T08:30',
    ],
    [
      [
        ['startsOn', '03/12/2026'],
        ['startsAt', '03/12/2026 8h30'],
        ['startHour', '08:30'],
      ],
      '2026-12-03T08:30',
    ],
    [
      [
        ['startsOn', '03/12/2026 00:00:00'],
        ['startHour', '8:30'],
      ],
      '2026-12-03T08:30',
    ],
  ])('(%j) is one', (cells, at) => expect(start(...cells)).toEqual({ at }));

  it.each<[Parameters<typeof start>, string]>([
    [[], 'DATE_MISSING'],
    [[['startHour', '8:30']], 'DATE_MISSING'],
    [[['startsOn', '03/12/2026']], 'HOUR_MISSING'],
    [
      [
        ['startsOn', '03/12/2026'],
        ['startHour', '0830'],
      ],
      'HOUR_INVALID',
    ],
    [
      [
        ['startsOn', '03/12/2026'],
        ['startsAt', '04/12/2026 08:30'],
      ],
      'DATES_CONTRADICT',
    ],
    [
      [
        ['startsAt', '03/12/2026 08:30'],
        ['startHour', '09:30'],
      ],
      'DATES_CONTRADICT',
    ],
    [
      [
        ['startsOn', '12/31/2026'],
        ['startHour', '09:30'],
      ],
      'DATE_AMBIGUOUS',
    ],
    [
      [
        ['startsOn', '03/12/26'],
        ['startHour', '09:30'],
      ],
      'DATE_AMBIGUOUS',
    ],
    [[['startsOn', '46359,5']], 'DATE_IS_NUMBER'],
    [
      [
        ['startsOn', '31/02/2026'],
        ['startHour', '09:30'],
      ],
      'DATE_INVALID',
    ],
  ])('(%j) is none', (cells, code) => expect(start(...cells)).toMatchObject({ fault: { code } }));
});

it('a file’s cell is no object property', () => {
  expect([methodNamed('constructor'), purposesNamed('constructor')]).toEqual([undefined, undefined]);
});

describe('the status of a visit', () => {
  it.each([
    ['', 'planned'],
    ['Confirmé', 'planned'],
    ['À VENIR', 'planned'],
    ['RDV annulé', 'cancelled'],
    ['Annulation tardive', 'cancelled'],
    ['Annulé par le patient le 2', 'cancelled'],
    ['Refusé', 'cancelled'],
    ['Décommandé', 'cancelled'],
    ['canceled', 'cancelled'],
    ['No-show', 'absent'],
    ['Absent excusé', 'absent'],
    ['Non honoré', 'absent'],
    ['Reporté', undefined],
    ['constructor', undefined],
    ['non confirmé', undefined],
    ['Annulation demandée', undefined],
    ['annulation refusée', undefined],
    ['Manque de temps', undefined],
    ['En attente de confirmation', undefined],
  ])('(%s) is %s', (cell, status) => expect(visitStatus(cell, {})).toBe(status));
});
