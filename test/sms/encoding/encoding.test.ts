import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import {
  measure,
  rewrite,
  plainCharacter,
  septetsIn,
  septetsOf,
} from '../../../src/sms/encoding/encoding.ts';

const size = (text: string): string => {
  const { encoding, units, parts } = measure(text);
  return `${encoding} ${units} ${parts}`;
};

describe('a text travels as', () => {
  test.each([
    ['Rappel : RDV le 12/01 à 10h30, cabinet Dr Martin. Annuler : 0140000000', 'GSM-7 70 1'],
    ["Offre à 10 € jusqu'au 3/2", 'GSM-7 26 1'],
    ['Ça y est', 'GSM-7 8 1'],
    ['ça y est', 'UCS-2 8 1'],
    ['Rappel : rendez-vous confirmé, reçu envoyé', 'UCS-2 42 1'],
    ['Fête des mères : -20% ce week-end', 'UCS-2 33 1'],
    ['L’agence vous attend', 'UCS-2 20 1'],
    ['', 'GSM-7 0 0'],
    ['a'.repeat(160), 'GSM-7 160 1'],
    ['a'.repeat(161), 'GSM-7 161 2'],
    ['a'.repeat(306), 'GSM-7 306 2'],
    ['a'.repeat(307), 'GSM-7 307 3'],
    ['ê'.repeat(70), 'UCS-2 70 1'],
    ['ê'.repeat(71), 'UCS-2 71 2'],
    ['ê'.repeat(134), 'UCS-2 134 2'],
    ['ê'.repeat(135), 'UCS-2 135 3'],
    ['€'.repeat(80), 'GSM-7 160 1'],
    ['€'.repeat(81), 'GSM-7 162 2'],
    [`${'A'.repeat(152)}€${'B'.repeat(152)}`, 'GSM-7 306 3'],
    ['😀'.repeat(35), 'UCS-2 70 1'],
    // 67 is odd: a pair would straddle the end of the first part.
    ['😀'.repeat(67), 'UCS-2 134 3'],
    ['e\u0301', 'GSM-7 1 1'],
    [`${'ê'.repeat(61)} STOP au 36180`, 'UCS-2 75 2'],
  ])('%#: %s → %s', (text, expected) => {
    expect(size(text)).toBe(expected);
  });

  test.each([
    ['in an empty text', '', 160],
    ['in a full one', 'a'.repeat(160), 0],
    ['in the second of two', 'a'.repeat(161), 145],
    ['in a part that an escape left one septet short', `${'A'.repeat(152)}€`, 6],
    ['after that escape moved to the second part', `${'A'.repeat(152)}€${'B'.repeat(10)}`, 141],
  ])('and has room left %s', (_where, text, remaining) => {
    expect(measure(text).remaining).toBe(remaining);
  });
});

describe('the alphabet', () => {
  it('has what French needs, within GSM-7', () => {
    expect(septetsIn('àäæéèöùüñìòåøßÄÆÇÉÖÜÑÅØ@£$¥§¤¡¿ΔΦΓΛΩΠΨΣΘΞ\r\n')).toBe(43);
    for (const absent of 'âçêëîïôœûÿÀÂÈÊËÎÏÔŒÙÛŸ’‘“”«»–—…°`²³•·™®×µ\t\u00a0\u202f') {
      expect([absent, septetsOf(absent)]).toEqual([absent, 0]);
    }
    for (const pair of '€[]{}\\~^|\f') expect([pair, septetsOf(pair)]).toEqual([pair, 2]);
  });
});

/** 3GPP TS 23.038, 6.2.1, column after column: position is the code; ESC (1B) stands as \x1b. */
const PUBLISHED = [
  '@£$¥èéùìòÇ\nØø\rÅå',
  'Δ_ΦΓΛΩΠΨΣΘΞ\x1bÆæßÉ',
  ' !"#¤%&\'()*+,-./',
  '0123456789:;<=>?',
  '¡ABCDEFGHIJKLMNO',
  'PQRSTUVWXYZÄÖÑÜ§',
  '¿abcdefghijklmno',
  'pqrstuvwxyzäöñüà',
];

/** 6.2.1.1, the extension table: code after ESC, character. */
const PUBLISHED_EXTENSION: readonly (readonly [number, string])[] = [
  [0x0a, '\f'],
  [0x14, '^'],
  [0x28, '{'],
  [0x29, '}'],
  [0x2f, '\\'],
  [0x3c, '['],
  [0x3d, '~'],
  [0x3e, ']'],
  [0x40, '|'],
  [0x65, '€'],
];

describe('the published table', () => {
  it('has 128 places, and ten behind ESC', () => {
    expect(PUBLISHED.map((row) => row.length)).toEqual(Array(8).fill(16));
    expect(new Set(PUBLISHED.join('')).size).toBe(128);
    expect(new Set(PUBLISHED_EXTENSION.map(([code]) => code)).size).toBe(10);
  });

  it('is ours for every Unicode character', () => {
    const expected = new Map([
      ...Array.from(PUBLISHED.join('').replace('\x1b', ''), (letter) => [letter, 1] as const),
      ...PUBLISHED_EXTENSION.map(([, letter]) => [letter, 2] as const),
    ]);
    const wrong: string[] = [];
    for (let unit = 0; unit < 0x10000; unit += 1) {
      const character = String.fromCharCode(unit);
      if (septetsOf(character) !== (expected.get(character) ?? 0)) wrong.push(unit.toString(16));
    }
    expect(wrong).toEqual([]);
    expect(
      [0x10000, 0x1d5e6, 0x1f600, 0x10ffff].map((point) => septetsOf(String.fromCodePoint(point))),
    ).toEqual([0, 0, 0, 0]);
  });
});

