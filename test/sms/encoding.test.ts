import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';

import { measure, rewrite } from '../../src/sms/encoding.ts';
import { fitsGsm7, septetsOf } from '../../src/sms/gsm7.ts';
import { plainCharacter } from '../../src/sms/plain-character.ts';

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
  it('has what French can keep and lacks what it cannot', () => {
    expect(fitsGsm7('àäæéèöùüñìòåøßÄÆÇÉÖÜÑÅØ@£$¥§¤¡¿ΔΦΓΛΩΠΨΣΘΞ\r\n')).toBe(true);
    for (const absent of 'âçêëîïôœûÿÀÂÈÊËÎÏÔŒÙÛŸ’‘“”«»–—…°`²³•·™®×µ\t\u00a0\u202f') {
      expect([absent, septetsOf(absent)]).toEqual([absent, 0]);
    }
    for (const pair of '€[]{}\\~^|\f') expect([pair, septetsOf(pair)]).toEqual([pair, 2]);
  });
});

describe('what costs', () => {
  it('is told with its place and what could stand there', () => {
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

  it('is in GSM-7 once rewritten, and needs no more parts', () => {
    fc.assert(
      fc.property(french, (text) => {
        const plain = rewrite(text) ?? '';
        expect(measure(plain).encoding).toBe('GSM-7');
        expect(measure(plain).parts).toBeLessThanOrEqual(measure(text).parts);
      }),
    );
  });

  it('names an offender if and only if it leaves GSM-7', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 50 }), (text) => {
        const { encoding, offenders } = measure(text);
        expect(encoding === 'UCS-2').toBe(offenders.length > 0);
      }),
    );
  });
});
