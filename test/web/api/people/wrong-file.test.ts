import { gzipSync } from 'node:zlib';
import { sql } from 'kysely';
import { describe, expect, it } from 'vitest';
import { readImport } from '../../../../src/people/import/import-reading.ts';
import { readBookings } from '../../../../src/reminders/import/import-bookings.ts';
import { served, type Reply } from '../../server/served.ts';

const { ask, admin, api, database, tenantId } = await served();
const HEAD = 'telephone;prenom;date_optin;source_optin;texte_optin;ref_bulletin';
const row = (phone: string): string =>
  `${phone};Zoé;05/01/2026;bulletin;J’accepte les offres par SMS. STOP pour arrêter.;B-${phone}`;

const kept = (): Promise<object | undefined> =>
  database.withTenant(tenantId, (tx) =>
    tx.first(sql<object>`
      SELECT (SELECT count(*)::int FROM import) AS imports, (SELECT count(*)::int FROM import_slice) AS slices,
             (SELECT count(*)::int FROM contact) AS contacts, (SELECT count(*)::int FROM intent) AS intents`),
  );

const ENGLISH = { 'Accept-Language': 'en' } as const;

const send = (raw: Buffer | string, query = '', headers: Record<string, string> = {}): Promise<Reply> =>
  ask('POST', `/v1/imports${query}`, {
    key: admin,
    raw,
    headers: { 'Content-Type': 'text/csv', ...headers },
  });

/** Reads a file and answers its report. */
async function read(
  raw: Buffer | string,
  kind = 'contacts',
  { language = 'fr', more = '' } = {},
): Promise<Reply['body']> {
  const { body } = await send(raw, `?kind=${kind}${more}`);
  const keysOf = (id: string) => database.withTenant(id, (tx) => api.vault.tenant(tx));
  const deps = { database, clock: api.clock, keysOf };
  const key = { tenantId, importId: String(body.id) };
  const never = () => Promise.reject(new Error('no row'));
  const take = { file: never, callOff: never, onlyPractice: never };
  if (kind === 'appointments') await readBookings({ ...deps, take }, key);
  else await readImport(deps, key);
  const headers = { 'Accept-Language': language };
  return (await ask('GET', `/v1/imports/${String(body.id)}`, { key: admin, headers })).body;
}

const form = (...files: readonly string[]): readonly [string, Record<string, string>] => [
  `${files.map((file) => `--edge\r\nContent-Disposition: form-data; name="${file}"; filename="${file}.csv"\r\nContent-Type: text/csv\r\n\r\n${HEAD}\r\n${row('0639980001')}\r\n\r\n`).join('')}--edge--\r\n`,
  { 'Content-Type': 'multipart/form-data; boundary=edge' },
];

describe('a file that is no CSV', () => {
  const zeros = Buffer.alloc(5_000, 7);
  it.each([
    ['an old workbook', 'xls', Buffer.concat([Buffer.from('d0cf11e0a1b11ae1', 'hex'), zeros])],
    ['a page to print', 'pdf', Buffer.from('%PDF-1.7\n%âãÏÓ\n1 0 obj\n', 'latin1')],
    ['a picture', 'picture', Buffer.concat([Buffer.from('89504e470d0a1a0a', 'hex'), zeros])],
    [
      'a page of the web',
      'html',
      Buffer.from('<!DOCTYPE html>\n<table><tr><td>telephone</td></tr></table>\n'),
    ],
    ['a workbook in gzip', 'xlsx', gzipSync(Buffer.from('PK\u0003\u0004 xl/workbook.xml'))],
    ['packed twice', 'gzip', gzipSync(gzipSync(`${HEAD}\n${row('0639980014')}\n`))],
  ])('(%s) is refused with advice, leaving nothing', async (_, found, bytes) => {
    const before = await kept();
    for (const query of ['', '?dryRun=true', '?kind=appointments', '?kind=appointments&dryRun=true']) {
      const { status, body } = await send(bytes, query, ENGLISH);
      expect([status, body.code, body.found]).toEqual([422, 'IMPORT_NOT_CSV', found]);
      expect(body.detail).toMatch(/^Found: .*Expected: a CSV file.*(?:Send|send|Export|packed once)/);
    }
    expect(await kept()).toEqual(before);
  });
});

