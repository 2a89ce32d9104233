import { DateTime, Duration } from 'luxon';
import { sql } from 'kysely';
import { BEFORE_ALL, type Transaction, rowsOf, col, computedRows, type RowOf } from '../../platform/index.ts';
import { proofPlace } from '../consent/consent-account.ts';
import { spentMarks, type DatedProof, namesPerson } from '../../person/index.ts';
import type { Contact, ContactDeps } from '../contact/contact.repository.ts';
import { LOG_KEPT, PROOF_KEPT, SUPPRESSION_KEPT } from '../../law/index.ts';
import { frenchDay, isoText } from '../../rule/index.ts';
import { bilingual, type Language, type Words } from '../../words/index.ts';

/** Acts against messages: their proofs are kept, to answer a complaint that they were not respected. */
const OPT_OUT_KINDS = new Set(['refused', 'withdrawn', 'objected']);

/**
 * Removes a person in the caller's transaction: key, number, attributes, and the proofs that no claim may need. The
 * other proofs are resealed under the archive key. Anything else that was sealed for the person can no longer be
 * opened. Returns counts by their name in the certificate.
 */
export async function removePerson(
  tx: Transaction,
  { keys }: Pick<ContactDeps, 'keys'>,
  contact: Contact,
): Promise<{ readonly profile: number; readonly proofs: number }> {
  const served = await purposesServed(tx, contact.id);
  const needless: string[] = [];
  const marks: string[] = [];
  const archived: { readonly eventId: string; readonly sealed: Buffer }[] = [];
  for (const proof of await readProofsOf(tx, contact.id)) {
    const place = proofPlace(proof.eventId);
    const text = contact.key.open(place, proof.sealed).toString('utf8');
    // `appendAct` sealed a proof text here.
    marks.push(...spentMarks(keys, JSON.parse(text) as DatedProof));
    if (defends(proof, served) && !namesPerson(contact.person, text))
      archived.push({ eventId: proof.eventId, sealed: keys.seal(place, text, 'archive') });
    else needless.push(proof.eventId);
  }
  await resealProofs(tx, archived);
  await spendProofs(tx, contact.phoneIndex, marks);
  const proofs = await removeProofs(tx, needless);
  await destroyPerson(tx, contact.id);
  return { profile: 1, proofs };
}

/** Says whether the tenant may have to show a proof: the person opted out, or was written to for its purpose. */
const defends = ({ kind, purpose }: PersonProof, served: ReadonlySet<string>): boolean =>
  OPT_OUT_KINDS.has(kind) || served.has(purpose);

/** The records of one kind that stay after an erasure, with the rule that keeps them. */
export interface KeptLine {
  readonly what: 'suppression' | 'proof' | 'event' | 'message' | 'journal';
  readonly count: number;
  readonly ruleId: string;
  /** ISO instant; null for records that stay as long as their chain. */
  readonly until: string | null;
}

/** Lists the kinds of records that stay, without kinds that have none. */
export function keptLines(remains: Remains, now: DateTime, journalDays: number): KeptLine[] {
  const lastMessage = remains.lastMessageAt === null ? now : DateTime.fromISO(remains.lastMessageAt);
  const lines: KeptLine[] = [
    {
      what: 'suppression',
      count: remains.suppressions,
      ruleId: 'RET-02',
      until: periodAfter(now, SUPPRESSION_KEPT.on(frenchDay(now))),
    },
    {
      what: 'proof',
      count: remains.proofs,
      ruleId: 'RET-03',
      until: periodAfter(now, PROOF_KEPT.on(frenchDay(now))),
    },
    { what: 'event', count: remains.events, ruleId: 'RET-05', until: null },
    {
      what: 'message',
      count: remains.messages,
      ruleId: 'RET-04',
      until: periodAfter(lastMessage, LOG_KEPT.on(frenchDay(now))),
    },
    { what: 'journal', count: 1, ruleId: 'RET-05', until: now.plus({ days: journalDays }).toISO() },
  ];
  return lines.filter(({ count }) => count > 0);
}

const periodAfter = (from: DateTime, period: string): string => isoText(from.plus(Duration.fromISO(period)));

/** Returns the sentence that says which records of a kind stay, and why. */
export const keptBecause = (what: KeptLine['what'], language: Language): string => KEPT[what][language];

/** Returns the words for a kind of removed records; an unknown kind is shown as it is. */
export const removedWhat = (what: string, language: Language): string => REMOVED[what]?.[language] ?? what;

const KEPT: Readonly<Record<KeptLine['what'], Words>> = bilingual.contact.erasure.kept;

const REMOVED: Readonly<Record<string, Words>> = bilingual.contact.erasure.removed;

