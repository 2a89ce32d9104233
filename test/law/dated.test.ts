import { readdirSync, readFileSync } from 'node:fs';
import { DateTime } from 'luxon';
import { describe, expect, it, vi } from 'vitest';
import { dated, Dated, dayIn, frenchDay, LawFault, type Day, type Term } from '../../src/rule/rule.ts';
import { rules } from '../../src/law/book.ts';

const row = (inForceFrom: string, inForceUntil?: string): Term => ({
  id: 'XXX-01',
  inForceFrom,
  ...(inForceUntil === undefined ? {} : { inForceUntil }),
});

const months = dated([row('2020-01-01', '2027-12-31'), 24], [row('2028-01-01'), 18]);

describe('a number of the law is', () => {
  it.each([
    ['the first one before its day', '2019-06-01', 24],
    ['the one of its last day', '2027-12-31', 24],
    ['the next one from its first day on', '2028-01-01', 18],
    ['that of the date in Nouméa', '2028-01-01T00:30+11:00', 18],
    ['that of the date in Papeete', '2027-12-31T23:30-10:00', 24],
    ['that of Paris for an instant without place', '2027-12-31T23:00:00.000Z', 18],
    ['still the old one before midnight in Paris', '2027-12-31T22:59:00.000Z', 24],
  ])('%s', (_what, day, value) => {
    expect(months.on(day)).toBe(value);
  });

  it('the only one, without computing a date', () => {
    const turn = DateTime.fromISO('2027-12-31T23:30:00.000Z', { zone: 'utc' });
    const asked = vi.spyOn(turn, 'setZone');
    expect(dated([row('2020-01-01'), 24]).on(dayIn(turn, 'America/Martinique'))).toBe(24);
    expect(asked).not.toHaveBeenCalled();
    expect(months.on(dayIn(turn, 'America/Martinique'))).toBe(24);
    expect(asked).toHaveBeenCalledOnce();
  });

  it('that of the zone named with a moment', () => {
    const turn = DateTime.fromISO('2027-12-31T23:30:00.000Z', { zone: 'America/Martinique' });
    expect([frenchDay(turn), dayIn(turn, 'America/Martinique')].map((day) => months.on(day))).toEqual([
      18, 24,
    ]);
    // @ts-expect-error A moment alone has the zone of whoever made it, which may be the host's.
    const loose: Day = turn;
    expect(loose).toBe(turn);
  });

  it('made into something else by the same dates', () => {
    const said = months.map((count) => `${count} mois`);
    expect([said.on('2027-12-31'), said.on('2028-01-01')]).toEqual(['24 mois', '18 mois']);
  });

  it.each([
    ['before another value holds', '2027-05-01', '2027-05-01'],
    ['as a value begins that would have reached', '2027-10-01', '2028-01-01'],
    ['after that', '2028-03-01', '2028-03-01'],
  ])('that under which something is reached, %s', (_what, end, expected) => {
    const began = DateTime.fromISO(end).minus({ months: expected < '2028' ? 24 : 18 });
    const reached = months.reached(
      (count) => began.plus({ months: count }).toFormat('yyyy-MM-dd'),
      (date) => date,
    );
    expect(reached.find(({ isInForce }) => isInForce)?.at).toBe(expected);
  });

  it('no number without a day', () => {
    const loose: unknown = months;
    expect(() => Number(loose)).toThrow(LawFault);
    expect(() => String(loose)).toThrow(/XXX-01/);
    expect(() => months.toPostgres()).toThrow(/XXX-01/);
    // @ts-expect-error A constant of the law is not computed with.
    expect(() => months * 2).toThrow(LawFault);
    // @ts-expect-error Nor compared.
    expect(() => months > 2).toThrow(LawFault);
    // @ts-expect-error Nor taken for a number.
    const asNumber: () => number = () => months;
    expect(asNumber).toBeDefined();
  });

  it.each(['', 'hier', '2027-02-31x'])('not read on the day %j', (day) => {
    expect(() => months.on(day)).toThrow(LawFault);
  });
});

describe('the process does not start, and names the rule, when', () => {
  it.each<[string, readonly [readonly [Term, number], ...(readonly [Term, number])[]], RegExp]>([
    ['a number has no date', [[row(''), 1]], /^XXX-01: a number without dates/],
    ['its date does not exist', [[row('2027-02-30'), 1]], /^XXX-01: a number without dates/],
    ['its end is no date', [[row('2027-01-01', 'soon'), 1]], /^XXX-01: a number without dates/],
    ['it ends, and none follows', [[row('2027-01-01', '2027-12-31'), 1]], /^XXX-01: no number after/],
    [
      'two are in force on one day',
      [
        [row('2027-01-01', '2028-01-01'), 1],
        [row('2028-01-01'), 2],
      ],
      /^XXX-01: its numbers of 2027-01-01 and 2028-01-01/,
    ],
    [
      'two never end',
      [
        [row('2027-01-01'), 1],
        [row('2028-01-01'), 2],
      ],
      /^XXX-01/,
    ],
    [
      'a day has none',
      [
        [row('2027-01-01', '2027-12-30'), 1],
        [row('2028-01-01'), 2],
      ],
      /^XXX-01/,
    ],
  ])('%s', (_what, rows, said) => {
    expect(() => dated(...rows)).toThrow(said);
  });
});

describe('each parameter of the register', () => {
  const named = rules.flatMap((rule) =>
    Object.entries(rule.parameters).map(([name, value]) => ({ rule, name, value })),
  );

  it('has its dates', () => {
    expect(named.filter(({ value }) => !(value instanceof Dated))).toEqual([]);
    expect(named.length).toBeGreaterThan(40);
  });

  it('is one number while its row lasts', () => {
    const changes = named.filter(({ rule, value }) => {
      const { inForceFrom, inForceUntil = '9999-12-31' } = rule;
      return value.turns.some(({ from }) => from > inForceFrom && from <= inForceUntil);
    });
    expect(changes.map(({ rule, name }) => `${rule.id} ${name}`)).toEqual([]);
  });
});

/** Read by whatever day: how the program reads numbers and clues of place, of which no text gives a date. */
const UNDATED = new Set(['NUMBERING_REGIONS', 'PLACE_ORDER']);

describe('a chapter of the law', () => {
  const chapters = new URL('../../src/law/chapters/', import.meta.url);
  const constants = [...readdirSync(chapters), '../../rule/sender.ts'].flatMap((file) =>
    [
      ...readFileSync(new URL(file, chapters), 'utf8').matchAll(
        /^export const ([A-Z][A-Z_]+)\b[^=]*= (.*)$/gm,
      ),
    ].map(([, name = '', value = '']) => ({ name, value })),
  );

  it('exports only dated constants, with listed exceptions', () => {
    const loose = constants.filter(({ value }) => /^(?:-?[\d'"[{`]|true|false)/.test(value));
    expect(loose.map(({ name }) => name).filter((name) => !UNDATED.has(name))).toEqual(['BASES', 'IF_LATE']);
  });
});
