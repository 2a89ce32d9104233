import { sql, type RawBuilder } from 'kysely';
import { z } from 'zod';
import { exclusionCase } from '../../people/index.ts';
import { col, type RowOf, rowsOf, type Transaction } from '../../platform/index.ts';
import { personKey, type PersonKey, type TenantKeys } from '../../crypto/index.ts';

const UUID = '[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}';
const SHAPE = new RegExp(`^(?:msg|ack)_(${UUID})_(\\d{1,9})$`);

/** The key of a message in the ledger. */
export interface MessageKey {
  readonly batchId: string;
  readonly seq: number;
}

/** Returns the public id of a message: `msg_…`, or `ack_…` for an answer to a person. */
export const messageId = (key: MessageKey, kind: 'msg' | 'ack' = 'msg'): string =>
  `${kind}_${key.batchId}_${key.seq}`;

/** Parses a public id; undefined when it is none of ours. */
export function messageKey(id: string): MessageKey | undefined {
  const [, batchId, seq] = SHAPE.exec(id) ?? [];
  return batchId === undefined || seq === undefined ? undefined : { batchId, seq: Number(seq) };
}

/** Opens the key of a row's person; undefined once erased. */
export const keyOfPerson = (
  keys: TenantKeys,
  { contactId, wrapped }: Pick<MessageRecord, 'contactId' | 'wrapped'>,
): PersonKey | undefined =>
  contactId === null || wrapped === null ? undefined : personKey(keys, contactId, wrapped);

/** The verdict of a message's mark, for display. */
export const DecisionShown = z.object({
  id: z.string(),
  verdict: z.string(),
  at: z.string(),
  until: z.string().nullable(),
  profile: z.string(),
  rulesVersion: z.string(),
  calendarVersion: z.string(),
  territory: z.string(),
  timeZone: z.string(),
  rules: z.unknown(),
});

const messageRecordRows = rowsOf('message', [
  'state',
  'reason',
  'parts',
  'encoding',
  'acceptedAt',
  'finalAt',
  'notBefore',
  'batchId',
  'seq',
  'contactId',
])
  .and('batch', ['purpose', 'campaignId', 'seriesId', 'territory', 'timeZone', 'createdAt'])
  .with({
    kind: col.of('batch', 'kind').as<'campaign' | 'series' | 'acknowledgements' | 'test'>(),
    gateway: col.of('gateway_account', 'name'),
    /** The `source` of the campaign's or series' author. */
    source: col.text().orNull(),
    sealedText: col.of('message_text', 'sealed').orNull(),
    sealedAnswer: col.of('acknowledgement', 'sealed').orNull(),
    /** Its call, by the machine clock. */
    submission: col
      .json<{
        readonly id: string;
        readonly key: string;
        readonly markedAt: string;
        readonly outcome: string | null;
        readonly code: string | null;
        /** The operator's code of refusal. */
        readonly operatorCode: string | null;
        readonly operatorWords: string | null;
        readonly outcomeAt: string | null;
        readonly gatewayId: string | null;
        readonly firstByteAt: string | null;
        readonly answeredAt: string | null;
      }>()
      .orNull(),
    decision: col.json<z.output<typeof DecisionShown>>().orNull(),
    sealed: col.of('contact', 'sealed').orNull(),
    wrapped: col.of('contact_key', 'wrapped').orNull(),
  });

/** One message with all that decided about it; instants are ISO 8601. */
export type MessageRecord = RowOf<typeof messageRecordRows>;

const consentRecordRows = rowsOf('consent', ['basis', 'since', 'wordingId', 'eventId']).with({
  sendable: col.flag(),
  why: col.text().orNull(),
});

/** A person's eligibility for the purpose of a message, and their consent. */
export type ConsentRecord = RowOf<typeof consentRecordRows>;

export async function readMessage(tx: Transaction, key: MessageKey): Promise<MessageRecord | undefined> {
  return tx.first(messages(sql`m.batch_id = ${key.batchId}::uuid AND m.seq = ${key.seq}`));
}

/**
 * Derives the consent of a message's person at an ISO instant, by the one rule of eligibility; undefined where no
 * act concerns the purpose.
 */
