import { type Transaction, isSimulated } from '../../platform/index.ts';
import type { TenantKeys } from '../../crypto/index.ts';
import { canonicalJson } from '../../base/index.ts';
import {
  adultLater,
  newPerson,
  merged,
  betterPlace,
  clockOf,
  placeFromClues,
  type ContactPlace,
  type ContactGiven,
} from '../../person/index.ts';
import { todayIn } from '../../reading/index.ts';
import { barUnderAge } from '../consent/grant-criteria.ts';
import {
  insertContacts,
  lockHolders,
  readHome,
  updateContacts,
  type ContactDeps,
  type Contact,
  type ContactDraft,
} from './contact.repository.ts';

/** The most contacts that one transaction of half a second can write. */
const MOST_CONTACTS_AT_ONCE = 5_000;

/** What one upsert did. */
export interface Upserted {
  readonly id: string;
  readonly outcome: 'created' | 'updated' | 'unchanged';
  /** True when two different people were named for this number, now or earlier. */
  readonly nameConflict: boolean;
}

class TooManyAtOnce extends Error {
  override readonly name = 'TooManyAtOnce';
}

class ContactNeverFound extends Error {
  override readonly name = 'ContactNeverFound';
}

/** Creates or completes the holders of numbers, at most 5,000; returns one result for each, in order. */
export async function upsertContacts(
  tx: Transaction,
  deps: ContactDeps,
  people: readonly ContactGiven[],
): Promise<Upserted[]> {
  if (people.length > MOST_CONTACTS_AT_ONCE) throw new TooManyAtOnce(`${people.length} contacts`);
  if (people.length === 0) return [];
  const writing = { tx, deps, home: await readHome(tx), at: deps.clock.now().toISO() };
  const results = new Map<number, Upserted>();
  let waiting = numbersOf(deps.keys, people);
  // Only another writer of the same number makes a round fail, and the next round finds what that one wrote.
  for (let round = 0; waiting.length > 0; round += 1) {
    if (round === 3) throw new ContactNeverFound('erased, or contended without end');
    const held = await lockHolders(
      tx,
      deps.keys,
      waiting.map(({ index }) => index),
    );
    const upserts = upsertsOf(writing, waiting, held);
    waiting = await write(writing, upserts, results);
  }
  return people.map((_, at) => results.get(at)).filter((one) => one !== undefined);
}

/** The place of the tenant's own address. */
export type Home = Omit<ContactPlace, 'placeFrom'>;

interface Writing {
  readonly tx: Transaction;
  readonly deps: ContactDeps;
  readonly home: Home;
  readonly at: string;
}

/** Builds the contact of somebody who is not known yet. */
export const newcomerDraft = (deps: ContactDeps, home: Home, given: ContactGiven): ContactDraft =>
  drafted({ deps, home }, undefined, given);

/** One number with all that was reported of its holder, in order; `at` is the position in the input. */
interface ReportedNumber {
  readonly index: Buffer;
  readonly reports: readonly { readonly given: ContactGiven; readonly at: number }[];
}

interface NumberUpsert {
  readonly reported: ReportedNumber;
  readonly holder: Contact | undefined;
  /** The contact after each report. */
  readonly drafts: readonly ContactDraft[];
}

function numbersOf(keys: TenantKeys, people: readonly ContactGiven[]): ReportedNumber[] {
  const reports = people.map((given, at) => ({ given, at }));
  const byNumber = Map.groupBy(reports, ({ given }) => given.line.e164);
  return [...byNumber].map(([e164, some]) => ({ index: keys.phoneIndex(e164), reports: some }));
}

function upsertsOf(
  writing: Writing,
  numbers: readonly ReportedNumber[],
  held: readonly Contact[],
): NumberUpsert[] {
  const holders = new Map(held.map((contact) => [contact.phoneIndex.toString('hex'), contact]));
  return numbers.map((reported) => {
    const holder = holders.get(reported.index.toString('hex'));
    const drafts: ContactDraft[] = [];
    for (const { given } of reported.reports) drafts.push(drafted(writing, drafts.at(-1) ?? holder, given));
    return { reported, holder, drafts };
  });
}

