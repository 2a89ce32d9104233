import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  repeatCheck,
  rowNumberIn,
  NumberSet,
  NumberTable,
  YoungestBirths,
} from '../../../src/people/import/people-file.ts';
import { anImport, rowsOf } from './importing.ts';
import { aShop } from './shop.ts';
import { openBase } from '../../support/database.ts';

const number = fc.oneof(fc.integer({ min: 0, max: 999_999_999 }), fc.integer({ min: 0, max: 50 }));

describe('the numbers that a file was seen to hold', () => {
  it('are new once each', () => {
    fc.assert(
      fc.property(fc.array(number, { maxLength: 3_000 }), (numbers) => {
        const [seen, known] = [new NumberSet(), new Set<number>()];
        for (const one of numbers) {
          expect(seen.add(one)).toBe(!known.has(one));
          known.add(one);
        }
      }),
    );
  });

  it('keep the last line of each, however many', () => {
    fc.assert(
      fc.property(fc.array(number, { maxLength: 3_000 }), (numbers) => {
        const [lines, known] = [new NumberTable(), new Map<number, number>()];
        for (const [line, one] of numbers.entries()) {
          lines.set(one, line);
          known.set(one, line);
        }
        expect(lines.size).toBe(known.size);
        for (const [one, line] of known) expect(lines.get(one)).toBe(line);
        expect(lines.get(1_000_000)).toBe(known.get(1_000_000));
      }),
    );
  });

  it('keep the latest birth date of each', () => {
    const birth = fc.integer({ min: 0, max: 365 * 120 }).map((days) => dayAfter(days));
    fc.assert(
      fc.property(fc.array(fc.tuple(number, birth), { maxLength: 1_000 }), (told) => {
        const [births, known] = [new YoungestBirths(), new Map<number, string>()];
        for (const [one, date] of told) {
          births.tell(one, date);
          if (date > (known.get(one) ?? '')) known.set(one, date);
        }
        for (const [one, date] of known) expect(births.get(one)).toBe(date);
        expect(births.get(1_000_000)).toBe(known.get(1_000_000));
      }),
    );
  });
});

describe('a row that comes again', () => {
  it('is recognized only for numbers that repeat', () => {
    const lastLines = new NumberTable();
    for (const again of [171, 172]) lastLines.set(again, 9);
    const comesAgain = repeatCheck({ lastLines, youngest: new YoungestBirths() });
    expect([171, 173, 172, 171, 173, undefined].map(comesAgain)).toEqual([
      false,
      false,
      false,
      true,
      false,
      false,
    ]);
  });

  it.each([
    ['06 39 98 01 71', '+33639980171'],
    ['0639980171', '0033 6 39 98 01 71'],
    ['639980171', '(+33) 06.39.98.01.71'],
    ['75 12 34', '+687 75 12 34'],
    ['87 12 34 56', '00689 87 12 34 56'],
    ['55 12 34', '+508 55 12 34'],
    ['+508 708 12 34 56', '0708123456'],
    ['0687751234', '+33687751234'],
  ])('has one number however written: %s, %s', (one, other) => {
    const numbers = [one, other].map((cell) => rowNumberIn([1], { ...ROW, cells: ['x', cell] }));
    expect(numbers[0]).toBe(numbers[1]);
    expect(numbers[0]).toBeGreaterThan(100_000);
  });
});

const ROW = { line: 2, next: { offset: 9, line: 3 } } as const;

const dayAfter = (days: number): string => new Date(Date.UTC(1900, 0, 1 + days)).toISOString().slice(0, 10);

const { test, database } = await openBase();

