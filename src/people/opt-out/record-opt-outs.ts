import { DateTime } from 'luxon';
import type { Transaction } from '../../platform/index.ts';
import { uuidV7 } from '../../base/index.ts';
import { raise, recordAudits } from '../../company/index.ts';
import {
  appendAct,
  changedStatuses,
  consentAccountsOf,
  millisOfId,
  type ConsentAccount,
} from '../consent/consent-account.ts';
import {
  consentStatusOf,
  exactInstant,
  CONSENT_PURPOSES,
  covers,
  purposesIn,
  type Channel,
  type Scope,
  type Evidence,
} from '../../person/index.ts';
import {
  openSeriesOf,
  readRecord,
  signalOptOut,
  writeRecord,
  type KeptSuppression,
  type NewEvent,
  type NewSuppression,
} from '../consent/consent.repository.ts';
import { lockHolders, readHolder, type Contact, type ContactDeps } from '../contact/contact.repository.ts';

/** One opt-out to record. */
export interface OptOut {
  /** E.164; nobody needs to hold it. */
  readonly phone: string;
  readonly scope: Scope;
  /** `objected` for a number of a suppression list. */
  readonly kind: 'withdrawn' | 'objected';
  readonly channel: Channel;
  /** ISO instant. */
  readonly occurredAt: string;
  readonly actor: string;
  readonly evidence: Evidence;
  /** The source of the suppression; the channel when absent. */
  readonly source?: string | undefined;
  /** True when a file gave it with a date: then an agreement of a later date stays valid. */
  readonly byDate?: boolean | undefined;
  /** True when nothing is recorded if the number is already suppressed for this scope. */
  readonly once?: boolean | undefined;
  readonly simulated?: boolean | undefined;
}

/** What one opt-out changed. */
export interface RecordedOptOut {
  readonly contactId: string | undefined;
  /** Undefined for an opt-out that was recorded before. */
  readonly eventId: string | undefined;
  /** The suppression in force; undefined when a later agreement makes it unnecessary. */
  readonly suppressionId: string | undefined;
  /** The series of reminders that it stopped. */
  readonly endedSeries: readonly { readonly id: string; readonly kind: string }[];
}

/** Records opt-outs; returns one result for each, in order. Repeating one changes nothing. */
export async function recordOptOuts(
  tx: Transaction,
  deps: ContactDeps,
  optOuts: readonly OptOut[],
): Promise<RecordedOptOut[]> {
  if (optOuts.length === 0) return [];
  const indexes = indexesOf(deps, optOuts);
  const holders = await lockHolders(tx, deps.keys, [...indexes.values()]);
  const ledger = await openLedger(tx, deps, { holders, indexes });
  const entries = optOuts.map((optOut) => recordOne(ledger, optOut));
  const { events, suppressions, explained } = ledger;
  const statuses = changedStatuses(ledger.accounts.values());
  const at = ledger.at.toISO();
  const [recorded] = await Promise.all([
    endSeries(tx, deps, entries),
    events.length > 0 ? writeRecord(tx, { events, suppressions, explained, statuses, at }) : undefined,
  ]);
  await announce(tx, newsOf(optOuts, recorded), { at, machineMs: deps.clock.machine() });
  return recorded;
}

/** What one call reads, and the changes that it gathers before it writes them together. */
interface Ledger {
  readonly deps: ContactDeps;
  readonly at: DateTime<true>;
  readonly indexes: ReadonlyMap<string, Buffer>;
  readonly holders: ReadonlyMap<string, Contact>;
  readonly accounts: ReadonlyMap<string, ConsentAccount>;
  /** Suppressions by the number's index (hexadecimal), lifted ones included. */
  readonly suppressed: Map<string, KeptSuppression[]>;
  readonly events: NewEvent[];
  readonly suppressions: NewSuppression[];
  /** Suppressions that were written before their event, which a STOP does, and that event. */
  readonly explained: { id: string; eventId: string }[];
}

type Entry = Omit<RecordedOptOut, 'endedSeries'> & { readonly optOut: OptOut };

const indexesOf = ({ keys }: ContactDeps, optOuts: readonly OptOut[]): Map<string, Buffer> =>
  new Map(optOuts.map(({ phone }) => [phone, keys.phoneIndex(phone)]));