describe('a file of which nothing can be read', () => {
  it.each<[string, string, string, string, RegExp, RegExp]>([
    ['without a byte', 'contacts', '', 'FILE_EMPTY', /ne contient aucune ligne/, /holds no row/],
    [
      'whose headings open a quote',
      'contacts',
      `"telephone;prenom\n${row('0639980001')}\n`,
      'HEADER_UNREADABLE',
      /ligne 1 ouvre un guillemet/,
      /Line 1 opens a quote/,
    ],
    [
      'of too many columns',
      'contacts',
      `\n\ntelephone;${'c;'.repeat(10_000)}\n`,
      'TOO_MANY_COLUMNS',
      /ligne 3 en a 10002 ; 1000 au plus/,
      /Line 3 has 10002; 1000 at most/,
    ],
    [
      'without a column of numbers',
      'contacts',
      'nom;prenom\nDupont;Ana\n',
      'PHONE_COLUMN_MISSING',
      /2 titres à la ligne 1.*Attendu : un titre comme telephone/,
      /2 headings on line 1.*Expected: a heading such as telephone.*mapping/,
    ],
    [
      'set apart by a sign that nobody knows',
      'contacts',
      'telephone/prenom\n0639980001/Ana\n',
      'PHONE_COLUMN_MISSING',
      /Une seule colonne à la ligne 1/,
      /one column only/,
    ],
    [
      'that begins with a person',
      'contacts',
      '06 39 98 00 01;Ana\n06 39 98 00 02;Zoé\n',
      'PHONE_COLUMN_MISSING',
      /ligne 1 contient déjà un numéro/,
      /Line 1 holds a number already/,
    ],
    [
      'whose headings stand further down',
      'contacts',
      `Export du 12/03/2026;;\n\n;;\nClients;;\n${HEAD}\n${row('0639980001')}\n`,
      'PHONE_COLUMN_MISSING',
      /attendus à la ligne 1 et semblent être à la ligne 5/,
      /expected on line 1, and seem to stand on line 5/,
    ],
    [
      'whose headings have another separator',
      'contacts',
      `Clients\n${HEAD.replaceAll(';', ',')}\n`,
      'PHONE_COLUMN_MISSING',
      /semblent être à la ligne 2/,
      /seem to stand on line 2/,
    ],
    [
      'of bookings, with too many columns',
      'appointments',
      `ref;telephone;${'c;'.repeat(10_000)}\n`,
      'TOO_MANY_COLUMNS',
      /en a 10003/,
      /has 10003/,
    ],
    [
      'of bookings, without references',
      'appointments',
      'telephone;debut\n0639980001;03/03/2027 15h15\n',
      'REFERENCE_COLUMN_MISSING',
      /Attendu : un titre comme reference/,
      /Expected: a heading such as reference/,
    ],
  ])('(%s) says so, tried or sent', async (...[, kind, text, failure, french, english]) => {
    const report = await read(text, kind);
    expect(report).toMatchObject({ state: 'failed', failure, rows: 0 });
    expect(report.failureDetail).toMatch(french);
    expect((await read(text, kind, { language: 'en' })).failureDetail).toMatch(english);
    const tried = await send(text, `?kind=${kind}&dryRun=true`, { 'Accept-Language': 'en' });
    expect(tried.body).toMatchObject({ failure, failureDetail: expect.stringMatching(english) });
    expect(await kept()).toMatchObject({ slices: 0 });
  });

  it('shows nobody named where headings should be', async () => {
    const report = await read('Dupont;Ana;06 39 98 00 01\n');
    expect(JSON.stringify(report)).not.toMatch(/Dupont|Ana|39 98/);
  });
});

