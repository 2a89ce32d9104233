/**
 * The roles of a tenant:
 * `admin` does everything of the tenant, keys and settings included.
 * `marketer` keeps contacts, wordings and consents, and orders the campaigns of its own system.
 * `scheduler` keeps practices and bookings, and orders the reminders of its own system.
 * `operator` reads states, pauses, resumes, resolves and halts, and reads no clear number or text.
 * `auditor` reads evidence and audit, and clear content once it gives a reason.
 */
export const ROLES = ['admin', 'marketer', 'scheduler', 'operator', 'auditor'] as const;

/** The roles in the order in which a form offers them: the most powerful last. */
export const ROLES_OFFERED = [
  'operator',
  'scheduler',
  'marketer',
  'auditor',
  'admin',
] as const satisfies readonly TenantRole[];

type TenantRole = (typeof ROLES)[number];

/**
 * A role within a tenant, or the role `instance`, which makes tenants, halts accounts for all tenants and reads no
 * personal data.
 */
export type Role = TenantRole | 'instance';

/** Every role of a tenant. */
export const EVERYBODY: readonly Role[] = [...ROLES];

/** Those who write texts and order campaigns. */
export const MARKETING: readonly Role[] = ['admin', 'marketer'];

/** Those who approve campaigns: never their own, and those of other systems only as an admin. */
export const APPROVING_CAMPAIGNS: readonly Role[] = [...MARKETING];

/** Those who keep practices and bookings, and end reminders. */
export const BOOKING: readonly Role[] = ['admin', 'scheduler'];

/** Those who halt sending, try accounts and decide on unclear replies. */
export const OPERATING: readonly Role[] = ['admin', 'operator'];

/** Those who read everything of the tenant. */
export const AUDITING: readonly Role[] = ['admin', 'auditor'];

/** Those who read decisions, and what is shown to authorities. */
export const REVIEWING: readonly Role[] = ['admin', 'operator', 'auditor'];

/** Those who pause and resume campaigns. */
export const PAUSING_CAMPAIGNS: readonly Role[] = ['admin', 'marketer', 'operator'];

/** Those who pause and resume reminders. */
export const PAUSING_REMINDERS: readonly Role[] = ['admin', 'scheduler', 'operator'];

/** Those who write contacts and their consents. */
export const KEEPING_CONTACTS: readonly Role[] = ['admin', 'marketer', 'scheduler'];

/** Those who read which people advertising may no longer reach, or soon may not. */
export const READING_AUDIENCES: readonly Role[] = ['admin', 'marketer', 'auditor'];

/** Those who read figures, costs and imports. */
export const READING_CAMPAIGNS: readonly Role[] = ['admin', 'marketer', 'operator', 'auditor'];

/** Those who read practices, bookings and their reminders. */
export const READING_REMINDERS: readonly Role[] = ['admin', 'scheduler', 'operator', 'auditor'];
