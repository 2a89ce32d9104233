import {
  type Clock,
  type Database,
  type Transaction,
  type TenantKeys,
  csvLine,
} from '../../platform/index.ts';
import type { DatedProof, Evidence } from '../consent/consent-proof.ts';
import { readProofs, readRecord, type KeptEvent, type KeptStanding } from '../consent/consent.repository.ts';
import { readContacts, type Contact } from '../contact/contact.repository.ts';
import { reachKey, reachOf, readBasePage, type BaseFilter } from './export-base.repository.ts';
import { baseHeadings, baseRow, type RowTerms, type Said } from './export-base-row.ts';
import { readReaderHome } from '../import/import.repository.ts';
import { linkAddress, type OptOutLinks } from '../opt-out/opt-out-link.ts';
import { CONSENT_PURPOSES, type ConsentPurpose } from '../consent/purpose.ts';
import type { ReachTerms } from '../eligibility/reach.repository.ts';

/** People of one transaction: a slow reader holds none open. */
const PAGE = 500;

/** What a file of people is made with. */
export interface BaseExportDeps {
  readonly database: Database;
  readonly keys: TenantKeys;
  readonly clock: Clock;
  readonly links: OptOutLinks;
}

/** Who is in the file, and how much of them. */
export interface BaseExportAsked extends BaseFilter, Pick<ReachTerms, 'fakeFor'> {
  readonly attributes: readonly string[];
  readonly clear: boolean;
}

/** The people of a tenant as CSV, one row a purpose; read by an import of ours, it changes nothing. */
export async function* baseCsv(deps: BaseExportDeps, asked: BaseExportAsked): AsyncGenerator<string> {
  const { database, keys } = deps;
  // One instant for the whole file: nobody changes sides between two pages of it.
  const reach = { at: deps.clock.now().toISO(), fakeFor: asked.fakeFor };
  const { timeZone } = await database.withTenant(keys.tenantId, readReaderHome);
  const terms = { clear: asked.clear, attributes: asked.attributes, timeZone, linkOf: linkOf(deps) };
  // A spreadsheet takes UTF-8 for itself only behind this mark.
  yield `\uFEFF${csvLine(baseHeadings(terms))}`;
  let after: string | undefined;
  for (;;) {
    const from = after;
    const page = await database.withTenant(keys.tenantId, async (tx) => {
      const ids = await readBasePage(tx, asked, { ...reach, after: from, limit: PAGE });
      return { last: ids.at(-1), rows: await rowsOf(tx, deps, { ids, asked, terms, reach }) };
    });
    if (page.rows.length > 0) yield page.rows.map(csvLine).join('');
    if (page.last === undefined) return;
    after = page.last;
  }
}

function linkOf({ clock, links: { tokens, base } }: BaseExportDeps): RowTerms['linkOf'] {
  if (base === undefined) return undefined;
  const { year } = clock.now().toUTC();
  return (contactId, purpose) => linkAddress(base, tokens.tokenOf({ contactId, purpose, year }));
}

interface PageAsked {
  readonly ids: readonly string[];
  readonly asked: BaseExportAsked;
  readonly terms: RowTerms;
  readonly reach: ReachTerms;
}

async function rowsOf(
  tx: Transaction,
  { keys }: BaseExportDeps,
  { ids, asked, terms, reach }: PageAsked,
): Promise<string[][]> {
  const contacts = await readContacts(tx, keys, ids);
  const { events, standings } = await readRecord(tx, { contactIds: ids, indexes: [] });
  const acts = new Map(events.map((event) => [event.id, event]));
  const reached = await reachOf(tx, ids, reach);
  const judged = standings.map((standing) => ({ standing, why: whyOf(reached, standing) }));
  const wanted = judged.filter((one) => isWanted(one, asked));
  const proofs = await readProofs(
    tx,
    wanted.filter(({ standing }) => standing.sendable).map(({ standing }) => standing.eventId),
  );
  const spoken = new Set(standings.map(({ contactId }) => contactId));
  const told = Map.groupBy(wanted, ({ standing }) => standing.contactId);
  return contacts.flatMap((contact) => {
    const said = (told.get(contact.id) ?? [])
      .toSorted((one, other) => rank(one.standing.purpose) - rank(other.standing.purpose))
      .map(({ standing, why }): Said => {
        const event = acts.get(standing.eventId);
        return { standing, why, event, evidence: evidenceOf(contact, event, proofs) };
      });
    // Whoever was erased, or changed sides, since the page was chosen is in it no more.
    if (said.length === 0) return spoken.has(contact.id) ? [] : [baseRow(terms, contact, undefined)];
    return said.map((one) => baseRow(terms, contact, one));
  });
}

const rank = (purpose: ConsentPurpose): number => CONSENT_PURPOSES.indexOf(purpose);

/** Reach is read last: whom it does not find was erased meanwhile. */
function whyOf(reached: Awaited<ReturnType<typeof reachOf>>, standing: KeptStanding): Said['why'] {
  const why = reached.get(reachKey(standing));
  return why === undefined ? 'ERASED' : why;
}

const isWanted = ({ standing, why }: Pick<Said, 'standing' | 'why'>, asked: BaseFilter): boolean =>
  why !== 'ERASED' &&
  (asked.purpose === undefined || standing.purpose === asked.purpose) &&
  (asked.sendable === undefined || (why === null) === asked.sendable);

function evidenceOf(
  { key }: Contact,
  event: KeptEvent | undefined,
  proofs: ReadonlyMap<string, Buffer>,
): Evidence {
  const sealed = event && proofs.get(event.id);
  if (event === undefined || sealed === undefined) return {};
  const place = { table: 'consent_proof', column: 'sealed', row: event.id };
  // What the person's own key opens was sealed as a proof text.
  return (JSON.parse(key.open(place, sealed).toString('utf8')) as DatedProof).evidence;
}
