import { gzipSync } from 'node:zlib';
import { sql } from 'kysely';
import { describe, expect, it } from 'vitest';
import { readReaderHome, forgetRejected } from '../../../src/people/import/import.repository.ts';
import { sweepSilentUploads } from '../../../src/people/import/import-reception.ts';
import { readImport } from '../../../src/people/import/import-reading.ts';
import { fileHeadOf, rehearseImport } from '../../../src/people/import/import-rehearsal.ts';
import { upsertContacts } from '../../../src/people/contact/upsert-contacts.ts';
import { verifyChain } from '../../../src/people/evidence/verify-chain.ts';
import { counted, unpacked } from '../../../src/upload/import-upload.ts';
import { lateBy } from '../../support/late-by.ts';
import { lockWaiters } from '../../support/lock-waiters.ts';
import {
  anImport,
  bytesOf,
  gathered,
  readOn,
  received,
  reportOf,
  rowsOf,
  type WorkflowState,
} from './importing.ts';
import { aShop, told } from './shop.ts';
import { openBase } from '../../support/database.ts';

const HEAD = 'telephone;date_optin;source_optin;texte_optin;ref_bulletin';
const WORDS = 'J’accepte les offres de Maison Lumière par SMS. STOP pour arrêter.';
let people = 0;
const number = (): string => `06399801${String((people += 1)).padStart(2, '0')}`;
const line = (phone = number(), more = ''): string =>
  `${phone};05/01/2026;bulletin;${WORDS};B-${phone}${more}`;

const { test, database } = await openBase();
const aDesk = async (): Promise<WorkflowState> => ({ database, shop: await aShop(database, test) });
const kept = async ({ shop }: WorkflowState): Promise<number[]> => {
  const [row] = await shop.tamper(
    `SELECT (SELECT count(*) FROM import WHERE tenant_id = $1)::int AS imports, (SELECT count(*) FROM import_slice WHERE tenant_id = $1)::int AS slices,
            (SELECT count(*) FROM intent WHERE tenant_id = $1)::int AS intents`,
    [shop.id],
  );
  return [Number(row?.['imports']), Number(row?.['slices']), Number(row?.['intents'])];
};

async function* cutShort(size: number): AsyncGenerator<Buffer> {
  yield Buffer.alloc(size, 'x;y\n');
  throw new Error('connection reset');
}

describe('a file on its way in', () => {
  it('is kept in sealed slices until whole', async () => {
    const desk = await aDesk();
    const importId = await received(desk, bytesOf(Buffer.alloc(2_500_000, 'secret;b\n')));
    expect(await kept(desk)).toEqual([1, 3, 1]);
    const rows = await desk.shop.tamper(`SELECT sealed FROM import_slice WHERE tenant_id = $1`, [
      desk.shop.id,
    ]);
    for (const { sealed } of rows) expect((sealed as Buffer).includes('secret')).toBe(false);
    expect(
      await desk.shop.tamper(
        `SELECT class, verb, workflow, workflow_id, input FROM intent WHERE tenant_id = $1`,
        [desk.shop.id],
      ),
    ).toEqual([
      {
        class: 3,
        verb: 'start',
        workflow: 'importContacts',
        workflow_id: `import/${importId}`,
        input: { tenantId: desk.shop.id, importId },
      },
    ]);
    expect(await reportOf(desk, importId)).toMatchObject({
      state: 'queued',
      progress: { read: 0, total: 2_500_000, rowsPerSecond: null, secondsLeft: null },
    });
  });

  it.each([10, 3_000_000])('leaves nothing when cut after %i bytes', async (size) => {
    const desk = await aDesk();
    await expect(received(desk, cutShort(size))).rejects.toThrow('connection reset');
    expect(await kept(desk)).toEqual([0, 0, 0]);
  });

  it('leaves nothing long after its receiver died', async () => {
    const desk = await aDesk();
    const importId = await received(desk, bytesOf('a;b\n'));
    await desk.shop.tamper(
      `UPDATE import SET state = 'receiving', cursor = '{"touchedMs": 0}' WHERE id = $1`,
      [importId],
    );
    expect(await sweepSilentUploads({ database, ...desk.shop.deps })).toBe(1);
    expect((await kept(desk)).slice(0, 2)).toEqual([0, 0]);
  });

  it('is refused when unpacked too large', async () => {
    const desk = await aDesk();
    const bomb = gzipSync(Buffer.alloc(64 * 1024 * 1024));
    await expect(received(desk, bytesOf(bomb))).rejects.toMatchObject({
      code: 'IMPORT_TOO_LARGE',
      status: 413,
    });
    expect(await kept(desk)).toEqual([0, 0, 0]);
    const small = unpacked(bytesOf(Buffer.alloc(2_000)), { mostBytes: 1_000 });
    await expect(gathered(small)).rejects.toMatchObject({ code: 'IMPORT_TOO_LARGE' });
    const lines = counted(bytesOf('\n'.repeat(11)), { mostBytes: 1_000, mostLines: 10 });
    await expect(gathered(lines)).rejects.toMatchObject({ code: 'IMPORT_TOO_LARGE' });
  });

  it.each([
    ['a workbook', Buffer.from('PK\u0003\u0004 xl/sheet'), 'IMPORT_NOT_CSV'],
    ['half a gzip', gzipSync(Buffer.from(`${HEAD}\n${line()}\n`)).subarray(0, 40), 'IMPORT_UNREADABLE'],
    [
      'a damaged gzip',
      Buffer.concat([Buffer.from([0x1f, 0x8b, 8, 0]), Buffer.alloc(60, 7)]),
      'IMPORT_UNREADABLE',
    ],
  ])('is refused when it is %s', async (_what, bytes, code) => {
    const desk = await aDesk();
    await expect(received(desk, bytesOf(bytes))).rejects.toMatchObject({ code });
    expect(await kept(desk)).toEqual([0, 0, 0]);
  });
});

