import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { rowSentence } from '../../../src/web/api/people/imports.ts';
import { rowTaker } from '../../../src/web/api/bookings/bookings.ts';
import { importReport, type ImportReport, rejectedCsv } from '../../../src/people/import/import-report.ts';
import { receiveImport, type Upload } from '../../../src/people/import/import-reception.ts';
import { addWording } from '../../../src/people/consent/wording.repository.ts';
import { uuidV7 } from '../../../src/base/random.ts';
import { readBookings } from '../../../src/reminders/import/import-bookings.ts';
import { cases } from '../../support/cases.ts';
import { lateBy } from '../../support/late-by.ts';
import { aClinic } from '../series/clinic.ts';

const SAMPLE = new URL('../../../samples/services-subscriptions.csv', import.meta.url);
/** One contract in so many. */
const EACH = cases(3, 1);

const company = await aClinic({ sector: 'services', at: '2026-12-01T21:00:00+01:00' });
const text = 'Cabinet des Tilleuls : j’accepte les rappels de mon contrat par SMS.';
const purposes = ['renewal', 'payment', 'appointment'] as const;
const wording = await company.within((tx) =>
  addWording(tx, company.deps, { text, purposes, locale: 'fr', inUseFrom: '2025-01-01T00:00:00Z' }),
);
const usual = { method: 'paper', wordingId: wording.id };
const settings = { consentDefaults: { renewal: usual, payment: usual, appointment: usual } };
await company.query(`UPDATE tenant SET settings = $1 WHERE id = $2`, [settings, company.tenantId]);

async function* once(file: Buffer): AsyncGenerator<Buffer> {
  yield file;
}

async function received(
  kind: Upload['kind'],
  file: Buffer | string,
  more: Partial<Upload> = {},
): Promise<string> {
  const { database, deps, clock } = company;
  const reception = { database, keys: deps.keys, clock, newId: () => uuidV7(Date.now()) };
  const upload = { options: {}, source: 'default', actor: 'key:test', ...more, kind };
  return (await receiveImport(reception, { ...upload, bytes: once(Buffer.from(file)) })).id;
}

async function readOn(importId: string, database = company.database): Promise<void> {
  const { deps, clock, vault, tenantId } = company;
  const reading = {
    database,
    clock,
    keysOf: () => Promise.resolve(deps.keys),
    take: rowTaker({ vault, clock }, deps.terms),
  };
  let plan = await readBookings(reading, { tenantId, importId });
  while (plan.kind !== 'done') plan = await readBookings(reading, { tenantId, importId });
}

async function imported(...file: Parameters<typeof received>): Promise<ImportReport> {
  const id = await received(...file);
  await readOn(id);
  return reportOf(id);
}

async function reportOf(id: string): Promise<ImportReport> {
  const report = await company.within((tx) => importReport(tx, id));
  if (report === undefined) throw new Error('no report');
  return report;
}

async function givenBack({ id }: ImportReport): Promise<string> {
  const lines: string[] = [];
  const asked = { importId: id, language: 'fr', sentenceOf: rowSentence } as const;
  await company.within(async (tx) => {
    for await (const line of rejectedCsv(tx, company.deps.keys, asked)) lines.push(line);
  });
  return lines.join('');
}

describe('a file of contracts, as a service company exports it', () => {
  it('is read as contracts and as plans', { timeout: 240_000 }, async () => {
    const [head = '', ...lines] = (await readFile(SAMPLE, 'utf8')).trimEnd().split('\n');
    const taken = lines.filter((_, turn) => turn % EACH === 0);
    const all = 300 / EACH;
    const contracts = await imported('subscriptions', [head, ...taken].join('\n'));
    expect(contracts).toMatchObject({
      state: 'finished',
      rows: all,
      accepted: all,
      rejected: 0,
      created: all,
      warningsBy: { NO_BASIS: 15 / EACH },
      ignoredColumns: ['montant', 'echeances'],
    });
    const some = cases(40, 300);
    const begun = [head, ...taken.slice(0, some)].join('\n');
    const plans = await imported('payment-plans', begun);
    expect(plans).toMatchObject({ rows: some, accepted: some, created: some });
    const again = await imported('subscriptions', begun);
    expect(again).toMatchObject({ rows: some, accepted: some, created: 0, updated: 0, unchanged: some });
  });
});

