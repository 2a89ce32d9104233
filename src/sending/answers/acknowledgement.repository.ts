import { sql, type RawBuilder } from 'kysely';
import {
  col,
  computedRows,
  idRows,
  rowsOf,
  type Transaction,
  type WorkflowIntent,
} from '../../platform/index.ts';
import type { TenantKeys } from '../../crypto/index.ts';
import { practiceById } from '../../company/index.ts';
import { defaultText, render, parseTemplate, vocabularyOf, type TextName } from '../../sms/index.ts';
import { languageOf } from '../../words/index.ts';

interface AnswerOwed {
  /** The cause: an inbound message, or the code that it carries. */
  readonly inboundId: string;
  readonly kind: 'stop' | 'contact' | 'confirmation' | 'start';
  readonly accountId: string;
  readonly phoneIndex: Buffer;
  /** Local date of the tenant, ISO. */
  readonly onDay: string;
  /** Id for a new acknowledgement batch, when this is the account's first answer. */
  readonly newBatchId: string;
  /** ISO instant of the law clock. */
  readonly at: string;
  /** ISO instant of the law clock; only a confirmation has one, and is sent before it or never. */
  readonly leaveBefore?: string | undefined;
  /** Seals `{ to, sender, text }` for its row. */
  readonly sealFor: (batchId: string, seq: number) => Buffer;
}

const seqRows = computedRows({ seq: col.number() });

/**
 * Adds one message to the tenant's acknowledgement batch, at most once for its cause and once a day for a number.
 * Says whether one is now owed.
 */
export async function oweAnswer(tx: Transaction, owed: AnswerOwed): Promise<boolean> {
  const place = await nextPlace(tx, owed);
  if (place === undefined) return false;
  const sealed = owed.sealFor(place.batchId, place.seq);
  const kept = await tx.first(seqRows.sql`
    WITH kept AS (
      INSERT INTO acknowledgement (batch_id, seq, tenant_id, inbound_id, kind, phone_index, on_day, sealed, leave_before)
      VALUES (${place.batchId}, ${place.seq}, ${tx.tenantId}, ${owed.inboundId}, ${owed.kind}, ${owed.phoneIndex}, ${owed.onDay}, ${sealed}, ${owed.leaveBefore ?? null})
      ON CONFLICT DO NOTHING RETURNING batch_id, seq, tenant_id),
    written AS (
      INSERT INTO message (batch_id, seq, tenant_id, state) SELECT batch_id, seq, tenant_id, 'ready' FROM kept RETURNING seq),
    counted AS (
      INSERT INTO tally (tenant_id, batch_id, state, delta) SELECT tenant_id, batch_id, 'ready', 1 FROM kept)
    SELECT seq FROM written`);
  return kept !== undefined;
}

const placeRows = rowsOf('tenant', ['id']).with({ seq: col.number() });

/** Returns the next free seq of the acknowledgement batch of its purpose; the batch is made with its first answer. */
async function nextPlace(
  tx: Transaction,
  owed: AnswerOwed,
): Promise<{ batchId: string; seq: number } | undefined> {
  const purpose = owed.kind === 'confirmation' ? 'confirmation' : 'acknowledgement';
  const row = await tx.first(placeRows.sql`
    INSERT INTO batch AS b (id, tenant_id, kind, account_id, purpose, territory, time_zone, size, created_at)
    SELECT ${owed.newBatchId}, t.id, 'acknowledgements', ${owed.accountId}, ${purpose}, t.territory, t.time_zone, 1, ${owed.at}
      FROM tenant t WHERE t.id = ${tx.tenantId}::uuid
    ON CONFLICT (tenant_id, account_id, purpose) WHERE kind = 'acknowledgements' DO UPDATE SET size = b.size + 1
    RETURNING id, size - 1 AS seq`);
  return row === undefined ? undefined : { batchId: row.id, seq: row.seq };
}

const invitedRows = computedRows({ isInvited: col.flag() });

/** Says whether a suppressed number may be informed how to come back: once after each opt-out. */
export async function mayBeInvitedBack(tx: Transaction, phoneIndex: Buffer): Promise<boolean> {
  const row = await tx.first(invitedRows.sql`
    SELECT EXISTS (SELECT 1 FROM acknowledgement a
                    WHERE a.tenant_id = ${tx.tenantId}::uuid AND a.phone_index = ${phoneIndex} AND a.kind = 'start'
                      AND a.on_day >= left_at.at::date) AS "isInvited"
      FROM (SELECT max(since) AS at FROM suppression
             WHERE tenant_id = ${tx.tenantId}::uuid AND phone_index = ${phoneIndex} AND lifted_at IS NULL) left_at
     WHERE left_at.at IS NOT NULL`);
  return row?.isInvited === false;
}

const owedAnswerRows = rowsOf('acknowledgement', ['seq', 'kind', 'sealed']);

/**
 * Reads answers that may still be sent, and as many that are being cleared up, sealed as they were owed. Where an
 * operator has no look-up, doubts stay: they take no place of those that are owed.
 */
export async function readAnswers(tx: Transaction, batchId: string) {
  return tx.rows(owedAnswerRows.sql`
    SELECT r.seq, r.kind, r.sealed FROM (
      (${answersThat(batchId, sql`m.state = 'ready'`)})
      UNION ALL (${answersThat(batchId, sql`m.state IN ('submitting', 'uncertain')`)})) r`);
}

const answersThat = (batchId: string, are: RawBuilder<unknown>): RawBuilder<unknown> => sql`
    SELECT a.seq, a.kind, a.sealed FROM acknowledgement a JOIN message m ON m.batch_id = a.batch_id AND m.seq = a.seq
     WHERE a.batch_id = ${batchId} AND ${are} ORDER BY a.seq LIMIT ${MOST_ANSWERS}`;

