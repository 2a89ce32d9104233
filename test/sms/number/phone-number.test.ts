import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { parsePhoneNumberFromString } from 'libphonenumber-js/max';
import { describe, expect, it, test } from 'vitest';
import {
  numberSentence,
  chargedIn,
  chargedThere,
  maskPhone,
  readPhone,
  type PhoneHint,
} from '../../../src/sms/number/phone-number.ts';

const e164 = (text: string, hint = {}): string => {
  const reading = readPhone(text, hint);
  return reading.kind === 'unreadable' ? reading.code : `${reading.kind} ${reading.e164}`;
};

describe('a mobile number is read', () => {
  test.each([
    ['with spaces', '06 12 34 56 78'],
    ['with dots', '06.12.34.56.78'],
    ['with hyphens', '06-12-34-56-78'],
    ['with slashes', '06/12/34/56/78'],
    ['with no-break spaces', '06\u00a012\u00a034\u00a056\u00a078'],
    ['with narrow no-break spaces', '06\u202f12\u202f34\u202f56\u202f78'],
    ['with an apostrophe as for spreadsheets', "'0612345678"],
    ['as a formula that keeps its zero', '="0612345678"'],
    ['without the zero that a spreadsheet took', '612345678'],
    ['with +33', '+33612345678'],
    ['with +33 and (0)', '+33 (0)612345678'],
    ['with +33(0) and no space', '+33(0)6 12 34 56 78'],
    ['with +33 and the national zero', '+33 06 12 34 56 78'],
    ['with 0033', '0033612345678'],
    ['with 0033 and (0)', '0033 (0)6 12 34 56 78'],
    ['with 33 and no plus', '33612345678'],
    ['with 330 and no plus', '330612345678'],
    ['as a float', '33612345678.0'],
    ['with a plus before a national number', '+0612345678'],
    ['as a telephone link', 'tel:+33-6-12-34-56-78'],
    ['as a telephone link with an extension', 'tel:+33612345678;ext=5'],
    ['after a label', 'Tél. portable : 06 12 34 56 78'],
    ['after "n°"', 'n° 06 12 34 56 78'],
    ['before a note', '06 12 34 56 78 (maman)'],
    ['in full-width digits', '０６１２３４５６７８'],
    ['between marks of direction', '\u202a+33612345678\u202c'],
    ['twice in one cell', '06 12 34 56 78 / 0612345678'],
  ])('%s', (_how, text) => {
    expect(e164(text)).toBe('mobile +33612345678');
  });
});

describe('a national number belongs to', () => {
  test.each([
    ['the mainland', '0612345678', '+33612345678', ['FR']],
    ['Guadeloupe or one of its two neighbours', '0690123456', '+590690123456', ['GP', 'BL', 'MF']],
    ['Guadeloupe, in the newer range', '0709001234', '+590709001234', ['GP', 'BL', 'MF']],
    ['Martinique', '0696123456', '+596696123456', ['MQ']],
    ['Guyane', '694249799', '+594694249799', ['GF']],
    ['La Réunion', '06 92 50 52 96', '+262692505296', ['RE']],
    ['Mayotte', '06 39 04 92 01', '+262639049201', ['YT']],
    ['Polynésie', '87 12 34 56', '+68987123456', ['PF']],
    ['Saint-Pierre-et-Miquelon, in the ten-digit range', '0708 40 12 34', '+508708401234', ['PM']],
    ['La Réunion, when 262 lost its plus', '262692123456', '+262692123456', ['RE']],
    ['La Réunion, with the national zero kept', '+262 0692123456', '+262692123456', ['RE']],
  ])('%s', (_where, ...[text, number, territories]) => {
    expect(readPhone(text)).toMatchObject({ kind: 'mobile', e164: number, territories });
  });

  test.each<[string, string, PhoneHint, string]>([
    ['a mainland mobile typed in La Réunion', '0612345678', { region: 'RE' }, 'mobile +33612345678'],
    ['a mainland mobile of somebody in Guadeloupe', '0612345678', { territory: 'GP' }, 'mobile +33612345678'],
    ['a Réunion mobile typed with region FR', '0692123456', { region: 'FR' }, 'mobile +262692123456'],
    ['six digits of Nouméa', '751234', { region: 'NC' }, 'mobile +687751234'],
    ['six digits of Saint-Pierre', '550012', { territory: 'PM' }, 'mobile +508550012'],
    ['six digits of Wallis', '721234', { region: 'WF' }, 'mobile +681721234'],
    ['six digits of nowhere in particular', '550012', {}, 'PHONE_AMBIGUOUS'],
    ['a Belgian number where the region says so', '0470 12 34 56', { region: 'BE' }, 'foreign +32470123456'],
  ])('%s', (_what, ...[text, hint, reading]) => {
    expect(e164(text, hint)).toBe(reading);
  });
});

