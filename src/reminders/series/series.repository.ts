import { sql, type RawBuilder } from 'kysely';
import { anyOf, BEFORE_ALL, query, type Transaction } from '../../platform/index.ts';
import { isCalledOff, type Series, type SeriesKind, type Paid } from './series.ts';

const everySeries = query
  .selectFrom('reminder_series as s')
  .leftJoin('contact_key as y', 'y.contactId', 's.contactId')
  .select(['s.id', 's.kind', 's.purpose', 's.source', 's.contactId', 's.practiceId', 's.accountId'])
  .select(['s.batchId', 's.sender', 's.sealed', 'y.wrapped', 's.territory', 's.timeZone', 's.eventAt'])
  .select(['s.eventWall', 's.eventZone', 's.plan', 's.terms', 's.paid', 's.legalNotice', 's.noticeMissingAt'])
  .select(['s.facts', 's.revision', 's.revisedAt', 's.sourceRevision', 's.correctionSeq', 's.notifyChange'])
  .select(['s.state', 's.endedBecause', 's.waiting', 's.simulated', 's.confirmedAt', 's.noShowAt'])
  .select(['s.cancellationRequestedAt', 's.declinedAt', 's.answeredAt', 's.answerReplyId', 's.unclearAt'])
  .select(['s.unclearReplyId', 's.createdAt'])
  .$narrowType<Pick<Series, 'kind' | 'purpose' | 'plan' | 'terms' | 'paid' | 'state' | 'waiting'>>();

const ownSeries = (tx: Transaction) => everySeries.where('s.tenantId', '=', tx.tenantId);

/** Reads a series; undefined when it is another tenant's or does not exist. */
export async function readSeries(tx: Transaction, id: string): Promise<Series | undefined> {
  return tx.first(ownSeries(tx).where('s.id', '=', id));
}

/** Reads the tenant's series among these ids, in no order. */
export async function readSeriesOf(tx: Transaction, ids: readonly string[]): Promise<Series[]> {
  return tx.rows(ownSeries(tx).where('s.id', '=', anyOf(ids, 'uuid')));
}

export async function lockSeries(tx: Transaction, id: string): Promise<Series | undefined> {
  return tx.first(ownSeries(tx).where('s.id', '=', id).forUpdate('s'));
}

/** The external id of a booking, as it is stored. */
export interface ExternalName {
  readonly kind: SeriesKind;
  readonly source: string;
  /** Blind index of the id. */
  readonly index: Buffer;
}

export async function readSeriesNamed(tx: Transaction, name: ExternalName): Promise<Series | undefined> {
  return tx.first(seriesNamed(tx, name));
}

/** Reads and locks the current series of an external id until the transaction ends. */
export async function lockSeriesNamed(tx: Transaction, name: ExternalName): Promise<Series | undefined> {
  return tx.first(seriesNamed(tx, name).forUpdate('s'));
}

const seriesNamed = (tx: Transaction, { kind, source, index }: ExternalName) =>
  ownSeries(tx)
    .where('s.kind', '=', kind)
    .where('s.source', '=', source)
    .where('s.externalIndex', '=', index)
    .where('s.state', '<>', 'superseded');

/** Serializes two writers of one external id, also when it is new. */
export async function waitForName(tx: Transaction, { kind, source, index }: ExternalName): Promise<void> {
  const name = `series|${tx.tenantId}|${kind}|${source}|${index.toString('hex')}`;
  await tx.run(sql`SELECT pg_advisory_xact_lock(hashtextextended(${name}, 0))`);
}

const openSeriesOf = (tx: Transaction, contactIds: readonly string[]) =>
  ownSeries(tx)
    .where('s.contactId', '=', anyOf(contactIds, 'uuid'))
    .where('s.state', 'in', ['open', 'paused']);

/** Reads and locks open series of these people, the oldest first and so many at most, until the transaction ends. */
export async function lockOpenSeriesOf(
  tx: Transaction,
  contactIds: readonly string[],
  most?: number,
): Promise<Series[]> {
  const inOrder = openSeriesOf(tx, contactIds).orderBy('s.id').forUpdate('s');
  return tx.rows(most === undefined ? inOrder : inOrder.limit(most));
}

/** Reads the ids of open series of these people but for known ones; locks nothing. */
export async function openSeriesBut(
  tx: Transaction,
  contactIds: readonly string[],
  known: readonly Pick<Series, 'id'>[],
): Promise<string[]> {
  const ids = new Set(known.map(({ id }) => id));
  const all = openSeriesOf(tx, contactIds).clearSelect().select('s.id');
  return (await tx.rows(all)).flatMap(({ id }) => (ids.has(id) ? [] : id));
}

