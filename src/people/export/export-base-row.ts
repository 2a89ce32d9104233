import { DateTime } from 'luxon';
import { maskPhone } from '../../sms/index.ts';
import { isoInstant } from '../consent/consent-event.ts';
import type { Evidence } from '../consent/consent-proof.ts';
import type { KeptEvent, KeptStanding } from '../consent/consent.repository.ts';
import type { Contact } from '../contact/contact.repository.ts';
import type { ExclusionReason } from '../eligibility/exclusion.ts';
import { EVIDENCE_FIELDS } from '../import/import-grant.ts';
import type { ConsentPurpose } from '../consent/purpose.ts';
import { zonesNamed } from '../../law/index.ts';

/** Columns before the attributes that were asked for, under the names that an import reads. */
const PERSON = ['id', 'phone', 'territory', 'timeZone', 'firstName', 'lastName', 'birthDate'] as const;
const AGREEMENT = [
  'purpose',
  'sendable',
  'why',
  'basis',
  'grantedAt',
  'method',
  'wordingId',
  'consentId',
] as const;
const END = ['withdrawnAt', 'lastInteractionAt', 'optOutLink'] as const;

/** How rows are written. */
export interface RowTerms {
  /** Whether numbers are shown. */
  readonly clear: boolean;
  /** Names of attributes, in the order of their columns. */
  readonly attributes: readonly string[];
  /** The tenant's, IANA. */
  readonly timeZone: string;
  /** Makes a person's own link; absent where links lead nowhere. */
  readonly linkOf: ((contactId: string, purpose: ConsentPurpose) => string) | undefined;
}

/** What one person said for one purpose. */
export interface Said {
  readonly standing: KeptStanding;
  /** Why a campaign would not write to them; null when it would. */
  readonly why: ExclusionReason | null;
  /** The act behind it, and what shows it, as far as it is kept. */
  readonly event: KeptEvent | undefined;
  readonly evidence: Evidence;
}

/** The heading row. */
export const baseHeadings = ({ attributes }: Pick<RowTerms, 'attributes'>): string[] => [
  ...PERSON,
  ...attributes.map((name) => `attributes.${name}`),
  ...AGREEMENT,
  ...EVIDENCE_FIELDS,
  'refusalOffered',
  ...END,
];

/** One row: a person and one purpose, or a person of whom nothing was ever said. */
export function baseRow(terms: RowTerms, contact: Contact, said: Said | undefined): string[] {
  const { person } = contact;
  return [
    ...personCells(terms, contact),
    ...terms.attributes.map((name) => String(person.attributes[name] ?? '')),
    ...(said === undefined ? AGREEMENT.map(() => '') : agreementCells(terms, said)),
    ...[...EVIDENCE_FIELDS, 'refusalOffered'].map((name) => proofOf(said)[name] ?? ''),
    ...endCells(terms, contact, said),
  ];
}

function personCells({ clear }: RowTerms, { id, person, place }: Contact): string[] {
  // A place that was only deduced is left out: read again, it would look as if somebody had told it.
  const told = place.placeFrom === 'contact';
  const { phone, firstName, lastName, birthDate } = person;
  return [
    id,
    clear ? phone : maskPhone(phone),
    told ? place.territory : '',
    told && zonesNamed(place.timeZone).length === 1 ? place.timeZone : '',
    firstName ?? '',
    lastName ?? '',
    birthDate ?? '',
  ];
}

/**
 * Words of an agreement that ended are left out: read again, they would look like a new one.
 *
 * One that stands but cannot be used now, for an age, the number or the place, keeps them with their date.
 */
function agreementCells({ timeZone }: RowTerms, { standing, why, event }: Said): string[] {
  const { purpose, basis, since } = standing;
  const shown = [purpose, why === null ? 'true' : 'false', why ?? '', basis];
  if (!stands(standing, why)) return [...shown, '', '', '', ''];
  const { method = null, id = '' } = event ?? {};
  return [...shown, moment(isoInstant(since), timeZone), method ?? '', standing.wordingId ?? '', id];
}

const proofOf = (said: Said | undefined): Evidence =>
  said !== undefined && stands(said.standing, said.why) ? said.evidence : {};

const OUTLIVED: ReadonlySet<ExclusionReason | null> = new Set<ExclusionReason | null>([
  null,
  'CONSENT_EXPIRED',
  'MINOR',
  'NUMBER_INVALID',
  'NUMBER_NOT_MOBILE',
  'NUMBER_RETIRED',
  'PLACE_UNKNOWN',
]);

/** Why they are not written to is read after where they stand: somebody may have left in between. */
const stands = ({ sendable }: KeptStanding, why: Said['why']): boolean => sendable && OUTLIVED.has(why);

const LEFT = new Set(['CONSENT_WITHDRAWN', 'SUPPRESSED']);

function endCells({ clear, timeZone, linkOf }: RowTerms, contact: Contact, said: Said | undefined): string[] {
  const { purpose = 'marketing', why = null, since = '' } = said?.standing ?? {};
  const { lastInteractionAt } = contact;
  return [
    why !== null && LEFT.has(why) ? moment(isoInstant(since), timeZone) : '',
    lastInteractionAt === undefined ? '' : moment(lastInteractionAt, timeZone),
    // Whoever may not see the number is not given what stops it.
    clear && linkOf !== undefined ? linkOf(contact.id, purpose) : '',
  ];
}

const moment = (iso: string, zone: string): string => DateTime.fromISO(iso, { zone }).toISO() ?? iso;