const personProofRows = rowsOf('consent_proof', ['eventId', 'sealed']).and('consent_event', [
  'kind',
  'purpose',
]);

type PersonProof = RowOf<typeof personProofRows>;

function readProofsOf(tx: Transaction, contactId: string): Promise<PersonProof[]> {
  return tx.rows(personProofRows.sql`
    SELECT p.event_id AS "eventId", e.kind, e.purpose, p.sealed FROM consent_proof p JOIN consent_event e ON e.id = p.event_id
     WHERE e.tenant_id = ${tx.tenantId}::uuid AND e.contact_id = ${contactId}::uuid ORDER BY p.event_id`);
}

const purposeRows = rowsOf('batch', ['purpose']);

/** Reads the purposes for which messages to the person were handed to an operator. */
async function purposesServed(tx: Transaction, contactId: string): Promise<ReadonlySet<string>> {
  const rows = await tx.rows(purposeRows.sql`
    SELECT DISTINCT b.purpose FROM message m JOIN batch b ON b.id = m.batch_id
     WHERE m.tenant_id = ${tx.tenantId}::uuid AND m.contact_id = ${contactId}::uuid AND m.submission_id IS NOT NULL`);
  return new Set(rows.map(({ purpose }) => purpose));
}

/** Replaces sealed proofs; `cutAt` is the ISO instant at which they were shortened, if they were. Their digests stay. */
export async function resealProofs(
  tx: Transaction,
  proofs: readonly { readonly eventId: string; readonly sealed: Buffer }[],
  cutAt: string | null = null,
): Promise<void> {
  if (proofs.length === 0) return;
  const rows = proofs.map(({ eventId, sealed }) => ({ eventId, sealed: `\\x${sealed.toString('hex')}` }));
  await tx.run(sql`
    UPDATE consent_proof p SET sealed = r.sealed, cut_at = coalesce(${cutAt}::timestamptz, p.cut_at)
      FROM jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) AS r("eventId" uuid, sealed bytea)
     WHERE p.event_id = r."eventId"`);
}

/** Removes proofs; their events stay in the chain. */
async function removeProofs(tx: Transaction, eventIds: readonly string[]): Promise<number> {
  if (eventIds.length === 0) return 0;
  return tx.run(sql`DELETE FROM consent_proof WHERE event_id = ANY(${eventIds}::uuid[])`);
}

/** Stores with the suppressions of a number the digests of its holder's proofs, which cannot lift them any more. */
async function spendProofs(tx: Transaction, phoneIndex: Buffer, marks: readonly string[]): Promise<void> {
  if (marks.length === 0) return;
  await tx.run(sql`
    UPDATE suppression s SET spent_proofs = ARRAY(SELECT DISTINCT m FROM unnest(s.spent_proofs || ${marks}::text[]) m)
     WHERE s.tenant_id = ${tx.tenantId}::uuid AND s.phone_index = ${phoneIndex} AND s.lifted_at IS NULL`);
}

/** Destroys a person's key and rows: once committed, nothing of theirs can be opened, and nothing is sent. */
async function destroyPerson(tx: Transaction, contactId: string): Promise<void> {
  await tx.run(sql`
    WITH locked AS (DELETE FROM contact_key WHERE contact_id = ${contactId}::uuid),
         stood AS (DELETE FROM consent WHERE contact_id = ${contactId}::uuid),
         counted AS (DELETE FROM frequency WHERE tenant_id = ${tx.tenantId}::uuid AND contact_id = ${contactId}::uuid),
         coded AS (DELETE FROM form_code f USING contact c
                    WHERE c.id = ${contactId}::uuid AND f.tenant_id = c.tenant_id AND f.phone_index = c.phone_index),
         answered AS (DELETE FROM form_answer WHERE tenant_id = ${tx.tenantId}::uuid AND contact_id = ${contactId}::uuid),
         leaving AS (DELETE FROM leaving_contact WHERE contact_id = ${contactId}::uuid)
    DELETE FROM contact WHERE id = ${contactId}::uuid`);
}

/** Exempts a contact from retention, for a claim. */
export async function holdContact(
  tx: Transaction,
  hold: { readonly contactId: string; readonly sealed: Buffer; readonly actor: string; readonly at: string },
): Promise<void> {
  await tx.run(sql`
    INSERT INTO legal_hold (contact_id, tenant_id, sealed_reason, actor, since)
    VALUES (${hold.contactId}, ${tx.tenantId}, ${hold.sealed}, ${hold.actor}, ${hold.at}::timestamptz)
    ON CONFLICT (contact_id) DO UPDATE SET sealed_reason = excluded.sealed_reason`);
}

