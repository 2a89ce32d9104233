import { describe, expect, it } from 'vitest';
import { RowCells, methodNamed, ownWords, typedDate } from '../../../src/reading/import-cell.ts';
import { columnsOf, fieldOf, type ColumnOptions } from '../../../src/reading/import-heading.ts';
import { readRow, type RowReading } from '../../../src/reading/import-row.ts';
import { sentenceFor } from '../../../src/reading/import-cell.ts';

/** Judges one row, given by heading; by default a person with a paper form as proof. */
function row(
  cells: Record<string, string>,
  more: {
    options?: ColumnOptions;
    keepUnproven?: boolean;
    values?: Record<string, string>;
    monthFirst?: number[];
    timeZone?: string;
  } = {},
): RowReading {
  const whole = {
    phone: '06 39 98 00 01',
    date_optin: '05/01/2026',
    source_optin: 'bulletin',
    texte_optin: 'Oui',
    ref_bulletin: 'B-1',
    ...cells,
  };
  const rules = {
    columns: columnsOf(Object.keys(whole), more.options),
    monthFirst: more.monthFirst ?? [],
    defaults: {},
    values: ownWords(more.values ?? {}),
    keepUnproven: more.keepUnproven ?? false,
    timeZone: more.timeZone ?? 'Europe/Paris',
    today: '2026-11-25',
  };
  return readRow(new RowCells(Object.values(whole), rules));
}

describe('a heading', () => {
  it.each([
    ['Téléphone', 'phone'],
    ['PORTABLE', 'phone'],
    ['N° de téléphone', 'phone'],
    ['Nº portable', 'phone'],
    ['N° tél.', 'phone'],
    ['N° de contrat', undefined],
    ['N°', undefined],
    ['Code postal', 'postalCode'],
    ['code_postal', 'postalCode'],
    ['Prénom', 'firstName'],
    ['nom', 'lastName'],
    ['Date de naissance', 'birthDate'],
    ['date_naissance', 'birthDate'],
    ['Date_optin', 'grantedAt'],
    ['Source_optin', 'method'],
    ['Texte_optin', 'wording'],
    ['URL', 'formUrl'],
    ['Ref_bulletin', 'documentRef'],
    ['Preuve', 'proof'],
    ['Désinscrit le', 'withdrawnAt'],
    ['dernier_achat', 'lastInteractionAt'],
    ['Dernière visite', 'lastInteractionAt'],
    ['Finalité', 'purpose'],
    ['grantedAt', 'grantedAt'],
    ['GRANTED AT', 'grantedAt'],
  ])('%s means %s', (heading, field) => {
    expect(fieldOf(heading)?.field).toBe(field);
  });

  it.each(['Civilité', 'Email', 'Panier moyen', 'Depuis', 'Date'])('%s means nothing to us', (heading) => {
    expect(fieldOf(heading)).toBeUndefined();
  });

  it('means what the caller says, kept on request', () => {
    const columns = columnsOf(['Tel maison', 'Portable', 'Taille', 'Ville', 'evidence.witness', ''], {
      mapping: { 'tel maison': 'phone' },
      attributes: ['VILLE'],
    });
    expect(columns.fields).toEqual({ phone: [0] });
    expect(columns.attributes).toEqual([{ name: 'Ville', at: 3 }]);
    expect(columns.evidence).toEqual([{ name: 'witness', at: 4 }]);
    expect(columns.ignored).toEqual(['Taille']);
  });

  it('of a mobile precedes any other telephone', () => {
    expect(columnsOf(['Téléphone', 'Portable']).fields).toEqual({ phone: [1, 0] });
  });
});

describe('a date as typed', () => {
  it.each([
    ['04/03/2026', '2026-03-04T00:00:00+01:00'],
    ['04/03/2026 02:54', '2026-03-04T02:54:00+01:00'],
    ['4-3-2026 à 14h30', '2026-03-04T14:30:00+01:00'],
    ['04.07.2026 08:05:09', '2026-07-04T08:05:09+02:00'],
    ['2026-03-04', '2026-03-04T00:00:00+01:00'],
    ['2026-03-04 02:54', '2026-03-04T02:54:00+01:00'],
    ['2026-03-04T02:54:00Z', '2026-03-04T02:54:00Z'],
    ['2026-03-04T02:54:00+04:00', '2026-03-04T02:54:00+04:00'],
    ['29/02/2024', '2024-02-29T00:00:00+01:00'],
  ])('%s is %s', (typed, at) => {
    expect(typedDate(typed, 'Europe/Paris')).toMatchObject({ kind: 'date', at });
  });

  it.each([
    ['03/25/2026', 'DATE_AMBIGUOUS'],
    ['04/03/26', 'DATE_AMBIGUOUS'],
    ['29/02/2025', 'DATE_INVALID'],
    ['31/31/2026', 'DATE_INVALID'],
    ['hier', 'DATE_INVALID'],
    ['45321', 'DATE_INVALID'],
    ['01/01/0001', 'DATE_INVALID'],
  ])('%s is refused: %s', (typed, code) => {
    expect(typedDate(typed, 'Europe/Paris')).toEqual({ kind: 'unreadable', code });
  });
});

