import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RowCells, type RowRules } from '../../../src/reading/import-cell.ts';
import { columnsOf, IMPORT_FIELDS } from '../../../src/reading/import-heading.ts';
import { columnsFor } from '../../../src/reading/import-header.ts';
import { readRow, readSuppressionRow } from '../../../src/reading/import-row.ts';
import { CONSENT_PURPOSES } from '../../../src/person/consent-event.ts';
import { openTable } from '../../../src/reading/import-table.ts';
import { csvLine, cellsOf } from '../../../src/base/csv-reader.ts';
import { bookingRules } from '../../../src/reminders/import/booking-file.ts';
import { readBookingRow } from '../../../src/reminders/import/import-row.ts';
import { readPhone } from '../../../src/sms/number/phone-number.ts';
import { longestGiven } from '../patterns/work.ts';

const PHONE = '06 39 98 00 01';
const LONG = 60_000;
/** Longer than the longest cell of any field, with its guards. */
const MOST = 12_000;

const rulesOf = (columns: RowRules['columns']): RowRules => ({
  columns,
  monthFirst: [],
  defaults: {},
  values: {},
  keepUnproven: false,
  timeZone: 'Europe/Paris',
  today: '2026-11-25',
});

const PERSON = { phone: PHONE, date_optin: '05/01/2026', source_optin: 'bulletin', texte_optin: 'Oui' };

function person(cells: Readonly<Record<string, string>>) {
  const whole = { ...PERSON, ref_bulletin: 'B-1', ...cells };
  const columns = columnsOf(Object.keys(whole), { attributes: ['*'] });
  return readRow(new RowCells(Object.values(whole), rulesOf(columns)));
}

const left = (cells: Readonly<Record<string, string>>) =>
  readSuppressionRow(
    new RowCells(Object.values(cells), rulesOf(columnsFor('suppressions', Object.keys(cells), {}))),
  );

const KINDS = {
  appointment: ['reference', 'telephone', 'debut', 'lieu', 'statut', 'nom', 'texte'],
  subscription: ['reference', 'telephone', 'renouvellement', 'formule', 'nom'],
  'payment-plan': ['reference', 'telephone', 'echeances', 'montant', 'libelle'],
} as const;

const booking = (kind: keyof typeof KINDS, cells: Readonly<Record<string, string>>) =>
  readBookingRow(
    Object.values(cells),
    bookingRules({ kind, options: {}, cursor: { headings: Object.keys(cells), monthFirst: [] } }),
  );

