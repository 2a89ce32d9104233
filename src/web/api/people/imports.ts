import type { Readable } from 'node:stream';
import { z } from 'zod';
import busboy from 'busboy';
import type { Request } from 'express';
import {
  cancelImport,
  receiveImport,
  rejectedCsv,
  importReport,
  ImportRehearsed,
  ImportShown,
  listImports,
  readImportRow,
  fileHeadOf,
  rehearseImport,
  readReaderHome,
  type Upload,
  type RowSentence,
} from '../../../people/index.ts';
import {
  readColumnsFor,
  type ReadColumns,
  type ImportOptions,
  isRowCode,
  sentenceFor,
  ReaderStopped,
} from '../../../reading/index.ts';
import { refuseLength } from '../../../upload/index.ts';
import { Refusal, type Transaction } from '../../../platform/index.ts';
import { uuidV7, EVERYBODY, KEEPING_CONTACTS } from '../../../base/index.ts';
import {
  BOOKING_IMPORTS,
  holdsBookings,
  bookingColumnsRead,
  bookingColumns,
  bookingSentence,
  namesIn,
  rehearseBookings,
} from '../../../reminders/index.ts';
import { servesHealth } from '../../../company/index.ts';
import {
  Answer,
  sendCsv,
  type Api,
  route,
  streamRoute,
  orNotFound,
  noteAct,
  tagged,
} from '../../server/route.ts';
import { header } from '../../server/answer.ts';
import { actorOf, reasonKept, type Caller } from '../../server/caller.ts';
import { Defaults, Mapping } from './import-report.ts';
import { Reopen } from '../bookings/booking-schema.ts';
import { ById, SourceName, Flag, listOf, PageQuery } from '../../server/schema.ts';
import { uploadOnce } from '../../server/idempotency.ts';
import { rowTaker } from '../bookings/bookings.ts';
import { accountTerms } from '../../../gateways/index.ts';
import { fault, type Language, type BareFault } from '../../../words/index.ts';

const Options = z.strictObject({
  kind: z
    .enum(['contacts', 'suppressions', 'appointments', 'subscriptions', 'payment-plans'])
    .default('contacts'),
  source: SourceName.optional(),
  mapping: Mapping.optional(),
  defaults: Defaults.optional(),
  attributes: z
    .string()
    .max(5_000)
    .optional()
    .meta({ description: 'Headings to keep as attributes, by commas; * keeps all.' }),
  keepUnproven: Flag.optional(),
  reopen: Reopen,
  dryRun: Flag.optional().meta({
    description: 'Reads a thousand rows, answers what would become of them, and keeps nothing.',
  }),
});

/**
 * Returns the columns that may be read for a tenant in the health sector; undefined for others, of whose files all
 * are read.
 */
async function readColumnsIn(
  { database }: Api,
  { tenantId }: Caller,
  { kind, options }: Pick<Upload, 'kind' | 'options'>,
): Promise<ReadColumns | undefined> {
  if (!(await database.withTenant(tenantId, servesHealth))) return undefined;
  return holdsBookings(kind)
    ? bookingColumnsRead(BOOKING_IMPORTS[kind], options)
    : readColumnsFor(kind, options);
}

/** Refuses a marketer files of bookings, and a scheduler files of people. */
function refuseKind(role: Caller['role'], kind: string): void {
  const forbiddenRole = holdsBookings(kind) ? 'marketer' : 'scheduler';
  if (role === forbiddenRole) throw new Refusal('ROLE_NOT_ALLOWED');
}

async function receive(api: Api, caller: Caller, upload: Omit<Upload, 'actor'>): Promise<Answer> {
  const { database, vault, clock } = api;
  const { tenantId } = caller;
  const keys = await database.withTenant(tenantId, (tx) => vault.tenant(tx));
  const { id } = await receiveImport(
    { database, keys, clock, newId: () => uuidV7(clock.machine()) },
    { ...upload, actor: actorOf(caller) },
  );
  await database.withTenant(tenantId, (tx) =>
    noteAct({ api, tx, caller }, 'import.received', { subject: id, details: { kind: upload.kind } }),
  );
  return new Answer(202, { id }, { Location: `/v1/imports/${id}` });
}

function optionsOf(query: z.output<typeof Options>): ImportOptions {
  const { mapping, defaults, attributes, keepUnproven, reopen } = query;
  const { headings, values } = mapping ?? {};
  return {
    ...(headings === undefined ? {} : { mapping: headings }),
    ...(values === undefined ? {} : { values }),
    ...(defaults === undefined ? {} : { defaults }),
    ...(keepUnproven === undefined ? {} : { keepUnproven }),
    ...(reopen === undefined ? {} : { reopen }),
    ...(attributes === undefined ? {} : { attributes: attributes.split(',').map((name) => name.trim()) }),
  };
}

