import { request } from 'node:http';
import { gzipSync } from 'node:zlib';
import { sql } from 'kysely';
import { describe, expect, it } from 'vitest';
import { readImport } from '../../../../src/people/import/import-reading.ts';
import { NIGHT } from '../../../support/cases.ts';
import { served, type Reply } from '../../server/served.ts';

const { ask, admin, api, database, tenantId, url } = await served();
const MIB = 1024 * 1024;
const GIB = 1024 * MIB;

/** What came back of an upload that is written piece by piece, as far as the other side wants it. */
interface Upload {
  readonly status: number | undefined;
  readonly code: string | undefined;
  readonly id: string | undefined;
  /** Of a file that was only tried. */
  readonly failure: string | null | undefined;
  readonly problem?: {
    readonly code?: string;
    readonly id?: string;
    readonly failure?: string | null;
    readonly line?: number;
    readonly bytes?: number;
    readonly detail?: string;
  };
  readonly sent: number;
}

/** Sends a file that nobody holds; stops when it is answered. */
function upload(file: Iterable<Buffer>, headers: Record<string, string> = {}, query = ''): Promise<Upload> {
  return new Promise((resolve, reject) => {
    let sent = 0;
    const asked = request(`${url}/v1/imports${query}`, {
      method: 'POST',
      headers: { Authorization: `Bearer ${admin}`, 'Content-Type': 'text/csv', ...headers },
    });
    const source = file[Symbol.iterator]();
    const state = { isAnswered: false };
    const write = (): void => {
      for (let next = source.next(); !state.isAnswered; next = source.next()) {
        if (next.done === true) return void asked.end();
        sent += next.value.length;
        if (!asked.write(next.value)) return void asked.once('drain', write);
      }
    };
    asked.on('error', (error) => (state.isAnswered ? undefined : reject(error)));
    asked.on('response', (answer) => {
      state.isAnswered = true;
      let text = '';
      answer.on('data', (piece: Buffer) => (text += piece.toString()));
      answer.on('end', () => {
        const problem = JSON.parse(text) as NonNullable<Upload['problem']>;
        const { code, id, failure } = problem;
        asked.destroy();
        resolve({ status: answer.statusCode, code, id, failure, problem, sent });
      });
    });
    asked.flushHeaders();
    write();
  });
}

function* pieces(piece: Buffer, count: number): Generator<Buffer> {
  for (let turn = 0; turn < count; turn += 1) yield piece;
}

const kept = async (): Promise<Record<string, number>> => {
  const row = await database.withTenant(tenantId, (tx) =>
    tx.first(sql<Record<string, number>>`
      SELECT (SELECT count(*)::int FROM import) AS imports, (SELECT count(*)::int FROM import_slice) AS slices,
             (SELECT count(*)::int FROM contact) AS contacts`),
  );
  return row ?? {};
};

/** Reads a file; notes the rows of each merge. */
async function read(importId: string | undefined, merged: number[] = []): Promise<Reply['body']> {
  const keysOf = (id: string) => database.withTenant(id, (tx) => api.vault.tenant(tx));
  const deps = {
    database,
    clock: api.clock,
    keysOf,
    onStep: ({ rows }: { rows: number }) => merged.push(rows),
  };
  await readImport(deps, { tenantId, importId: importId ?? '' });
  return (await ask('GET', `/v1/imports/${importId}`, { key: admin })).body;
}

/** How many mebibytes this process, which serves and asks, held more than before at the worst moment. */
async function growth(work: () => Promise<void>): Promise<number> {
  const before = process.memoryUsage.rss();
  let most = before;
  const timer = setInterval(() => (most = Math.max(most, process.memoryUsage.rss())), 20);
  await work();
  clearInterval(timer);
  return Math.round((most - before) / MIB);
}

