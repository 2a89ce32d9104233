import { z } from 'zod';
import {
  col,
  personKey,
  type RowOf,
  rowsOf,
  type TenantKeys,
  type Transaction,
} from '../../platform/index.ts';
import { detailsOf } from '../../reminders/index.ts';
import { maskPhone } from '../../sms/index.ts';

/** A series as far as an event speaks of it. */
export interface SubjectSeries {
  readonly id: string;
  readonly kind: string;
  readonly source: string;
  readonly contactId: string;
  /** Null once the person was erased. */
  readonly externalId: string | null;
  /** The practice, by the id that the tenant gave it. */
  readonly practice: string | null;
  readonly eventAt: string;
  readonly eventZone: string;
}

/** A person as far as an event speaks of one. */
export interface SubjectContact {
  readonly id: string;
  /** Masked. */
  readonly phone: string;
  /** Series that still owe them something. */
  readonly open: readonly string[];
}

const MOST_SERIES = 50;

const Numbered = z.looseObject({ phone: z.string() });

const subjectContactsRows = rowsOf('contact', ['id', 'sealed'])
  .and('contact_key', ['wrapped'])
  .with({ open: col.list<string>() });

/** The people of these ids who were not erased, with what they still have open. */
export async function subjectContacts(
  tx: Transaction,
  keys: TenantKeys,
  ids: readonly string[],
): Promise<SubjectContact[]> {
  const rows = await tx.rows(subjectContactsRows.sql`
    SELECT c.id, c.sealed, y.wrapped,
           ARRAY(SELECT s.id::text FROM reminder_series s WHERE s.contact_id = c.id AND s.state IN ('open', 'paused')
                  ORDER BY s.id LIMIT ${MOST_SERIES}) AS open
      FROM contact c JOIN contact_key y ON y.contact_id = c.id
     WHERE c.tenant_id = ${tx.tenantId}::uuid AND c.id = ANY (${ids}::uuid[])`);
  return rows.flatMap(({ id, sealed, wrapped, open }) => {
    const person = readable(() => Numbered.parse(keys.openPerson(id, { sealed, wrapped })));
    return person === undefined ? [] : [{ id, phone: maskPhone(person.phone), open }];
  });
}

/** What was altered, or is under a key that is gone, is told as of somebody erased: the others still wait. */
function readable<T>(open: () => T): T | undefined {
  try {
    return open();
  } catch (cause) {
    if (cause instanceof Error && UNREADABLE.has(cause.name)) return undefined;
    throw cause;
  }
}

const UNREADABLE = new Set(['CiphertextRefused', 'ZodError', 'SyntaxError']);

const seriesRows = rowsOf('reminder_series', [
  'id',
  'kind',
  'contactId',
  'source',
  'eventAt',
  'eventZone',
  'sealed',
]).with({
  wrapped: col.of('contact_key', 'wrapped').orNull(),
  practiceId: col.of('practice', 'id').orNull(),
  practiceSealed: col.of('practice', 'sealed').orNull(),
});

type SeriesRow = RowOf<typeof seriesRows>;

/** The series of these ids. */
export async function subjectSeries(
  tx: Transaction,
  keys: TenantKeys,
  ids: readonly string[],
): Promise<SubjectSeries[]> {
  const rows = await tx.rows(seriesRows.sql`
    SELECT s.id, s.kind, s.source, s.contact_id AS "contactId", s.sealed, y.wrapped, iso(s.event_at) AS "eventAt", s.event_zone AS "eventZone",
           p.id AS "practiceId", p.sealed AS "practiceSealed"
      FROM reminder_series s LEFT JOIN contact_key y ON y.contact_id = s.contact_id
      LEFT JOIN practice p ON p.id = s.practice_id
     WHERE s.tenant_id = ${tx.tenantId}::uuid AND s.id = ANY (${ids}::uuid[])`);
  return rows.map((row) => {
    const { id, kind, source, contactId, eventAt, eventZone } = row;
    return {
      id,
      kind,
      source,
      contactId,
      eventAt,
      eventZone,
      externalId: externalIdOf(row, keys),
      practice: practiceOf(row, keys),
    };
  });
}

function externalIdOf({ id, contactId, sealed, wrapped }: SeriesRow, keys: TenantKeys): string | null {
  if (wrapped === null) return null;
  return readable(() => detailsOf(personKey(keys, contactId, wrapped), { id, sealed }).externalId) ?? null;
}

const Named = z.looseObject({ externalId: z.string() });

function practiceOf({ practiceId, practiceSealed }: SeriesRow, keys: TenantKeys): string | null {
  if (practiceId === null || practiceSealed === null) return null;
  const at = { table: 'practice', column: 'sealed', row: practiceId };
  return (
    readable(() => Named.parse(JSON.parse(keys.open(at, practiceSealed).toString('utf8'))).externalId) ?? null
  );
}

const subjectImportRows = rowsOf('import', ['id', 'kind', 'rows', 'accepted', 'rejected', 'duplicates']);

/** What became of the rows of an import. */
export type SubjectImport = RowOf<typeof subjectImportRows>;

/** The imports of these ids. */
export const subjectImports = (tx: Transaction, ids: readonly string[]): Promise<SubjectImport[]> =>
  tx.rows(subjectImportRows.sql`
    SELECT id, kind, rows::float8 AS rows, accepted::float8 AS accepted, rejected::float8 AS rejected, duplicates::float8 AS duplicates
      FROM import WHERE tenant_id = ${tx.tenantId}::uuid AND id = ANY (${ids}::uuid[])`);