/** Ends the exemption; says whether there was one. */
export async function releaseContact(tx: Transaction, contactId: string): Promise<boolean> {
  return (await tx.run(sql`DELETE FROM legal_hold WHERE contact_id = ${contactId}::uuid`)) === 1;
}

/** By what the remaining traces of an erased person are found: their former id, and the blind index of the number. */
export interface TracesOf {
  readonly contactId: string;
  readonly phoneIndex: Buffer;
}

/** Removes the texts of messages; returns their number. */
export const removeTexts = (tx: Transaction, { contactId }: TracesOf): Promise<number> =>
  tx.run(
    sql`DELETE FROM message_text WHERE tenant_id = ${tx.tenantId}::uuid AND contact_id = ${contactId}::uuid`,
  );

const answersRemovedRows = computedRows({ removed: col.number(), underWay: col.number() });

/**
 * Removes the acknowledgements to a number at an ISO instant. Ready ones are not sent any more; one that is on its way
 * to an operator stays until its outcome is known. Returns how many were removed, and how many are on their way.
 */
export async function removeAnswers(
  tx: Transaction,
  { phoneIndex }: TracesOf,
  at: string,
): Promise<RowOf<typeof answersRemovedRows>> {
  const row = await tx.first(answersRemovedRows.sql`
    WITH theirs AS MATERIALIZED (
      SELECT a.batch_id, a.seq, m.state FROM acknowledgement a
        LEFT JOIN message m ON m.batch_id = a.batch_id AND m.seq = a.seq
       WHERE a.tenant_id = ${tx.tenantId}::uuid AND a.phone_index = ${phoneIndex}),
    barred AS (
      UPDATE message m SET state = 'excluded', reason = 'ERASED', final_at = ${at}::timestamptz
        FROM theirs t WHERE m.batch_id = t.batch_id AND m.seq = t.seq AND m.state = 'ready' RETURNING m.batch_id),
    counted AS (
      INSERT INTO tally (tenant_id, batch_id, state, reason, delta)
      SELECT ${tx.tenantId}::uuid, batch_id, 'ready'::message_state, NULL, -count(*) FROM barred GROUP BY batch_id
      UNION ALL
      SELECT ${tx.tenantId}::uuid, batch_id, 'excluded'::message_state, 'ERASED', count(*) FROM barred GROUP BY batch_id),
    removed AS (
      DELETE FROM acknowledgement a USING theirs t
       WHERE a.batch_id = t.batch_id AND a.seq = t.seq AND coalesce(t.state NOT IN ('submitting', 'uncertain'), true)
      RETURNING 1)
    SELECT (SELECT count(*)::int FROM removed) AS removed,
           (SELECT count(*)::int FROM theirs WHERE state IN ('submitting', 'uncertain')) AS "underWay"`);
  return row ?? { removed: 0, underWay: 0 };
}

/** Empties the bookings of a person: their sealed data, and the indexes by which they would be found. */
export const emptyBookings = (tx: Transaction, { contactId }: TracesOf): Promise<number> =>
  tx.run(sql`
    UPDATE reminder_series
       SET sealed = '', facts = '', person_index = NULL,
           external_index = sha256(convert_to('erased ' || id::text, 'UTF8'))
     WHERE tenant_id = ${tx.tenantId}::uuid AND contact_id = ${contactId}::uuid AND sealed <> ''`);

/** Removes answers to forms and their codes. */
export async function forgetFormAnswers(
  tx: Transaction,
  { contactId, phoneIndex }: TracesOf,
): Promise<number> {
  const codes = await tx.run(sql`
    DELETE FROM form_code WHERE tenant_id = ${tx.tenantId}::uuid AND phone_index = ${phoneIndex}`);
  const answers = await tx.run(sql`
    UPDATE form_answer SET state = 'spent', contact_id = NULL, phone_index = NULL
     WHERE tenant_id = ${tx.tenantId}::uuid AND (contact_id = ${contactId}::uuid OR phone_index = ${phoneIndex})`);
  return codes + answers;
}

/** Removes a person's entries in imports. */
export const forgetImportRows = (tx: Transaction, { contactId }: TracesOf): Promise<number> =>
  tx.run(
    sql`DELETE FROM import_row WHERE tenant_id = ${tx.tenantId}::uuid AND contact_id = ${contactId}::uuid`,
  );

const sealedReplyRows = rowsOf('reply', ['contactId', 'sealed']).with({ id: col.of('reply', 'inboundId') });

/** A stored reply, encrypted, with the contact who sent it. */
export type SealedReply = RowOf<typeof sealedReplyRows>;

