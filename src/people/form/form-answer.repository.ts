import { createHash, createHmac, randomBytes, timingSafeEqual, type KeyObject } from 'node:crypto';
import { sql, type NotNull } from 'kysely';
import {
  col,
  computedRows,
  countRows,
  idRows,
  query,
  rowsOf,
  type ResultOf,
  type RowOf,
  type Transaction,
} from '../../platform/index.ts';
import { uuidV7 } from '../../base/index.ts';
import type { Language } from '../../words/index.ts';

const waitingAnswers = query
  .selectFrom('form_answer')
  .select(['id', 'formId', 'contactId', 'phoneIndex', 'events', 'state'])
  .where('state', '<>', 'spent')
  .$narrowType<{ contactId: NotNull; phoneIndex: NotNull; state: 'pending' | 'confirmed' }>();

/** An answer to a form whose number waits for its confirmation, or has it. */
export type WaitingAnswer = ResultOf<typeof waitingAnswers>;

/** Marks a ticket as spent; returns the id of its answer, and whether it was spent before. */
export async function spendTicket(
  tx: Transaction,
  ticket: {
    readonly formId: string;
    readonly digest: Buffer;
    readonly at: string;
    readonly machineMs: number;
  },
): Promise<{ readonly id: string; readonly again: boolean }> {
  const id = uuidV7(ticket.machineMs);
  const spent = await tx.first(idRows.sql`
    INSERT INTO form_answer (id, tenant_id, form_id, ticket_digest, state, created_at)
    VALUES (${id}, ${tx.tenantId}, ${ticket.formId}, ${ticket.digest}, 'spent', ${ticket.at}::timestamptz)
    ON CONFLICT (tenant_id, ticket_digest) DO NOTHING RETURNING id`);
  if (spent !== undefined) return { id, again: false };
  const before = await tx.first(idRows.sql`
    SELECT id FROM form_answer WHERE tenant_id = ${tx.tenantId}::uuid AND ticket_digest = ${ticket.digest}`);
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

/** Stores the events of an answer's ticked boxes, which wait for the confirmation of its number. */
export async function keepWaiting(
  tx: Transaction,
  { id, contactId, phoneIndex, events }: Pick<WaitingAnswer, 'id' | 'contactId' | 'phoneIndex' | 'events'>,
): Promise<void> {
  const kept = { contactId, phoneIndex, events, state: 'pending' };
  await tx.run(query.updateTable('form_answer').set(kept).where('id', '=', id));
}

/** Locks and reads an answer to a form. */
export async function lockAnswer(
  tx: Transaction,
  about: { readonly formId: string; readonly id: string },
): Promise<WaitingAnswer | undefined> {
  const own = waitingAnswers.where('tenantId', '=', tx.tenantId).where('formId', '=', about.formId);
  return tx.first(own.where('id', '=', about.id).forUpdate());
}

export async function endAnswer(tx: Transaction, id: string): Promise<void> {
  await tx.run(query.updateTable('form_answer').set({ state: 'confirmed' }).where('id', '=', id));
}

/** Stores the text of a page on which somebody agreed; once for each fingerprint. */
export async function keepPageText(
  tx: Transaction,
  page: {
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
    VALUES (${tx.tenantId}, decode(${page.sha256}, 'hex'), ${page.formId}, ${page.version}, ${page.language},
            ${page.text}, ${page.at}::timestamptz)
    ON CONFLICT DO NOTHING`);
}

const liveCodeRows = rowsOf('form_code', ['id', 'answerId', 'digest']);

/** A code that may still be tried. */
export type LiveCode = RowOf<typeof liveCodeRows>;

const codesSentRows = computedRows({
  /** Sent to this number, within the hour and within the day. */
  numberHour: col.number(),
  numberDay: col.number(),
  /** Sent for this form and for this address, within the hour. */
  formHour: col.number(),
  addressHour: col.number(),
});

/** The counts of codes and links sent within an hour and a day. */
export type CodesSent = RowOf<typeof codesSentRows>;

/** Locks a number, so that its codes are counted by one transaction at a time. */
export async function lockNumber(tx: Transaction, phoneIndex: Buffer): Promise<void> {
  const name = `form_code|${tx.tenantId}|${phoneIndex.toString('hex')}`;
  await tx.run(sql`SELECT pg_advisory_xact_lock(hashtextextended(${name}, 0))`);
}

/** Counts recent codes and links; those ahead of the clock, which was moved back since, do not count. */
export async function codesSent(
  tx: Transaction,
  about: {
    readonly phoneIndex: Buffer;
    readonly formId: string;
    readonly addressDigest: Buffer;
    readonly now: string;
  },
): Promise<CodesSent> {
  const { phoneIndex, formId, addressDigest, now } = about;
  const sentRecently = sql`sent_at > ${now}::timestamptz - interval '1 hour' AND sent_at <= ${now}::timestamptz + interval '1 minute'`;
  const today = sql`sent_at > ${now}::timestamptz - interval '1 day' AND sent_at <= ${now}::timestamptz + interval '1 minute'`;
  const counted = await tx.first(codesSentRows.sql`
    SELECT (SELECT count(*)::int FROM form_code WHERE tenant_id = ${tx.tenantId}::uuid AND phone_index = ${phoneIndex} AND ${sentRecently}) AS "numberHour",
           (SELECT count(*)::int FROM form_code WHERE tenant_id = ${tx.tenantId}::uuid AND phone_index = ${phoneIndex} AND ${today}) AS "numberDay",
           (SELECT count(*)::int FROM form_code WHERE tenant_id = ${tx.tenantId}::uuid AND form_id = ${formId}::uuid AND ${sentRecently}) AS "formHour",
           (SELECT count(*)::int FROM form_code WHERE tenant_id = ${tx.tenantId}::uuid AND address_digest = ${addressDigest} AND ${sentRecently}) AS "addressHour"`);
  return counted ?? { numberHour: 0, numberDay: 0, formHour: 0, addressHour: 0 };
}

/** Stores a code or link that is about to be sent; its id holds the instant of sending. */
export async function addCode(
  tx: Transaction,
  code: {
    readonly id: string;
    readonly formId: string;
    readonly answerId: string;
    readonly phoneIndex: Buffer;
    readonly addressDigest: Buffer;
    readonly kind: 'code' | 'link';
    readonly digest: Buffer;
    /** ISO instants of the law clock. */
    readonly sentAt: string;
    readonly expiresAt: string;
  },
): Promise<void> {
  await tx.run(query.insertInto('form_code').values({ ...code, tenantId: tx.tenantId, attempts: 0 }));
}

const alive = (now: string) =>
  sql`used_at IS NULL AND sent_at <= ${now}::timestamptz + interval '1 minute' AND expires_at > ${now}::timestamptz`;

/** Counts one attempt, of five, at the newest code of a number; undefined when no code may be tried. */
export async function attemptCode(
  tx: Transaction,
  about: { readonly phoneIndex: Buffer; readonly now: string },
): Promise<LiveCode | undefined> {
  return tx.first(liveCodeRows.sql`
    UPDATE form_code SET attempts = attempts + 1
     WHERE id = (SELECT id FROM form_code WHERE tenant_id = ${tx.tenantId}::uuid AND phone_index = ${about.phoneIndex}
                    AND kind = 'code' AND attempts < 5 AND ${alive(about.now)} ORDER BY sent_at DESC LIMIT 1)
    RETURNING id, answer_id AS "answerId", digest`);
}

/** Reads the link with this digest, while it may be opened. */
export async function liveLink(
  tx: Transaction,
  about: { readonly formId: string; readonly digest: Buffer; readonly now: string },
): Promise<LiveCode | undefined> {
  return tx.first(liveCodeRows.sql`
    SELECT id, answer_id AS "answerId", digest FROM form_code
     WHERE tenant_id = ${tx.tenantId}::uuid AND form_id = ${about.formId}::uuid AND kind = 'link'
       AND digest = ${about.digest} AND ${alive(about.now)} FOR UPDATE`);
}

/** Marks a code as used. */
export async function useCode(tx: Transaction, id: string, at: string): Promise<void> {
  await tx.run(query.updateTable('form_code').set({ usedAt: at }).where('id', '=', id));
}

/** Removes codes and answers from before an ISO instant, at most 1,000 of each; returns their number. */
export async function forgetAnswers(tx: Transaction, before: string): Promise<number> {
  const codes = await tx.run(sql`
    DELETE FROM form_code WHERE id IN (
      SELECT id FROM form_code WHERE tenant_id = ${tx.tenantId}::uuid AND sent_at < ${before}::timestamptz LIMIT 1000)`);
  const answers = await tx.run(sql`
    DELETE FROM form_answer WHERE id IN (
      SELECT id FROM form_answer WHERE tenant_id = ${tx.tenantId}::uuid AND created_at < ${before}::timestamptz LIMIT 1000)`);
  return codes + answers;
}

/** Nobody reads a page and ticks its boxes faster. */
const EARLIEST_MS = 2_000;
/** Nobody comes back to a page after so long. */
const LATEST_MS = 2 * 3_600_000;

/** What a page carries from its display to its submission, signed: usable once, and for two hours. */
interface Ticket {
  /** ISO instant of the law clock at which the page was shown. */
  readonly shownAt: string;
  readonly version: number;
  readonly language: Language;
}

/** The result of checking a returned ticket. */
export type TicketReading =
  | { readonly kind: 'good'; readonly ticket: Ticket; readonly digest: Buffer }
  | { readonly kind: 'too-early'; readonly inMs: number }
  | { readonly kind: 'forged' | 'too-late' };

/** Issues a ticket for a form; `machineMs` is epoch milliseconds of the machine clock. */
export function issueTicket(
  key: KeyObject,
  slug: string,
  { shownAt, version, language, machineMs }: Ticket & { readonly machineMs: number },
): string {
  const nonce = randomBytes(12).toString('base64url');
  const body = Buffer.from(JSON.stringify([machineMs, nonce, shownAt, version, language])).toString(
    'base64url',
  );
  return `${body}.${macOf(key, `ticket|${slug}|${body}`)}`;
}

/** Checks a ticket that comes back to its form; the keys are the one in force and earlier ones. */
export function readTicket(
  keys: readonly KeyObject[],
  slug: string,
  { text, machineMs }: { readonly text: string; readonly machineMs: number },
): TicketReading {
  const [body = '', mac = ''] = text.split('.');
  if (!isSigned(keys, mac, `ticket|${slug}|${body}`)) return { kind: 'forged' };
  // The signature proves that `issueTicket` wrote this value.
  const [issuedMs, , shownAt, version, language] = JSON.parse(
    Buffer.from(body, 'base64url').toString('utf8'),
  ) as [number, string, string, number, Language];
  const age = machineMs - issuedMs;
  if (age < EARLIEST_MS) return { kind: 'too-early', inMs: EARLIEST_MS - age };
  if (age > LATEST_MS) return { kind: 'too-late' };
  const digest = createHash('sha256').update(body).digest();
  return { kind: 'good', ticket: { shownAt, version, language }, digest };
}

/** Makes a signed reference to an answer that waits for its confirmation. */
export const answerReference = (key: KeyObject, slug: string, answerId: string): string =>
  `${answerId}.${macOf(key, `answer|${slug}|${answerId}`)}`;

/** Returns the id of the answer that a reference names; undefined when the signature is wrong. */
export function answerReferred(
  keys: readonly KeyObject[],
  slug: string,
  reference: string,
): string | undefined {
  const [answerId = '', mac = ''] = reference.split('.');
  return isSigned(keys, mac, `answer|${slug}|${answerId}`) ? answerId : undefined;
}

const macOf = (key: KeyObject, text: string): string =>
  createHmac('sha256', key).update(text).digest('base64url');

/** Verifies by any of the keys: a page may be submitted hours after it was shown, under the key of then. */
const isSigned = (keys: readonly KeyObject[], mac: string, text: string): boolean =>
  keys.some((key) => isSame(mac, macOf(key, text)));

function isSame(received: string, expected: string): boolean {
  const [one, other] = [Buffer.from(received), Buffer.from(expected)];
  return one.length === other.length && timingSafeEqual(one, other);
}
