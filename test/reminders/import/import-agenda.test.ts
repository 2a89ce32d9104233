import { describe, expect, it } from 'vitest';
import { rowTaker } from '../../../src/web/api/bookings/bookings.ts';
import { rowSentence } from '../../../src/web/api/people/imports.ts';
import { importReport, type ImportReport, rejectedCsv } from '../../../src/people/import/import-report.ts';
import { receiveImport } from '../../../src/people/import/import-reception.ts';
import { uuidV7 } from '../../../src/base/random.ts';
import { readBookings } from '../../../src/reminders/import/import-bookings.ts';
import { putPractice } from '../../../src/company/practices/practice.repository.ts';
import { aClinic } from '../series/clinic.ts';
import type { Language } from '../../../src/words/index.ts';

const clinic = await aClinic({ sector: 'services', at: '2026-12-01T21:00:00+01:00' });

async function imported(lines: readonly string[], options = {}): Promise<ImportReport> {
  const { database, deps, clock, vault, tenantId } = clinic;
  const reception = { database, keys: deps.keys, clock, newId: () => uuidV7(Date.now()) };
  const bytes = (async function* file() {
    yield Buffer.from(lines.join('\n'));
  })();
  const upload = { options, source: 'default', actor: 'key:test', kind: 'appointments', bytes } as const;
  const { id: importId } = await receiveImport(reception, upload);
  const keysOf = () => Promise.resolve(deps.keys);
  const reading = { database, clock, keysOf, take: rowTaker({ vault, clock }, deps.terms) };
  const plan = await readBookings(reading, { tenantId, importId });
  expect(plan.kind).toBe('done');
  const report = await clinic.within((tx) => importReport(tx, importId));
  if (report === undefined) throw new Error('no report');
  return report;
}

async function givenBack({ id }: ImportReport, language: Language): Promise<string> {
  const lines: string[] = [];
  await clinic.within(async (tx) => {
    for await (const line of rejectedCsv(tx, clinic.deps.keys, {
      importId: id,
      language,
      sentenceOf: rowSentence,
    }))
      lines.push(line);
  });
  return lines.join('');
}

const walls = async (phone: string): Promise<unknown[]> => {
  const rows = await clinic.query(
    `SELECT event_wall FROM reminder_series s JOIN import_row r ON r.contact_id = s.id
      WHERE r.import_id = $1 ORDER BY r.line`,
    [phone],
  );
  return rows.map((row) => row['event_wall']);
};

describe('an agenda as practices export it', () => {
  it.each([
    ['two columns', 'Référence;Date;Heure;Patient;Tél. portable;Cabinet;Praticien', '03/12/2026;08h30'],
    [
      'an hour of another name',
      'N° RDV;Date du rendez-vous;Heure de début;Nom;Mobile;Établissement;X',
      '2026-12-03;8:30',
    ],
    ['a start that is an hour', 'ID;Jour;Début;Nom du patient;Portable;Centre;X', '03/12/2026;08:30:00'],
    [
      'a spreadsheet’s own day',
      'Ref;Date de début;Horaire;Client;Téléphone mobile;Salon;X',
      '03/12/2026 00:00:00;0,354166667',
    ],
    [
      'English',
      'Appointment ID;Start Date;Start Time;Patient name;Mobile phone;Practice;X',
      '2026-12-03;8:30 AM',
    ],
  ])('is read with %s', async (name, head, when) => {
    const report = await imported([
      head,
      `${name};${when};Petit;06 39 98 40 02;Cabinet des Tilleuls;Dr Roux`,
    ]);
    expect(report).toMatchObject({ state: 'finished', accepted: 1, rejected: 0 });
    expect(await walls(report.id)).toEqual(['2026-12-03T08:30']);
  });

  it('rejects ambiguous hours', async () => {
    const report = await imported([
      'Référence;Date;Heure;Mobile;Cabinet',
      'H-1;03/12/2026;;06 39 98 40 02;Tilleuls',
      'H-2;03/12/2026;8h75;06 39 98 40 02;Tilleuls',
      'H-3;03/12/26;14 h;06 39 98 40 02;Tilleuls',
      'H-4;46359;14 h;06 39 98 40 02;Tilleuls',
      'H-5;03/12/2026 15:00;14 h;06 39 98 40 02;Tilleuls',
      'H-6;28/03/2027;02:30;06 39 98 40 02;Tilleuls',
      'H-7;;14 h;06 39 98 40 02;Tilleuls',
      'H-8;31/10/2027;02:30;06 39 98 40 02;Tilleuls',
    ]);
    expect(report).toMatchObject({ rows: 8, accepted: 1 });
    expect(report.rejectedBy).toEqual({
      HOUR_MISSING: 1,
      HOUR_INVALID: 1,
      DATE_AMBIGUOUS: 1,
      DATE_IS_NUMBER: 1,
      DATES_CONTRADICT: 1,
      DATE_INVALID: 1,
      DATE_MISSING: 1,
    });
    const csv = await givenBack(report, 'fr');
    expect(csv).toContain('Pas d’heure : « Heure ».');
    expect(csv).toMatch(/^\uFEFFligne;code;motif;Référence;/);
    const english = await givenBack(report, 'en');
    expect(english).toMatch(/^\uFEFFline;code;reason;Référence;/);
    expect(english).toContain('No hour: “Heure”.');
  });
});

