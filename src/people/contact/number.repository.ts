import { sql, type RawBuilder } from 'kysely';
import { col, computedRows, idRows, type Transaction } from '../../platform/index.ts';
import { raise } from '../../company/index.ts';
import { idAt } from '../consent/consent.repository.ts';
import type { Contact, ContactDraft } from './contact.repository.ts';

export async function writeNumber(
  tx: Transaction,
  { contact, draft, phoneIndex, at }: NumberWriting,
): Promise<boolean> {
  const held = await tx.first(idRows.sql`
    SELECT id FROM contact WHERE tenant_id = ${tx.tenantId}::uuid AND phone_index = ${phoneIndex} AND retired_at IS NULL`);
  if (held !== undefined) return false;
  await tx.run(sql`
    UPDATE contact SET phone_index = ${phoneIndex}, phone_index_next = NULL, sealed = ${contact.key.sealPerson(draft.person)},
           territory = ${draft.place.territory}, time_zone = ${draft.place.timeZone}, place_from = ${draft.place.placeFrom},
           line_type = ${draft.lineType}, number_state = NULL, number_version = number_version + 1,
           number_since = ${at}::timestamptz, updated_at = ${at}::timestamptz
     WHERE id = ${contact.id}::uuid`);
  return true;
}

export interface NumberWriting {
  readonly contact: Contact;
  readonly draft: ContactDraft;
  readonly phoneIndex: Buffer;
  /** ISO instant of the law clock. */
  readonly at: string;
}

/** Locks numbers, so that nobody else takes one before this transaction ends. */
export const lockNumbers = async (tx: Transaction, indexes: readonly Buffer[]): Promise<void> => {
  for (const index of indexes.toSorted((one, other) => one.compare(other)))
    await tx.run(sql`SELECT pg_advisory_xact_lock(hashtextextended(${index.toString('hex')}, 0))`);
};

/** The reasons for retiring a number. */
export type Retirement = 'hard-bounce' | 'unknown-subscriber';

/** Retires numbers that messages failed to reach for good; returns their contacts, each once. */
export async function retireNumbers(
  tx: Transaction,
  { batchId, seqs, why, when }: RetirementReport,
): Promise<readonly string[]> {
  if (seqs.length === 0) return [];
  const retired = await tx.rows(idRows.sql`
    UPDATE contact c SET number_state = 'NUMBER_INVALID', retired_at = ${when.at}::timestamptz, updated_at = ${when.at}::timestamptz
      FROM message m
     WHERE m.batch_id = ${batchId}::uuid AND m.seq = ANY (${seqs}::int[]) AND c.id = m.contact_id AND c.retired_at IS NULL
    RETURNING c.id`);
  const news = retired.map(({ id }) => ({ id: idAt(when.machineMs), subject: id, details: { why } }));
  await tx.run(sql`
    INSERT INTO audit_entry (id, tenant_id, at, actor, action, subject, details)
    SELECT id, ${tx.tenantId}::uuid, ${when.at}::timestamptz, 'system', 'contact.number-retired', subject, details
      FROM jsonb_to_recordset(${JSON.stringify(news)}::jsonb) AS r(id uuid, subject text, details jsonb)`);
  const events = retired.map(({ id: subject }) => ({
    type: 'contact.number-retired' as const,
    subject,
    about: { why },
  }));
  await raise(tx, events, when.at);
  return retired.map(({ id }) => id);
}

/** Messages that an operator reports as undeliverable for good. */
export interface RetirementReport {
  readonly batchId: string;
  readonly seqs: readonly number[];
  readonly why: Retirement;
  readonly when: { readonly at: string; readonly machineMs: number };
}

const lastInteractionAtRows = computedRows({
  lastInteractionAt: col.of('contact', 'lastInteractionAt').known(),
});

/** Notes a sign of life; returns the latest known one, undefined when there is no such contact. */
export const noteSignOfLife = (
  tx: Transaction,
  who: { readonly contactId: string } | { readonly phoneIndex: Buffer },
  at: string,
): Promise<{ readonly lastInteractionAt: string } | undefined> =>
  tx.first(lastInteractionAtRows.sql`
    UPDATE contact c SET last_interaction_at = greatest(c.last_interaction_at, ${at}::timestamptz)
     WHERE c.tenant_id = ${tx.tenantId}::uuid AND ${whose(who)} AND c.retired_at IS NULL
    RETURNING iso(c.last_interaction_at) AS "lastInteractionAt"`);

const whose = (who: { readonly contactId: string } | { readonly phoneIndex: Buffer }): RawBuilder<unknown> =>
  'contactId' in who ? sql`c.id = ${who.contactId}::uuid` : sql`c.phone_index = ${who.phoneIndex}`;