describe('a number is refused', () => {
  test.each([
    ['a landline', '01 42 68 53 00', 'NUMBER_NOT_MOBILE'],
    ['a landline of Guadeloupe', '0590 20 12 34', 'NUMBER_NOT_MOBILE'],
    ['a 09', '09 37 12 34 56', 'NUMBER_NOT_MOBILE'],
    ['a premium number', '0899 12 34 56', 'NUMBER_NOT_MOBILE'],
    ['Monaco, which is not France', '+377 06 12 34 56 78', 'NUMBER_INVALID'],
    ['Belgium', '+32 470 12 34 56', 'NUMBER_INVALID'],
    ['a mobile and a landline in one cell', '06 12 34 56 78 / 01 44 55 66 77', 'PHONE_AMBIGUOUS'],
    ['two mobiles', '06 12 34 56 78 ou 06 98 76 54 32', 'PHONE_AMBIGUOUS'],
    ['two mobiles, one of which does not exist', '+33612345678+33712345679', 'PHONE_AMBIGUOUS'],
    ['scientific notation', '3,36E+10', 'PHONE_DAMAGED_BY_EXCEL'],
    ['scientific notation with every digit', '6.12345678E+08', 'PHONE_DAMAGED_BY_EXCEL'],
    ['a machine-to-machine number', '0700123456789', 'NUMBER_INVALID'],
    ['0639 outside Mayotte and fiction', '+33639123456', 'NUMBER_INVALID'],
    ['0690 under +33', '+33690123456', 'NUMBER_INVALID'],
    ['a short code', '36180', 'NUMBER_INVALID'],
    ['a number cut short', '06 12 34 56', 'NUMBER_INVALID'],
    ['zeros', '0000000000', 'NUMBER_INVALID'],
    ['a word', 'inconnu', 'NUMBER_INVALID'],
    ['forty digits and more', '1'.repeat(60), 'NUMBER_INVALID'],
    ['nothing', '  ', 'PHONE_MISSING'],
  ])('%s', (_what, text, code) => {
    expect(readPhone(text)).toMatchObject({ code });
  });

  it('with its line kept', () => {
    expect(readPhone('01 42 68 53 00')).toMatchObject({
      kind: 'landline',
      lineType: 'landline',
      territories: ['FR'],
    });
    expect(readPhone('+377 06 12 34 56 78')).toMatchObject({
      kind: 'foreign',
      country: 'MC',
      territories: [],
    });
  });
});

