import {
  type Clock,
  type Database,
  type Transaction,
  outageOf,
  Refusal,
  type Vault,
  receive,
  type JournalEntry,
  type OptOutEntry,
  type PressedEntry,
  onlyHere,
} from '../../platform/index.ts';
import { inTime } from '../../base/index.ts';
import { readContact, scopesLeftAlone, tenantOfToken, noteSignOfLife, withdraw } from '../../people/index.ts';
import {
  scopeOfLink,
  type OptOutLink,
  type OptOutTokens,
  type TokenReading,
  covers,
  purposesIn,
  type ConsentPurpose,
  type Scope,
} from '../../person/index.ts';
import { brandsOf, tenantOf, type Tenant } from '../../company/index.ts';
import type { OptOutJournal } from '../server/journalled.ts';

/** Milliseconds for which the database is asked; after them the visitor gets a confirmation without it. */
const ASKED_WITHIN_MS = 2_000;
/** The same, while the database is known to be slow or away. */
const AWAY_WITHIN_MS = 700;

export interface OptOutParts {
  readonly database: Database;
  readonly vault: Vault;
  readonly clock: Clock;
  readonly journal: Pick<OptOutJournal, 'take' | 'isAsking' | 'here'>;
  readonly tokens: OptOutTokens;
  /** Called with each press that took effect at once. */
  readonly effective: (entry: JournalEntry) => void;
}

/** The person of a link, and the scopes that are already suppressed. */
export interface OptOutFound {
  readonly tenant: Tenant;
  /** The tenant's only brand, or its legal name, since a STOP covers all of its brands. */
  readonly company: string;
  readonly phone: string;
  readonly leftAlone: readonly Scope[];
}

export interface Press {
  readonly link: OptOutLink;
  readonly asked: 'this' | 'everything';
  /** `one-click` when a mail program sends it for its reader (RFC 8058). */
  readonly by: 'page' | 'one-click';
}

/** The outcome of a press; `kept` means on disk while the database is away, and counts all the same. */
export type Pressed =
  | { readonly kind: 'stopped' | 'already'; readonly found: OptOutFound }
  | { readonly kind: 'kept' }
  | { readonly kind: 'gone' };

/** Finds the person of a link; undefined when there is none. */
export function findOptOut(
  { database, vault }: OptOutParts,
  { contactId }: Pick<OptOutLink, 'contactId'>,
): Promise<OptOutFound | undefined> {
  return database.outside(async (outer) => {
    const tenantId = await tenantOfToken(outer, contactId);
    if (tenantId === undefined) return undefined;
    const tx = await outer.as(tenantId);
    const keys = await vault.tenant(tx);
    const contact = await readContact(tx, keys, contactId);
    const tenant = await tenantOf(tx);
    if (contact === undefined || tenant === undefined) return undefined;
    const { phone } = contact.person;
    const company = await nameOf(tx, tenant);
    return { tenant, company, phone, leftAlone: await scopesLeftAlone(tx, keys.phoneIndex(phone)) };
  });
}

async function nameOf(tx: Transaction, { name, legalName }: Tenant): Promise<string> {
  const [brand, another] = await brandsOf(tx);
  if (brand !== undefined && another === undefined) return brand.name;
  return legalName === '' ? name : legalName;
}

/** Returns the reading of a token that names a person, or the most likely one while the database is away. */
export async function whoseLink(
  parts: OptOutParts,
  readings: readonly TokenReading[],
): Promise<TokenReading | undefined> {
  const [likeliest, ...others] = readings;
  if (likeliest === undefined || (others.length === 0 && likeliest.kind === 'ours')) return likeliest;
  for (const reading of readings) {
    const found = await whileThere(parts, () => findOptOut(parts, reading.link));
    if (found === 'away') return likeliest;
    if (found !== undefined) return reading;
  }
  // A made-up token may by chance read as one of a past year.
  return likeliest.kind === 'ours' ? likeliest : undefined;
}

/**
 * The presses under way in a process. An equal press waits for the first one and has its outcome, so that whoever has one
 * link cannot fill the connections and the disk that others' opt-outs need.
 */
