import type { Territory, IfLate } from '../../law/index.ts';
import type { BookedConsent } from './booked-consent.ts';
import type { BookedPerson } from '../series/series.ts';
import type { StepWish } from '../steps/step-offset.ts';

/** A person named in a booking. */
export interface BookedContact extends BookedPerson {
  readonly phone: string;
  /** ISO country of a national number. */
  readonly region?: string | undefined;
  readonly territory?: Territory | undefined;
  readonly postalCode?: string | undefined;
  readonly timeZone?: string | undefined;
}

/** The fields common to every kind of booking. */
export interface BookingGiven {
  readonly externalId: string;
  readonly source: string;
  /** `key:<id>`, and the name of that key. */
  readonly actor: string;
  readonly keyName: string;
  readonly contactId?: string | undefined;
  readonly contact?: BookedContact | undefined;
  readonly person?: BookedPerson | undefined;
  readonly timeZone?: string | undefined;
  readonly territory?: Territory | undefined;
  /** An external id, or a name for a tenant of one site. */
  readonly practice?: string | undefined;
  readonly reminders?: readonly StepWish[] | undefined;
  /** The treatment of a reminder booked too late for its wish; the tenant's choice when absent. */
  readonly ifLate?: IfLate | undefined;
  readonly consent?: (Omit<BookedConsent, 'grantedAt'> & { readonly grantedAt: string }) | undefined;
  readonly text?: string | undefined;
  readonly sender?: string | undefined;
  readonly gateway?: string | undefined;
  readonly sourceRevision?: number | undefined;
  readonly notifyChange?: boolean | undefined;
  readonly replaceContact?: boolean | undefined;
  /** True when a cancelled booking is reopened. */
  readonly reopen?: boolean | undefined;
}

/** Returns the person of a booking: named apart, or flat beside the number. */
export function personOf({ person, contact }: BookingGiven): BookedPerson | undefined {
  const { ref, firstName, lastName, birthDate } = person ?? contact ?? {};
  const named = { ref, firstName, lastName, birthDate };
  return Object.values(named).some((value) => value !== undefined) ? named : undefined;
}
