import { sql } from 'kysely';
import {
  col,
  countRows,
  idRows,
  type RowOf,
  rowsOf,
  type Transaction,
  uuidV7,
} from '../../platform/index.ts';

const waitingAnswerRows = rowsOf('form_answer', ['id', 'formId', 'events']).with({
  contactId: col.of('form_answer', 'contactId').known(),
  phoneIndex: col.of('form_answer', 'phoneIndex').known(),
  state: col.of('form_answer', 'state').as<'pending' | 'confirmed'>(),
});

/** An answer that waits for its number to be confirmed. */
export type WaitingAnswer = RowOf<typeof waitingAnswerRows>;

/** Spends a ticket; returns the id of its answer, and whether it was spent before. */
export async function spendTicket(
  tx: Transaction,
  given: {
    readonly formId: string;
    readonly digest: Buffer;
    readonly at: string;
    readonly machineMs: number;
  },
): Promise<{ readonly id: string; readonly again: boolean }> {
  const id = uuidV7(given.machineMs);
  const spent = await tx.first(idRows.sql`
    INSERT INTO form_answer (id, tenant_id, form_id, ticket_digest, state, created_at)
    VALUES (${id}, ${tx.tenantId}, ${given.formId}, ${given.digest}, 'spent', ${given.at}::timestamptz)
    ON CONFLICT (tenant_id, ticket_digest) DO NOTHING RETURNING id`);
  if (spent !== undefined) return { id, again: false };
  const before = await tx.first(idRows.sql`
    SELECT id FROM form_answer WHERE tenant_id = ${tx.tenantId}::uuid AND ticket_digest = ${given.digest}`);
  return { id: before?.id ?? id, again: true };
}

/** Counts a number's pending answers of the last hour. */
export async function answersWaiting(tx: Transaction, phoneIndex: Buffer, now: string): Promise<number> {
  const row = await tx.first(countRows.sql`
    SELECT count(*)::int AS count FROM form_answer
     WHERE tenant_id = ${tx.tenantId}::uuid AND phone_index = ${phoneIndex} AND state = 'pending'
       AND created_at > ${now}::timestamptz - interval '1 hour' AND created_at <= ${now}::timestamptz + interval '1 minute'`);
  return row?.count ?? 0;
}

/** Stores the ticked boxes of an answer. */
export async function keepWaiting(
  tx: Transaction,
  answer: Pick<WaitingAnswer, 'id' | 'contactId' | 'phoneIndex' | 'events'>,
): Promise<void> {
  await tx.run(sql`
    UPDATE form_answer SET contact_id = ${answer.contactId}::uuid, phone_index = ${answer.phoneIndex},
           events = ${answer.events}::text[], state = 'pending'
     WHERE id = ${answer.id}::uuid`);
}

/** Locks and reads a form's answer with its number. */
export async function lockAnswer(
  tx: Transaction,
  about: { readonly formId: string; readonly id: string },
): Promise<WaitingAnswer | undefined> {
  return tx.first(waitingAnswerRows.sql`
    SELECT id, form_id AS "formId", contact_id AS "contactId", phone_index AS "phoneIndex", events, state FROM form_answer
     WHERE tenant_id = ${tx.tenantId}::uuid AND form_id = ${about.formId}::uuid AND id = ${about.id}::uuid AND state <> 'spent'
       FOR UPDATE`);
}

export async function endAnswer(tx: Transaction, id: string): Promise<void> {
  await tx.run(sql`UPDATE form_answer SET state = 'confirmed' WHERE id = ${id}::uuid`);
}

/** Stores the text of a page on which somebody agreed; once for each fingerprint. */
export async function keepPageText(
  tx: Transaction,
  shown: {
    readonly formId: string;
    readonly version: number;
    readonly language: string;
    readonly text: string;
    /** Hexadecimal. */
    readonly sha256: string;
    readonly at: string;
  },
): Promise<void> {
  await tx.run(sql`
    INSERT INTO form_text (tenant_id, sha256, form_id, version, language, text, first_agreed_at)
    VALUES (${tx.tenantId}, decode(${shown.sha256}, 'hex'), ${shown.formId}, ${shown.version}, ${shown.language},
            ${shown.text}, ${shown.at}::timestamptz)
    ON CONFLICT DO NOTHING`);
}