describe('a number of two names', () => {
  const HEAD = 'telephone;prenom;date_optin;source_optin;texte_optin;ref_bulletin';
  const WORDS = 'J’accepte les offres de Maison Lumière par SMS. STOP pour arrêter.';
  const row = (phone: string, name: string, proof = phone): string =>
    `${phone};${name};05/01/2026;bulletin;${WORDS};${proof}`;
  /** More rows than the first merge takes. */
  const others = Array.from({ length: 700 }, (_, turn) => row(`0639${980_500 + turn}`, 'Odile'));
  const [marie, paul, again] = ['Marie', 'Paul', 'Marie'].map((name) => row('0639980171', name, name));

  it.each([
    ['beside each other', [marie, paul, again, ...others]],
    ['as far apart as a file is long', [marie, ...others, paul, again]],
    ['in three places', [marie, ...others.slice(0, 600), paul, ...others.slice(600), again]],
  ])('warns from the second name on, %s', async (_, rows) => {
    const shop = await aShop(database, test);
    const file = rowsOf(HEAD, ...rows.map(String));
    expect(await anImport({ database, shop }, file)).toMatchObject({
      accepted: 701,
      duplicates: 2,
      created: 701,
      warningsBy: { NAME_CONFLICT: 2 },
    });
  });
});

describe('a number that comes again in a row that is given back', () => {
  const HEAD =
    'telephone;code_postal;ville;date_optin;source_optin;texte_optin;ref_bulletin;wordingId;basis;contractRef';
  const row = (phone: string, proof: string): string =>
    `${phone};67000;Strasbourg;05/01/2026;bulletin;J’accepte les offres de Maison Lumière par SMS. STOP pour arrêter.;${proof}`;

  it.each([
    ['for want of a proof', row('0639980171', '')],
    ['for it holds two numbers', row('0639980170 / 0639980171', 'B-1')],
    ['for it is of a day to come', row('0639980171', 'B-1').replace('05/01/2026', '05/01/2126')],
  ])('%s keeps what an earlier row said', async (_why, last) => {
    const shop = await aShop(database, test);
    const file = rowsOf(HEAD, row('0639980171', 'B-1'), last);
    const report = await anImport({ database, shop }, file, { options: { attributes: ['ville'] } });
    expect(report).toMatchObject({ accepted: 1, rejected: 1, warningsBy: {} });
    const [contact] = await shop.tamper('SELECT territory FROM contact WHERE tenant_id = $1', [shop.id]);
    expect(contact?.['territory']).toBe('FR-67');
  });

  const later = (said: string): string => `0639980171;75011;Paris;${said}`;

  it.each([
    [
      'that cites words nobody has',
      'WORDING_NOT_FOUND',
      '05/01/2026;bulletin;;B-2;0190f3a2-7c1e-7a52-8f1d-2b3c4d5e6f70;;',
    ],
    ['that rests on a basis nobody opened', 'BASIS_NOT_ALLOWED', '05/01/2026;;;;;contract;V-1'],
  ])('by the database, %s, keeps an earlier row', async (_why, code, said) => {
    const shop = await aShop(database, test);
    const file = rowsOf(HEAD, `${row('0639980171', 'B-1')};;;`, later(said));
    const report = await anImport({ database, shop }, file, { options: { attributes: ['ville'] } });
    expect(report).toMatchObject({ accepted: 1, rejected: 1, rejectedBy: { [code]: 1 } });
    const [contact] = await shop.tamper('SELECT territory FROM contact WHERE tenant_id = $1', [shop.id]);
    expect(contact?.['territory']).toBe('FR-67');
  });
});

describe('a contract that names no day', () => {
  it('starts when read, and is one act', async () => {
    const shop = await aShop(database, test);
    const told = async (): Promise<unknown> => {
      const file = rowsOf(
        'telephone;basis;contractRef;purpose',
        '0639980171;contrat;C-1;renewal',
        '0639980172;contrat;;renewal',
      );
      const { accepted, rejectedBy } = await anImport({ database, shop }, file);
      const kept = await shop.tamper('SELECT kind FROM consent_event WHERE tenant_id = $1', [shop.id]);
      return { accepted, rejectedBy, acts: kept.length };
    };
    const first = await told();
    shop.clock.set('2026-11-27T10:00:00Z');
    expect([first, await told()]).toEqual(
      Array.from({ length: 2 }, () => ({ accepted: 1, rejectedBy: { BASIS_NOT_PROVEN: 1 }, acts: 1 })),
    );
  });
});
