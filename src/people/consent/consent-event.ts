import { hash } from 'node:crypto';
import { DateTime } from 'luxon';
import type { Basis } from '../../law/chapters/consent.ts';
import type { Scope } from './purpose.ts';

/** The kinds of consent events. */
export type ConsentKind =
  | 'pending'
  | 'confirmed'
  | 'granted'
  | 'refused'
  | 'withdrawn'
  | 'objected'
  | 'expired'
  | 'reinstated';

/** The channels through which an act reached us. */
export type Channel = 'sms' | 'link' | 'email' | 'counter' | 'phone' | 'letter' | 'form' | 'api' | 'operator';

/** One act of consent or opt-out, as the ledger keeps it. */
export interface ConsentEvent {
  /** Sorts a person's events in order of recording. */
  readonly id: string;
  readonly contactId: string | null;
  readonly purpose: Scope;
  readonly kind: ConsentKind;
  readonly basis: Basis;
  /** The method of the agreement; `import` also marks an opt-out from a file, which counts by its date. */
  readonly method: string | null;
  readonly channel: string | null;
  readonly wordingId: string | null;
  readonly proof: 'held' | 'attested' | 'none';
  /** In the format of `exactInstant`. */
  readonly occurredAt: string;
  readonly recordedAt: string;
  readonly actor: string;
  /** The reason why the act gives no right to send, though it was recorded. */
  readonly barred: 'MINOR' | null;
  /** Hexadecimal. */
  readonly proofDigest: string | null;
  readonly simulated: boolean;
}

/** Writes an instant to the microsecond, as PostgreSQL keeps it and as digests read it. */
export function exactInstant(at: DateTime): string {
  const iso = at.toUTC().toISO();
  return iso === null ? at.toString() : `${iso.slice(0, -1)}000Z`;
}

/** Writes epoch milliseconds in the same format. */
export const exactMillis = (epochMs: number): string => `${new Date(epochMs).toISOString().slice(0, -1)}000Z`;

/** Returns the ISO instant for answers. */
export function isoInstant(exact: string): string {
  return exact.replace(/000Z$/, 'Z');
}

/** Returns SHA-256 over the tenant and the columns of an event, in hexadecimal. */
export function eventDigest(tenantId: string, event: ConsentEvent): string {
  const columns = [
    tenantId,
    event.id,
    event.contactId,
    event.purpose,
    event.kind,
    event.basis,
    event.method,
    event.channel,
    event.wordingId,
    event.proof,
    event.occurredAt,
    event.recordedAt,
    event.actor,
    event.barred,
    event.proofDigest,
    event.simulated,
  ];
  return hash('sha256', JSON.stringify(columns), 'hex');
}
