import { DateTime } from 'luxon';
import {
  type Clock,
  type Database,
  type Transaction,
  col,
  computedRows,
  idRows,
} from '../../platform/index.ts';
import { csvLine, mapInSlices } from '../../base/index.ts';
import type { TenantKeys } from '../../crypto/index.ts';
import {
  CONSENT_PURPOSES,
  isoInstant,
  type Evidence,
  type ConsentPurpose,
  linkAddress,
  type OptOutLinks,
} from '../../person/index.ts';
import { openedProof } from '../consent/consent-account.ts';
import {
  readProofs,
  readRecord,
  type KeptEvent,
  type StoredConsentStatus,
} from '../consent/consent.repository.ts';
import { readContacts, type Contact } from '../contact/contact.repository.ts';
import { readReaderHome } from '../import/import.repository.ts';
import { type ReachTerms, unreached } from '../eligibility/eligibility.repository.ts';
import { maskPhone } from '../../sms/index.ts';
import type { ExclusionReason } from '../../words/index.ts';
import { EVIDENCE_FIELDS } from '../../reading/index.ts';
import { zonesNamed } from '../../rule/index.ts';

/** Columns before the requested attributes, by the names that an import reads. */
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
interface RowTerms {
  /** True when numbers and links are written out. */
  readonly clear: boolean;
  /** Names of attributes, in the order of their columns. */
  readonly attributes: readonly string[];
  /** The tenant's zone, IANA. */
  readonly timeZone: string;
  /** Returns a person's own link; absent without an address for links. */
  readonly linkOf: ((contactId: string, purpose: ConsentPurpose) => string) | undefined;
}

/** One row of the file: a person's consent for one purpose. */
interface ConsentRow {
  readonly status: StoredConsentStatus;
  /** The reason why a campaign would not write to them; null when it would. */
  readonly why: ExclusionReason | null;
  /** The act behind it and its evidence, as far as it is kept. */
  readonly event: KeptEvent | undefined;
  readonly evidence: Evidence;
}

/** Reasons of exclusion that leave the agreement itself in force; null is none. */
const AGREEMENT_HOLDS: ReadonlySet<ExclusionReason | null> = new Set<ExclusionReason | null>([
  null,
  'CONSENT_EXPIRED',
  'MINOR',
  'NUMBER_INVALID',
  'NUMBER_NOT_MOBILE',
  'NUMBER_RETIRED',
  'PLACE_UNKNOWN',
]);

const OPTED_OUT = new Set(['CONSENT_WITHDRAWN', 'SUPPRESSED']);

/** People read in one transaction; none is open while they are written to a slow reader. */
const PAGE = 500;

interface BaseExportDeps {
  readonly database: Database;
  readonly keys: TenantKeys;
  readonly clock: Clock;
  readonly links: OptOutLinks;
}

/** Writes the people of a tenant as CSV, one row a purpose; importing it again changes nothing. */
export async function* baseCsv(
  deps: BaseExportDeps,
  filter: BaseFilter & Pick<ReachTerms, 'fakeFor'> & Pick<RowTerms, 'attributes' | 'clear'>,
): AsyncGenerator<string> {
  const { database, keys } = deps;
  // One instant for the whole file: nobody becomes eligible, or stops being so, between two pages.
  const reach = { at: deps.clock.now().toISO(), fakeFor: filter.fakeFor };
  const { timeZone } = await database.withTenant(keys.tenantId, readReaderHome);
  const terms = { clear: filter.clear, attributes: filter.attributes, timeZone, linkOf: personalLinks(deps) };
  // A spreadsheet recognizes UTF-8 only by this mark.
  yield `\uFEFF${csvLine(baseHeadings(terms))}`;
  let after: string | undefined;
  for (;;) {
    const from = after;
    const page = await database.withTenant(keys.tenantId, async (tx) => {
      const ids = await readBasePage(tx, filter, { ...reach, after: from, limit: PAGE });
      return { last: ids.at(-1), ...(await linesOf(tx, deps, { ids, filter, terms, reach })) };
    });
    const lines = await mapInSlices(page.contacts, page.lineOf);
    if (lines.length > 0) yield lines.join('');
    if (page.last === undefined) return;
    after = page.last;
  }
}

function personalLinks({ clock, links: { tokens, base } }: BaseExportDeps): RowTerms['linkOf'] {
  if (base === undefined) return undefined;
  const { year } = clock.now().toUTC();
  return (contactId, purpose) => linkAddress(base, tokens.tokenOf({ contactId, purpose, year }));
}