export async function readConsentOf(
  tx: Transaction,
  { batchId, seq }: MessageKey,
  at: string,
): Promise<ConsentRecord | undefined> {
  const exclusion = exclusionCase({
    at: sql`${at}::timestamptz`,
    purpose: sql`b.purpose`,
    fake: sql`g.fake`,
    tenant: sql`m.tenant_id`,
    brand: sql`p.brand_id`,
  });
  return tx.first(consentRecordRows.sql`
    SELECT w.why IS NULL AS sendable, w.why, k.basis, iso(k.since) AS since, k.wording_id AS "wordingId", k.event_id AS "eventId"
      FROM message m JOIN batch b ON b.id = m.batch_id JOIN gateway_account g ON g.id = b.account_id
      LEFT JOIN campaign p ON p.id = b.campaign_id JOIN contact c ON c.id = m.contact_id
      JOIN consent k ON k.contact_id = c.id AND k.purpose = b.purpose
      CROSS JOIN LATERAL (SELECT CASE ${exclusion} END AS why) w
     WHERE m.batch_id = ${batchId}::uuid AND m.seq = ${seq}`);
}

export async function readMessagesTo(
  tx: Transaction,
  {
    contactId,
    most,
    reminders = true,
    waiting,
  }: {
    readonly contactId: string;
    readonly most: number;
    readonly reminders?: boolean;
    /** Selects only messages still to be sent, or only the others. */
    readonly waiting?: boolean;
  },
): Promise<MessageRecord[]> {
  const ofKinds = reminders ? sql`` : sql`AND b.series_id IS NULL`;
  const toLeave = waiting === undefined ? sql`` : sql`AND (m.state = 'ready') = ${waiting}`;
  return tx.rows(
    messages(sql`m.tenant_id = ${tx.tenantId}::uuid AND m.contact_id = ${contactId}::uuid ${ofKinds} ${toLeave}
      ORDER BY m.batch_id DESC, m.seq DESC LIMIT ${most}`),
  );
}

const messages = (among: RawBuilder<unknown>): RawBuilder<MessageRecord> => messageRecordRows.sql`
    SELECT m.batch_id AS "batchId", m.seq, b.kind, m.state::text AS state, m.reason, b.purpose, m.parts, m.encoding,
           g.name AS gateway, b.campaign_id AS "campaignId", b.series_id AS "seriesId", b.territory, b.time_zone AS "timeZone", coalesce(p.source, r.source) AS source,
           m.contact_id AS "contactId", c.sealed, y.wrapped, t.sealed AS "sealedText", a.sealed AS "sealedAnswer",
           iso(b.created_at) AS "createdAt", iso(m.accepted_at) AS "acceptedAt", iso(m.final_at) AS "finalAt",
           iso(m.not_before) AS "notBefore",
           CASE WHEN s.id IS NOT NULL THEN jsonb_build_object('id', s.id, 'key', s.key, 'markedAt', iso(s.marked_at),
             'outcome', s.outcome, 'code', s.outcome_code, 'operatorCode', s.operator_code,
             'operatorWords', s.operator_words, 'outcomeAt', iso(s.outcome_at), 'gatewayId', x.gateway_id,
             'firstByteAt', iso(x.first_byte_at), 'answeredAt', iso(x.answered_at)) END AS submission,
           CASE WHEN d.id IS NOT NULL THEN jsonb_build_object('id', d.id, 'verdict', d.verdict, 'at', iso(d.at),
             'until', iso(d.until), 'profile', d.profile, 'rulesVersion', d.rules_version,
             'calendarVersion', d.calendar_version, 'territory', d.territory, 'timeZone', d.time_zone,
             'rules', d.rules) END AS decision
      FROM message m JOIN batch b ON b.id = m.batch_id LEFT JOIN submission s ON s.id = m.submission_id
      JOIN gateway_account g ON g.id = coalesce(s.account_id, b.account_id)
      LEFT JOIN campaign p ON p.id = b.campaign_id LEFT JOIN reminder_series r ON r.id = b.series_id
      LEFT JOIN contact c ON c.id = m.contact_id LEFT JOIN contact_key y ON y.contact_id = m.contact_id
      LEFT JOIN message_text t ON t.batch_id = m.batch_id AND t.seq = m.seq
      LEFT JOIN acknowledgement a ON a.batch_id = m.batch_id AND a.seq = m.seq
      LEFT JOIN decision d ON d.id = s.decision_id
      LEFT JOIN LATERAL (SELECT gateway_id, first_byte_at, answered_at FROM acceptance q
         WHERE q.submission_id = s.id AND q.batch_id = m.batch_id AND q.seq = m.seq AND m.state <> 'uncertain' ORDER BY q.part DESC LIMIT 1) x ON true
     WHERE ${among}`;