describe('a file that is read', () => {
  it.each([
    ['without a column of numbers', 'nom;prenom\nDupont;Ana\n', 'PHONE_COLUMN_MISSING'],
    ['without a row', '', 'FILE_EMPTY'],
  ])('%s fails and says so', async (_what, text, failure) => {
    const report = await anImport(await aDesk(), bytesOf(text));
    expect(report).toMatchObject({ state: 'failed', failure, rows: 0 });
  });

  it('with nothing but a header is finished', async () => {
    expect(await anImport(await aDesk(), rowsOf(HEAD))).toMatchObject({ state: 'finished', rows: 0 });
  });

  it('shows its speed and remaining time', async () => {
    const desk = await aDesk();
    const importId = await received(
      desk,
      rowsOf('telephone', ...Array.from({ length: 5_000 }, (_, turn) => `a${turn}`)),
    );
    const stop = new AbortController();
    const deps = {
      database,
      clock: desk.shop.clock,
      keysOf: async () => desk.shop.deps.keys,
      signal: stop.signal,
    };
    const plan = await readImport(
      { ...deps, onStep: () => stop.abort() },
      { tenantId: desk.shop.id, importId },
    );
    const { state, rows, rejected, progress } = await reportOf(desk, importId);
    expect(plan).toMatchObject({ kind: 'send', because: { code: 'READING' }, accounts: { rows, rejected } });
    // Rows already in flight are still written; the rows after them are not.
    expect([state, rejected, rows < 5_000]).toEqual(['reading', rows, true]);
    expect(progress.rowsPerSecond).toBeGreaterThan(0);
    expect(progress.secondsLeft).toBeGreaterThan(0);
    await readOn(desk, importId);
    expect((await reportOf(desk, importId)).progress).toMatchObject({
      rowsPerSecond: null,
      secondsLeft: null,
    });
  });

  it('is never read by two at once', async () => {
    const desk = await aDesk();
    const importId = await received(desk, rowsOf(HEAD, ...Array.from({ length: 30 }, () => line())));
    await Promise.all([readOn(desk, importId), readOn(desk, importId)]);
    await readOn(desk, importId);
    expect(await reportOf(desk, importId)).toMatchObject({
      state: 'finished',
      rows: 30,
      accepted: 30,
      created: 30,
    });
  });

  it('begins and ends once despite a late attempt', async () => {
    const desk = await aDesk();
    const importId = await received(desk, rowsOf(HEAD, line()));
    await readOn({ ...desk, database: lateBy(desk.database, () => readOn(desk, importId)) }, importId);
    expect(await reportOf(desk, importId)).toMatchObject({ state: 'finished', rows: 1, failure: null });
  });

  it('makes one person of two files’ shared number', async () => {
    const desk = await aDesk();
    const numbers = Array.from({ length: 120 }, (_, turn) => `063998${7_000 + turn}`);
    const files = [numbers, numbers.toReversed()].map((some) =>
      rowsOf(HEAD, ...some.map((one) => line(one))),
    );
    const reports = await Promise.all(files.map((file) => anImport(desk, file)));
    expect(reports.map(({ accepted }) => accepted)).toEqual([120, 120]);
    expect(reports.reduce((sum, { created }) => sum + created, 0)).toBe(120);
    expect(await desk.shop.within((tx) => verifyChain(tx, 'consent'))).toMatchObject({
      holds: true,
      waiting: 120,
    });
  });

  it('finds somebody created while it was written', async () => {
    const desk = await aDesk();
    const [known, fresh] = [number(), number()];
    const [isMade, isLeft] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const other = desk.shop.within(async (tx) => {
      await upsertContacts(tx, desk.shop.deps, [told(`+33${known.slice(1)}`)]);
      isMade.resolve();
      await isLeft.promise;
    });
    await isMade.promise;
    const reading = anImport(desk, rowsOf(HEAD, line(known), line(fresh)));
    await expect.poll(() => lockWaiters((text) => desk.shop.tamper(text))).toBe(1);
    isLeft.resolve();
    await other;
    expect(await reading).toMatchObject({ rows: 2, accepted: 2, created: 1 });
    const agreed = `SELECT 1 FROM consent WHERE tenant_id = $1 AND sendable`;
    expect(await desk.shop.tamper(agreed, [desk.shop.id])).toHaveLength(2);
  });

  it('needs an existing import, which then stays', async () => {
    const desk = await aDesk();
    const { id } = await anImport(desk, rowsOf(HEAD, line()));
    const strange = desk.shop.within((tx) =>
      tx.run(sql`INSERT INTO import_row (import_id, contact_id, tenant_id, line)
                 SELECT uuidv7(), contact_id, tenant_id, line FROM import_row WHERE import_id = ${id}::uuid`),
    );
    await expect(strange).rejects.toMatchObject({ code: '23503' });
    const removed = desk.shop.within((tx) => tx.run(sql`DELETE FROM import WHERE id = ${id}::uuid`));
    await expect(removed).rejects.toMatchObject({ code: '23503' });
  });

  it('takes its caller’s columns, words and defaults', async () => {
    const desk = await aDesk();
    const report = await anImport(
      desk,
      rowsOf('GSM du client;Borne;Carte;Ville', `${number()};Borne 2;C-1;Lyon`, `${number()};Borne 2;;Lyon`),
      {
        options: {
          mapping: { 'gsm du client': 'phone', borne: 'method', carte: 'documentRef' },
          values: { 'borne 2': 'paper' },
          defaults: { grantedAt: '05/01/2026', wording: WORDS },
          attributes: ['ville'],
        },
      },
    );
    expect(report).toMatchObject({ accepted: 1, rejectedBy: { CONSENT_NOT_PROVEN: 1 }, ignoredColumns: [] });
  });

  it('keeps unproven people without writing to them', async () => {
    const desk = await aDesk();
    const report = await anImport(desk, rowsOf('telephone', number(), number()), {
      options: { keepUnproven: true },
    });
    expect(report).toMatchObject({ accepted: 2, rejected: 0, warningsBy: { CONSENT_NOT_PROVEN: 2 } });
    expect(
      await desk.shop.tamper(`SELECT 1 FROM consent WHERE tenant_id = $1 AND sendable`, [desk.shop.id]),
    ).toEqual([]);
  });

  it('with ambiguous dates is never guessed', async () => {
    const [clear, unclear] = [number(), number()];
    const report = await anImport(
      await aDesk(),
      rowsOf(
        HEAD,
        `${unclear};03/04/2026;bulletin;${WORDS};B-1`,
        `${clear};03/03/2026;bulletin;${WORDS};B-2`,
        `${number()};03/25/2026;bulletin;${WORDS};B-3`,
      ),
    );
    expect(report).toMatchObject({ accepted: 1, rejectedBy: { DATE_AMBIGUOUS: 2 } });
  });

  it('refuses a future agreement and an unopened basis', async () => {
    const report = await anImport(
      await aDesk(),
      rowsOf(
        `${HEAD};basis;saleRef;saleAt;informedAt;refusalOffered;productFamily`,
        `${number()};05/01/2030;bulletin;${WORDS};B-1;;;;;;`,
        `${number()};;;;;client existant;T-1;01/01/2026;01/01/2026;oui;lampes`,
      ),
    );
    expect(report.rejectedBy).toEqual({ DATE_INVALID: 1, BASIS_NOT_ALLOWED: 1 });
  });

  it('keeps a STOP, whatever proof it brings', async () => {
    const desk = await aDesk();
    const phone = number();
    await anImport(desk, rowsOf(`${HEAD};desinscrit_le`, `${line(phone)};01/02/2026`));
    const again = await anImport(desk, rowsOf(HEAD, `${phone};05/03/2026;bulletin;${WORDS};B-${phone}`));
    expect(again).toMatchObject({ accepted: 1, unchanged: 1, warningsBy: { PROOF_NOT_NEW: 1 } });
    expect(
      await desk.shop.tamper(`SELECT sendable, why FROM consent WHERE tenant_id = $1`, [desk.shop.id]),
    ).toEqual([{ sendable: false, why: 'CONSENT_WITHDRAWN' }]);
  });

  it('keeps opt-outs of landlines, strangers, unproven rows', async () => {
    const desk = await aDesk();
    const report = await anImport(
      desk,
      rowsOf(
        'telephone;desinscrit_le',
        '01 42 68 53 00;01/02/2026',
        `${number()};01/02/2026`,
        `${number()};oui`,
        `${number()};non`,
      ),
    );
    expect(report).toMatchObject({ accepted: 0, rejected: 4, withdrawals: 3 });
    expect(
      await desk.shop.tamper(
        `SELECT scope, count(*)::int AS n FROM suppression WHERE tenant_id = $1 GROUP BY 1`,
        [desk.shop.id],
      ),
    ).toEqual([{ scope: 'marketing', n: 3 }]);
  });
});

