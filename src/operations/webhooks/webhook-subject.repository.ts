import { z } from 'zod';
import {
  anyOf,
  col,
  personKey,
  query,
  type ResultOf,
  rowsOf,
  type TenantKeys,
  type Transaction,
} from '../../platform/index.ts';
import { seriesDetailsOf } from '../../reminders/index.ts';
import { maskPhone } from '../../sms/index.ts';

/** A series as an event describes it. */
export interface SubjectSeries {
  readonly id: string;
  readonly kind: string;
  readonly source: string;
  readonly contactId: string;
  /** Null once the person was erased. */
  readonly externalId: string | null;
  /** The practice, by the tenant's own id. */
  readonly practice: string | null;
  readonly eventAt: string;
  readonly eventZone: string;
}

/** A person as an event describes them. */
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

/** Reads the people of these ids who were not erased, with their open series. */
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

/** A value that was altered, or whose key is gone, counts as that of an erased person: other deliveries still wait. */
function readable<T>(open: () => T): T | undefined {
  try {
    return open();
  } catch (cause) {
    if (cause instanceof Error && UNREADABLE.has(cause.name)) return undefined;
    throw cause;
  }
}

const UNREADABLE = new Set(['CiphertextRefused', 'ZodError', 'SyntaxError']);

const series = query
  .selectFrom('reminder_series as s')
  .leftJoin('contact_key as y', 'y.contactId', 's.contactId')
  .leftJoin('practice as p', 'p.id', 's.practiceId')
  .select(['s.id', 's.kind', 's.source', 's.contactId', 's.sealed', 's.eventAt', 's.eventZone', 'y.wrapped'])
  .select(['p.id as practiceId', 'p.sealed as practiceSealed']);

type SeriesRow = ResultOf<typeof series>;

export async function subjectSeries(
  tx: Transaction,
  keys: TenantKeys,
  ids: readonly string[],
): Promise<SubjectSeries[]> {
  const own = series.where('s.tenantId', '=', tx.tenantId);
  const rows = await tx.rows(own.where('s.id', '=', anyOf(ids, 'uuid')));
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
  return (
    readable(() => seriesDetailsOf(personKey(keys, contactId, wrapped), { id, sealed }).externalId) ?? null
  );
}

const Named = z.looseObject({ externalId: z.string() });

function practiceOf({ practiceId, practiceSealed }: SeriesRow, keys: TenantKeys): string | null {
  if (practiceId === null || practiceSealed === null) return null;
  const at = { table: 'practice', column: 'sealed', row: practiceId };
  return (
    readable(() => Named.parse(JSON.parse(keys.open(at, practiceSealed).toString('utf8'))).externalId) ?? null
  );
}

const imports = query
  .selectFrom('import')
  .select(['id', 'kind', 'rows', 'accepted', 'rejected', 'duplicates']);

/** The results of an import's rows. */
export type SubjectImport = ResultOf<typeof imports>;

export const subjectImports = (tx: Transaction, ids: readonly string[]): Promise<SubjectImport[]> =>
  tx.rows(imports.where('tenantId', '=', tx.tenantId).where('id', '=', anyOf(ids, 'uuid')));
