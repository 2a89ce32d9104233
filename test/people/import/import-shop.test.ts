import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { rowSentence } from '../../../src/web/api/people/imports.ts';
import { rejectedCsv, type ImportReport } from '../../../src/people/import/import-report.ts';
import { readHolder } from '../../../src/people/contact/contact.repository.ts';
import { beforeCommit } from '../../support/before-commit.ts';
import { cases, NIGHT } from '../../support/cases.ts';
import { anImport, bytesOf, gathered, readOn, received, reportOf, type WorkflowState } from './importing.ts';
import { aShop } from './shop.ts';
import { openBase } from '../../support/database.ts';

const sample = (name: string): Buffer => readFileSync(new URL(`../../../samples/${name}`, import.meta.url));
const SHOP = sample('shop-contacts.csv');
/** How many attempts die; each dies `LATER` commits after the one before. */
const DEATHS = cases(4, 20);
const LATER = 20 / DEATHS;

const { test, database } = await openBase();
const desk: WorkflowState = { database, shop: await aShop(database, test) };
const report = await anImport(desk, bytesOf(SHOP));

/** Reads all that a tenant holds, without ids and instants, which differ each time. */
const held = async (where: WorkflowState): Promise<unknown> => {
  const count = (sql: string) => where.shop.tamper(sql, [where.shop.id]);
  return {
    contacts: await count(
      `SELECT territory, time_zone, place_from, count(*)::int AS n, count(adult_on)::int AS minors FROM contact WHERE tenant_id = $1 GROUP BY 1, 2, 3 ORDER BY 1, 2, 3`,
    ),
    events: await count(
      `SELECT kind, method, proof, barred, count(*)::int AS n FROM consent_event WHERE tenant_id = $1 GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4`,
    ),
    standings: await count(
      `SELECT sendable, why, count(*)::int AS n FROM consent WHERE tenant_id = $1 GROUP BY 1, 2 ORDER BY 1, 2`,
    ),
    suppressions: await count(
      `SELECT scope, count(*)::int AS n, count(lifted_at)::int AS lifted FROM suppression WHERE tenant_id = $1 GROUP BY 1`,
    ),
    wordings: await count(`SELECT count(*)::int AS n FROM wording WHERE tenant_id = $1`),
  };
};
const touched = (where: WorkflowState) =>
  where.shop.tamper(
    `SELECT id, sealed, territory, updated_at FROM contact WHERE tenant_id = $1 ORDER BY id`,
    [where.shop.id],
  );
const holder = (phone: string) =>
  desk.shop.within((tx) => readHolder(tx, desk.shop.deps.keys, desk.shop.deps.keys.phoneIndex(phone)));
const standing = async (phone: string) =>
  (
    await desk.shop.tamper(
      `SELECT sendable, why FROM consent k JOIN contact c ON c.id = k.contact_id WHERE c.phone_index = $1`,
      [desk.shop.deps.keys.phoneIndex(phone)],
    )
  )[0];