describe('a list of numbers to leave alone', () => {
  it('suppresses each number once, for marketing by default', async () => {
    const desk = await aDesk();
    const [one, other] = [number(), number()];
    const list = (): AsyncGenerator<Buffer> =>
      rowsOf('Mobile,Date,purpose', `${one},01/02/2026,`, `${other},,all`, 'abc,,');
    const report = await anImport(desk, list(), { kind: 'suppressions' });
    expect(report).toMatchObject({
      rows: 3,
      accepted: 2,
      rejectedBy: { NUMBER_INVALID: 1 },
      withdrawals: 2,
      created: 0,
    });
    const suppressions = () =>
      desk.shop.tamper(
        `SELECT scope, iso(since) AS since FROM suppression WHERE tenant_id = $1 ORDER BY scope`,
        [desk.shop.id],
      );
    const before = await suppressions();
    expect(before).toEqual([
      { scope: 'all', since: '2026-11-25T10:00:00.000Z' },
      { scope: 'marketing', since: '2026-01-31T23:00:00.000Z' },
    ]);
    desk.shop.clock.set('2026-11-26T10:00:00Z');
    await anImport(desk, list(), { kind: 'suppressions' });
    expect(await suppressions()).toEqual(before);
    expect(
      await desk.shop.tamper(`SELECT 1 FROM consent_event WHERE tenant_id = $1`, [desk.shop.id]),
    ).toHaveLength(2);
  });
});