async function openLedger(
  tx: Transaction,
  deps: ContactDeps,
  {
    holders,
    indexes,
  }: { readonly holders: readonly Contact[]; readonly indexes: ReadonlyMap<string, Buffer> },
): Promise<Ledger> {
  const contactIds = holders.map(({ id }) => id);
  const recorded = await readRecord(tx, { contactIds, indexes: [...indexes.values()] });
  return {
    deps,
    at: deps.clock.now(),
    indexes,
    holders: new Map(holders.map((holder) => [holder.phoneIndex.toString('hex'), holder])),
    accounts: consentAccountsOf(holders, recorded),
    suppressed: Map.groupBy(recorded.suppressions, ({ phoneIndex }) => phoneIndex),
    events: [],
    suppressions: [],
    explained: [],
  };
}

/**
 * Suppresses the numbers of opt-outs that are not recorded yet, without waiting for locks on their holders;
 * `recordOptOuts` records them later. Repeating changes nothing, even after the people have agreed anew.
 */
export async function suppressAhead(
  tx: Transaction,
  deps: ContactDeps,
  optOuts: readonly OptOut[],
): Promise<void> {
  const indexes = indexesOf(deps, optOuts);
  const found = [...indexes.values()].map((index) => readHolder(tx, deps.keys, index));
  const holders = (await Promise.all(found)).flatMap((holder) => holder ?? []);
  const ledger = await openLedger(tx, deps, { holders, indexes });
  const suppressions = optOuts
    .map((optOut) => resolve(ledger, optOut))
    .filter((resolved) => !isKnown(ledger, resolved) && suppressionsOf(ledger, resolved).length === 0)
    .map((resolved) => {
      // `recordOptOuts` finds the suppression by this instant, and attaches its event.
      const since = exactInstant(DateTime.fromISO(resolved.optOut.occurredAt));
      return newSuppression(ledger, resolved, { since, eventId: null });
    });
  await writeRecord(tx, { suppressions, at: ledger.at.toISO() });
}

const newSuppression = (
  { deps }: Ledger,
  { optOut, index }: ResolvedOptOut,
  given: Pick<NewSuppression, 'since' | 'eventId'>,
): NewSuppression => ({
  id: uuidV7(deps.clock.machine()),
  phoneIndex: index,
  scope: optOut.scope,
  source: optOut.source ?? optOut.channel,
  ...given,
});

function resolve(ledger: Ledger, optOut: OptOut): ResolvedOptOut {
  const index = ledger.indexes.get(optOut.phone)?.toString('hex') ?? '';
  const holder = ledger.holders.get(index);
  const account = holder && ledger.accounts.get(holder.id);
  const occurredAt = exactInstant(DateTime.min(DateTime.fromISO(optOut.occurredAt), ledger.at));
  return { optOut, index, holder, account, occurredAt };
}

function recordOne(ledger: Ledger, optOut: OptOut): Entry {
  const resolved = resolve(ledger, optOut);
  const known = isKnown(ledger, resolved);
  const eventId = known ? undefined : appendEvent(ledger, resolved);
  const suppressionId = isOutlived(resolved) ? undefined : suppressionFor(ledger, resolved, eventId);
  return { optOut, contactId: resolved.holder?.id, eventId, suppressionId };
}

/** An opt-out with the holder of its number, if any. */
interface ResolvedOptOut {
  readonly optOut: OptOut;
  /** The number's index, in hexadecimal. */
  readonly index: string;
  readonly holder: Contact | undefined;
  readonly account: ConsentAccount | undefined;
  readonly occurredAt: string;
}

/**
 * Says whether an opt-out was recorded before, by its instant; while nobody holds the number the suppression is its
 * only record.
 */
function isKnown(ledger: Ledger, resolved: ResolvedOptOut): boolean {
  const { optOut, index, account, occurredAt } = resolved;
  const same = ledger.suppressed.get(index)?.filter(({ scope }) => scope === optOut.scope) ?? [];
  const own = suppressionsOf(ledger, resolved);
  const isHeld = same.some((one) => !own.includes(one) && holdsByItself(one, optOut, account));
  if (optOut.once === true && isHeld) return true;
  const remembered = same.some(
    ({ since, eventId, liftedAt }) =>
      since === occurredAt && eventId !== null && (account === undefined || liftedAt !== null),
  );
  if (account === undefined || remembered) return remembered;
  if (optOut.byDate === true && isRepeated(ledger, resolved)) return true;
  return account.events.some(
    (event) =>
      event.kind === optOut.kind &&
      event.purpose === optOut.scope &&
      event.channel === optOut.channel &&
      event.occurredAt === occurredAt,
  );
}

