import { sql } from 'kysely';
import { describe, expect, it } from 'vitest';
import { peopleFiles } from '../../../../src/people/import/file-readers.ts';
import { served, type Reply } from '../../server/served.ts';

const { ask, admin, database, tenantId, keyOf } = await served({ lawAt: '2026-11-24T10:00:00+01:00' });

const rehearse = (kind: string, lines: readonly string[] | Buffer, key = admin): Promise<Reply> =>
  ask('POST', `/v1/imports?kind=${kind}&dryRun=true`, {
    key,
    raw: lines instanceof Buffer ? lines : lines.join('\n'),
    headers: { 'Content-Type': 'text/csv' },
  });

const kept = (): Promise<Record<string, number>[]> =>
  database.withTenant(tenantId, (tx) =>
    tx.rows(sql<Record<string, number>>`
      SELECT (SELECT count(*) FROM import)::int AS imports, (SELECT count(*) FROM contact)::int AS people,
             (SELECT count(*) FROM reminder_series)::int AS series, (SELECT count(*) FROM intent)::int AS intents,
             (SELECT count(*) FROM consent_event)::int AS events, (SELECT count(*) FROM wording)::int AS wordings`),
  );
const NOTHING = [{ imports: 0, people: 0, series: 0, intents: 0, events: 0, wordings: 0 }];

const SAID = 'J’accepte les rappels de mes rendez-vous, contrats et échéances par SMS.';

describe('a file of bookings that is only tried', () => {
  it.each([
    [
      'appointments',
      'ref;portable;debut;cabinet;motif;consentement_le;methode;texte_optin',
      [
        `A-1;06 39 98 70 01;03/03/2027 15h15;Cabinet des Tilleuls;x;21/08/2026;bulletin;${SAID}`,
        'A-2;06 39 98 70 02;03/03/2027 15h30;Cabinet des Tilleuls;x;;;',
        'A-3;01 42 68 53 00;03/03/2027 15h45;Cabinet des Tilleuls;x;;;',
        'A-4;06 39 98 70 04;31/02/2027 15h45;Cabinet des Tilleuls;x;;;',
        'A-5;06 39 98 70 05;03/03/2020 15h45;Cabinet des Tilleuls;x;;;',
      ],
      { NUMBER_NOT_MOBILE: 1, DATE_INVALID: 1, NOTHING_AHEAD: 1 },
    ],
    [
      'subscriptions',
      'reference;telephone;formule;fin_contrat;date_limite_refus;motif;consentement_le;methode;texte_optin',
      [
        `S-1;06 39 98 71 01;Confort;19/10/2027;20/08/2027;x;10/08/2026;bulletin;${SAID}`,
        'S-2;06 39 98 71 02;Confort;19/10/2027;20/08/2027;x;;;',
        'S-3;06 39 98 71 03;Confort;19/10/2027;20/12/2027;x;;;',
        ';06 39 98 71 04;Confort;19/10/2027;20/08/2027;x;;;',
        'S-5;;Confort;19/10/2027;20/08/2027;x;;;',
      ],
      { DATES_CONTRADICT: 1, EXTERNAL_ID_MISSING: 1, INVALID_REQUEST: 1 },
    ],
    [
      'payment-plans',
      'reference;N° de portable;libelle;montant;echeances;motif;consentement_le;methode;texte_optin',
      [
        `P-1;06 39 98 72 01;Travaux;1 249,50 €;12/03/2027|12/04/2027;x;10/08/2026;bulletin;${SAID}`,
        'P-2;06 39 98 72 02;Travaux;12,00;12/03/2027|12/04/2027;x;;;',
        'P-3;06 39 98 72 03;Travaux;12,00;12/04/2027|12/03/2027;x;;;',
        'P-4;06 39 98 72 04;Travaux;-12,00;12/03/2027;x;;;',
        'P-5;06 39 98 72 05;Travaux;12,00;12/03/2020;x;;;',
      ],
      { INVALID_REQUEST: 1, INSTALMENTS_UNSORTED: 1, NOTHING_AHEAD: 1 },
    ],
  ])('reports of %s what PUTs would, keeping nothing', async (kind, head, rows, rejectedBy) => {
    const { status, body } = await rehearse(kind, [head, ...rows]);
    expect(status).toBe(200);
    expect(body).toMatchObject({
      rows: 5,
      accepted: 2,
      rejectedBy,
      warningsBy: { NO_BASIS: 1 },
      ignoredColumns: ['motif'],
      wordings: [{ text: SAID, rows: 1 }],
      failure: null,
    });
    expect(body['columns']).toContainEqual(
      expect.objectContaining({ heading: head.split(';')[1], field: 'phone' }),
    );
    expect(JSON.stringify(body)).not.toMatch(/39 98 7/);
    expect(await kept()).toEqual(NOTHING);
  });

  it('counts a repeated appointment once', async () => {
    const row = (turn: number): string =>
      `A-${turn};06 39 98 70 01;03/03/2027 15h15;Cabinet des Tilleuls;${SAID}`;
    const rows = [...Array.from({ length: 30 }, (_, turn) => row(turn)), row(0), row(29), row(0)];
    const { body } = await rehearse('appointments', ['ref;portable;debut;cabinet;texte_optin', ...rows]);
    expect(body).toMatchObject({ rows: 33, accepted: 30, rejected: 0, duplicates: 3 });
  });

  it('names what its header lacks', async () => {
    const { body } = await rehearse('subscriptions', ['telephone;formule', '0639987101;Confort']);
    expect(body).toMatchObject({ rows: 0, failure: 'REFERENCE_COLUMN_MISSING' });
  });

  it('is read to its thousandth row', async () => {
    const head = 'ref;portable;debut;cabinet;note';
    const row = `;06 39 98 70 01;03/03/2027 15h15;Cabinet des Tilleuls;${'x'.repeat(8_000)}`;
    const file = [head, ...Array.from({ length: 1_200 }, () => row)].join('\n');
    const { status, body } = await rehearse('appointments', Buffer.from(file));
    expect(status).toBe(200);
    expect(body).toMatchObject({ rows: 1_000, accepted: 0, rejectedBy: { EXTERNAL_ID_MISSING: 1_000 } });
  });

  it('needs the role of its kind', async () => {
    const [marketer, scheduler] = [await keyOf('marketer'), await keyOf('scheduler')];
    expect((await rehearse('appointments', ['ref;portable'], marketer)).status).toBe(403);
    expect((await rehearse('contacts', ['telephone'], scheduler)).status).toBe(403);
  });
});

