import { DateTime } from 'luxon';
import type { Transaction } from '../../platform/index.ts';
import { uuidV7 } from '../../base/index.ts';
import { raise, recordAudits } from '../../company/index.ts';
import {
  appendAct,
  changedStatuses,
  consentAccountsOf,
  millisOfId,
  stands,
  type ConsentAccount,
} from '../consent/consent-account.ts';
import {
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
  tellOfStop,
  writeRecord,
  type KeptSuppression,
  type NewEvent,
  type NewSuppression,
} from '../consent/consent.repository.ts';
import { lockHolders, readHolder, type Contact, type ContactDeps } from '../contact/contact.repository.ts';

/** One act of opting out. */
export interface OptOut {
  /** E.164; nobody needs to hold it. */
  readonly phone: string;
  readonly scope: Scope;
  /** `objected` for a suppression list. */
  readonly kind: 'withdrawn' | 'objected';
  readonly channel: Channel;
  /** ISO instant. */
  readonly occurredAt: string;
  readonly actor: string;
  readonly evidence: Evidence;
  /** The source of the suppression; the channel when absent. */
  readonly source?: string | undefined;
  /** Set when a file gave it with a date: an agreement of a later date outlives it. */
  readonly byDate?: boolean | undefined;
  /** Records nothing when the number is already suppressed for this scope. */
  readonly once?: boolean | undefined;
  readonly simulated?: boolean | undefined;
}

/** The changes of one opt-out. */
export interface RecordedOptOut {
  readonly contactId: string | undefined;
  /** Absent for a known act. */
  readonly eventId: string | undefined;
  /** The suppression in force; absent when a later agreement outlives the opt-out. */
  readonly suppressionId: string | undefined;
  /** The series of reminders that it stopped. */
  readonly endedSeries: readonly { readonly id: string; readonly kind: string }[];
}

/** Records opt-outs; returns one result for each, in order. Repeating an act changes nothing. */
export async function recordOptOuts(
  tx: Transaction,
  deps: ContactDeps,
  optOuts: readonly OptOut[],
): Promise<RecordedOptOut[]> {
  if (optOuts.length === 0) return [];
  const indexes = indexesOf(deps, optOuts);
  const holders = await lockHolders(tx, deps.keys, [...indexes.values()]);
  const ledger = await openLedger(tx, deps, { holders, indexes });
  const entries = optOuts.map((optOut) => entered(ledger, optOut));
  const { events, suppressions, explained } = ledger;
  const statuses = changedStatuses(ledger.accounts.values());
  const at = ledger.at.toISO();
  const [left] = await Promise.all([
    endSeries(tx, deps, entries),
    events.length > 0 ? writeRecord(tx, { events, suppressions, explained, statuses, at }) : undefined,
  ]);
  await announce(tx, newsOf(optOuts, left), { at, machineMs: deps.clock.machine() });
  return left;
}

interface Ledger {
  readonly deps: ContactDeps;
  readonly at: DateTime<true>;
  readonly indexes: ReadonlyMap<string, Buffer>;
  readonly holders: ReadonlyMap<string, Contact>;
  readonly accounts: ReadonlyMap<string, ConsentAccount>;
  /** Suppressions by number, held or not, lifted or not. */
  readonly suppressed: Map<string, KeptSuppression[]>;
  readonly events: NewEvent[];
  readonly suppressions: NewSuppression[];
  /** Suppressions written before their event: a STOP suppresses first. */
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
 * Suppresses the numbers of opt-outs that are not recorded yet, waiting for no lock on their holders;
 * `recordOptOuts` records them later. Repeating changes nothing, also once their people have agreed anew.
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
    .map((optOut) => placeOf(ledger, optOut))
    .filter((place) => !isKnown(ledger, place) && suppressionsOf(ledger, place).length === 0)
    .map((place) => {
      // By this instant `recordOptOuts` finds it again, and gives it its event.
      const since = exactInstant(DateTime.fromISO(place.optOut.occurredAt));
      return newSuppression(ledger, place, { since, eventId: null });
    });
  await writeRecord(tx, { suppressions, at: ledger.at.toISO() });
}