/** The filter of a list of series. */
export interface SeriesFilter {
  readonly kind?: SeriesKind | undefined;
  readonly state?: string | undefined;
  readonly source?: string | undefined;
  readonly contactId?: string | undefined;
  /** ISO instants, both inclusive. */
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  /** Includes people who were informed of a moment of that time before it moved. */
  readonly orAnnounced?: true;
  /** A stored practice, or the blind index of a name. */
  readonly practice?: { readonly id: string | null; readonly nameIndexes: readonly Buffer[] } | undefined;
  readonly after?: string | undefined;
  readonly limit: number;
}

/** Reads a page in order of creation. */
export async function readSeriesPage(tx: Transaction, filter: SeriesFilter): Promise<Series[]> {
  const {
    kind = null,
    state = null,
    source = null,
    contactId = null,
    from: since = null,
    to = null,
    after = BEFORE_ALL,
    practice,
    orAnnounced = false,
  } = filter;
  const atPractice =
    practice === undefined
      ? sql`true`
      : sql`(s.practice_id = ${practice.id}::uuid OR s.practice_index = ANY (${practice.nameIndexes}::bytea[]))`;
  const matches = sql<boolean>`
    (${kind}::text IS NULL OR s.kind = ${kind}) AND (${state}::text IS NULL OR s.state = ${state})
    AND (${source}::text IS NULL OR s.source = ${source})
    AND (${contactId}::uuid IS NULL OR s.contact_id = ${contactId}::uuid)
    AND (${since}::timestamptz IS NULL AND ${to}::timestamptz IS NULL OR ${happens({ since, to, orAnnounced })})
    AND ${atPractice}`;
  const page = ownSeries(tx).where(matches).where('s.id', '>', after);
  return tx.rows(page.orderBy('s.id').limit(filter.limit));
}

/** Selects series with an event in a period: a payment plan has one on each of its dates, anything else its own. */
const happens = ({
  since,
  to,
  orAnnounced,
}: {
  readonly since: string | null;
  readonly to: string | null;
  readonly orAnnounced: boolean;
}): RawBuilder<unknown> => {
  const between = (at: RawBuilder<unknown>): RawBuilder<unknown> =>
    sql`${at} BETWEEN coalesce(${since}::timestamptz, '-infinity') AND coalesce(${to}::timestamptz, 'infinity')`;
  const due = sql`((i ->> 'dueOn')::date + time '12:00') AT TIME ZONE s.event_zone`;
  const announcedBetween = sql`s.told_revision < s.revision AND EXISTS (SELECT FROM reminder_step p
    WHERE p.series_id = s.id AND p.revision = s.told_revision AND ${between(sql`p.event_at`)})`;
  return sql`CASE WHEN s.kind = 'payment-plan'
    THEN EXISTS (SELECT FROM jsonb_array_elements(s.terms -> 'instalments') i WHERE ${between(due)})
    ELSE ${between(sql`s.event_at`)} OR ${orAnnounced ? announcedBetween : sql`false`} END`;
};

/** The fields of a series that come from its booking; the same for a new one and a revision. */
export type SeriesFacts = Pick<
  Series,
  | 'contactId'
  | 'practiceId'
  | 'accountId'
  | 'sender'
  | 'sealed'
  | 'territory'
  | 'timeZone'
  | 'eventAt'
  | 'eventWall'
  | 'eventZone'
  | 'plan'
  | 'terms'
  | 'legalNotice'
  | 'facts'
  | 'sourceRevision'
  | 'notifyChange'
> & {
  readonly practiceIndex: Buffer | null;
  readonly personIndex: Buffer | null;
  /** True when another account may replace its own. */
  readonly routed: boolean;
};

