import { DateTime, Duration } from 'luxon';
import { sql } from 'kysely';
import { type Transaction, rowsOf, col, computedRows, idRows, type RowOf } from '../../platform/index.ts';
import { proofPlace } from '../consent/consent-account.ts';
import { spentMarks, type DatedProof } from '../consent/consent-event.ts';
import type { Contact, ContactDeps } from '../contact/contact.repository.ts';
import { namesPerson } from '../contact/person.ts';
import { LOG_KEPT, PROOF_KEPT, SUPPRESSION_KEPT, frenchDay, isoText } from '../../law/index.ts';
import { bilingual, type Language, type Words } from '../../words/index.ts';

/** Counts of immediate removals, by name in the certificate. */
export type RemovedAtOnce = {
  readonly profile: number;
  readonly proofs: number;
};

/** Acts of opting out: the evidence that they were respected is kept for a complaint. */
const OPT_OUT_KINDS = new Set(['refused', 'withdrawn', 'objected']);

/**
 * Removes a person in the caller's transaction: key, number, attributes, and the proofs without a defensive use.
 * Proofs that a claim may need are resealed under the archive key. All else sealed for the person can no longer be
 * opened.
 */
export async function removePerson(
  tx: Transaction,
  { keys }: Pick<ContactDeps, 'keys'>,
  contact: Contact,
): Promise<RemovedAtOnce> {
  const served = await purposesServed(tx, contact.id);
  const needless: string[] = [];
  const marks: string[] = [];
  const archived: { readonly eventId: string; readonly sealed: Buffer }[] = [];
  for (const proof of await readProofsOf(tx, contact.id)) {
    const place = proofPlace(proof.eventId);
    const text = contact.key.open(place, proof.sealed).toString('utf8');
    // The person's own key opens a sealed proof text.
    marks.push(...spentMarks(keys, JSON.parse(text) as DatedProof));
    if (defends(proof, served) && !namesPerson(contact.person, text))
      archived.push({ eventId: proof.eventId, sealed: keys.seal(place, text, 'archive') });
    else needless.push(proof.eventId);
  }
  if (archived.length > 0) await resealProofs(tx, archived);
  await spendProofs(tx, contact.phoneIndex, marks);
  const proofs = await removeProofs(tx, needless);
  await destroyPerson(tx, contact.id);
  return { profile: 1, proofs };
}

/** Says whether somebody may ever have to show the proof: the person opted out, or was written to for that purpose. */
const defends = ({ kind, purpose }: PersonProof, served: ReadonlySet<string>): boolean =>
  OPT_OUT_KINDS.has(kind) || served.has(purpose);

/** The remaining records of a person, counted when the erasure ends. */
export interface Remains {
  readonly suppressions: number;
  readonly proofs: number;
  readonly events: number;
  readonly messages: number;
  /** ISO instant of the last message handed to an operator; null when there was none. */
  readonly lastMessageAt: string | null;
}

/** One kind of remaining records, with its rule and its end. */
export interface KeptLine {
  readonly what: 'suppression' | 'proof' | 'event' | 'message' | 'journal';
  readonly count: number;
  readonly ruleId: string;
  /** ISO instant; null for as long as its chain. */
  readonly until: string | null;
}

/** Lists the records that stay and the rule behind each; a kind without records is left out. */
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

/** Words each remaining kind and the reason. */
export const keptBecause = (what: KeptLine['what'], language: Language): string => KEPT[what][language];

/** Words each removed kind. */
export const removedWhat = (what: string, language: Language): string => REMOVED[what]?.[language] ?? what;

const KEPT: Readonly<Record<KeptLine['what'], Words>> = bilingual.contact.erasure.kept;

const REMOVED: Readonly<Record<string, Words>> = bilingual.contact.erasure.removed;

const personProofRows = rowsOf('consent_proof', ['eventId', 'sealed']).and('consent_event', [
  'kind',
  'purpose',
]);

/** A proof and its act. */
type PersonProof = RowOf<typeof personProofRows>;

function readProofsOf(tx: Transaction, contactId: string): Promise<PersonProof[]> {
  return tx.rows(personProofRows.sql`
    SELECT p.event_id AS "eventId", e.kind, e.purpose, p.sealed FROM consent_proof p JOIN consent_event e ON e.id = p.event_id
     WHERE e.tenant_id = ${tx.tenantId}::uuid AND e.contact_id = ${contactId}::uuid ORDER BY p.event_id`);
}

const purposeRows = rowsOf('batch', ['purpose']);

/** Reads the purposes for which anything was handed to an operator for a person. */
async function purposesServed(tx: Transaction, contactId: string): Promise<ReadonlySet<string>> {
  const rows = await tx.rows(purposeRows.sql`
    SELECT DISTINCT b.purpose FROM message m JOIN batch b ON b.id = m.batch_id
     WHERE m.tenant_id = ${tx.tenantId}::uuid AND m.contact_id = ${contactId}::uuid AND m.submission_id IS NOT NULL`);
  return new Set(rows.map(({ purpose }) => purpose));
}