/** Says whether the opt-out of a file repeats a recorded one of the same instant, whose scope is at least as wide. */
function isRepeated(ledger: Ledger, { optOut, index, account, occurredAt }: ResolvedOptOut): boolean {
  const asWide = (scope: Scope): boolean =>
    purposesIn(optOut.scope).every((purpose) => covers(scope, purpose));
  const isSuppressed = (ledger.suppressed.get(index) ?? []).some(
    ({ scope, since, liftedAt }) => liftedAt === null && since === occurredAt && asWide(scope),
  );
  return (
    isSuppressed ||
    account?.events.some(
      (event) =>
        (event.kind === 'withdrawn' || event.kind === 'objected') &&
        event.occurredAt === occurredAt &&
        asWide(event.purpose),
    ) === true
  );
}

/** Returns the suppressions that this opt-out made before its event was written; some may be lifted by now. */
function suppressionsOf(ledger: Ledger, { optOut, index }: ResolvedOptOut): KeptSuppression[] {
  const occurredAt = exactInstant(DateTime.fromISO(optOut.occurredAt));
  return (ledger.suppressed.get(index) ?? []).filter(
    ({ scope, since, eventId }) =>
      eventId === null && since === occurredAt && ['all', scope].includes(optOut.scope),
  );
}

function appendEvent(ledger: Ledger, resolved: ResolvedOptOut): string {
  const { optOut, holder, account, occurredAt } = resolved;
  const { evidence, scope: purpose, kind, channel, actor, simulated } = optOut;
  // When a new agreement has lifted the suppression since, the event gets an id of that time, before the agreement.
  const lifted = suppressionsOf(ledger, resolved).find(({ liftedAt }) => liftedAt !== null);
  const added = appendAct(
    ledger.deps,
    { account, key: holder?.key, evidence: Object.keys(evidence).length > 0 ? evidence : undefined },
    {
      ...(lifted && { id: uuidV7(millisOfId(lifted.id)) }),
      purpose,
      kind,
      method: optOut.byDate === true ? 'import' : null,
      channel,
      occurredAt,
      recordedAt: exactInstant(ledger.at),
      actor,
      ...(simulated === undefined ? {} : { simulated }),
    },
  );
  ledger.events.push(added);
  return added.event.id;
}

/** Says whether later agreements cover everything that the opt-out covers. */
function isOutlived({ optOut, account }: ResolvedOptOut): boolean {
  if (optOut.byDate !== true || account === undefined) return false;
  return purposesIn(optOut.scope).every((purpose) => consentStatusOf(account, purpose)?.sendable === true);
}

/** Returns the id of the suppression in force; makes one unless a new agreement has lifted that of this opt-out. */
function suppressionFor(
  ledger: Ledger,
  resolved: ResolvedOptOut,
  eventId: string | undefined,
): string | undefined {
  const { optOut, index, account, occurredAt } = resolved;
  const all = ledger.suppressed.get(index) ?? [];
  const current = all.find(({ scope, liftedAt }) => scope === optOut.scope && liftedAt === null);
  if (eventId === undefined || attachEvent(ledger, resolved, eventId) || current !== undefined)
    return current?.id;
  const suppression = newSuppression(ledger, resolved, { since: occurredAt, eventId });
  ledger.suppressions.push(suppression);
  ledger.suppressed.set(index, [...all, { ...suppression, liftedAt: null }]);
  account?.suppressions.push({ ...suppression, liftedAt: null });
  return suppression.id;
}

/** Attaches the event to the suppressions that this opt-out made before; true when a new agreement has lifted one. */
function attachEvent(ledger: Ledger, resolved: ResolvedOptOut, eventId: string): boolean {
  const earlier = suppressionsOf(ledger, resolved);
  ledger.explained.push(...earlier.map(({ id }) => ({ id, eventId })));
  return earlier.some(({ liftedAt }) => liftedAt !== null);
}