describe('a file larger than one import takes', () => {
  it('declared as 5 GB is refused unread', async () => {
    const before = await kept();
    const length = { 'Content-Length': String(5 * GIB), 'Accept-Language': 'en' };
    const answer = await upload(pieces(Buffer.alloc(MIB, 'x;y\n'), 5_120), length);
    expect(answer).toMatchObject({ status: 413, code: 'IMPORT_TOO_LARGE' });
    expect(answer.problem?.detail).toMatch(/^5368709120 bytes were announced/);
    // What fits in the buffers of two sockets was on its way already.
    expect(answer.sent).toBeLessThan(32 * MIB);
    expect(await kept()).toEqual(before);
  });

  it('too large once unpacked is refused early', async () => {
    const before = await kept();
    const grown = await growth(async () => {
      const bomb = gzipSync(Buffer.alloc(64 * MIB, 'telephone\n'));
      expect(await upload([bomb])).toMatchObject({ status: 413, code: 'IMPORT_TOO_LARGE' });
    });
    expect(grown).toBeLessThan(256);
    expect(await kept()).toEqual(before);
  });

  it('with too many lines is refused at once', async () => {
    const before = await kept();
    const answer = await upload(pieces(Buffer.alloc(MIB, '\n'), 32));
    expect(answer).toMatchObject({ status: 413, code: 'IMPORT_TOO_LARGE' });
    expect(await kept()).toEqual(before);
  });
});