describe('a way of agreeing', () => {
  it.each([
    ['web_form', 'web_form'],
    ['Site', 'web_form'],
    ['formulaire', 'web_form'],
    ['Bulletin', 'paper'],
    ['papier', 'paper'],
    ['En caisse', 'paper'],
    ['magasin', 'paper'],
    ['Salon', 'event'],
    ['événement', 'event'],
    ['Téléphone', 'oral'],
    ['import', 'import'],
  ])('%s is %s', (word, method) => {
    expect(methodNamed(word)).toBe(method);
  });

  it('is the caller’s word where mapped', () => {
    expect(methodNamed('Borne n° 2', ownWords({ 'borne n°2': 'paper' }))).toBe('paper');
    expect(methodNamed('Borne n° 2')).toBeUndefined();
  });
});

describe('a row of a file', () => {
  it('brings a person and an agreement only', () => {
    const reading = row({ prenom: 'Éloïse', code_postal: '1000', date_optin: '04/03/2026 02:54' });
    expect(reading.person).toMatchObject({
      line: { e164: '+33639980001' },
      firstName: 'Éloïse',
      postalCode: '1000',
    });
    expect(reading.grants).toEqual([
      {
        purpose: 'marketing',
        basis: 'consent',
        method: 'paper',
        grantedAt: '2026-03-04T02:54:00+01:00',
        evidence: { documentRef: 'B-1', asTyped: '04/03/2026 02:54' },
        wording: { text: 'Oui', purposes: ['marketing'] },
      },
    ]);
    expect(reading).toMatchObject({ problem: undefined, withdrawal: undefined, warnings: [] });
  });

  it.each<[string, Record<string, string>, string, string[]?]>([
    ['without a number', { phone: '' }, 'PHONE_MISSING'],
    ['with a number that Excel rounded', { phone: '3,36398E+10' }, 'PHONE_DAMAGED_BY_EXCEL'],
    ['with two numbers', { phone: '06 39 98 00 01 / 06 39 98 00 02' }, 'PHONE_AMBIGUOUS'],
    ['with a landline', { phone: '01 42 68 53 00' }, 'NUMBER_NOT_MOBILE'],
    ['with a foreign number', { phone: '+32 470 12 34 56' }, 'NUMBER_INVALID'],
    ['without a date', { date_optin: '' }, 'CONSENT_NOT_PROVEN', ['grantedAt']],
    [
      'without anything',
      { date_optin: '', source_optin: '', texte_optin: '' },
      'CONSENT_NOT_PROVEN',
      ['grantedAt', 'method', 'wording'],
    ],
    ['of paper without its bulletin', { ref_bulletin: '' }, 'CONSENT_NOT_PROVEN', ['documentRef']],
    [
      'of a form without an address',
      { source_optin: 'site', url: 'https://x.example' },
      'CONSENT_NOT_PROVEN',
      ['ip|userAgent'],
    ],
    ['of an unknown way of agreeing', { source_optin: 'borne' }, 'METHOD_UNKNOWN', ['method']],
    ['of a month that stands first', { date_optin: '03/25/2026' }, 'DATE_AMBIGUOUS', ['grantedAt']],
    ['of a day that is not', { date_optin: '31/02/2026' }, 'DATE_INVALID', ['grantedAt']],
    ['of an agreement to come', { date_optin: '26/11/2026' }, 'DATE_INVALID', ['grantedAt']],
    ['of a birth to come', { date_naissance: '01/01/2030' }, 'DATE_INVALID', ['birthDate']],
    ['of an unknown purpose', { finalite: 'cadeaux' }, 'PURPOSE_UNKNOWN', ['purpose']],
    ['of a sale without its proof', { basis: 'client existant', date_optin: '' }, 'BASIS_NOT_PROVEN'],
    ['of an unknown territory', { territory: 'ZZ' }, 'PLACE_UNKNOWN'],
    ['of an unknown zone', { timeZone: 'Europe/Lutece' }, 'TIME_ZONE_UNKNOWN'],
  ])('%s is given back', (...[, cells, code, fields]) => {
    const { problem, person } = row(cells);
    expect(problem?.code).toBe(code);
    expect(fields === undefined || problem?.fields?.join() === fields.join()).toBe(true);
    expect(person).toBeUndefined();
  });

  it('without proof is kept with a warning', () => {
    const reading = row({ ref_bulletin: '' }, { keepUnproven: true });
    expect(reading).toMatchObject({ problem: undefined, grants: [], warnings: ['CONSENT_NOT_PROVEN'] });
    expect(reading.person).toBeDefined();
    expect(row({ phone: '01 42 68 53 00', ref_bulletin: '' }, { keepUnproven: true }).problem?.code).toBe(
      'NUMBER_NOT_MOBILE',
    );
  });

  it('takes an unnamed proof as its method asks', () => {
    expect(row({ ref_bulletin: '', preuve: 'B-9' }).grants[0]?.evidence).toMatchObject({
      documentRef: 'B-9',
    });
    expect(
      row({ source_optin: 'téléphone', ref_bulletin: '', preuve: 'REC-1', operateur: 'Ana' }).grants[0]
        ?.evidence,
    ).toMatchObject({ recordingRef: 'REC-1', operator: 'Ana' });
  });

  it('may agree to several purposes at once', () => {
    expect(row({ finalite: 'publicité|rdv' }).grants.map(({ purpose }) => purpose)).toEqual([
      'marketing',
      'appointment',
    ]);
  });

  it('notes a minor and an unreadable visit', () => {
    expect(row({ date_naissance: '16/10/2011', derniere_visite: 'hier' }).warnings).toEqual([
      'DATE_INVALID',
      'MINOR',
    ]);
  });

  it.each([
    ['Pacific/Tahiti', '2026-11-26T01:30:00Z', undefined],
    ['Europe/Paris', '2026-11-26T02:00:00+11:00', undefined],
    ['Pacific/Tahiti', '2026-11-26T10:30:00Z', 'DATE_INVALID'],
    ['Europe/Paris', '26/11/2026', 'DATE_INVALID'],
  ])('of %s is judged by local day: %s', (timeZone, date, code) => {
    expect(row({ date_optin: date }, { timeZone }).problem?.code).toBe(code);
    expect(row({ derniere_visite: date }, { timeZone }).warnings).toEqual(code === undefined ? [] : [code]);
  });

  it('counts no future visit as activity', () => {
    expect(row({ derniere_visite: '26/11/2026' })).toMatchObject({
      person: { lastInteractionAt: undefined },
      warnings: ['DATE_INVALID'],
    });
    expect(row({ derniere_visite: '25/11/2026' })).toMatchObject({
      person: { lastInteractionAt: '2026-11-25T00:00:00+01:00' },
      warnings: [],
    });
  });

  it('with ambiguous dates elsewhere is not guessed', () => {
    expect(row({ date_optin: '04/03/2026' }, { monthFirst: [1] }).problem?.code).toBe('DATE_AMBIGUOUS');
    expect(row({ date_optin: '04/04/2026' }, { monthFirst: [1] }).problem).toBeUndefined();
  });
});