/** Reads the people of a page, and returns them with the function that writes the lines of one: a line a purpose. */
async function linesOf(
  tx: Transaction,
  { keys }: BaseExportDeps,
  {
    ids,
    filter,
    terms,
    reach,
  }: {
    readonly ids: readonly string[];
    readonly filter: BaseFilter;
    readonly terms: RowTerms;
    readonly reach: ReachTerms;
  },
) {
  const contacts = await readContacts(tx, keys, ids);
  const { events, statuses } = await readRecord(tx, { contactIds: ids, indexes: [] });
  const acts = new Map(events.map((event) => [event.id, event]));
  const reached = await reachOf(tx, ids, reach);
  const judged = statuses.map((status) => {
    const why = reached.get(reachKey(status));
    // Reach is read last: a person it does not find was erased meanwhile.
    return { status, why: why === undefined ? ('ERASED' as const) : why };
  });
  const wanted = judged.filter((one) => isWanted(one, filter));
  const proofs = await readProofs(
    tx,
    wanted.filter(({ status }) => status.sendable).map(({ status }) => status.eventId),
  );
  const known = new Set(statuses.map(({ contactId }) => contactId));
  const byContact = Map.groupBy(wanted, ({ status }) => status.contactId);
  const lineOf = (contact: Contact): string => {
    const row = (byContact.get(contact.id) ?? [])
      .toSorted((one, other) => rank(one.status.purpose) - rank(other.status.purpose))
      .map(({ status, why }): ConsentRow => {
        const event = acts.get(status.eventId);
        return { status, why, event, evidence: evidenceOf(contact, event, proofs) };
      });
    // A person who was erased, or no longer matches the filter, since the page was chosen is left out.
    if (row.length === 0) return known.has(contact.id) ? '' : csvLine(baseRow(terms, contact, undefined));
    return row.map((one) => csvLine(baseRow(terms, contact, one))).join('');
  };
  return { contacts, lineOf };
}

const rank = (purpose: ConsentPurpose): number => CONSENT_PURPOSES.indexOf(purpose);

const isWanted = ({ status, why }: Pick<ConsentRow, 'status' | 'why'>, filter: BaseFilter): boolean =>
  why !== 'ERASED' &&
  (filter.purpose === undefined || status.purpose === filter.purpose) &&
  (filter.sendable === undefined || (why === null) === filter.sendable);

function evidenceOf(
  { key }: Contact,
  event: KeptEvent | undefined,
  proofs: ReadonlyMap<string, Buffer>,
): Evidence {
  const sealed = event && proofs.get(event.id);
  return event === undefined || sealed === undefined ? {} : openedProof(key, event.id, sealed).evidence;
}

const baseHeadings = ({ attributes }: Pick<RowTerms, 'attributes'>): string[] => [
  ...PERSON,
  ...attributes.map((name) => `attributes.${name}`),
  ...AGREEMENT,
  ...EVIDENCE_FIELDS,
  'refusalOffered',
  ...END,
];

/** Writes one row: a person and one consent, or a person without any. */
function baseRow(terms: RowTerms, contact: Contact, row: ConsentRow | undefined): string[] {
  const { person } = contact;
  return [
    ...personCells(terms, contact),
    ...terms.attributes.map((name) => String(person.attributes[name] ?? '')),
    ...(row === undefined ? AGREEMENT.map(() => '') : agreementCells(terms, row)),
    ...[...EVIDENCE_FIELDS, 'refusalOffered'].map((name) => proofOf(row)[name] ?? ''),
    ...endCells(terms, contact, row),
  ];
}

function personCells({ clear }: RowTerms, { id, person, place }: Contact): string[] {
  // A place that was only deduced is left out: read again, it would look as if somebody had given it.
  const isFromContact = place.placeFrom === 'contact';
  const { phone, firstName, lastName, birthDate } = person;
  return [
    id,
    clear ? phone : maskPhone(phone),
    isFromContact ? place.territory : '',
    isFromContact && zonesNamed(place.timeZone).length === 1 ? place.timeZone : '',
    firstName ?? '',
    lastName ?? '',
    birthDate ?? '',
  ];
}

/**
 * Writes the cells of a consent. An ended agreement has no date and no wording here: imported again, it would look
 * like a new one. An agreement in force that cannot be used now, for an age, the number or the place, has both.
 */