const newSuppression = (
  { deps }: Ledger,
  { optOut, index }: Place,
  given: Pick<NewSuppression, 'since' | 'eventId'>,
): NewSuppression => ({
  id: uuidV7(deps.clock.machine()),
  phoneIndex: index,
  scope: optOut.scope,
  source: optOut.source ?? optOut.channel,
  ...given,
});

function placeOf(ledger: Ledger, optOut: OptOut): Place {
  const index = ledger.indexes.get(optOut.phone)?.toString('hex') ?? '';
  const holder = ledger.holders.get(index);
  const account = holder && ledger.accounts.get(holder.id);
  const occurredAt = exactInstant(DateTime.min(DateTime.fromISO(optOut.occurredAt), ledger.at));
  return { optOut, index, holder, account, occurredAt };
}

function entered(ledger: Ledger, optOut: OptOut): Entry {
  const place = placeOf(ledger, optOut);
  const known = isKnown(ledger, place);
  const eventId = known ? undefined : append(ledger, place);
  const suppressionId = outlived(place) ? undefined : suppressed(ledger, place, eventId);
  return { optOut, contactId: place.holder?.id, eventId, suppressionId };
}

interface Place {
  readonly optOut: OptOut;
  /** The number's index, in hexadecimal. */
  readonly index: string;
  readonly holder: Contact | undefined;
  readonly account: ConsentAccount | undefined;
  readonly occurredAt: string;
}

/** Says whether an act is known, by its instant; before anybody held the number only the suppression records it. */
function isKnown(ledger: Ledger, place: Place): boolean {
  const { optOut, index, account, occurredAt } = place;
  const same = ledger.suppressed.get(index)?.filter(({ scope }) => scope === optOut.scope) ?? [];
  const own = suppressionsOf(ledger, place);
  const isHeld = same.some((one) => !own.includes(one) && holdsByItself(one, optOut, account));
  if (optOut.once === true && isHeld) return true;
  const remembered = same.some(
    ({ since, eventId, liftedAt }) =>
      since === occurredAt && eventId !== null && (account === undefined || liftedAt !== null),
  );
  if (account === undefined || remembered) return remembered;
  if (optOut.byDate === true && isGivenBack(ledger, place)) return true;
  return account.events.some(
    (event) =>
      event.kind === optOut.kind &&
      event.purpose === optOut.scope &&
      event.channel === optOut.channel &&
      event.occurredAt === occurredAt,
  );
}

/** Says whether a file repeats an opt-out of that very instant, whatever its channel and scope. */
function isGivenBack(ledger: Ledger, { optOut, index, account, occurredAt }: Place): boolean {
  const asWide = (scope: Scope): boolean =>
    purposesIn(optOut.scope).every((purpose) => covers(scope, purpose));
  const isLeftAlone = (ledger.suppressed.get(index) ?? []).some(
    ({ scope, since, liftedAt }) => liftedAt === null && since === occurredAt && asWide(scope),
  );
  return (
    isLeftAlone ||
    account?.events.some(
      (event) =>
        (event.kind === 'withdrawn' || event.kind === 'objected') &&
        event.occurredAt === occurredAt &&
        asWide(event.purpose),
    ) === true
  );
}

/** Returns the suppressions that this very act already made and that lack their event; some may be lifted by now. */
function suppressionsOf(ledger: Ledger, { optOut, index }: Place): KeptSuppression[] {
  const occurredAt = exactInstant(DateTime.fromISO(optOut.occurredAt));
  return (ledger.suppressed.get(index) ?? []).filter(
    ({ scope, since, eventId }) =>
      eventId === null && since === occurredAt && ['all', scope].includes(optOut.scope),
  );
}