const Unread = z.strictObject({
  unread: z.literal('accept').optional().meta({
    description:
      'Of a list of people who left: whoever of it is not read may be written to. The audit keeps that you said so.',
  }),
});

/** Writes the problem of a row in the reader's language, with columns named by the headings of the file. */
export const rowSentence: RowSentence = ({ code, detail, facts }, { record, language }) => {
  if (facts === null) return detail;
  const { fields = [], reason } = facts;
  if (!holdsBookings(record.kind))
    return isRowCode(code) ? sentenceFor({ code, fields, reason }, language) : detail;
  const { headings = [] } = record.cursor;
  const columns = bookingColumns(BOOKING_IMPORTS[record.kind], headings, record.options.mapping);
  return bookingSentence({ code, fields: namesIn({ fields, headings, columns }, language) }, language);
};

/** Refuses a marketer or scheduler the rows, and the cancelling, of imports of other systems. */
async function mayRead(tx: Transaction, { role, source }: Caller, id: string): Promise<void> {
  const found = orNotFound(await readImportRow(tx, id));
  refuseKind(role, found.kind);
  const readsAll = role === 'admin' || role === 'auditor';
  if (!readsAll && found.source !== source) throw new Refusal('ROLE_NOT_ALLOWED');
}

/** Computes what an import of a file would do; nothing of it is stored. */
async function rehearsal(
  { database, vault, clock, gateways, optOut }: Api,
  caller: Caller,
  {
    bytes,
    kind,
    source,
    options,
    language,
    readColumns,
  }: Omit<Upload, 'actor'> & { readonly language: Language },
): Promise<Answer> {
  const { tenantId } = caller;
  const head = await fileHeadOf(bytes, readColumns);
  if (!holdsBookings(kind)) {
    const home = await database.withTenant(tenantId, readReaderHome);
    const asked = { tenantId, head, kind, options, language };
    return new Answer(200, await explainingStop(rehearseImport({ clock, home }, asked)));
  }
  const take = rowTaker({ vault, clock }, accountTerms(gateways, optOut.base));
  const about = { tenantId, source, actor: actorOf(caller) };
  const asked = { ...about, head, options, language, kind: BOOKING_IMPORTS[kind] };
  return new Answer(200, await explainingStop(rehearseBookings({ database, clock, take }, asked)));
}

/** Refuses with the row at which the reader stopped, as the report of an import names it. */
const explainingStop = <T>(rehearsed: Promise<T>): Promise<T> =>
  rehearsed.catch((cause: unknown) => {
    if (!(cause instanceof ReaderStopped)) throw cause;
    throw new Refusal('IMPORT_UNREADABLE', {
      detail: fault('Reading stops at line {line}.', { line: cause.line }),
    });
  });

const FILE_TYPES = [
  'text/csv',
  'text/plain',
  'text/tab-separated-values',
  'application/gzip',
  'application/x-gzip',
  'application/octet-stream',
] as const;

/** The routes of imports: upload, progress and rejected rows. */
export const importRoutes = tagged('Imports', [
  streamRoute('POST /v1/imports', {
    roles: KEEPING_CONTACTS,
    summary: 'Takes a CSV file, gzip or not; every row is accepted, or rejected with its reason.',
    query: Options,
    reply: z.union([z.object({ id: z.string() }), ImportRehearsed]),
    status: 202,
    also: [200],
    consumes: [...FILE_TYPES, 'multipart/form-data'],
    run: async ({ api, caller, req, query, language }) => {
      refuseKind(caller.role, query.kind);
      const { kind, source = caller.source } = query;
      const options = optionsOf(query);
      const readColumns = await readColumnsIn(api, caller, { kind, options });
      const asked = { kind, source, options, readColumns };
      if (query.dryRun === true)
        return rehearsal(api, caller, { ...asked, bytes: uploadedFile(req), language });
      return uploadOnce(api, {
        caller,
        key: header(req, 'idempotency-key'),
        request: `POST ${req.originalUrl}`,
        bytes: uploadedFile(req),
        work: (bytes) => receive(api, caller, { ...asked, bytes }),
      });
    },
  }),
  route('GET /v1/imports', {
    roles: EVERYBODY,
    summary: 'Lists imports, oldest first.',
    query: PageQuery,
    reply: listOf(ImportShown),
    run: async ({ tx, query, language }) => {
      const { items, next } = await listImports(tx, { ...query, language });
      return { items: [...items], next };
    },
  }),
  route('GET /v1/imports/{id}', {
    roles: EVERYBODY,
    summary: 'Follows an import: how far it is, and what became of each row.',
    params: ById,
    reply: ImportShown,
    run: async ({ tx, language, params: { id } }) => {
      return orNotFound(await importReport(tx, id, language));
    },
  }),
  route('DELETE /v1/imports/{id}', {
    roles: KEEPING_CONTACTS,
    summary:
      'Cancels an import that is not read to its end: what was read stays, the file is no longer kept.',
    params: ById,
    query: Unread,
    reply: ImportShown,
    run: async ({ api: { clock }, tx, caller, language, params: { id }, query: { unread } }) => {
      await mayRead(tx, caller, id);
      const acceptsUnread = unread === 'accept';
      await cancelImport(tx, { clock }, { importId: id, actor: actorOf(caller), acceptsUnread });
      return orNotFound(await importReport(tx, id, language));
    },
  }),
  streamRoute('GET /v1/imports/{id}/rejected', {
    roles: ['admin', 'marketer', 'scheduler', 'auditor'],
    summary: 'Gives the rejected rows back, with line, code and sentence.',
    params: ById,
    reply: z.string(),
    produces: 'text/csv',
    run: async ({ api, caller, reason, res, language, params: { id } }) => {
      if (caller.role === 'auditor' && reason === undefined) throw new Refusal('REASON_NEEDED');
      await api.database.withTenant(caller.tenantId, async (tx) => {
        await mayRead(tx, caller, id);
        const details = reasonKept(reason);
        await noteAct({ api, tx, caller }, 'import.rejected-read', { subject: id, details });
        return sendCsv(
          res,
          `rejected-${id}.csv`,
          rejectedCsv(tx, await api.vault.tenant(tx), { importId: id, language, sentenceOf: rowSentence }),
        );
      });
    },
  }),
]);