/** Reseals proofs under another key; their digests and places stay. */
async function resealProofs(
  tx: Transaction,
  proofs: readonly { readonly eventId: string; readonly sealed: Buffer }[],
): Promise<void> {
  const rows = proofs.map(({ eventId, sealed }) => ({ eventId, sealed: `\\x${sealed.toString('hex')}` }));
  await tx.run(sql`
    UPDATE consent_proof p SET sealed = r.sealed
      FROM jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) AS r("eventId" uuid, sealed bytea)
     WHERE p.event_id = r."eventId"`);
}

/** Removes proofs; the acts stay in the chain. */
async function removeProofs(tx: Transaction, eventIds: readonly string[]): Promise<number> {
  if (eventIds.length === 0) return 0;
  return tx.run(sql`DELETE FROM consent_proof WHERE event_id = ANY(${eventIds}::uuid[])`);
}

/** Notes with a number's suppressions the proofs that end none of them. */
async function spendProofs(tx: Transaction, phoneIndex: Buffer, marks: readonly string[]): Promise<void> {
  if (marks.length === 0) return;
  await tx.run(sql`
    UPDATE suppression s SET spent_proofs = ARRAY(SELECT DISTINCT m FROM unnest(s.spent_proofs || ${marks}::text[]) m)
     WHERE s.tenant_id = ${tx.tenantId}::uuid AND s.phone_index = ${phoneIndex} AND s.lifted_at IS NULL`);
}

/** Destroys a person's key and rows: from the commit on nothing opens, and nothing is sent. */
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

/** The progress of removing reasons of visits from a tenant; undefined where nobody comes for their health. */
export type Cutting =
  | { readonly phase: 'contacts'; readonly after: string }
  /** By places in the chain of consents. */
  | { readonly phase: 'proofs'; readonly after: number }
  | { readonly phase: 'done' };

const START: Cutting = { phase: 'contacts', after: '00000000-0000-0000-0000-000000000000' };

const cutRows = computedRows({ cut: col.json<Cutting>().orNull() });

/** Reads and locks the position of the removal until the transaction ends, so that two workers do not repeat it. */
export async function lockCutting(tx: Transaction): Promise<Cutting> {
  const row = await tx.first(cutRows.sql`
    SELECT (reasons_cut - 'stage') || jsonb_build_object('phase', reasons_cut->'stage') AS cut FROM tenant WHERE id = ${tx.tenantId}::uuid FOR NO KEY UPDATE`);
  return row?.cut ?? START;
}

/** Stores the progress; undefined restarts it. */
export async function noteCutting(tx: Transaction, cutting: Cutting | undefined): Promise<void> {
  const { phase, ...after } = cutting ?? {};
  const cut = sql`jsonb_build_object('stage', ${phase ?? null}::text) || ${JSON.stringify(after)}::jsonb`;
  const kept = cutting === undefined ? sql`NULL::jsonb` : cut;
  await tx.run(sql`
    UPDATE tenant SET reasons_cut = ${kept}
     WHERE id = ${tx.tenantId}::uuid AND reasons_cut IS DISTINCT FROM ${kept}`);
}

/** Reads the next contacts after one, retired ones included. */
export async function contactsAfter(
  tx: Transaction,
  { after, most }: { readonly after: string; readonly most: number },
): Promise<string[]> {
  const rows = await tx.rows(idRows.sql`
    SELECT id FROM contact WHERE tenant_id = ${tx.tenantId}::uuid AND id > ${after}::uuid ORDER BY id LIMIT ${most}`);
  return rows.map(({ id }) => id);
}

const placedProofRows = rowsOf('link', ['position', 'eventId']).and('consent_event', ['contactId']);

/** A proof and its position in the chain. */
export type PlacedProof = RowOf<typeof placedProofRows>;

/** Reads the next acts of the chain; an act may have lost its proof. */
export function actsAfter(
  tx: Transaction,
  { after, most }: { readonly after: number; readonly most: number },
): Promise<PlacedProof[]> {
  return tx.rows(placedProofRows.sql`
    SELECT l.position::float8 AS position, l.event_id AS "eventId", e.contact_id AS "contactId"
      FROM link l JOIN consent_event e ON e.id = l.event_id AND e.tenant_id = l.tenant_id
     WHERE l.tenant_id = ${tx.tenantId}::uuid AND l.chain = 'consent' AND l.position > ${after}
     ORDER BY l.position LIMIT ${most}`);
}

/** Replaces proofs by their shortened form, and marks them as such. */
export async function replaceProofs(
  tx: Transaction,
  proofs: readonly { readonly eventId: string; readonly sealed: Buffer }[],
  at: string,
): Promise<void> {
  if (proofs.length === 0) return;
  const rows = proofs.map(({ eventId, sealed }) => ({ eventId, sealed: `\\x${sealed.toString('hex')}` }));
  await tx.run(sql`
    UPDATE consent_proof p SET sealed = r.sealed, cut_at = ${at}::timestamptz
      FROM jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) AS r("eventId" uuid, sealed bytea)
     WHERE p.event_id = r."eventId"`);
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