/** Notifies the open series of everybody whose opt-out takes effect; returns the results with the series that end. */
async function endSeries(
  tx: Transaction,
  deps: ContactDeps,
  entries: readonly Entry[],
): Promise<RecordedOptOut[]> {
  const effective = entries.filter(
    (entry) => entry.eventId !== undefined && entry.suppressionId !== undefined,
  );
  const contactIds = [...new Set(effective.flatMap(({ contactId }) => contactId ?? []))];
  const purposes = CONSENT_PURPOSES.filter((purpose) =>
    effective.some(({ optOut }) => covers(optOut.scope, purpose)),
  );
  const series = await openSeriesOf(tx, { contactIds, purposes });
  const signalled = new Set<string>();
  const recorded = entries.map(({ optOut, contactId, eventId, suppressionId }) => {
    const ended = series.filter(
      (one) => one.contactId === contactId && covers(optOut.scope, one.purpose) && !signalled.has(one.id),
    );
    for (const { id } of ended) signalled.add(id);
    return { contactId, eventId, suppressionId, endedSeries: ended.map(({ id, kind }) => ({ id, kind })) };
  });
  await signalOptOut(tx, [...signalled], deps.clock.machine());
  return recorded;
}

/** The opt-outs of one number, for the audit and the tenant's events: ids and codes only. */
interface OptOutNews {
  readonly actor: string;
  /** Null for a number without a holder. */
  readonly contactId: string | null;
  readonly details: {
    readonly channel: string;
    readonly scopes: readonly string[];
    /** Ids of the series that it ended: the back office may phone. */
    readonly endedSeries: readonly string[];
  };
}

/**
 * Gathers the opt-outs to announce, one entry a number. Those of a file are known to its owner, and announced only
 * when they end series.
 */
function newsOf(optOuts: readonly OptOut[], recorded: readonly RecordedOptOut[]): OptOutNews[] {
  const acts = recorded.flatMap((one, index) => {
    const optOut = optOuts[index];
    const isNews = one.endedSeries.length > 0 || (optOut?.kind === 'withdrawn' && optOut.byDate !== true);
    return optOut === undefined || one.eventId === undefined || !isNews ? [] : [{ ...one, optOut }];
  });
  return [...Map.groupBy(acts, ({ optOut }) => optOut.phone).values()].flatMap((ofPerson) =>
    ofPerson.slice(0, 1).map(({ optOut: { actor, channel }, contactId = null }) => ({
      actor,
      contactId,
      details: {
        channel,
        scopes: ofPerson.map(({ optOut }) => optOut.scope),
        endedSeries: ofPerson.flatMap(({ endedSeries }) => endedSeries.map(({ id }) => id)),
      },
    })),
  );
}

/** Writes the opt-outs to the audit and to the tenant's events. */
async function announce(
  tx: Transaction,
  news: readonly OptOutNews[],
  when: { readonly at: string; readonly machineMs: number },
): Promise<void> {
  if (news.length === 0) return;
  const type = 'consent.withdrawn' as const;
  const entries = news.map(({ contactId, ...rest }) =>
    Object.assign({ action: type }, rest, contactId === null ? {} : { subject: contactId }),
  );
  const events = news.map(({ actor: by, contactId: subject, details }) => ({
    type,
    subject,
    about: { ...details, by },
  }));
  await Promise.all([recordAudits(tx, entries, when), raise(tx, events, when.at)]);
}

/**
 * Says whether a suppression is in force and makes another record unnecessary. A suppression by a reply or by a
 * decision about one may be lifted again, when it was a mistake: then an opt-out of another kind is recorded beside
 * it, once.
 */
function holdsByItself(
  { since, eventId, liftedAt }: KeptSuppression,
  optOut: OptOut,
  account: ConsentAccount | undefined,
): boolean {
  if (liftedAt !== null) return false;
  const event = account?.events.find(({ id }) => id === eventId);
  const mayEnd = event?.kind === 'withdrawn' && (event.channel === 'sms' || event.channel === 'operator');
  if (!mayEnd) return true;
  return (
    account?.events.some(
      ({ kind, channel, purpose, occurredAt }) =>
        kind === optOut.kind && channel === optOut.channel && purpose === optOut.scope && occurredAt >= since,
    ) === true
  );
}