/** Yields the bytes of the only file in a request; refuses at the end when it was cut off. */
async function* uploadedFile(req: Request): AsyncGenerator<Buffer> {
  const encoding = req.headers['content-encoding'] ?? 'identity';
  if (encoding !== 'identity' && encoding !== 'gzip')
    throw new Refusal('MEDIA_TYPE_NOT_SUPPORTED', { detail: 'Send the file as it is, or in gzip.' });
  refuseLength(Number(req.headers['content-length'] ?? 0));
  const { file, alone } = req.is('multipart/form-data') === false ? rawFile(req) : await fileOfForm(req);
  try {
    // Both are streams of buffers. Not destroyed when reading stops, since the answer is still to be sent.
    for await (const piece of file.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) yield piece;
    await alone;
  } catch (error) {
    if (error instanceof Refusal) throw error;
    throw new Refusal('INVALID_REQUEST', { detail: 'The file did not arrive whole.' });
  }
}

interface Arriving {
  readonly file: Readable;
  /** Resolves at the end of the form; rejects when a second file follows, which would be ignored. */
  readonly alone?: Promise<void>;
}

function rawFile(req: Request): Arriving {
  if (req.headers['content-type'] !== undefined && req.is([...FILE_TYPES]) !== false) return { file: req };
  const [found = 'none'] = /^[\w.+-]{1,60}\/[\w.+-]{1,90}/.exec(req.headers['content-type'] ?? '') ?? [];
  throw new Refusal('MEDIA_TYPE_NOT_SUPPORTED', {
    detail: fault(
      'Content-Type found: {found}. Expected: multipart/form-data, or one of {types}; a workbook is saved as CSV first.',
      { found, types: FILE_TYPES.join(', ') },
    ),
  });
}

function fileOfForm(req: Request): Promise<Arriving> {
  const form = openForm(req);
  const alone = endOf(form);
  // It may reject before anybody awaits it, which must not count as unhandled.
  alone.catch(() => undefined);
  return new Promise((resolve, reject) => {
    const refuse = (detail: BareFault): void => {
      req.unpipe(form);
      reject(new Refusal('INVALID_REQUEST', { detail }));
    };
    form.once('file', (_, file) => {
      file.on('error', () => undefined);
      resolve({ file, alone });
    });
    form.once('close', () =>
      refuse('The form holds no file: send one part with a file name, as curl -F file=@contacts.csv does.'),
    );
    form.on('error', () => refuse('The form did not arrive whole.'));
    req.once('aborted', () => form.destroy(new Refusal('INVALID_REQUEST')));
    req.pipe(form);
  });
}

/** Resolves at the end of a form; rejects at a second file. */
const endOf = (form: busboy.Busboy): Promise<void> =>
  new Promise((resolve, reject) => {
    form.once('filesLimit', () =>
      reject(
        new Refusal('INVALID_REQUEST', { detail: 'The form holds several files: send them one by one.' }),
      ),
    );
    form.once('error', reject);
    form.once('close', resolve);
  });

function openForm(req: Request): busboy.Busboy {
  try {
    return busboy({ headers: req.headers, limits: { files: 1, fields: 20, parts: 21 } });
  } catch {
    throw new Refusal('INVALID_REQUEST', { detail: 'The form has no boundary.' });
  }
}