describe('the base of a shop, 5,000 rows from its till', () => {
  it('is accounted for to the last row', () => {
    expect(report).toMatchObject({
      state: 'finished',
      rows: 5_000,
      accepted: 4_144,
      duplicates: 111,
      rejected: 745,
      created: 4_144,
      updated: 0,
      unchanged: 0,
      withdrawals: 113,
      rejectedBy: {
        CONSENT_NOT_PROVEN: 689,
        NUMBER_INVALID: 40,
        PHONE_MISSING: 6,
        PHONE_AMBIGUOUS: 6,
        NUMBER_NOT_MOBILE: 4,
      },
      ignoredColumns: ['Civilité', 'Email', 'Panier moyen'],
      failure: null,
    });
  });

  it('met three wordings, two without the shop', () => {
    expect(
      report.wordings.map(({ rows, findings }) => [
        rows,
        (findings as { code: string }[]).map(({ code }) => code),
      ]),
    ).toEqual([
      [1_728, ['CONTROLLER_NOT_NAMED', 'WITHDRAWAL_NOT_SAID']],
      [1_489, []],
      [1_085, ['CONTROLLER_NOT_NAMED', 'WITHDRAWAL_NOT_SAID', 'TIED_TO_ANOTHER_ACT']],
    ]);
  });

  it.each([
    [2, 'given back: an import without its document', '+33750057405', undefined],
    [3, 'a bulletin, with 0033', '+33647600142', { sendable: true, why: null }],
    [12, 'a child of 12 who agreed', '+33648889169', { sendable: false, why: 'MINOR' }],
    [16, 'nine digits, the zero eaten', '+33609511584', { sendable: true, why: null }],
    [10, 'La Réunion', '+262692660502', { sendable: true, why: null }],
    [22, 'Guadeloupe', '+590690247044', { sendable: true, why: null }],
    [29, 'the same person, again', '+590690247044', { sendable: true, why: null }],
    [4060, 'left by the date of another row', '+33662305091', { sendable: false, why: 'CONSENT_WITHDRAWN' }],
    [3381, 'left in 2023, came back in 2026', '+590690094499', { sendable: true, why: null }],
  ])('line %i: %s', async (...[, , phone, expected]) => {
    expect(await standing(phone)).toEqual(expected);
  });

  it('places people by postal code, without extra columns', async () => {
    const reunion = await holder('+262692660502');
    expect(reunion?.place).toEqual({ territory: 'RE', timeZone: 'Indian/Reunion', placeFrom: 'address' });
    expect(reunion?.person).toEqual({
      phone: '+262692660502',
      firstName: 'Martin',
      lastName: 'Valentin',
      birthDate: '1968-09-17',
      attributes: {},
    });
  });

  it('leaves two people on one number nameless', async () => {
    expect((await holder('+33610102522'))?.person).toMatchObject({ nameConflict: true });
  });

  it('writes to nobody who opted out', async () => {
    const [row] = await desk.shop.tamper(
      `SELECT count(*)::int AS n FROM consent k JOIN contact c ON c.id = k.contact_id
         JOIN suppression s ON s.tenant_id = c.tenant_id AND s.phone_index = c.phone_index AND s.lifted_at IS NULL
        WHERE c.tenant_id = $1 AND k.sendable`,
      [desk.shop.id],
    );
    expect(row).toEqual({ n: 0 });
    expect(await held(desk)).toMatchObject({ suppressions: [{ scope: 'marketing', n: 113, lifted: 1 }] });
  });

  it('is deleted as a file and sealed', async () => {
    expect(await desk.shop.tamper(`SELECT 1 FROM import_slice WHERE tenant_id = $1`, [desk.shop.id])).toEqual(
      [],
    );
    const rows = await desk.shop.tamper(
      `SELECT to_jsonb(r)::text AS row FROM rejected_row r WHERE tenant_id = $1 UNION ALL SELECT to_jsonb(i)::text FROM import i WHERE tenant_id = $1`,
      [desk.shop.id],
    );
    // Sealed columns are decoded to bytes, because so many hexadecimal digits contain any seven digits by chance.
    const bytes = JSON.stringify(rows).replaceAll(/\\\\x([0-9a-f]+)/g, (_, hex: string) =>
      Buffer.from(hex, 'hex').toString('latin1'),
    );
    expect(bytes).toMatch(/[\u0080-\u00ff]{4}/);
    expect(bytes).not.toMatch(/PARENT|7500574|kcamus/);
  });

  it('returns rejected rows with line, code, sentence', async () => {
    const pieces = await desk.shop.within(async (tx) =>
      gathered(
        rejectedCsv(tx, desk.shop.deps.keys, {
          importId: report.id,
          language: 'fr',
          sentenceOf: rowSentence,
        }),
      ),
    );
    expect(pieces).toHaveLength(746);
    expect(pieces[0]).toMatch(/^\uFEFFligne;code;motif;Civilité;Nom;/);
    expect(pieces[1]).toBe(
      '2;CONSENT_NOT_PROVEN;"Consentement non prouvé, il manque : source, documentRef.";;PARENT;Adrien;07.50.05.74.05;;31000;12/11/1998;04/03/2026 02:54;import;Je souhaite recevoir des offres par sms.;;;;;\r\n',
    );
    const other = { database, shop: await aShop(database, test) };
    const again = await anImport(other, bytesOf(pieces.join('')));
    expect(again).toMatchObject({ rows: 745, accepted: 0, rejected: 745, rejectedBy: report.rejectedBy });
  });

  it('changes nothing when sent again', NIGHT, async () => {
    const [before, rows] = [await held(desk), await touched(desk)];
    const again = await anImport(desk, bytesOf(gzipSync(SHOP)));
    expect(again).toMatchObject({
      rows: 5_000,
      accepted: 4_144,
      rejected: 745,
      duplicates: 111,
      created: 0,
      updated: 0,
      unchanged: 4_144,
      rejectedBy: report.rejectedBy,
    });
    expect(await held(desk)).toEqual(before);
    expect(await touched(desk)).toEqual(rows);
  });

  it('is the same however often interrupted', async () => {
    const cut = { database, shop: await aShop(database, test) };
    const importId = await received(cut, bytesOf(SHOP));
    const seen: number[] = [];
    for (let turn = 0; turn < 2 * DEATHS && (await reportOf(cut, importId)).state !== 'finished'; turn += 1) {
      let reads = 0;
      // Each attempt dies in a merge, just before its commit.
      const dying = beforeCommit(database, async () => {
        reads += 1;
        if (turn < DEATHS && reads === 6 + turn * LATER) throw new Error('killed');
      });
      await readOn({ ...cut, database: dying }, importId).catch(() => undefined);
      seen.push((await reportOf(cut, importId)).rows);
    }
    const whole = await reportOf(cut, importId);
    expect(new Set(seen).size).toBeGreaterThan(3);
    expect(whole).toMatchObject({
      state: 'finished',
      rows: 5_000,
      accepted: 4_144,
      rejected: 745,
      duplicates: 111,
    });
    expect(whole.wordings.map(({ rows }) => rows)).toEqual(report.wordings.map(({ rows }) => rows));
    expect(await held(cut)).toEqual(await held(desk));
  });
});

const alike = (one: ImportReport) => ({
  counts: [one.rows, one.accepted, one.rejected, one.duplicates, one.withdrawals],
  rejectedBy: one.rejectedBy,
  warningsBy: one.warningsBy,
  ignoredColumns: one.ignoredColumns,
  wordings: one.wordings.map(({ text, rows }) => `${rows} ${text}`).toSorted(),
});

describe('the same base as an older Excel writes it', () => {
  it('is read alike: its first 300 rows', async () => {
    const [one, other] = [
      { database, shop: await aShop(database, test) },
      { database, shop: await aShop(database, test) },
    ];
    const head = Buffer.from(SHOP.toString('utf8').split('\r\n').slice(0, 301).join('\r\n'));
    const modern = await anImport(one, bytesOf(head));
    const old = await anImport(other, bytesOf(sample('shop-contacts-windows1252.csv')));
    expect(old).toMatchObject({ rows: 300, accepted: 246, rejected: 45, duplicates: 9 });
    expect(alike(old)).toEqual(alike(modern));
    expect(await held(other)).toEqual(await held(one));
  });
});