describe('an opt-out in a row', () => {
  it.each<[string, Record<string, string>, string | undefined | null]>([
    ['later than the agreement counts', { desinscrit_le: '06/01/2026' }, '2026-01-06T00:00:00+01:00'],
    ['earlier than the agreement is over', { desinscrit_le: '01/01/2026' }, null],
    [
      'without an agreement counts',
      { desinscrit_le: '06/01/2026', date_optin: '' },
      '2026-01-06T00:00:00+01:00',
    ],
    [
      'of a rejected row counts',
      { desinscrit_le: '06/01/2026', ref_bulletin: '' },
      '2026-01-06T00:00:00+01:00',
    ],
    [
      'of a landline counts',
      { desinscrit_le: '06/01/2026', phone: '01 42 68 53 00' },
      '2026-01-06T00:00:00+01:00',
    ],
    ['without a date counts from now', { desinscrit_le: 'oui' }, undefined],
    ['that says no is none', { desinscrit_le: 'Non' }, null],
    ['of a date with zeros is none', { desinscrit_le: '00/00/0000' }, null],
  ])('%s', (_what, cells, at) => {
    const { withdrawal } = row(cells);
    expect(withdrawal === undefined ? null : withdrawal.at).toBe(at);
  });
});

describe('the sentence of a row given back', () => {
  it.each([
    [
      { code: 'CONSENT_NOT_PROVEN', fields: ['documentRef'] },
      'fr',
      'Consentement non prouvé, il manque : documentRef.',
    ],
    [
      { code: 'CONSENT_NOT_PROVEN', fields: ['documentRef'] },
      'en',
      'Consent not proven, missing: documentRef.',
    ],
    [{ code: 'PHONE_MISSING' }, 'fr', 'Pas de numéro.'],
    [{ code: 'DATE_INVALID' }, 'en', 'Unreadable or impossible date.'],
  ] as const)('of %j in %s', (problem, language, sentence) => {
    expect(sentenceFor(problem, language)).toBe(sentence);
  });
});