describe('a file of one endless line', () => {
  it.each([
    ['at once, where headings are expected', '', 1, 1, /^The first line does not end.*headings/],
    ['early, further down', 'telephone\n0639980001\n', 3, 34, /^Line 3 does not end.*one line a person/],
    [
      'early, inside an open quote',
      'telephone\n0639980001\n"',
      3,
      34,
      /^Line 3 .*a quote \("\) that is open/,
    ],
  ])('is given up %s, leaving nothing', async (...[, before, line, mostMib, words]) => {
    const held = await kept();
    const grown = await growth(async () => {
      const file = pieces(Buffer.alloc(MIB, 'telephone'), 1_024);
      const answer = await upload([Buffer.from(before), ...file], { 'Accept-Language': 'en' });
      expect(answer).toMatchObject({ status: 422, code: 'IMPORT_LINE_TOO_LONG' });
      expect(answer.problem).toMatchObject({ line, detail: expect.stringMatching(words) });
      expect(answer.problem?.bytes).toBeLessThan(mostMib * MIB);
      // What fits in the buffers of two sockets was on its way already.
      expect(answer.sent).toBeLessThan((mostMib + 32) * MIB);
    });
    expect(grown).toBeLessThan(180);
    expect(await kept()).toEqual(held);
  });

  it('among others costs that row and no other', async () => {
    const rows = [
      Buffer.from('telephone\n0639980001\n'),
      ...pieces(Buffer.alloc(MIB, 'x'), 20),
      Buffer.from('\n0639980002\n'),
    ];
    const { id } = await upload(rows);
    const report = await read(id);
    expect(report).toMatchObject({
      rows: 3,
      rejectedBy: { ROW_UNREADABLE: 1, CONSENT_NOT_PROVEN: 2 },
    });
  });
});

describe('a file whose rows are very long', () => {
  it('is merged by mebibytes, not by rows', async () => {
    const long = Buffer.from(`0639980003;${'é'.repeat(120_000)}\n`);
    const { id } = await upload([Buffer.from('telephone;texte\n'), ...pieces(long, 60)]);
    const merged: number[] = [];
    expect(await read(id, merged)).toMatchObject({ state: 'finished', rows: 60, rejected: 60 });
    expect(Math.max(...merged) * long.length).toBeLessThan(5 * MIB);
  });
});

describe('a file with ten thousand columns', () => {
  it('is refused as a whole, with a reason', async () => {
    const names = Array.from({ length: 10_000 }, (_, at) => `c${at}`).join(';');
    const { id } = await upload([Buffer.from(`telephone;${names}\n0639980004;${'x;'.repeat(10_000)}\n`)]);
    expect(await read(id)).toMatchObject({ state: 'failed', failure: 'TOO_MANY_COLUMNS', rows: 0 });
  });

  it('in its rows alone is read by header', async () => {
    const { id } = await upload([Buffer.from(`telephone;nom\n0639980004;${'x;'.repeat(10_000)}\n`)]);
    expect(await read(id)).toMatchObject({ state: 'finished', rows: 1 });
  });
});

const HEAD = 'telephone;prenom;date_optin;source_optin;texte_optin;ref_bulletin';
const row = (phone: string, name = 'Zoé'): string =>
  `${phone};${name};05/01/2026;bulletin;J’accepte les offres par SMS. STOP pour arrêter.;B-${phone}`;

async function firstNameOf(phone: string): Promise<unknown> {
  const { body } = await ask('GET', `/v1/contacts?phone=${phone}`, { key: admin });
  return body.items?.[0]?.attributes.firstName;
}

describe('a file in another encoding', () => {
  const text = `${HEAD}\r\n${row('0639980010', 'Loïc Œuf')}\r\n`;
  const swapped = Buffer.from(text, 'utf16le').swap16();
  // Œ and ’ are where Windows-1252 differs from Latin-1.
  const windows = Buffer.from(text.replaceAll('Œ', '\u008C').replaceAll('’', '\u0092'), 'latin1');
  it.each([
    ['UTF-16 with its mark', Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(text, 'utf16le')])],
    ['UTF-16 of the other order', Buffer.concat([Buffer.from([0xfe, 0xff]), swapped])],
    ['UTF-16 without a mark', Buffer.from(text, 'utf16le')],
    ['Windows-1252', windows],
    ['UTF-8 with NUL bytes', Buffer.from(text.replace('Loïc', 'Lo\0ïc'))],
  ])('(%s) is read as people meant it', async (_, bytes) => {
    const { id } = await upload([bytes]);
    expect(await read(id)).toMatchObject({ state: 'finished', rows: 1, accepted: 1 });
    expect(await firstNameOf('0639980010')).toBe('Loïc Œuf');
  });

  it.each([
    ['a byte that is no UTF-8', Buffer.from(row('0639980013', 'Ren\u00E9'), 'latin1')],
    ['half a character at its end', Buffer.from([0xc3])],
  ])('with %s keeps the accents of all others', async (_, last) => {
    const rows = Array.from({ length: 60 }, (_row, turn) => row(`06399801${turn + 10}`, 'Éléonore'));
    const { id } = await upload([Buffer.from(`${HEAD}\n${rows.join('\n')}\n`), last]);
    expect(await read(id)).toMatchObject({ state: 'finished', rows: 61 });
    expect(await firstNameOf('0639980110')).toBe('Éléonore');
  });

  it.each([
    ['half of its last character missing', Buffer.from([0x41])],
    ['half a surrogate pair', Buffer.from(`\n${row('0639980012', 'A\uD800B')}\n`, 'utf16le')],
  ])('of two bytes with %s loses no row', async (_, end) => {
    const head = Buffer.from(`\uFEFF${HEAD}\n${row('0639980011')}`, 'utf16le');
    const { id } = await upload([head, end]);
    const report = await read(id);
    expect([report.state, report.rows]).toEqual(['finished', report.accepted]);
    expect(await firstNameOf('0639980011')).toBe('Zoé');
  });
});

/** What it is called, what is sent, and what is answered. */
type Tried = readonly [string, () => Iterable<Buffer>, object];