describe('a file of bookings', () => {
  it('begins and ends once despite a late attempt', async () => {
    const row = 'R-90;06 39 98 30 90;Confort;19/10/2027;20/08/2027;10/08/2026';
    const head = 'reference;telephone;formule;fin_contrat;date_limite_refus;consentement_le';
    const id = await received('subscriptions', `${head}\n${row}\n`);
    await readOn(
      id,
      lateBy(company.database, () => readOn(id)),
    );
    expect(await reportOf(id)).toMatchObject({ state: 'finished', rows: 1, accepted: 1, failure: null });
  });
});

describe('a row of bookings', () => {
  const head = 'reference;telephone;formule;fin_contrat;date_limite_refus;consentement_le';

  it('that cannot be filed is rejected whole', async () => {
    const report = await imported(
      'subscriptions',
      [
        head,
        'R-1;06 39 98 30 01;Confort;19/10/2027;20/08/2027;10/08/2026',
        'R-2;01 42 68 53 00;Confort;19/10/2027;20/08/2027;',
        ';06 39 98 30 03;Confort;19/10/2027;20/08/2027;',
        'R-4;06 39 98 30 04;Confort;19/10/2027;20/12/2027;',
        'R-5;06 39 98 30 05;Confort;19/10/2026;20/08/2026;',
        'R-6;06 39 98 30 06;Confort;31/02/2027;20/08/2026;',
        'R-1;06 39 98 30 01;Confort;19/10/2027;20/08/2027;10/08/2026',
        `\uFEFF${head}`,
      ].join('\n'),
    );
    expect(report).toMatchObject({ rows: 8, accepted: 1, duplicates: 1, rejected: 6 });
    expect(report.rejectedBy).toEqual({
      NUMBER_NOT_MOBILE: 1,
      EXTERNAL_ID_MISSING: 1,
      DATES_CONTRADICT: 1,
      NOTHING_AHEAD: 1,
      DATE_INVALID: 1,
      HEADER_AGAIN: 1,
    });
    const csv = await givenBack(report);
    expect(csv).toContain('Cette ligne répète les titres.');
    expect(csv).toContain('Ces dates se contredisent : « date_limite_refus ».');
    expect(csv).toContain('Rien de cette ligne n’est à venir : « date_limite_refus ».');
    const [{ count } = {}] = await company.query(
      `SELECT count(*)::int AS count FROM contact WHERE tenant_id = $1 AND id NOT IN (SELECT contact_id FROM reminder_series)`,
      [company.tenantId],
    );
    expect(count).toBe(0);
  });

  it('may be an appointment with any wall time', async () => {
    const report = await imported(
      'appointments',
      [
        'ref,portable,prenom,nom,debut,cabinet,lieu,motif,consentement_le',
        'A-1,06 39 98 40 01,Agnès,Hebert,03/03/2027 15h15,Cabinet des Tilleuls,12 rue des Tilleuls,secret,2026-08-21',
        'A-2,06 39 98 40 02,Léo,Petit,2027-03-04T09:00,Cabinet des Tilleuls,,secret,',
      ].join('\n'),
    );
    expect(report).toMatchObject({ accepted: 2, ignoredColumns: ['motif'], warningsBy: { NO_BASIS: 1 } });
    const rows = await company.query(
      `SELECT event_wall FROM reminder_series WHERE kind = 'appointment' ORDER BY event_wall`,
    );
    expect(rows).toEqual([{ event_wall: '2027-03-03T15:15' }, { event_wall: '2027-03-04T09:00' }]);
  });

  it('of a plan accepts "1 249,50 €"', async () => {
    const report = await imported(
      'payment-plans',
      'reference;telephone;libelle;montant;echeances\nP-1;06 39 98 50 01;Travaux;1 249,50 €;12/03/2027|12/04/2027\n',
    );
    expect(report).toMatchObject({ accepted: 1, rejected: 0 });
  });

  it('without a reference column is not read', async () => {
    expect(await imported('subscriptions', 'telephone,formule\n0639983001,Confort\n')).toMatchObject({
      state: 'failed',
      failure: 'REFERENCE_COLUMN_MISSING',
    });
  });
});