describe('a status in an agenda', () => {
  const head = 'Référence;Date;Heure;Mobile;Cabinet;Statut';
  const row = (name: string, status: string, day = '03/12/2026') =>
    `${name};${day};10:00;06 39 98 41 02;Cabinet des Tilleuls;${status}`;
  const states = (): Promise<Record<string, unknown>[]> =>
    clinic.query(
      `SELECT state, no_show_at IS NOT NULL AS missed FROM reminder_series WHERE event_wall LIKE '%T10:00' ORDER BY id`,
    );

  it('that says cancelled or absent reminds of nothing', async () => {
    const first = await imported([
      head,
      row('S-1', 'Confirmé'),
      row('S-2', ''),
      row('S-3', 'Annulé par le patient'),
      row('S-4', 'Reporté'),
      row('S-5', 'ABSENT'),
    ]);
    expect(first).toMatchObject({
      accepted: 4,
      created: 2,
      rejectedBy: { STATUS_UNKNOWN: 1 },
      warningsBy: expect.objectContaining({ BOOKING_CANCELLED: 2 }),
    });
    const again = await imported([head, row('S-1', 'annulé'), row('S-3', 'Confirmé')]);
    expect(again).toMatchObject({ accepted: 1, rejectedBy: { BOOKING_CANCELLED: 1 } });
    expect(await states()).toEqual([
      { state: 'cancelled', missed: false },
      { state: 'open', missed: false },
    ]);
  });

  it('needs nothing but the reference to cancel', async () => {
    await imported([head, row('S-9', 'Venu', '04/12/2026')]);
    expect(await imported([head, 'S-9;;;;;Annulée'])).toMatchObject({ accepted: 1, rejected: 0 });
    expect(await states()).toContainEqual({ state: 'cancelled', missed: false });
  });

  it('may be a word the caller maps', async () => {
    const report = await imported([head, row('S-20', 'Bloqué')], { values: { Bloqué: 'cancelled' } });
    expect(report).toMatchObject({ accepted: 1, rejected: 0, created: 0 });
  });
});

describe('an agenda without a column of practices', () => {
  const file = ['Référence;Date;Heure;Mobile', 'P-1;03/12/2026;11h;06 39 98 42 02'];

  it('belongs to the only practice, or none', async () => {
    expect(await imported(file)).toMatchObject({ rejectedBy: { PRACTICE_MISSING: 1 } });
    const practice = { externalId: 'tilleuls', name: 'Tilleuls', displayName: 'Cabinet des Tilleuls' };
    await clinic.within((tx) => putPractice(tx, clinic.deps, practice));
    expect(await imported(file)).toMatchObject({ accepted: 1, rejected: 0 });
    await clinic.within((tx) => putPractice(tx, clinic.deps, { ...practice, externalId: 'b', name: 'B' }));
    expect(await imported(file)).toMatchObject({ rejectedBy: { PRACTICE_MISSING: 1 } });
  });
});

describe('an agenda that cannot be read', () => {
  it('shows its columns and shape without people', async () => {
    const report = await imported(['Quand;Qui;Mobile', '3 déc.;Zéphyrine;06 39 98 42 02']);
    expect(report).toMatchObject({
      state: 'failed',
      failure: 'REFERENCE_COLUMN_MISSING',
      unread: {
        headings: ['Quand', 'Qui', 'Mobile'],
        lacking: ['externalId', 'startsAt'],
        unknown: ['Quand', 'Qui'],
        rows: [['9 xxx.', 'Xxxxxxxxx', '99 99 99 99 99']],
      },
    });
    expect(report.failureDetail).toContain('Il manque : la référence, la date et l’heure.');
    expect(report.failureDetail).toContain('Colonnes non comprises : « Quand », « Qui ».');
    expect(JSON.stringify(report)).not.toContain('Zéphyrine');
  });
});