function append(ledger: Ledger, place: Place): string {
  const { optOut, holder, account, occurredAt } = place;
  const { evidence, scope: purpose, kind, channel, actor, simulated } = optOut;
  // A person who came back by a proof since then has come back from this opt-out: it dates from its suppression.
  const lifted = suppressionsOf(ledger, place).find(({ liftedAt }) => liftedAt !== null);
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
function outlived({ optOut, account }: Place): boolean {
  if (optOut.byDate !== true || account === undefined) return false;
  return purposesIn(optOut.scope).every((purpose) => stands(account, purpose)?.sendable === true);
}

/** Returns the suppression of the number: the one in force, else a new one unless a return lifted it. */
function suppressed(ledger: Ledger, place: Place, eventId: string | undefined): string | undefined {
  const { optOut, index, account, occurredAt } = place;
  const all = ledger.suppressed.get(index) ?? [];
  const current = all.find(({ scope, liftedAt }) => scope === optOut.scope && liftedAt === null);
  if (eventId === undefined || explain(ledger, place, eventId) || current !== undefined) return current?.id;
  const suppression = newSuppression(ledger, place, { since: occurredAt, eventId });
  ledger.suppressions.push(suppression);
  ledger.suppressed.set(index, [...all, { ...suppression, liftedAt: null }]);
  account?.suppressions.push({ ...suppression, liftedAt: null });
  return suppression.id;
}

/** Gives the earlier suppressions of this act their event; says whether a return has lifted them since. */
function explain(ledger: Ledger, place: Place, eventId: string): boolean {
  const barring = suppressionsOf(ledger, place);
  ledger.explained.push(...barring.map(({ id }) => ({ id, eventId })));
  return barring.some(({ liftedAt }) => liftedAt !== null);
}

/** Signals the open series of everybody who opted out for good. */
async function endSeries(
  tx: Transaction,
  deps: ContactDeps,
  entries: readonly Entry[],
): Promise<RecordedOptOut[]> {
  const gone = entries.filter((entry) => entry.eventId !== undefined && entry.suppressionId !== undefined);
  const contactIds = [...new Set(gone.flatMap(({ contactId }) => contactId ?? []))];
  const purposes = CONSENT_PURPOSES.filter((purpose) =>
    gone.some(({ optOut }) => covers(optOut.scope, purpose)),
  );
  const series = await openSeriesOf(tx, { contactIds, purposes });
  const reported = new Set<string>();
  const left = entries.map(({ optOut, contactId, eventId, suppressionId }) => {
    const ended = series.filter(
      (one) => one.contactId === contactId && covers(optOut.scope, one.purpose) && !reported.has(one.id),
    );
    for (const { id } of ended) reported.add(id);
    return { contactId, eventId, suppressionId, endedSeries: ended.map(({ id, kind }) => ({ id, kind })) };
  });
  await tellOfStop(tx, [...reported], deps.clock.machine());
  return left;
}

/** One opt-out of a number, for listeners; ids and codes only. */
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

/** Builds one event for each opted-out number; a file's opt-outs are known to its owner and reported only when series end. */
function newsOf(optOuts: readonly OptOut[], left: readonly RecordedOptOut[]): OptOutNews[] {
  const acts = left.flatMap((one, place) => {
    const optOut = optOuts[place];
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

/** Records opt-outs as events in the caller's transaction; notifications read them here. */
async function announce(
  tx: Transaction,
  news: readonly OptOutNews[],
  when: { readonly at: string; readonly machineMs: number },
): Promise<void> {
  if (news.length === 0) return;
  const type = 'consent.withdrawn' as const;
  const entries = news.map(({ contactId, ...said }) =>
    Object.assign({ action: type }, said, contactId === null ? {} : { subject: contactId }),
  );
  const events = news.map(({ actor: by, contactId: subject, details }) => ({
    type,
    subject,
    about: { ...details, by },
  }));
  await Promise.all([recordAudits(tx, entries, when), raise(tx, events, when.at)]);
}

/**
 * Says whether a suppression is in force and makes a further record unnecessary. A doubtful reply may be cleared
 * up, and a decision revoked: a suppression from either is no reason to skip another person's opt-out, who is
 * recorded once beside it.
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