/** Reads a page of a tenant's replies, by the id of the inbound message. */
export const readReplies = (
  tx: Transaction,
  after: SealedReply | undefined,
  most: number,
): Promise<SealedReply[]> =>
  tx.rows(sealedReplyRows.sql`
    SELECT inbound_id AS id, contact_id AS "contactId", sealed FROM reply
     WHERE tenant_id = ${tx.tenantId}::uuid AND inbound_id > ${after?.id ?? BEFORE_ALL}::uuid ORDER BY inbound_id LIMIT ${most}`);

/** Removes replies; the inbound messages behind them were emptied when they were settled. */
export const removeReplies = (tx: Transaction, ids: readonly string[]): Promise<number> =>
  tx.run(sql`DELETE FROM reply WHERE tenant_id = ${tx.tenantId}::uuid AND inbound_id = ANY(${ids}::uuid[])`);

const sealedRows = rowsOf('rejected_row', ['importId', 'line', 'sealed']);

/** A rejected row of an import, encrypted. */
export type SealedRow = RowOf<typeof sealedRows>;

/** Reads a page of a tenant's rejected rows, by import and line. */
export const readRejectedRows = (
  tx: Transaction,
  after: SealedRow | undefined,
  most: number,
): Promise<SealedRow[]> =>
  tx.rows(sealedRows.sql`
    SELECT import_id AS "importId", line, sealed FROM rejected_row
     WHERE tenant_id = ${tx.tenantId}::uuid AND (import_id, line) > (${after?.importId ?? BEFORE_ALL}::uuid, ${after?.line ?? -1}::int)
     ORDER BY import_id, line LIMIT ${most}`);

/** Removes rejected rows; returns their number. */
export const removeRejectedRows = (tx: Transaction, rows: readonly SealedRow[]): Promise<number> =>
  tx.run(sql`
    DELETE FROM rejected_row r
     USING jsonb_to_recordset(${JSON.stringify(rows.map(({ importId, line }) => ({ importId, line })))}::jsonb)
           AS g("importId" uuid, line int)
     WHERE r.import_id = g."importId" AND r.line = g.line`);

const sealedAnswerRows = computedRows({
  key: col.of('idempotency_key', 'keyDigest'),
  answer: col.of('idempotency_key', 'answer').known(),
});

/** An answer of the API, encrypted, which is kept in case the request is repeated. */
export type SealedAnswer = RowOf<typeof sealedAnswerRows>;

/** Reads a page of a tenant's stored answers, by the digest of the idempotency key. */
export const readKeptAnswers = (
  tx: Transaction,
  after: SealedAnswer | undefined,
  most: number,
): Promise<SealedAnswer[]> =>
  tx.rows(sealedAnswerRows.sql`
    SELECT key_digest AS key, answer FROM idempotency_key
     WHERE tenant_id = ${tx.tenantId}::uuid AND answer IS NOT NULL AND key_digest > ${after?.key ?? Buffer.alloc(0)}
     ORDER BY key_digest LIMIT ${most}`);

/** Removes stored answers of idempotency keys by the keys' digests; returns their number. */
export const removeKeptAnswers = (tx: Transaction, keys: readonly Buffer[]): Promise<number> =>
  tx.run(
    sql`DELETE FROM idempotency_key WHERE tenant_id = ${tx.tenantId}::uuid AND key_digest = ANY(${keys}::bytea[])`,
  );

const remainsRows = computedRows({
  suppressions: col.number(),
  proofs: col.number(),
  events: col.number(),
  messages: col.number(),
  /** ISO instant of the last message handed to an operator; null when there was none. */
  lastMessageAt: col.text().orNull(),
});

type Remains = RowOf<typeof remainsRows>;

/** Counts the records that stay of an erased person. */
export async function countRemains(tx: Transaction, { contactId, phoneIndex }: TracesOf): Promise<Remains> {
  const row = await tx.first(remainsRows.sql`
    SELECT (SELECT count(*)::int FROM suppression
             WHERE tenant_id = ${tx.tenantId}::uuid AND phone_index = ${phoneIndex} AND lifted_at IS NULL) AS suppressions,
           (SELECT count(*)::int FROM consent_event e JOIN consent_proof p ON p.event_id = e.id
             WHERE e.tenant_id = ${tx.tenantId}::uuid AND e.contact_id = ${contactId}::uuid) AS proofs,
           (SELECT count(*)::int FROM consent_event
             WHERE tenant_id = ${tx.tenantId}::uuid AND contact_id = ${contactId}::uuid) AS events,
           m.messages, m.last AS "lastMessageAt"
      FROM (SELECT count(*)::int AS messages, iso(max(accepted_at)) AS last FROM message
             WHERE tenant_id = ${tx.tenantId}::uuid AND contact_id = ${contactId}::uuid) m`);
  return row ?? { suppressions: 0, proofs: 0, events: 0, messages: 0, lastMessageAt: null };
}