/** Inserts a series and the batch of its messages. */
export async function insertSeries(
  tx: Transaction,
  about: SeriesFacts &
    ExternalName &
    Pick<Series, 'id' | 'batchId' | 'purpose' | 'simulated'> & { readonly at: string },
): Promise<void> {
  const { id, batchId, purpose, simulated, at, ...series } = about;
  await tx.run(sql`
    INSERT INTO batch (id, tenant_id, kind, account_id, routed, purpose, series_id, territory, time_zone, created_at)
    VALUES (${batchId}, ${tx.tenantId}, 'series', ${series.accountId}, ${series.routed}, ${purpose}, ${id}, ${series.territory}, ${series.timeZone}, ${at}::timestamptz)`);
  await tx.run(sql`
    INSERT INTO reminder_series (id, tenant_id, kind, purpose, source, external_index, contact_id, practice_id, practice_index,
      account_id, batch_id, sender, sealed, person_index, territory, time_zone, event_at, event_wall, event_zone, plan, terms,
      legal_notice, facts, revised_at, source_revision, notify_change, state, simulated, created_at, updated_at)
    VALUES (${id}, ${tx.tenantId}, ${series.kind}, ${purpose}, ${series.source}, ${series.index}, ${series.contactId},
      ${series.practiceId}, ${series.practiceIndex}, ${series.accountId}, ${batchId}, ${series.sender}, ${series.sealed},
      ${series.personIndex}, ${series.territory}, ${series.timeZone}, ${series.eventAt}::timestamptz, ${series.eventWall},
      ${series.eventZone}, ${JSON.stringify(series.plan)}::jsonb, ${JSON.stringify(series.terms)}::jsonb,
      ${series.legalNotice}, ${series.facts}, ${at}::timestamptz, ${series.sourceRevision},
      ${series.notifyChange}, 'open', ${simulated}, ${at}::timestamptz, ${at}::timestamptz)`);
}

/** Makes the next revision of a series that the transaction has locked, and reopens it. */
export async function reviseSeries(
  tx: Transaction,
  id: string,
  facts: SeriesFacts & { at: string },
): Promise<void> {
  await tx.run(sql`
    WITH ledger AS (
      UPDATE batch SET state = 'open', former = CASE WHEN account_id = ${facts.accountId}::uuid THEN former ELSE array_remove(former, account_id) || account_id END,
             account_id = ${facts.accountId}, routed = ${facts.routed}, territory = ${facts.territory}, time_zone = ${facts.timeZone}
       WHERE series_id = ${id}::uuid)
    UPDATE reminder_series SET ${columnsOf(facts)}, revision = revision + 1, revised_at = ${facts.at}::timestamptz,
           correction_seq = NULL, state = CASE WHEN state = 'paused' THEN 'paused' ELSE 'open' END, ended_at = NULL,
           ended_because = NULL, confirmed_at = NULL, no_show_at = NULL, cancellation_requested_at = NULL,
           declined_at = NULL, answered_at = NULL, answer_reply_id = NULL, unclear_at = NULL, unclear_reply_id = NULL,
           notice_missing_at = CASE WHEN facts = ${facts.facts} THEN notice_missing_at END
     WHERE id = ${id}::uuid`);
}

/** Stores changes after which no message is owed: names, the caller's revision, whether changes are announced. */
export async function touchSeries(
  tx: Transaction,
  id: string,
  facts: SeriesFacts & { at: string },
): Promise<void> {
  await tx.run(sql`UPDATE reminder_series SET ${columnsOf(facts)} WHERE id = ${id}::uuid`);
}

const columnsOf = (facts: SeriesFacts & { at: string }): RawBuilder<unknown> => sql`
  contact_id = ${facts.contactId}, practice_id = ${facts.practiceId}, practice_index = ${facts.practiceIndex},
  account_id = ${facts.accountId}, sender = ${facts.sender}, sealed = ${facts.sealed}, person_index = ${facts.personIndex},
  territory = ${facts.territory}, time_zone = ${facts.timeZone}, event_at = ${facts.eventAt}::timestamptz,
  event_wall = ${facts.eventWall}, event_zone = ${facts.eventZone}, plan = ${JSON.stringify(facts.plan)}::jsonb,
  terms = ${JSON.stringify(facts.terms)}::jsonb, legal_notice = ${facts.legalNotice},
  facts = ${facts.facts}, source_revision = ${facts.sourceRevision}, notify_change = ${facts.notifyChange}, updated_at = ${facts.at}::timestamptz`;

export async function closeSeries(
  tx: Transaction,
  id: string,
  about: {
    readonly state: 'completed' | 'stopped' | 'cancelled' | 'superseded';
    readonly because: string;
    /** ISO instant of the law clock. */
    readonly at: string;
  },
): Promise<void> {
  const { state, because, at } = about;
  await tx.run(sql`
    UPDATE reminder_series SET state = ${state}, ended_because = ${because}, ended_at = ${at}::timestamptz, updated_at = ${at}::timestamptz,
           revised_at = CASE WHEN ${isCalledOff(state)}::boolean THEN ${at}::timestamptz ELSE revised_at END, correction_seq = NULL
     WHERE id = ${id}::uuid`);
}

const oneSeries = (id: string) => query.updateTable('reminder_series').where('id', '=', id);