/** Answers read by one attempt; the next one reads the rest. */
const MOST_ANSWERS = 2_000;

/** Lists the acknowledgement batches of the transaction's tenant: one for each account and purpose. */
export async function acknowledgementBatches(tx: Transaction): Promise<readonly string[]> {
  const rows = await tx.rows(idRows.sql`SELECT id FROM batch WHERE kind = 'acknowledgements' ORDER BY id`);
  return rows.map(({ id }) => id);
}

export async function expireLate(tx: Transaction, at: string): Promise<void> {
  await tx.run(sql`
    WITH late AS MATERIALIZED (
      SELECT m.batch_id, m.seq FROM message m JOIN acknowledgement a ON a.batch_id = m.batch_id AND a.seq = m.seq
       WHERE m.batch_id IN (SELECT id FROM batch WHERE kind = 'acknowledgements' AND purpose = 'confirmation')
         AND m.state = 'ready' AND a.leave_before <= ${at}::timestamptz
       ORDER BY m.batch_id, m.seq LIMIT ${MOST_ANSWERS} FOR UPDATE OF m),
    ended AS (
      UPDATE message m SET state = 'expired', reason = 'EXPIRE_AT', not_before = NULL, final_at = ${at}::timestamptz
        FROM late WHERE m.batch_id = late.batch_id AND m.seq = late.seq AND m.state = 'ready'
      RETURNING m.batch_id)
    INSERT INTO tally (tenant_id, batch_id, state, reason, delta)
    SELECT ${tx.tenantId}::uuid, batch_id, 'expired'::message_state, 'EXPIRE_AT', count(*) FROM ended GROUP BY batch_id
    UNION ALL SELECT ${tx.tenantId}::uuid, batch_id, 'ready'::message_state, NULL, -count(*) FROM ended GROUP BY batch_id`);
}

/** Reads the publisher of the transaction's tenant, named as in the batch answered. */
export async function readPublisher(tx: Transaction, keys: TenantKeys, batchId: string | undefined) {
  const row = await tx.first(publisherRows.sql`
    SELECT t.name, t.legal_name, t.contact, t.locale, t.sender, t.time_zone, r.name AS brand, s.practice_id
      FROM tenant t
      LEFT JOIN batch b ON b.id = ${batchId ?? null}::uuid
      LEFT JOIN campaign p ON p.id = b.campaign_id
      LEFT JOIN reminder_series s ON s.id = b.series_id
      LEFT JOIN LATERAL (SELECT name FROM brand WHERE id = p.brand_id OR p.brand_id IS NULL ORDER BY (id = p.brand_id) DESC, id LIMIT 1) r ON true
     WHERE t.id = ${tx.tenantId}::uuid`);
  if (row === undefined) throw new TenantGone(tx.tenantId);
  const practice = row.practice_id === null ? undefined : await practiceById(tx, keys, row.practice_id);
  return {
    brand: row.brand ?? row.name,
    practice: practice?.displayName,
    legalName: row.legal_name,
    contact: row.contact.phone ?? row.contact.email ?? row.contact.url ?? row.contact.address ?? '',
    locale: row.locale,
    sender: row.sender ?? undefined,
    timeZone: row.time_zone,
  };
}

const publisherRows = rowsOf('tenant', ['name', 'locale', 'sender']).with({
  legal_name: col.of('tenant', 'legalName'),
  contact: col
    .of('tenant', 'contact')
    .as<{ phone?: string; email?: string; url?: string; address?: string }>(),
  time_zone: col.of('tenant', 'timeZone'),
  brand: col.text().orNull(),
  practice_id: col.of('reminder_series', 'practiceId'),
});

/** Thrown in a transaction of a tenant that does not exist. */
class TenantGone extends Error {
  override readonly name = 'TenantGone';
}

/** The publisher in an answer: the names that people know, and how to reach it. */
interface PublisherNames {
  readonly brand: string;
  /** The practice of the answered reminder, if any. */
  readonly practice: string | undefined;
  readonly legalName: string;
  /** A phone, an address or a site from the tenant's settings. */
  readonly contact: string;
  readonly locale: string;
}

/** The kinds of answers: one for each extent of a STOP, the publisher of a CONTACT, the way back of a START. */
export type AnswerKind = 'stop-marketing' | 'stop-reminder' | 'stop-all' | 'contact' | 'start';

/** Writes the text of an answer, in one part; it carries nothing of a campaign and nothing to sell. */
export function answerText(kind: AnswerKind, publisher: PublisherNames): string {
  const name: TextName = kind;
  const vocabulary = vocabularyOf('acknowledgement');
  const parsed = parseTemplate(defaultText(name, languageOf(publisher.locale)), vocabulary);
  const rendered =
    parsed.kind === 'template'
      ? render(parsed, {
          brand: publisher.brand,
          practice: publisher.practice ?? publisher.brand,
          legalName: publisher.legalName,
          contact: publisher.contact === '' ? publisher.brand : publisher.contact,
          stop: '',
        })
      : parsed;
  return rendered.kind === 'text' ? rendered.text : publisher.brand;
}

/** Starts or signals a tenant's workflow of acknowledgements: somebody is owed an answer, a code or a trial. */
export const answerOwed = (tenantId: string): WorkflowIntent => ({
  class: 'order',
  verb: 'signal-with-start',
  workflow: 'acknowledgements',
  workflowId: `acknowledgements/${tenantId}`,
  signal: 'changed',
  input: { tenantId },
});
