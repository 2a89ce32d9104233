import type { Day, Territory } from '../../rule/index.ts';
import type { TenantKeys } from '../../crypto/index.ts';
import { Refusal, refusalWords, refusedField, type Clock, type Transaction } from '../../platform/index.ts';
import { refusedAs } from '../../sending/index.ts';
import {
  checkText,
  asksForAnswer,
  canReceiveAnswers,
  valueFindings,
  stopMention,
  foundInEach,
  withRule,
  checkSender,
  senderFromBrand,
  type OptOutMeans,
} from '../../sms/index.ts';
import type { ReminderPurpose } from '../series/series.ts';
import { languageOf, bilingual, type Said, type BareFault } from '../../words/index.ts';
import {
  type Brand,
  type Tenant,
  type KeptPractice,
  practiceOf,
  practices,
  practicesNamed,
  isName,
  brandById,
  brandsOf,
  practiceById,
} from '../../company/index.ts';
import type { BookedAccount } from './booking.repository.ts';
import { recordConsents, addWording, type Granted, type ContactDeps } from '../../people/index.ts';
import { type Method, type ConsentPurpose } from '../../person/index.ts';
import { readSeriesPage, type SeriesFilter } from '../series/series.repository.ts';
import type { ReminderWords } from '../series/reason.ts';

export interface BookedWords {
  readonly purpose: ReminderPurpose;
  readonly on: Day;
  readonly sector: string;
  readonly locale: string;
  readonly sender: string;
  readonly means: OptOutMeans | undefined;
  readonly territory: Territory | undefined;
  /** Of the usual length; empty without an address for links. */
  readonly stopLink: string;
  readonly text: string | undefined;
  /** The tenant's text of that purpose, which it replaces. */
  readonly usual: string | undefined;
  /** The name at the start of the text. */
  readonly practice: string;
  /** Words of the booking that were not checked before: a name without a stored practice, a street, a contract. */
  readonly unjudged: Readonly<Record<string, string | undefined>>;
}

/** Refuses words that may not be sent, with the position of each. */
export function refuseWords(words: BookedWords): void {
  refuseUnjudged(words);
  refuseText(words);
  refuseUnheard(words);
  refuseNoOptOut(words);
}

function refuseUnjudged({ unjudged, purpose, sector }: BookedWords): void {
  const errors = Object.entries(unjudged).flatMap(([field, value]) =>
    foundInEach((language) => valueFindings(value ?? '', { purpose, sector, language }))
      .filter(({ severity }) => severity === 'error')
      .map(({ message, ruleId }) => ({
        in: 'body' as const,
        pointer: `/${field}`,
        message: withRule(message, ruleId),
      })),
  );
  if (errors.length > 0) throw new Refusal('CONTENT_REFUSED', { errors });
}

function refuseText({
  text,
  purpose,
  on,
  sector,
  locale,
  sender,
  means,
  territory,
  practice,
  stopLink,
}: BookedWords): void {
  if (text === undefined) return;
  const findings = foundInEach(
    (readBy) =>
      checkText({
        text,
        purpose,
        on,
        sector,
        sender,
        means,
        territory,
        language: languageOf(locale),
        readBy,
        brand: practice,
        stopLink,
      }).findings,
  );
  // A reminder may be brought forward by days: "demain" would then be false, and its date is still true.
  const faults = findings.filter(
    ({ severity, code }) => severity === 'error' || (code === 'STALE_WHEN_HELD' && severity === 'warning'),
  );
  const [first] = faults;
  if (first === undefined) return;
  throw new Refusal(refusedAs(first), {
    errors: faults.map(({ message, ruleId }) => ({
      in: 'body',
      pointer: '/text',
      message: withRule(message, ruleId),
    })),
  });
}

/** Refuses a text, the tenant's own included, that asks a question nobody would get the answer to. */
function refuseUnheard({ text, usual = '', means }: BookedWords): void {
  if (text === undefined && means !== undefined && asksForAnswer(usual) && !canReceiveAnswers(means))
    throw new Refusal('ANSWERS_IMPOSSIBLE');
}

/** Checks that the default texts, too, offer an opt-out. */
function refuseNoOptOut({ purpose, locale, territory = 'FR', means, stopLink }: BookedWords): void {
  if (means === undefined) return;
  const mention = stopMention({ purpose, language: languageOf(locale), territory, means, stopLink });
  if (mention.kind === 'impossible') throw new Refusal('OPT_OUT_IMPOSSIBLE');
}

/** What bookings need of the configuration: accounts and links. */
export interface BookingTerms {
  readonly defaultName: string;
  /** Returns the ways to opt out that an account offers. */
  means(name: string): OptOutMeans | undefined;
  /** Base URL of opt-out links, for tenants without an address of their own. */
  readonly linkBase?: string | undefined;
}