function agreementCells({ timeZone }: RowTerms, { status, why, event }: ConsentRow): string[] {
  const { purpose, basis, since } = status;
  const cells = [purpose, why === null ? 'true' : 'false', why ?? '', basis];
  if (!isInForce(status, why)) return [...cells, '', '', '', ''];
  const { method = null, id = '' } = event ?? {};
  return [...cells, moment(isoInstant(since), timeZone), method ?? '', status.wordingId ?? '', id];
}

const proofOf = (row: ConsentRow | undefined): Evidence =>
  row !== undefined && isInForce(row.status, row.why) ? row.evidence : {};

/** Asks the reason too: it is read after the consent, and the person may have opted out in between. */
const isInForce = ({ sendable }: StoredConsentStatus, why: ConsentRow['why']): boolean =>
  sendable && AGREEMENT_HOLDS.has(why);

function endCells(
  { clear, timeZone, linkOf }: RowTerms,
  contact: Contact,
  row: ConsentRow | undefined,
): string[] {
  const { purpose = 'marketing', why = null, since = '' } = row?.status ?? {};
  const { lastInteractionAt } = contact;
  return [
    why !== null && OPTED_OUT.has(why) ? moment(isoInstant(since), timeZone) : '',
    lastInteractionAt === undefined ? '' : moment(lastInteractionAt, timeZone),
    // A reader who may not see the number does not get the link that stops it.
    clear && linkOf !== undefined ? linkOf(contact.id, purpose) : '',
  ];
}

const moment = (iso: string, zone: string): string => DateTime.fromISO(iso, { zone }).toISO() ?? iso;

/** Which people the file has. */
interface BaseFilter {
  /** People named by that import. */
  readonly importId?: string | undefined;
  /** People with an act on that purpose. */
  readonly purpose?: ConsentPurpose | undefined;
  /** People who may, or may not, be written to for it; for any purpose when none is named. */
  readonly sendable?: boolean | undefined;
}

/** Reads the ids of a page of people who hold a number now, in order of creation. */
async function readBasePage(
  tx: Transaction,
  { importId, purpose, sendable }: BaseFilter,
  page: ReachTerms & { readonly after: string | undefined; readonly limit: number },
): Promise<string[]> {
  const byConsent = purpose !== undefined || sendable !== undefined;
  const rows = await tx.rows(idRows.sql`
    SELECT c.id FROM contact c
     WHERE c.tenant_id = ${tx.tenantId}::uuid AND c.retired_at IS NULL
       AND (${page.after ?? null}::uuid IS NULL OR c.id > ${page.after ?? null}::uuid)
       AND (${importId ?? null}::uuid IS NULL
            OR EXISTS (SELECT 1 FROM import_row r WHERE r.import_id = ${importId ?? null}::uuid AND r.contact_id = c.id))
       AND (NOT ${byConsent}::boolean OR EXISTS (
             SELECT 1 FROM consent k WHERE k.contact_id = c.id
                AND (${purpose ?? null}::text IS NULL OR k.purpose = ${purpose ?? null})
                AND (${sendable ?? null}::boolean IS NULL OR (${unreached(page)} IS NULL) = ${sendable ?? null})))
     ORDER BY c.id LIMIT ${page.limit}`);
  return rows.map(({ id }) => id);
}

const reachRows = computedRows({
  contactId: col.of('contact', 'id'),
  purpose: col.of('consent', 'purpose').as<ConsentPurpose>(),
  why: col.text<ExclusionReason>().orNull(),
});

/** Reads the reasons of exclusion of some people, by person and purpose with an act; null where they are eligible. */
export async function reachOf(
  tx: Transaction,
  contactIds: readonly string[],
  terms: ReachTerms,
): Promise<ReadonlyMap<string, ExclusionReason | null>> {
  const rows = await tx.rows(reachRows.sql`
    SELECT c.id AS "contactId", k.purpose, ${unreached(terms)} AS why
      FROM contact c JOIN consent k ON k.contact_id = c.id WHERE c.id = ANY(${contactIds}::uuid[])`);
  return new Map(rows.map(({ contactId, purpose, why }) => [reachKey({ contactId, purpose }), why]));
}

/** Builds the key of a person and a purpose in the result of `reachOf`. */
export const reachKey = (of: { readonly contactId: string; readonly purpose: ConsentPurpose }): string =>
  `${of.contactId} ${of.purpose}`;