describe('a cell longer than its field can be', () => {
  it.each([
    ['phone', { phone: `${PHONE}${'0'.repeat(200)}` }],
    ['lastName', { nom: 'x'.repeat(501) }],
    ['wording', { texte_optin: 'x'.repeat(5_001) }],
    ['grantedAt', { date_optin: `05/01/2026${' '.repeat(200)}x` }],
    ['attributes.notes', { notes: 'x'.repeat(501) }],
    ['documentRef', { ref_bulletin: 'x'.repeat(2_001) }],
  ])('gives its row back and is named: %s', (field, cells) => {
    const { problem, person: brought, grants } = person(cells);
    expect(problem).toEqual({ code: 'CELL_TOO_LONG', fields: [field] });
    expect({ brought, grants }).toEqual({ brought: undefined, grants: [] });
  });

  it('cites nobody when it is a wording', () => {
    expect(person({ texte_optin: 'x'.repeat(5_001) }).cited).toBeUndefined();
  });

  it('is accepted up to its field’s length', () => {
    const { problem } = person({
      nom: 'x'.repeat(500),
      texte_optin: 'y'.repeat(5_000),
      notes: 'z'.repeat(500),
    });
    expect(problem).toBeUndefined();
  });

  it('is accepted with its spreadsheet guards', () => {
    const text = '=,'.repeat(250);
    const found = cellsOf(csvLine([text]).trim(), ';');
    const cell = found.kind === 'cells' ? (found.cells[0] ?? '') : '';
    expect(cell.length).toBeGreaterThan(500);
    expect(person({ notes: cell })).toMatchObject({
      problem: undefined,
      person: { attributes: { notes: text } },
    });
  });

  it('prevents no opt-out, in any column', () => {
    const said = `oui, ${'parce que '.repeat(200)}`;
    expect(person({ desinscrit_le: said })).toMatchObject({
      phone: '+33639980001',
      problem: { code: 'CELL_TOO_LONG', fields: ['withdrawnAt'] },
      withdrawal: { kind: 'withdrawn', at: undefined },
    });
    expect(person({ desinscrit_le: '01/02/2026', notes: 'x'.repeat(900) })).toMatchObject({
      withdrawal: { kind: 'withdrawn', typed: '01/02/2026' },
    });
    for (const cells of [
      { phone: PHONE, desinscrit_le: said },
      { phone: PHONE, 'SMS blacklisted': said },
      { phone: PHONE, finalite: said },
    ])
      expect(left(cells)).toMatchObject({
        phone: '+33639980001',
        problem: undefined,
        withdrawal: { kind: 'objected' },
      });
  });

  /** Beginnings of a cell that, read alone, would wrongly keep a person, bring them back, or narrow their opt-out. */
  const beginning = fc.constantFrom('non', '0', '00/00/0000', '01/01/2020', '20/11/2026', 'rdv', 'x');
  const cut = fc
    .tuple(beginning, fc.integer({ min: 600, max: 6_000 }), fc.constantFrom("'", 'x', 'si, le 3 mars'))
    .map(([first, blanks, rest]) => `${first}${' '.repeat(blanks)}${rest}`);

  it('prevents no opt-out, whatever its beginning', () => {
    const headings = ['date_optin', 'desinscrit_le', 'finalite', 'source_optin', 'nom', 'notes', 'region'];
    const leaving = { desinscrit_le: '01/02/2026' };
    fc.assert(
      fc.property(fc.subarray(headings, { minLength: 1 }), cut, (long, cell) => {
        const cells = Object.fromEntries(long.map((heading) => [heading, cell]));
        const { phone, withdrawal } = person({ ...leaving, ...cells });
        expect({ phone, kind: withdrawal?.kind }).toEqual({ phone: '+33639980001', kind: 'withdrawn' });
        expect(withdrawal?.purposes).toEqual(long.includes('finalite') ? CONSENT_PURPOSES : ['marketing']);
      }),
    );
  });

  it('keeps suppressions, whatever its beginning', () => {
    const headings = ['desinscrit_le', 'SMS blacklisted', 'finalite', 'nom'];
    fc.assert(
      fc.property(fc.subarray(headings, { minLength: 1 }), cut, (long, cell) => {
        const told = { phone: PHONE, desinscrit_le: '01/02/2026', 'SMS blacklisted': 'oui', nom: '' };
        const found = left({ ...told, ...Object.fromEntries(long.map((heading) => [heading, cell])) });
        expect(found).toMatchObject({ phone: '+33639980001', withdrawal: { kind: 'objected' } });
        expect(found.withdrawal?.purposes).toEqual(long.includes('finalite') ? ['all'] : ['marketing']);
      }),
    );
  });

  it('is no number by its beginning', () => {
    const phone = `${PHONE}${' '.repeat(500)}x`;
    const none = { phone: undefined, problem: { code: 'CELL_TOO_LONG', fields: ['phone'] } };
    expect(left({ phone })).toMatchObject({ ...none, withdrawal: undefined });
    expect(person({ phone })).toMatchObject(none);
  });

  it('rejects a booking, unless it is cancelled', () => {
    const cells = { reference: 'R-1', telephone: PHONE, debut: '03/12/2026 10:00', lieu: 'x'.repeat(900) };
    expect(booking('appointment', cells)).toEqual({
      kind: 'unreadable',
      code: 'CELL_TOO_LONG',
      fields: ['place'],
    });
    expect(booking('appointment', { ...cells, statut: 'annulé' })).toMatchObject({ kind: 'calledOff' });
    expect(booking('appointment', { ...cells, reference: 'x'.repeat(600), statut: 'annulé' })).toMatchObject({
      kind: 'unreadable',
      code: 'CELL_TOO_LONG',
      fields: ['externalId'],
    });
  });
});

describe('no pattern of ours is given more of a cell than its field may have', () => {
  const piece = fc.constantFrom('(', "'", ' ', '1/', '=', ',', '"', 'x', '|', 'é', 'tel:', '0', '-', 'T');
  const text = fc.tuple(piece, piece).map(([one, other]) => (one + other).repeat(LONG / 2));

  it('of people, in any column', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...IMPORT_FIELDS, 'attributes.note', 'evidence.note'),
        text,
        (field, long) => {
          expect(longestGiven(() => person({ [field]: long }))).toBeLessThanOrEqual(MOST);
          expect(longestGiven(() => left({ phone: PHONE, [field]: long }))).toBeLessThanOrEqual(MOST);
        },
      ),
      { numRuns: 200 },
    );
  });

  it('of bookings, in any column', () => {
    const columns = Object.entries(KINDS).flatMap(([kind, fields]) =>
      fields.map((field) => [kind as keyof typeof KINDS, field] as const),
    );
    fc.assert(
      fc.property(fc.constantFrom(...columns), text, ([kind, field], long) => {
        const cells = Object.fromEntries(KINDS[kind].map((name) => [name, name === field ? long : PHONE]));
        expect(longestGiven(() => booking(kind, cells))).toBeLessThanOrEqual(MOST);
      }),
      { numRuns: 200 },
    );
  });

  it('of a number, wherever it comes from', () => {
    fc.assert(
      fc.property(text, (long) => {
        expect(longestGiven(() => readPhone(long, {}))).toBeLessThanOrEqual(MOST);
      }),
    );
  });

  it('of headings, which are cut', async () => {
    const file = `phone;${'é('.repeat(60_000)}\n${PHONE};x\n`;
    const table = await openTable(async function* from(offset) {
      yield Buffer.from(file).subarray(offset);
    });
    if (table.kind !== 'table') throw new Error('no table');
    await table.rows[Symbol.asyncIterator]().return?.(undefined);
    expect(longestGiven(() => columnsOf(table.headings, { attributes: ['*'] }))).toBeLessThanOrEqual(MOST);
  });
});