/** Returns the sender that the booking names, else that of the practice, tenant or brand, else the brand's own letters. */
export function bookedSender({
  named,
  account,
  tenant,
  practice,
  brand,
  on,
}: {
  readonly named: string | undefined;
  readonly account: BookedAccount;
  readonly tenant: Pick<Tenant, 'sender' | 'sector' | 'name' | 'settings'>;
  readonly practice: KeptPractice | undefined;
  readonly brand: Pick<Brand, 'name' | 'sender'> | undefined;
  readonly on: Day;
}): string {
  const own = [
    practice?.sender,
    tenant.sender,
    brand?.sender,
    senderFromBrand(brand?.name ?? tenant.name, on),
  ].flatMap((sender) => sender ?? []);
  const sender = named ?? own[0];
  const sector = practice?.sector ?? tenant.sector;
  if (sender === undefined) throw invalid('no sender: name one for the booking, the practice or the tenant');
  // The practice's own sender was checked when it was put.
  if (sender !== practice?.sender) refuseSender(sender, { sector, on });
  if (!isAllowed(sender, own, { account, tenant })) throw new Refusal('SENDER_NOT_YOURS');
  return sender;
}

function refuseSender(sender: string, terms: { readonly sector: string; readonly on: Day }): void {
  const found = foundInEach((language) => checkSender(sender, { ...terms, language }));
  const wrong = found.find(({ severity }) => severity === 'error');
  if (wrong !== undefined) throw invalid(wrong.message);
}

/** Says whether a tenant may use a sender. Without a list any is allowed on fakes, only its own on real accounts. */
function isAllowed(
  sender: string,
  own: readonly string[],
  { account, tenant }: { readonly account: BookedAccount; readonly tenant: Pick<Tenant, 'settings'> },
): boolean {
  const listed = tenant.settings.senders ?? undefined;
  return (listed === undefined && account.fake) || [...own, ...(listed ?? [])].includes(sender);
}

const invalid = (message: Said): Refusal => refusedField('/sender', message, 'SENDER_INVALID');

export interface BookedConsent {
  /** That of the booking when absent. */
  readonly purposes?: readonly ConsentPurpose[] | undefined;
  readonly method?: Method | undefined;
  /** ISO instant. */
  readonly grantedAt: string;
  /** The wording that the person saw: its text, or its id. */
  readonly wording?: string | undefined;
  readonly wordingId?: string | undefined;
  readonly evidence?: Readonly<Record<string, string>> | undefined;
}

/** Whose agreement a booking brings, and what proves it. */
export interface ConsentSource {
  readonly tenant: Pick<Tenant, 'settings' | 'locale'>;
  readonly purpose: ConsentPurpose;
  /** The name of the caller's key. */
  readonly keyName: string;
  readonly actor: string;
  /** Kind and external id of the booking. */
  readonly recordRef: string;
}

const METHODS: readonly Method[] = ['web_form', 'paper', 'event', 'oral', 'sms_keyword', 'import'];

/**
 * Completes an agreement by the tenant's defaults with all evidence its proof needs, except the person, and stores
 * its wording. Before any contact is locked: wordings are stored one tenant at a time, and imports lock people after
 * them.
 */
export async function readyConsent(
  tx: Transaction,
  deps: { readonly clock: Clock },
  { consent, source }: { readonly consent: BookedConsent; readonly source: ConsentSource },
) {
  const { purposes = [source.purpose], evidence, grantedAt } = consent;
  const wordingId = await wordingOf(tx, deps, { consent, purposes, source });
  const attested = evidence === undefined;
  const shown = evidence ?? { source: source.keyName, recordRef: source.recordRef };
  return purposes.map((purpose) => {
    const usual = source.tenant.settings.consentDefaults?.[purpose];
    const method = consent.method ?? METHODS.find((one) => one === usual?.method);
    const words = wordingId ?? usual?.wordingId;
    if (method === undefined || words === undefined)
      throw incomplete([
        ...(method === undefined ? ['method'] : []),
        ...(words === undefined ? ['wording'] : []),
      ]);
    return { purpose, method, wordingId: words, grantedAt, evidence: shown, attested };
  });
}

async function wordingOf(
  tx: Transaction,
  deps: { readonly clock: Clock },
  about: {
    readonly consent: BookedConsent;
    readonly purposes: readonly ConsentPurpose[];
    readonly source: ConsentSource;
  },
): Promise<string | undefined> {
  const { consent, purposes, source } = about;
  if (consent.wording === undefined) return consent.wordingId;
  const given = { text: consent.wording, purposes, locale: source.tenant.locale };
  return (await addWording(tx, deps, given)).id;
}