export class Presses<Outcome> {
  readonly #underWay = new Map<string, Promise<Outcome>>();

  /** Does the work of a press, or waits for an equal press under way. */
  press(name: string, work: () => Promise<Outcome>): Promise<Outcome> {
    const first = this.#underWay.get(name);
    if (first !== undefined) return first;
    const pressing = work().finally(() => this.#underWay.delete(name));
    this.#underWay.set(name, pressing);
    return pressing;
  }
}

/** Records the opt-out of a link, first on disk and then in one transaction; a second press changes nothing. */
export async function press(parts: OptOutParts, pressed: Press): Promise<Pressed> {
  const found = await whileThere(parts, () => findOptOut(parts, pressed.link));
  if (found === 'away') {
    await parts.journal.take(pressedEntry(parts, pressed), notNow);
    return { kind: 'kept' };
  }
  if (found === undefined) return { kind: 'gone' };
  if (isStopped(found.leftAlone, scopeOfLink(pressed.link.purpose, pressed.asked)))
    return { kind: 'already', found };
  const entry = optOutEntry(parts, pressed, found);
  await parts.journal.take(entry, async () => {
    await commit(parts, entry, found);
    parts.effective(entry);
  });
  return { kind: 'stopped', found };
}

const notNow = (): Promise<never> => Promise.reject(new Refusal('DATABASE_UNAVAILABLE'));

/** Says whether all requested purposes are already suppressed. */
export const isStopped = (leftAlone: readonly Scope[], asked: readonly ConsentPurpose[] | 'all'): boolean =>
  asked === 'all'
    ? leftAlone.includes('all')
    : asked.every((purpose) => leftAlone.some((scope) => covers(scope, purpose)));

/** Returns the database's answer; `away` when there is none in time. */
async function whileThere<T>({ journal }: OptOutParts, ask: () => Promise<T>): Promise<T | 'away'> {
  const answered = ask();
  const withinMs = journal.isAsking() ? AWAY_WITHIN_MS : ASKED_WITHIN_MS;
  try {
    return await inTime(answered, withinMs, 'away' as const);
  } catch (cause) {
    if (outageOf(cause) === undefined) throw cause;
    return 'away';
  } finally {
    // A failure that comes too late is ignored.
    answered.catch(() => undefined);
  }
}

const commit = (
  { database, vault, clock, journal }: OptOutParts,
  { channel, scope, occurredAt, actor, evidence, once, reception }: OptOutEntry,
  { tenant, phone }: OptOutFound,
): Promise<unknown> =>
  onlyHere(database, journal).withTenant(tenant.id, async (tx) => {
    const keys = await vault.tenant(tx);
    const { simulated } = reception;
    const act = { phone, scope, channel, occurredAt, actor, evidence, simulated, once };
    await withdraw(tx, { keys, clock }, act);
    await noteSignOfLife(tx, { phoneIndex: keys.phoneIndex(phone) }, occurredAt);
  });

const optOutEntry = (parts: OptOutParts, pressed: Press, { tenant, phone }: OptOutFound): OptOutEntry => ({
  ...actOf(parts, pressed),
  kind: 'leaving',
  act: 'withdrawn',
  tenantId: tenant.id,
  person: { phone },
});

const pressedEntry = (parts: OptOutParts, pressed: Press): PressedEntry => ({
  ...actOf(parts, pressed),
  kind: 'pressed',
  contactId: pressed.link.contactId,
});

/** Makes the entry of a press, which has nothing about the visitor. */
function actOf({ clock }: OptOutParts, { link, asked, by }: Press): Omit<PressedEntry, 'kind' | 'contactId'> {
  const reception = receive(clock);
  const scope = scopeOfLink(link.purpose, asked);
  return {
    scope: scope === 'all' ? scope : [...scope],
    channel: by === 'one-click' ? 'email' : 'link',
    occurredAt: reception.at,
    actor: 'person',
    evidence: { link: link.purpose, by, covers: (scope === 'all' ? purposesIn('all') : scope).join(' ') },
    // Many presses at once are one opt-out: under its lock it is checked whether the number is suppressed already.
    once: true,
    reception,
  };
}
