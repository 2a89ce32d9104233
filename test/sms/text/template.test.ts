import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import {
  cleanValue,
  render,
  parseTemplate,
  type Values,
  type Vocabulary,
} from '../../../src/sms/text/template.ts';

const vocabulary: Vocabulary = {
  known: new Set(
    'practice brand weekday date time address phone service renewsOn refuseBy label instalments firstName stop stopLink'.split(
      ' ',
    ),
  ),
  needed: new Set(['time', 'instalments']),
};

const filled = (text: string, values: Values): string => {
  const template = parseTemplate(text, vocabulary);
  if (template.kind === 'refused') return template.faults.map(({ code, at }) => `${code}@${at}`).join(' ');
  const rendered = render(template, values);
  return rendered.kind === 'text' ? rendered.text : `${rendered.code} ${rendered.missing.join(' ')}`.trim();
};

const REMINDER =
  '{practice} : rappel de votre rendez-vous {weekday} {date} à {time}, {address}. Pour le déplacer : {phone}. {stop}';
const RENEWAL =
  "{brand} : votre contrat {service} se renouvelle le {renewsOn}. Vous pouvez le refuser jusqu'au {refuseBy} : {phone}. {stop}";
const SCHEDULE = '{brand}, {label} : vos échéances : {instalments}. {stop}';

const visit = {
  practice: 'Cabinet',
  weekday: 'jeu.',
  date: '12/08',
  time: '14h30',
  address: '12 rue X',
  phone: '01 42',
  stop: 'STOP au 36180',
};
const contract = {
  brand: 'ML',
  service: 'Confort',
  renewsOn: '12/08',
  refuseBy: '11/07',
  phone: '01 42',
  stop: 'S',
};

describe('a reminder reads', () => {
  test.each<[string, string, Values, string]>([
    [
      'whole',
      REMINDER,
      visit,
      'Cabinet : rappel de votre rendez-vous jeu. 12/08 à 14h30, 12 rue X. Pour le déplacer : 01 42. STOP au 36180',
    ],
    [
      'without a place',
      REMINDER,
      { ...visit, address: '' },
      'Cabinet : rappel de votre rendez-vous jeu. 12/08 à 14h30. Pour le déplacer : 01 42. STOP au 36180',
    ],
    [
      'without a phone to call',
      REMINDER,
      { ...visit, phone: ' ' },
      'Cabinet : rappel de votre rendez-vous jeu. 12/08 à 14h30, 12 rue X. STOP au 36180',
    ],
    [
      'without a mention',
      REMINDER,
      { ...visit, stop: undefined },
      'Cabinet : rappel de votre rendez-vous jeu. 12/08 à 14h30, 12 rue X. Pour le déplacer : 01 42.',
    ],
    [
      'without a practice',
      REMINDER,
      { ...visit, practice: '' },
      'Rappel de votre rendez-vous jeu. 12/08 à 14h30, 12 rue X. Pour le déplacer : 01 42. STOP au 36180',
    ],
    [
      'with a service and a phone',
      RENEWAL,
      contract,
      "ML : votre contrat Confort se renouvelle le 12/08. Vous pouvez le refuser jusqu'au 11/07 : 01 42. S",
    ],
    [
      'without either',
      RENEWAL,
      { ...contract, service: '', phone: '' },
      "ML : votre contrat se renouvelle le 12/08. Vous pouvez le refuser jusqu'au 11/07. S",
    ],
    [
      'without a date to refuse',
      RENEWAL,
      { ...contract, refuseBy: '', phone: '' },
      'ML : votre contrat Confort se renouvelle le 12/08. S',
    ],
    [
      'with no label',
      SCHEDULE,
      { brand: 'ML', instalments: '25 € le 12/08', stop: 'S' },
      'ML : vos échéances : 25 € le 12/08. S',
    ],
  ])('%s', (_how, ...[text, values, expected]) => {
    expect(filled(text, values)).toBe(expected);
  });

  it('not at all without what makes it true', () => {
    expect(filled(REMINDER, { ...visit, time: '' })).toBe('TEXT_CANNOT_RENDER time');
    expect(filled('{firstName}', {})).toBe('TEXT_CANNOT_RENDER');
  });
});