/** Records the completed agreement. One that cannot lift a STOP is no reason to refuse the booking. */
export async function recordBooked(
  tx: Transaction,
  deps: ContactDeps,
  about: {
    readonly ready: Awaited<ReturnType<typeof readyConsent>>;
    readonly contactId: string;
    readonly actor: string;
  },
): Promise<void> {
  const { ready, contactId, actor } = about;
  const grants = ready.map((grant) =>
    Object.assign({}, grant, { contactId, actor, channel: 'api' as const }),
  );
  for (const granted of await recordConsents(tx, deps, grants)) refuseUnproven(granted);
}

function refuseUnproven(granted: Granted): void {
  if (granted.kind !== 'refused' || granted.code === 'PROOF_NOT_NEW') return;
  if (granted.missing !== undefined) throw incomplete(granted.missing);
  throw refusedField('/consent', refusalWords(granted.code), granted.code);
}

const incomplete = (missing: readonly string[]): Refusal =>
  new Refusal('CONSENT_PROOF_INCOMPLETE', {
    errors: missing.map((field) => ({
      in: 'body' as const,
      pointer: ['method', 'wording', 'wordingId'].includes(field)
        ? `/consent/${field}`
        : `/consent/evidence/${field}`,
      message: bilingual.request.missing,
    })),
  });

/**
 * Records the contract as the basis of reminders, when the tenant chose that basis. The series serves as the
 * contract. Nothing is recorded for a person who may already be written to.
 */
export async function recordContract(
  tx: Transaction,
  deps: ContactDeps,
  about: { readonly contactId: string; readonly source: ConsentSource; readonly sendable: boolean },
): Promise<void> {
  const { contactId, source, sendable } = about;
  if (sendable || source.tenant.settings.bases?.[source.purpose] !== 'contract') return;
  const { purpose, actor, recordRef } = source;
  const grantedAt = deps.clock.now().toISO();
  const evidence = { contractRef: recordRef };
  await recordConsents(tx, deps, [
    { contactId, purpose, basis: 'contract', grantedAt, evidence, channel: 'api', actor },
  ]);
}

/**
 * Finds the practice that a booking names by its external id, or by its name; the only one also by its display
 * name. A tenant without stored practices is one site: the name then is only a name, and nothing is found.
 */
export async function bookedPractice(
  tx: Transaction,
  keys: TenantKeys,
  given: string,
): Promise<KeptPractice | undefined> {
  const byId = await practiceOf(tx, keys, given);
  if (byId !== undefined) return byId;
  const [named, another] = await practicesNamed(tx, keys, given);
  if (another !== undefined) throw unknownPractice('several have that name');
  if (named !== undefined) return named;
  const [first, second] = await practices(tx, keys, { limit: 2 });
  if (first === undefined) return undefined;
  if (second === undefined && isName(first.displayName, given)) return first;
  throw unknownPractice('unknown');
}

/** Refuses a practice that is neither stored nor the name in some booking. */
export async function refuseUnknownPractice(
  tx: Transaction,
  keys: TenantKeys,
  { given, asked }: { readonly given: string; readonly asked: NonNullable<SeriesFilter['practice']> },
): Promise<void> {
  if (asked.id !== null || (await practicesNamed(tx, keys, given)).length > 0) return;
  const [booked] = await readSeriesPage(tx, { practice: asked, limit: 1 });
  if (booked === undefined) throw unknownPractice('unknown');
}

const unknownPractice = (message: BareFault): Refusal =>
  refusedField('/practice', message, 'PRACTICE_NOT_FOUND');

/** Joins a booking's own practice data with the stored practice. */
export function shownPractice(
  tenant: Pick<Tenant, 'contact' | 'sector'>,
  practice: KeptPractice | undefined,
  booked: { readonly practice: string; readonly place?: string | undefined },
): ReminderWords['practice'] {
  return {
    displayName: practice?.displayName ?? booked.practice,
    phone: practice?.phone ?? tenant.contact.phone,
    address: booked.place ?? practice?.address,
    sector: practice?.sector ?? tenant.sector,
  };
}

/** Finds the practice of a series: by its id, or made since under the name in the booking. */
export async function practiceOfSeries(
  tx: Transaction,
  keys: TenantKeys,
  series: { readonly practiceId: string | null; readonly practice?: string | undefined },
): Promise<KeptPractice | undefined> {
  if (series.practiceId !== null) return practiceById(tx, keys, series.practiceId);
  if (series.practice === undefined) return undefined;
  const [practice, another] = await practicesNamed(tx, keys, series.practice);
  return another === undefined ? practice : undefined;
}

/** Returns the brand of a practice: its own, else the only one. */
export async function brandOfPractice(
  tx: Transaction,
  practice: KeptPractice | undefined,
): Promise<Pick<Brand, 'name' | 'sender'> | undefined> {
  if (practice?.brandId !== undefined) return brandById(tx, practice.brandId);
  const [brand, another] = await brandsOf(tx);
  return another === undefined ? brand : undefined;
}