describe('a message whose parts are tied by sixteen bits', () => {
  test.each([
    ['a'.repeat(160), 1, 0],
    ['a'.repeat(161), 2, 143],
    ['a'.repeat(304), 2, 0],
    ['a'.repeat(305), 3, 151],
    [`${'A'.repeat(151)}€${'B'.repeat(152)}`, 3, 150],
    ['ê'.repeat(70), 1, 0],
    ['ê'.repeat(132), 2, 0],
    ['ê'.repeat(133), 3, 65],
    ['😀'.repeat(66), 2, 0],
    [`ê${'😀'.repeat(65)}ê`, 3, 65],
  ])('%#: has its own parts', (text, parts, remaining) => {
    expect(measure(text, 16)).toMatchObject({ parts, remaining });
  });
});

describe('what costs', () => {
  it('is shown with its place and replacement', () => {
    expect(measure('L’hôpital').offenders).toEqual([
      { character: '’', at: 1, instead: "'" },
      { character: 'ô', at: 3, instead: 'o' },
    ]);
  });

  test.each([
    ['ê', 'e'],
    ['œ', 'oe'],
    ['Œ', 'OE'],
    ['ç', 'c'],
    ['«', '"'],
    ['…', '...'],
    ['\u00a0', ' '],
    ['²', '2'],
    ['½', '1/2'],
    ['ﬁ', 'fi'],
    ['ł', 'l'],
    ['😀', ''],
    ['\u200b', ''],
    ['Ж', null],
    ['你', null],
  ])('%s may become %s', (character, instead) => {
    expect(plainCharacter(character)).toBe(instead);
  });

  test.each([
    ['L’hôpital « à côté » …', `L'hopital "à coté" ...`],
    ['Cœur de saison 😀 !', 'Coeur de saison !'],
    ['déjà en GSM-7', undefined],
    ['Привет', undefined],
    ['😀', undefined],
  ])('%s is rewritten %s', (text, plain) => {
    expect(rewrite(text)).toBe(plain);
  });
});

const french = fc.string({ unit: fc.constantFrom(...Array.from('abcéèàùçêœ€{}’ 😀\n')), maxLength: 400 });

const ROOMS = {
  'GSM-7': { 8: [160, 153], 16: [160, 152] },
  'UCS-2': { 8: [70, 67], 16: [70, 66] },
} as const;

describe('any text', () => {
  it('fills its parts without passing them', () => {
    fc.assert(
      fc.property(french, (text) => {
        const { encoding, units, parts, remaining } = measure(text);
        const [alone, shared] = encoding === 'GSM-7' ? [160, 153] : [70, 67];
        const room = units <= alone ? alone * parts : shared * parts;
        // An escape or surrogate pair wastes at most one unit in each part but the last.
        const wasted = units === 0 ? 0 : room - remaining - units;
        expect(wasted).toBeGreaterThanOrEqual(0);
        expect(wasted).toBeLessThan(Math.max(parts, 1));
      }),
    );
  });

  it('weighs the same composed or decomposed', () => {
    fc.assert(
      fc.property(french, (text) => {
        expect(measure(text.normalize('NFD'))).toEqual(measure(text));
      }),
    );
  });

  it('is cut as by a manual count', () => {
    fc.assert(
      fc.property(french, fc.constantFrom(8, 16), (text, reference) => {
        const written = text.normalize('NFC');
        const { encoding, units, parts, remaining } = measure(text, reference);
        const [alone, shared] = ROOMS[encoding][reference];
        const sizes = Array.from(written, (letter) =>
          encoding === 'UCS-2' ? letter.length : '€[]{}\\~^|\f'.includes(letter) ? 2 : 1,
        );
        const room = units <= alone ? alone : shared;
        const sheets: number[] = [];
        for (const needed of sizes) {
          const onSheet = sheets.pop();
          if (onSheet !== undefined && onSheet + needed <= room) sheets.push(onSheet + needed);
          else sheets.push(...(onSheet === undefined ? [needed] : [onSheet, needed]));
        }
        const expected = { parts: sheets.length, remaining: room - (sheets.at(-1) ?? 0) };
        expect({ parts, remaining }).toEqual(expected);
      }),
      { numRuns: 1000 },
    );
  });

  it('never needs fewer parts with sixteen bits', () => {
    fc.assert(
      fc.property(french, (text) => {
        expect(measure(text, 16).parts).toBeGreaterThanOrEqual(measure(text).parts);
      }),
    );
  });

  it('however broken, is weighed', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 300 }), (units) => {
        const { parts, remaining } = measure(String.fromCharCode(...units));
        expect(parts).toBeGreaterThanOrEqual(units.length === 0 ? 0 : 1);
        expect(remaining).toBeGreaterThanOrEqual(0);
      }),
      { numRuns: 1000 },
    );
    expect(measure('\ud800'.repeat(100_000))).toMatchObject({ encoding: 'UCS-2', units: 100_000 });
  });

  it('is GSM-7 once rewritten, without more parts', () => {
    fc.assert(
      fc.property(french, (text) => {
        const plain = rewrite(text) ?? '';
        expect(measure(plain).encoding).toBe('GSM-7');
        expect(measure(plain).parts).toBeLessThanOrEqual(measure(text).parts);
      }),
    );
  });

  it('names offenders exactly when it leaves GSM-7', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 50 }), (text) => {
        const { encoding, offenders } = measure(text);
        expect(encoding === 'UCS-2').toBe(offenders.length > 0);
      }),
    );
  });
});