describe('a text for somebody without a first name', () => {
  test.each([
    ['takes the alternative', 'Bonjour {firstName|cher client}, profitez.', 'Bonjour cher client, profitez.'],
    ['drops the greeting', 'Bonjour {firstName}, profitez.', 'Profitez.'],
    ['drops a name at the end', 'À bientôt, {firstName} !', 'À bientôt !'],
    ['keeps its words with an empty alternative', 'Bonjour {firstName|}, profitez.', 'Bonjour , profitez.'],
    [
      'keeps decimals, hours and links whole',
      'Dès 25,00 € à 14:30 sur https://x.fr/a?b=1, {firstName}.',
      'Dès 25,00 € à 14:30 sur https://x.fr/a?b=1.',
    ],
    ['drops the little word before it', 'RDV avec {firstName} le {date}.', 'RDV le 12/08.'],
    ['keeps line breaks', 'Bonjour {firstName}\nVenez.', 'Venez.'],
  ])('%s', (_how, text, expected) => {
    expect(filled(text, { date: '12/08' })).toBe(expected);
  });
});

describe('a text is refused', () => {
  test.each([
    ['with an unknown variable', 'Votre {motif}', 'VARIABLE_UNKNOWN@6'],
    ['with a name of the language', '{constructor}', 'VARIABLE_UNKNOWN@0'],
    ['with spaces in a name', 'Le {first name}', 'VARIABLE_MALFORMED@3'],
    ['with an empty name', '{}', 'VARIABLE_MALFORMED@0'],
    ['with a brace left open', 'Bonjour {firstName', 'BRACE_ALONE@8'],
    ['with a brace too many', '{{firstName}}', 'BRACE_ALONE@0 BRACE_ALONE@12'],
  ])('%s', (_how, text, faults) => {
    expect(filled(text, {})).toBe(faults);
  });
});

describe('a value', () => {
  it('resembling a variable stays as it is', () => {
    expect(filled('A {firstName} B {phone}', { firstName: '{phone}', phone: '{firstName}' })).toBe(
      'A {phone} B {firstName}',
    );
    expect(filled('{firstName}', { firstName: '$& $1 %s' })).toBe('$& $1 %s');
  });

  test.each([
    ['a line break', 'Zoé\nSTOP', 'Zoé STOP'],
    ['a null', 'Zo\u0000é', 'Zo é'],
    ['an override of direction', '\u202eZoé', 'Zoé'],
    ['a zero-width space', 'Z\u200boé', 'Zoé'],
    ['half a surrogate pair', 'Zoé\ud83d', 'Zoé\ufffd'],
    ['decomposed letters', 'Zoe\u0301', 'Zoé'],
  ])('loses %s', (_what, value, clean) => {
    expect(cleanValue(value)).toBe(clean);
  });

  it('never brings a control character', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 80 }), (value) => {
        const text = filled('A {firstName|x} B', { firstName: value, practice: 'NEVER' });
        expect(text).not.toMatch(/[\p{Cc}\u202a-\u202e\u2066-\u2069]/u);
        expect(text).not.toContain('NEVER');
        expect(text).toBe(`A ${cleanValue(value) || 'x'} B`);
      }),
    );
  });
});

describe('any mixture of absent values', () => {
  it('leaves no brace, double space or dangling word', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(REMINDER, RENEWAL, SCHEDULE),
        fc.subarray(['practice', 'brand', 'address', 'phone', 'service', 'label', 'stop']),
        (text, absent) => {
          const values = { ...contract, ...visit, label: 'L', instalments: '25 €' };
          const left = filled(
            text,
            Object.fromEntries(Object.entries(values).filter(([name]) => !absent.includes(name))),
          );
          expect(left).not.toMatch(/[{}]| {2}|^\W|[,:]\s*(?:\.|$)|\s[,.]/u);
        },
      ),
    );
  });
});