describe('a refused number says why, in a code of its own', () => {
  test.each([
    ['a landline', '01 42 68 53 00', 'NUMBER_LANDLINE'],
    ['a landline of La Réunion', '0262 20 12 34', 'NUMBER_LANDLINE'],
    ['a box', '09 72 12 34 56', 'NUMBER_VOIP'],
    ['a machine, in fourteen digits', '07001234567890', 'NUMBER_M2M'],
    ['a machine, with its country', '+33 7001234567890', 'NUMBER_M2M'],
    ['a machine, with 00', '0033 0704 1234567890', 'NUMBER_M2M'],
    ['a machine, in ten digits', '07 00 12 34 56', 'NUMBER_M2M'],
    ['a machine of La Réunion', '+262 700 123456', 'NUMBER_M2M'],
    ['a code of five digits', '36180', 'NUMBER_SHORT'],
    ['a number of four digits', '3949', 'NUMBER_SHORT'],
    ['the police', '17', 'NUMBER_SHORT'],
    ['112', '112', 'NUMBER_SHORT'],
    ['a directory', '118 218', 'NUMBER_PREMIUM'],
    ['a premium number', '0899 12 34 56', 'NUMBER_PREMIUM'],
    ['a shared cost', '0820 12 34 56', 'NUMBER_PREMIUM'],
    ['a toll-free number', '0800 12 34 56', 'NUMBER_TOLL_FREE'],
    ['Belgium', '+32 470 12 34 56', 'NUMBER_FOREIGN'],
    ['Réunion’s neighbour, Mauritius', '+230 5251 2345', 'NUMBER_FOREIGN'],
    ['Monaco', '+377 06 12 34 56 78', 'NUMBER_MONACO'],
    ['Monaco’s landlines', '00377 93 15 00 00', 'NUMBER_MONACO'],
    ['nobody’s range', '0000000000', 'NUMBER_NOT_ASSIGNED'],
    ['digits missing', '06 12 34 56', 'NUMBER_NOT_ASSIGNED'],
    ['0690 under +33', '+33690123456', 'NUMBER_NOT_ASSIGNED'],
    ['a word', 'inconnu', 'NUMBER_NOT_WRITTEN'],
    ['a lone surrogate', '\ud83d06', 'NUMBER_NOT_ASSIGNED'],
  ] as const)('%s', (_what, text, reason) => {
    expect(readPhone(text)).toMatchObject({ reason });
    for (const language of ['fr', 'en'] as const)
      expect(numberSentence(reason, language)).toMatch(/^[A-ZÀ-Ý].{10,90}\.$/u);
  });

  it('and needs none for a plain code', () => {
    for (const text of ['', '3,36E+10', '06 12 34 56 78 ou 06 98 76 54 32', '0612345678'])
      expect(readPhone(text)).not.toHaveProperty('reason');
  });
});

describe('the shop’s export', () => {
  const cells = readFileSync(new URL('../../../samples/shop-contacts.csv', import.meta.url), 'utf8')
    .split('\n')
    .slice(1)
    .filter((line) => line !== '')
    .map((line) => line.split(';')[3] ?? '');

  it('is read whole, each refusal with its reason', () => {
    const told = new Map<string, number>();
    for (const cell of cells) {
      const reading = readPhone(cell);
      const key = reading.kind === 'mobile' ? 'mobile' : (reading.reason ?? reading.code);
      told.set(key, (told.get(key) ?? 0) + 1);
    }
    expect(Object.fromEntries(told)).toEqual({
      mobile: 4944,
      NUMBER_FOREIGN: 4,
      NUMBER_LANDLINE: 4,
      NUMBER_M2M: 11,
      NUMBER_MONACO: 8,
      NUMBER_NOT_ASSIGNED: 10,
      NUMBER_NOT_WRITTEN: 3,
      NUMBER_SHORT: 4,
      PHONE_AMBIGUOUS: 6,
      PHONE_MISSING: 6,
    });
  });
});

describe('the range kept for fiction', () => {
  it('is accepted and reported', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 9999 }), (last) => {
        const number = `+3363998${String(last).padStart(4, '0')}`;
        expect(readPhone(number)).toMatchObject({
          kind: 'mobile',
          e164: number,
          territories: ['FR'],
          fictional: true,
        });
        expect(e164(`0${number.slice(3)}`)).toBe(`mobile ${number}`);
        expect(e164(number.slice(1))).toBe(`mobile ${number}`);
      }),
    );
  });
});

const mobile = fc
  .tuple(fc.constantFrom('61', '62', '66', '75', '76', '78'), fc.integer({ min: 0, max: 9_999_999 }))
  .map(([start, rest]) => start + String(rest).padStart(7, '0'))
  .filter((national) => parsePhoneNumberFromString(`+33${national}`)?.isValid() === true);