describe('a row given back', () => {
  it('is forgotten after its time, and not before', async () => {
    const desk = await aDesk();
    await anImport(desk, rowsOf('telephone', 'abc', 'def'));
    const forget = (before: string) => desk.shop.within((tx) => forgetRejected(tx, before));
    expect(await forget('2026-11-25T09:59:59Z')).toBe(0);
    expect(await forget('2026-11-25T10:00:01Z')).toBe(2);
  });
});

describe('the rehearsal of an import', () => {
  it('shows columns, samples and refusals, keeping nothing', async () => {
    const desk = await aDesk();
    const lines = Array.from({ length: 1_200 }, () => `06 39 98 01 99;05/01/2026;bulletin;${WORDS};B-1;Lyon`);
    const asked = {
      head: await fileHeadOf(rowsOf(`${HEAD};Ville`, 'abc;;;;;', ...lines), undefined),
      kind: 'contacts',
      options: {},
      language: 'fr',
    } as const;
    const rehearsed = await rehearseImport(
      { ...desk.shop.deps, home: await desk.shop.within(readReaderHome) },
      { ...asked, tenantId: desk.shop.id },
    );
    expect(rehearsed).toMatchObject({
      rows: 1_000,
      accepted: 1,
      rejected: 1,
      duplicates: 998,
      rejectedBy: { NUMBER_INVALID: 1 },
      ignoredColumns: ['Ville'],
      wordings: [{ text: WORDS, rows: 999 }],
      failure: null,
    });
    expect(rehearsed.columns.slice(0, 2)).toEqual([
      { heading: 'telephone', field: 'phone', samples: ['ab•', '06••••••••••', '06••••••••••'] },
      { heading: 'date_optin', field: 'grantedAt', samples: ['05••••••••', '05••••••••', '05••••••••'] },
    ]);
    expect(await kept(desk)).toEqual([0, 0, 0]);
  });
});
