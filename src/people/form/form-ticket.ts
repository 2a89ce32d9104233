import { createHash, createHmac, randomBytes, timingSafeEqual, type KeyObject } from 'node:crypto';
import type { Language } from '../../words/index.ts';

/** Nobody reads a page and ticks boxes faster. */
const EARLIEST_MS = 2_000;
/** Nobody comes back to a page later. */
const LATEST_MS = 2 * 3_600_000;

/** A page's single-use, expiring ticket from its display to its submission. */
export interface Ticket {
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

/** Checks a ticket returned to the form it was issued for. */
export function readTicket(
  keys: readonly KeyObject[],
  slug: string,
  { text, machineMs }: { readonly text: string; readonly machineMs: number },
): TicketReading {
  const [body = '', mac = ''] = text.split('.');
  if (!isSigned(keys, mac, `ticket|${slug}|${body}`)) return { kind: 'forged' };
  // The signature proves that we wrote this value.
  const [issuedMs, , shownAt, version, language] = JSON.parse(
    Buffer.from(body, 'base64url').toString('utf8'),
  ) as [number, string, string, number, Language];
  const age = machineMs - issuedMs;
  if (age < EARLIEST_MS) return { kind: 'too-early', inMs: EARLIEST_MS - age };
  if (age > LATEST_MS) return { kind: 'too-late' };
  const digest = createHash('sha256').update(body).digest();
  return { kind: 'good', ticket: { shownAt, version, language }, digest };
}

/** Names an answer to be confirmed, unforgeably. */
export const answerReference = (key: KeyObject, slug: string, answerId: string): string =>
  `${answerId}.${macOf(key, `answer|${slug}|${answerId}`)}`;

/** Returns the answer that a reference names; undefined when we did not make it. */
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

/** Verifies by the key in force, or by an earlier one: a page is submitted hours after it was shown. */
const isSigned = (keys: readonly KeyObject[], mac: string, text: string): boolean =>
  keys.some((key) => isSame(mac, macOf(key, text)));

function isSame(given: string, right: string): boolean {
  const [one, other] = [Buffer.from(given), Buffer.from(right)];
  return one.length === other.length && timingSafeEqual(one, other);
}