/** Stores the revision of a call that changed nothing else of a booking. */
export async function noteSourceRevision(tx: Transaction, id: string, sourceRevision: number): Promise<void> {
  await tx.run(oneSeries(id).set({ sourceRevision }));
}

/** Frees the external id of an ended series; its remaining corrections go on. */
export const giveUpName = (tx: Transaction, id: string): Promise<number> =>
  tx.run(
    sql`UPDATE reminder_series SET external_index = sha256(convert_to('given up ' || id::text, 'UTF8')) WHERE id = ${id}::uuid`,
  );

/** Pauses an open series, or resumes it. */
export async function holdSeries(
  tx: Transaction,
  id: string,
  { state, at }: { readonly state: 'open' | 'paused'; readonly at: string },
): Promise<void> {
  await tx.run(oneSeries(id).set({ state, updatedAt: at }));
}

export async function noteAnswer(
  tx: Transaction,
  id: string,
  answer: {
    readonly confirmedAt: string | null;
    readonly declinedAt: string | null;
    /** The time of the last answer. */
    readonly answeredAt: string;
    /** The reply with the last answer; null when the back office gave it. */
    readonly answerReplyId: string | null;
  },
): Promise<void> {
  await tx.run(oneSeries(id).set({ ...answer, unclearAt: null, unclearReplyId: null }));
}

/** Notes a reply about these bookings that a person must read. */
export async function noteUnclear(
  tx: Transaction,
  ids: readonly string[],
  { at, replyId }: { readonly at: string; readonly replyId: string },
): Promise<void> {
  await tx.run(sql`
    UPDATE reminder_series SET unclear_at = ${at}::timestamptz, unclear_reply_id = ${replyId}::uuid
     WHERE tenant_id = ${tx.tenantId}::uuid AND id = ANY(${ids}::uuid[]) AND coalesce(unclear_at, '-infinity') <= ${at}::timestamptz`);
}

/** Notes that the person did not come, or asked for a cancellation. */
export async function noteAttendance(
  tx: Transaction,
  id: string,
  note: { readonly noShowAt: string } | { readonly cancellationRequestedAt: string },
): Promise<void> {
  const noted =
    'noShowAt' in note
      ? sql`no_show_at = coalesce(no_show_at, ${note.noShowAt}::timestamptz)`
      : sql`cancellation_requested_at = coalesce(cancellation_requested_at, ${note.cancellationRequestedAt}::timestamptz)`;
  await tx.run(sql`UPDATE reminder_series SET ${noted} WHERE id = ${id}::uuid`);
}

export async function noteMissingNotice(tx: Transaction, id: string, at: string): Promise<void> {
  await tx.run(oneSeries(id).set({ noticeMissingAt: at }));
}

/** Notes payments; the plan itself stays as it is. */
export async function notePaid(tx: Transaction, id: string, paid: readonly Paid[]): Promise<void> {
  await tx.run(oneSeries(id).set({ paid: JSON.stringify(paid) }));
}

/** Stores derived data: the last announced event, the correction in force, the recipient's present place. */
export async function keepDerived(
  tx: Transaction,
  id: string,
  derived: {
    readonly lastSaid: { readonly at: string; readonly revision: number } | undefined;
    readonly correctionSeq: number | null;
    readonly territory: string;
    readonly timeZone: string;
  },
): Promise<void> {
  const { lastSaid: said, correctionSeq, territory, timeZone } = derived;
  await tx.run(sql`
    WITH ledger AS (UPDATE batch SET territory = ${territory}, time_zone = ${timeZone} WHERE series_id = ${id}::uuid AND (territory, time_zone) <> (${territory}, ${timeZone}))
    UPDATE reminder_series SET told_at = ${said?.at ?? null}::timestamptz, told_revision = ${said?.revision ?? null}::int,
           correction_seq = ${correctionSeq}::int, territory = ${territory}, time_zone = ${timeZone}
     WHERE id = ${id}::uuid AND (told_at, told_revision, correction_seq, territory, time_zone) IS DISTINCT FROM
           (${said?.at ?? null}::timestamptz, ${said?.revision ?? null}::int, ${correctionSeq}::int, ${territory}, ${timeZone})`);
}

/** Closes or opens the batch of a series. */
export async function setBatchState(
  tx: Transaction,
  seriesId: string,
  state: 'open' | 'done',
): Promise<void> {
  await tx.run(
    sql`UPDATE batch SET state = ${state}, next_action_at = NULL, waiting = NULL WHERE series_id = ${seriesId}::uuid AND state <> ${state}`,
  );
}