describe('a file of people that is only tried', () => {
  it('waits its turn, or is refused', async () => {
    const gate = Promise.withResolvers<void>();
    const held = {
      tenantId,
      async *textFrom(): AsyncGenerator<Buffer> {
        await gate.promise;
        yield Buffer.from('telephone\n');
      },
    };
    const order = { kind: 'contacts', options: {} } as const;
    // Three are read, and sixteen wait.
    const others = Array.from({ length: 19 }, () => peopleFiles.header(held, order));
    const refused = await rehearse('contacts', ['telephone', '0639987302']);
    expect([refused.status, refused.body.code]).toEqual([429, 'TOO_MANY_REQUESTS']);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    gate.resolve();
    await Promise.all(others);
    expect((await rehearse('contacts', ['telephone', '0639987302'])).status).toBe(200);
  });

  it('shows codes, wordings and masked samples', async () => {
    const { status, body } = await rehearse('contacts', [
      'telephone;date_optin;method;documentRef;texte_optin;ville',
      `06 39 98 73 01;05/01/2026;bulletin;B-1;${SAID};Lyon`,
      `01 42 68 53 00;05/01/2026;bulletin;B-2;${SAID};Lyon`,
    ]);
    expect(status).toBe(200);
    expect(body).toMatchObject({
      rows: 2,
      accepted: 1,
      rejectedBy: { NUMBER_NOT_MOBILE: 1 },
      ignoredColumns: ['ville'],
      wordings: [{ text: SAID, rows: 2 }],
    });
    expect(JSON.stringify(body)).not.toContain('39 98 73');
    expect(await kept()).toEqual(NOTHING);
  });

  it('counts a repeated number as an import does', async () => {
    const row = (phone: string, proof: string): string => `${phone};05/01/2026;bulletin;${proof};${SAID}`;
    const { body } = await rehearse('contacts', [
      'telephone;date_optin;method;documentRef;texte_optin',
      row('06 39 98 73 01', 'B-1'),
      row('+33639987301', 'B-2'),
      row('06 39 98 73 02', ''),
      row('06 39 98 73 02', 'B-3'),
      row('06 39 98 73 01', ''),
    ]);
    expect(body).toMatchObject({ rows: 5, accepted: 2, rejected: 2, duplicates: 1 });
  });

  it('counts repeated suppressions as an import does', async () => {
    const { body } = await rehearse('suppressions', ['telephone', '0639987301', '0639987301', 'x']);
    expect(body).toMatchObject({ rows: 3, accepted: 2, rejected: 1, duplicates: 0 });
  });
});

describe('words of one’s own', () => {
  it.each([
    ['in every column', { boutique: 'paper' }],
    ['in one column, by its heading', { Source_optin: { boutique: 'paper' } }],
  ])('are given %s', async (_where, values) => {
    const mapping = encodeURIComponent(JSON.stringify({ values }));
    const { body } = await rehearse(`contacts&mapping=${mapping}`, [
      'telephone;date_optin;source_optin;texte_optin;ref_bulletin',
      '06 39 98 73 01;04/03/2026;Boutique;J’accepte les offres de Ma société par SMS. STOP.;B-1',
    ]);
    expect([body.accepted, body.rejectedBy]).toEqual([1, {}]);
  });
});