const TRIED: readonly Tried[] = [
  ['without a byte', () => [Buffer.alloc(0)], { status: 200, failure: 'FILE_EMPTY' }],
  ['with a header alone', () => [Buffer.from(`${HEAD}\n`)], { status: 200, failure: null }],
  [
    'of ten thousand columns',
    () => [Buffer.from(`telephone;${'c;'.repeat(10_000)}\n`)],
    { status: 200, failure: 'TOO_MANY_COLUMNS' },
  ],
  [
    'of one endless line',
    () => pieces(Buffer.alloc(MIB, 'telephone'), 64),
    { status: 422, code: 'IMPORT_LINE_TOO_LONG' },
  ],
];
const TRIED_AT_NIGHT: readonly Tried[] = [
  [
    'with more lines than it may have',
    () => pieces(Buffer.alloc(MIB, '\n'), 32),
    { status: 413, code: 'IMPORT_TOO_LARGE' },
  ],
  [
    'that unpacks to more than text does',
    () => [gzipSync(Buffer.alloc(64 * MIB, 'telephone\n'))],
    { status: 413, code: 'IMPORT_TOO_LARGE' },
  ],
];

describe('a file that is only tried', () => {
  async function isAnsweredInLittleMemory(...[, file, expected]: Tried): Promise<void> {
    const before = await kept();
    let answer: object = {};
    const grown = await growth(async () => {
      answer = await upload(file(), {}, '?dryRun=true');
    });
    expect(answer).toMatchObject(expected);
    expect(grown).toBeLessThan(180);
    expect(await kept()).toEqual(before);
  }
  it.each(TRIED)('%s is answered in little memory', isAnsweredInLittleMemory);
  it.each(TRIED_AT_NIGHT)('%s is answered in little memory', NIGHT, isAnsweredInLittleMemory);
});

describe('a file with its header twice', () => {
  it('rejects the second one and reads the rest', async () => {
    const { id } = await upload([Buffer.from([HEAD, row('0639980020'), HEAD, row('0639980021')].join('\n'))]);
    expect(await read(id)).toMatchObject({ rows: 3, accepted: 2, rejectedBy: { HEADER_AGAIN: 1 } });
  });

  it('in its columns uses the first filled cell', async () => {
    const { id } = await upload([Buffer.from(`telephone;${HEAD}\n;${row('0639980022')}\n`)]);
    expect(await read(id)).toMatchObject({ rows: 1, accepted: 1 });
  });
});

describe('a file of a header alone', () => {
  it.each(['contacts', 'suppressions'])('is finished without people: %s', async (kind) => {
    for (const end of ['', '\n', '\r\n\r\n']) {
      const { id } = await upload([Buffer.from(`${HEAD}${end}`)], {}, `?kind=${kind}`);
      expect(await read(id)).toMatchObject({ state: 'finished', failure: null, rows: 0 });
    }
  });
});

describe('a file without anything in it', () => {
  it.each([
    ['no byte', ''],
    ['a mark alone', '\uFEFF'],
    ['empty lines', '\n'.repeat(100_000)],
    ['NUL alone', '\0'.repeat(1_000)],
  ])('(%s) is failed, and says so', async (_, text) => {
    const { id } = await upload([Buffer.from(text)]);
    expect(await read(id)).toMatchObject({ state: 'failed', failure: 'FILE_EMPTY', rows: 0 });
  });
});

describe('a cell that a spreadsheet would run', () => {
  it.each(['=cmd|/c calc!A1', '+33 6', '-1', '@SUM(A1)', '%0A', '|x'])(
    '(%s) is returned as text and read back',
    async (cell) => {
      const { id } = await upload([Buffer.from(`telephone;prenom\nabc;${cell}\n`)]);
      await read(id);
      const { text } = await ask('GET', `/v1/imports/${id}/rejected`, { key: admin });
      const given = text.trimEnd().split('\r\n').at(-1) ?? '';
      expect(given).toContain(`;'${cell}`);
      for (const one of given.split(';')) expect(one).not.toMatch(/^[=+\-@\t\r|%]/);
      const again = await upload([Buffer.from(text)]);
      await read(again.id);
      const second = await ask('GET', `/v1/imports/${again.id}/rejected`, { key: admin });
      expect(second.text).toContain(`'${cell}`);
      expect(second.text).not.toContain(`''`);
    },
  );
});