describe('any mobile number', () => {
  it('is read alike in any writing', () => {
    fc.assert(
      fc.property(mobile, fc.constantFrom(' ', '.', '-', '/', '\u00a0', ''), (national, sign) => {
        const pairs = (`0${national}`.match(/../g) ?? []).join(sign);
        const writings = [
          national,
          pairs,
          `+33${national}`,
          `0033${national}`,
          `33${national}`,
          `+33 (0)${national}`,
        ];
        expect(new Set(writings.map((writing) => e164(writing)))).toEqual(new Set([`mobile +33${national}`]));
      }),
    );
  });

  it('belongs to one region only', () => {
    const regions = ['FR', 'GP', 'MQ', 'GF', 'RE', 'YT', 'PM'] as const;
    fc.assert(
      fc.property(fc.integer({ min: 600_000_000, max: 799_999_999 }), (national) => {
        const found = regions.flatMap((region) => {
          const number = parsePhoneNumberFromString(`0${national}`, region);
          return number?.isValid() === true && number.getType() === 'MOBILE' ? [number.number] : [];
        });
        expect(new Set(found).size).toBeLessThanOrEqual(1);
      }),
      { numRuns: 1000 },
    );
  });

  it('never fails on what a cell may hold', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 60 }), (cell) => {
        expect(['mobile', 'landline', 'other', 'foreign', 'unreadable']).toContain(readPhone(cell).kind);
      }),
      { numRuns: 1000 },
    );
  });
});

describe('a masked number', () => {
  test.each([
    ['+33612345642', '+336••••••42'],
    ['+590690123456', '+5906••••••56'],
    ['+262639049201', '+2626••••••01'],
    ['+508550012', '+508••••12'],
    ['+68987123456', '+689••••••56'],
    ['+32470123456', '+32•••••••56'],
    ['', ''],
  ])('%s is shown as %s', (number, shown) => {
    expect(maskPhone(number)).toBe(shown);
  });

  it('shows country, one digit and two at most', () => {
    fc.assert(
      fc.property(mobile, (national) => {
        expect(maskPhone(`+33${national}`)).toMatch(/^\+33[67]•{6}\d{2}$/);
      }),
    );
  });
});

describe('where operators say that a mobile number is', () => {
  // Country code, the beginning of mobiles, and how many digits follow.
  const MOBILES = [
    ['33', '6', 8],
    ['33', '7', 8],
    ['590', '690', 6],
    ['594', '694', 6],
    ['596', '696', 6],
    ['262', '692', 6],
    ['262', '693', 6],
    ['262', '639', 6],
    ['508', '55', 4],
    ['681', '82', 4],
    ['687', '75', 4],
    ['689', '87', 6],
  ] as const;

  const digit = fc.integer({ min: 0, max: 9 });
  const numbers = fc
    .constantFrom(...MOBILES)
    .chain(([code, begins, more]) =>
      fc
        .array(digit, { minLength: more, maxLength: more })
        .map((rest) => `+${code}${begins}${rest.join('')}`),
    );
  const territoryOf = (number: string): string | undefined => {
    const read = readPhone(number);
    return read.kind === 'mobile' ? read.territories[0] : undefined;
  };

  it('is the first territory of its numbering plan', () => {
    const mobiles = fc.sample(numbers, { seed: 17, numRuns: 3_000 }).filter(territoryOf);
    expect(new Set(mobiles.map(territoryOf)).size).toBe(10);
    expect(mobiles.filter((number) => chargedIn(number) !== territoryOf(number))).toEqual([]);
  });

  it('is the same for all sharing the number', () => {
    const elsewhere = fc.sample(numbers, { seed: 18, numRuns: 1_000 }).flatMap((number) => {
      const read = readPhone(number);
      const places = read.kind === 'mobile' ? read.territories : [];
      return places.filter((place) => chargedThere(place) !== chargedIn(number));
    });
    expect(elsewhere).toEqual([]);
    expect(['FR-67', 'MF', 'YT'].map(chargedThere)).toEqual(['FR', 'GP', 'YT']);
  });
});