function drafted(
  writing: Pick<Writing, 'deps' | 'home'>,
  known: ContactDraft | undefined,
  given: ContactGiven,
): ContactDraft {
  const { line } = given;
  const person = known === undefined ? newPerson(line.e164, given) : merged(known.person, given);
  const reportedPlace = placeFromClues({ ...given, byNumber: line.territories }, writing.home);
  const place = known === undefined ? reportedPlace : betterPlace(known.place, reportedPlace);
  return {
    person,
    place,
    lineType: line.lineType,
    adultOn:
      person.birthDate === undefined
        ? undefined
        : adultLater(person.birthDate, todayIn(writing.deps.clock, { timeZone: clockOf(place) })),
    lastInteractionAt: latest(known?.lastInteractionAt, given.lastInteractionAt),
  };
}

const latest = (one: string | undefined, other: string | undefined): string | undefined =>
  one === undefined || (other !== undefined && Date.parse(other) > Date.parse(one)) ? other : one;

/** Writes changed and new contacts; returns the numbers that another transaction created meanwhile. */
async function write(
  writing: Writing,
  upserts: readonly NumberUpsert[],
  results: Map<number, Upserted>,
): Promise<ReportedNumber[]> {
  const { tx, deps, at } = writing;
  const changed = upserts.flatMap(({ holder, drafts }) => {
    const draft = drafts.at(-1);
    return holder && draft && !same(holder, draft) ? [{ contact: holder, draft }] : [];
  });
  await updateContacts(tx, changed, at);
  const older = changed.filter(({ contact, draft }) => draft.person.birthDate !== contact.person.birthDate);
  await barUnderAge(
    tx,
    deps,
    older.map(({ contact, draft }) => Object.assign({}, contact, draft)),
  );
  const simulated = isSimulated(deps.clock);
  const newcomers = upserts.flatMap(({ reported, holder, drafts }) => {
    const draft = drafts.at(-1);
    return holder || !draft ? [] : [{ ...draft, phoneIndex: reported.index, simulated }];
  });
  const made = await insertContacts(tx, newcomers, { keys: deps.keys, at, machineMs: deps.clock.machine() });
  return upserts.flatMap((upsert) => {
    const id = upsert.holder?.id ?? made.get(upsert.reported.index.toString('hex'));
    if (id === undefined) return [upsert.reported];
    addResults(upsert, id, results);
    return [];
  });
}

function addResults(
  { reported, holder, drafts }: NumberUpsert,
  id: string,
  results: Map<number, Upserted>,
): void {
  const last = drafts.at(-1);
  // Several rows of one number change nothing when the last of them leaves it as it was, as a file loaded again does.
  const unchanged = holder !== undefined && last !== undefined && same(holder, last);
  let before: ContactDraft | undefined = holder;
  for (const [index, draft] of drafts.entries()) {
    const report = reported.reports[index];
    if (report === undefined) continue;
    const outcome = unchanged ? 'unchanged' : outcomeOf(before, draft);
    const nameConflict = draft.person.nameConflict === true;
    results.set(report.at, { id, outcome, nameConflict });
    before = draft;
  }
}

const outcomeOf = (before: ContactDraft | undefined, draft: ContactDraft): Upserted['outcome'] =>
  before === undefined ? 'created' : same(before, draft) ? 'unchanged' : 'updated';

const same = (one: ContactDraft, other: ContactDraft): boolean => facts(one) === facts(other);

/** Serializes what a change may touch. `adultOn` follows from the birth date: growing up is no change. */
const facts = ({ person, place, lineType, lastInteractionAt }: ContactDraft): string =>
  canonicalJson({ person, place, lineType, seen: Date.parse(lastInteractionAt ?? '') });