describe('a mapping that names columns which are not there', () => {
  const mapped = (mapping: object): string => `&mapping=${encodeURIComponent(JSON.stringify(mapping))}`;
  const left = mapped({ 'Parti le': 'withdrawnAt', Gsm: 'phone', Ville: 'attributes.ville' });
  const child = mapped({ 'Né le': 'birthDate', Commune: 'postalCode' });

  it.each([
    ['contacts', HEAD],
    ['contacts', `${HEAD};desinscrit_le`],
    ['appointments', `ref;debut;${HEAD}`],
  ])('is refused before anybody receives it (%s: %s)', async (kind, head) => {
    const text = `${head}\n${row('0639980041')}\n`;
    const more = kind === 'contacts' ? left : child;
    const report = await read(text, kind, { more });
    expect(report).toMatchObject({ state: 'failed', failure: 'MAPPED_COLUMN_MISSING', rows: 0 });
    expect(report.failureDetail).toMatch(
      /titres à la ligne 1\. Attendu, parmi eux : «\s(?:Parti|Né) le\s»\. Corrigez/,
    );
    const tried = await send(text, `?kind=${kind}&dryRun=true${more}`, { 'Accept-Language': 'en' });
    expect(tried.body.failureDetail).toMatch(
      /Expected among them: "(?:Parti|Né) le"\. Correct these headings/,
    );
  });

  it('is read where it can suppress nobody', async () => {
    const list = await read('numero\n0639980043\n', 'suppressions', { more: left });
    expect(list).toMatchObject({ state: 'finished', accepted: 1, withdrawals: 1 });
    const more = mapped({ Ville: 'attributes.ville', Surnom: 'firstName' });
    expect(await read(`${HEAD}\n${row('0639980044')}\n`, 'contacts', { more })).toMatchObject({
      accepted: 1,
    });
  });

  it('may name columns of several exports', async () => {
    const mapping = mapped({
      'Parti le': 'withdrawnAt',
      Départ: 'withdrawnAt',
      Gsm: 'phone',
      Méthode: 'method',
    });
    const text = `${HEAD};depart\n${row('0639980042')};01/06/2026\n`;
    const report = await read(text, 'contacts', { more: mapping });
    expect(report).toMatchObject({ state: 'finished', accepted: 1, withdrawals: 1 });
  });
});

describe('a file that only looks odd', () => {
  it('names its separator on a first line', async () => {
    const text = `sep=,\n${HEAD.replaceAll(';', ',')}\n${row('0639980031').replaceAll(';', ',')}\n`;
    expect(await read(text)).toMatchObject({ state: 'finished', rows: 1, accepted: 1 });
  });

  it('names it above numbers alone', async () => {
    const report = await read('sep=;\n0639980032;x\n0639980033;x\n', 'suppressions');
    expect(report).toMatchObject({ state: 'finished', rows: 2, accepted: 2 });
  });

  it('is two files in sequence', async () => {
    const quoted = HEAD.split(';').map((heading) => `"${heading}"`);
    const second = `\uFEFF${quoted.join(';')}\n${row('0639980035')}\n`;
    const text = `\uFEFF${HEAD}\n${row('0639980034')}\n${second}`;
    expect(await read(text)).toMatchObject({ rows: 3, accepted: 2, rejectedBy: { HEADER_AGAIN: 1 } });
    const tried = await send(text, '?dryRun=true');
    expect(tried.body).toMatchObject({ rows: 3, accepted: 2, rejectedBy: { HEADER_AGAIN: 1 } });
  });

  it('is tried with its real codes', async () => {
    const text = `telephone;prenom\n0639980036;${'x'.repeat(300_000)}\n`;
    expect((await send(text, '?dryRun=true')).body).toMatchObject({ rejectedBy: { ROW_UNREADABLE: 1 } });
  });
});

describe('a workbook that says so', () => {
  it('is refused with the types that are read', async () => {
    const type = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet';
    const { status, body } = await send('PK', '', { 'Content-Type': type, ...ENGLISH });
    expect([status, body.code]).toEqual([415, 'MEDIA_TYPE_NOT_SUPPORTED']);
    expect(body.detail).toContain(
      `Content-Type found: ${type}. Expected: multipart/form-data, or one of text/csv`,
    );
  });
});

describe('a form', () => {
  it.each([
    ['of two files', ['one', 'two'], /several files/],
    ['without a file', [], /holds no file: send one part with a file name/],
  ])('%s is refused with advice, leaving nothing', async (_, files, detail) => {
    const before = await kept();
    for (const query of ['', '?dryRun=true']) {
      const [raw, headers] = form(...files);
      const { status, body } = await send(raw, query, { ...headers, ...ENGLISH });
      expect([status, body.code, body.detail]).toEqual([
        400,
        'INVALID_REQUEST',
        expect.stringMatching(detail),
      ]);
    }
    expect(await kept()).toEqual(before);
  });

  it('may name its file as it likes', async () => {
    const [raw, headers] = form('whatever');
    expect((await send(raw, '', headers)).status).toBe(202);
  });
});
