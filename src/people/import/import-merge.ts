import { DateTime } from 'luxon';
import type { Transaction } from '../../platform/index.ts';
import { remembered } from '../../base/index.ts';
import type { ContactDeps } from '../contact/contact.repository.ts';
import { readGrantCriteria, refusalOf, type GrantCriteria } from '../consent/grant-criteria.ts';
import { type RowWording, isRowCode, type RowProblem } from '../../reading/index.ts';
import type { RowOutcome } from './import-report.ts';
import {
  arrivalsOf,
  receiveNewcomers,
  type Arrivals,
  type Arriving,
  type Newcomers,
  type SealedReading,
} from './newcomer.ts';
import { nameContacts } from './import.repository.ts';
import { recordConsents, type Granted } from '../consent/record-consents.ts';
import { recordOptOuts, type OptOut } from '../opt-out/record-opt-outs.ts';
import { upsertContacts, type Upserted } from '../contact/upsert-contacts.ts';
import { declareWordings, wordingFingerprint, type WordingGiven } from '../consent/wording.repository.ts';

export interface Merge {
  readonly importId: string;
  readonly actor: string;
  readonly source: string;
  readonly locale: string;
  readonly keepUnproven: boolean;
  /** Ids of wordings of earlier merges, by fingerprint; new ones are added. */
  readonly wordings: Map<string, string>;
}

/** Rows to merge, and the import that they belong to. */
interface Merging {
  readonly merge: Merge;
  readonly rows: readonly SealedReading[];
}

/** Rows that are judged and sealed, and only have to be written. */
export interface ReadyRows {
  readonly judged: readonly Draft[];
  readonly arrivals: Arrivals;
}

/** Judges and seals rows, in a transaction of their own: meanwhile the previous merge is written. */
export async function readyRows(tx: Transaction, deps: ContactDeps, merging: Merging): Promise<ReadyRows> {
  const judged = await judgedRows(tx, deps, merging);
  return { judged, arrivals: arrivalsOf(deps, peopleIn(judged, merging.merge)) };
}

/** Returns the lines of rows whose person the database would reject. */
export async function refusedRows(
  tx: Transaction,
  deps: ContactDeps,
  merging: Merging,
): Promise<ReadonlySet<number>> {
  const judged = await judgedRows(tx, deps, merging);
  return new Set(judged.flatMap(({ problem, row }) => (problem === undefined ? [] : row.line)));
}

async function judgedRows(tx: Transaction, deps: ContactDeps, { merge, rows }: Merging): Promise<Draft[]> {
  const wordings = await wordingsOf(tx, deps, { rows, merge });
  const drafts = rows.map((row) => draftOf(row, merge, wordings));
  const criteria = await readGrantCriteria(
    tx,
    deps,
    drafts.flatMap(({ grants }) => grants),
  );
  return drafts.map((draft) => judge(draft, criteria, merge.keepUnproven));
}

const peopleIn = (judged: readonly Draft[], { importId }: Merge) => ({
  importId,
  drafts: judged.filter(isPerson),
});

/** Writes newcomers in the caller's transaction; changes nobody who is known already. */
export const receiveReady = (
  tx: Transaction,
  deps: ContactDeps,
  { merge, ready: { judged, arrivals } }: { readonly merge: Merge; readonly ready: ReadyRows },
): Promise<Newcomers> => receiveNewcomers(tx, deps, { ...peopleIn(judged, merge), ready: arrivals });

/** Writes the other rows, in the same transaction; returns one outcome for each row, in order. */
export async function mergeRows(
  tx: Transaction,
  deps: ContactDeps,
  {
    merge,
    rows,
    ready: { judged },
    arrived,
  }: Merging & { readonly ready: ReadyRows; readonly arrived: Newcomers },
): Promise<RowOutcome[]> {
  const others = judged.filter((draft) => isPerson(draft) && !arrived.has(draft.row.line));
  const people = others.flatMap(({ row }) => row.reading.person ?? []);
  const upserted = (await upsertContacts(tx, deps, people)).values();
  const known = judged.map((draft) => {
    const here = arrived.get(draft.row.line);
    const contact = isPerson(draft) ? (here?.contact ?? upserted.next().value) : undefined;
    return { draft, contact, arrived: here?.answers };
  });
  const results = await recordGrants(tx, deps, known);
  const optedOut = await recordRowOptOuts(tx, deps, optOutsOf(rows, merge));
  return outcomesOf(known, { results, optedOut, firsts: await firstsOf(tx, merge.importId, known) });
}

interface Draft extends Arriving {
  readonly citedId: string | undefined;
  readonly problem: RowProblem | undefined;
  readonly warnings: readonly string[];
}

const isPerson = ({ problem, row }: Draft): boolean =>
  problem === undefined && row.reading.person !== undefined;

interface Known {
  readonly draft: Draft;
  readonly contact: Upserted | undefined;
  /** The results of a newcomer's grants, which are recorded already. */
  readonly arrived: readonly Granted[] | undefined;
}

/** Returns the ids of cited wordings, by fingerprint and purposes. */
async function wordingsOf(
  tx: Transaction,
  deps: ContactDeps,
  { rows, merge }: Merging,
): Promise<ReadonlyMap<string, string>> {
  const { wordings, locale } = merge;
  if (wordings.size > MOST_KEPT) wordings.clear();
  const met = new Map<string, WordingGiven>();
  for (const { cited } of rows.map(({ reading }) => reading))
    if (cited !== undefined && 'text' in cited) {
      const key = keyOfWording(cited);
      if (!wordings.has(key)) met.set(key, { ...cited, locale });
    }
  const declared = await declareWordings(tx, deps, [...met.values()]);
  for (const [index, key] of [...met.keys()].entries())
    if (declared[index] !== undefined) wordings.set(key, declared[index].id);
  return wordings;
}

/** A file has a few wordings; for one with another wording in each row the cache is emptied at this size. */
const MOST_KEPT = 10_000;

/** The cached key function for each list of purposes; rows with the same words share one list. */
const keyFunctions = new WeakMap<WordedAs['purposes'], (text: string) => string>();

type WordedAs = Extract<RowWording, { text: string }>;

function keyOfWording({ purposes, text }: WordedAs): string {
  const keyOf =
    keyFunctions.get(purposes) ??
    remembered(500, (words) => `${purposes.join('+')} ${wordingFingerprint(words)}`);
  keyFunctions.set(purposes, keyOf);
  return keyOf(text);
}

function draftOf(row: SealedReading, { actor }: Merge, wordings: ReadonlyMap<string, string>): Draft {
  const { grants, problem, warnings, cited } = row.reading;
  const citedId = idOf(cited, wordings);
  return {
    row,
    grants: grants.map(({ wording, ...rowGrant }) => {
      const wordingId = wording === cited ? citedId : idOf(wording, wordings);
      return Object.assign({ contactId: '' }, rowGrant, { wordingId, actor });
    }),
    citedId,
    problem,
    warnings,
  };
}

function idOf(wording: RowWording | undefined, wordings: ReadonlyMap<string, string>): string | undefined {
  if (wording === undefined) return undefined;
  return 'id' in wording ? wording.id : wordings.get(keyOfWording(wording));
}

/** Judges a row by what only the database knows: wordings in use, open bases, today's date. */
function judge(draft: Draft, criteria: GrantCriteria, keepUnproven: boolean): Draft {
  const refused = draft.grants
    .map((rowGrant) => refusalOf(criteria, rowGrant))
    .find((one) => one !== undefined);
  if (refused === undefined) return draft;
  const code = refused.code === 'CONSENT_PROOF_INCOMPLETE' ? 'CONSENT_NOT_PROVEN' : refused.code;
  const fields = refused.code === 'DATE_INVALID' ? ['grantedAt'] : refused.missing;
  const problem = { code: isRowCode(code) ? code : ('CONSENT_NOT_PROVEN' as const), fields };
  return keepUnproven
    ? { ...draft, grants: [], warnings: [...draft.warnings, problem.code] }
    : { ...draft, grants: [], problem };
}

/** Records the grants of people who were known; returns the results of all rows, in the order of rows and grants. */
async function recordGrants(
  tx: Transaction,
  deps: ContactDeps,
  known: readonly Known[],
): Promise<readonly (readonly Granted[])[]> {
  const grants = known.map(({ contact, arrived, draft: { grants: drafted } }) =>
    contact === undefined || arrived !== undefined
      ? []
      : drafted.map((one) => Object.assign({}, one, { contactId: contact.id })),
  );
  const results = (await recordConsents(tx, deps, grants.flat())).values();
  return known.map(
    ({ arrived }, index) => arrived ?? grants[index]?.flatMap(() => results.next().value ?? []) ?? [],
  );
}

/** Returns the lines that are the first of this file to name their person; the others are duplicates. */
async function firstsOf(
  tx: Transaction,
  importId: string,
  known: readonly Known[],
): Promise<ReadonlySet<number>> {
  const named = known.flatMap(({ contact, arrived, draft }) =>
    contact && !arrived ? [{ contactId: contact.id, line: draft.row.line }] : [],
  );
  const newlyNamed = await nameContacts(tx, importId, named);
  const first = new Map(named.toReversed().map(({ contactId, line }) => [contactId, line]));
  return new Set([
    ...[...first].flatMap(([contactId, line]) => (newlyNamed.has(contactId) ? [line] : [])),
    ...known.flatMap(({ arrived, draft }) => (arrived ? [draft.row.line] : [])),
  ]);
}

function outcomesOf(
  known: readonly Known[],
  {
    results,
    optedOut,
    firsts,
  }: {
    readonly results: readonly (readonly Granted[])[];
    readonly optedOut: ReadonlySet<number>;
    readonly firsts: ReadonlySet<number>;
  },
): RowOutcome[] {
  return known.map(({ draft, contact }, index) => {
    const { problem, citedId, warnings } = draft;
    const { line } = draft.row;
    const common = { line, left: optedOut.has(line), wordingId: citedId };
    if (problem !== undefined) return { ...common, kind: 'rejected', problem };
    return {
      ...common,
      kind: contact === undefined || firsts.has(line) ? 'accepted' : 'duplicate',
      person: contact?.outcome ?? 'nobody',
      warnings: allWarnings(warnings, {
        optedOut: common.left && contact !== undefined,
        results: results[index] ?? [],
        nameConflict: contact?.nameConflict === true,
      }),
    };
  });
}

/** Joins the warnings of the row and those of its outcome. */
function allWarnings(
  warnings: readonly string[],
  {
    optedOut,
    results,
    nameConflict,
  }: { readonly optedOut: boolean; readonly results: readonly Granted[]; readonly nameConflict: boolean },
): readonly string[] {
  // The reasons why a kept agreement does not allow messages.
  const doubts = results.flatMap((answer) => (answer.kind === 'refused' ? answer.code : (answer.why ?? [])));
  if (!optedOut && !nameConflict && doubts.length === 0) return warnings;
  return [
    ...warnings,
    ...(optedOut ? ['CONSENT_WITHDRAWN'] : []),
    ...doubts,
    ...(nameConflict ? ['NAME_CONFLICT'] : []),
  ];
}

interface LineOptOut {
  readonly line: number;
  readonly optOut: Omit<OptOut, 'occurredAt' | 'once' | 'byDate'>;
  /** ISO instant; absent when the file gives no date. */
  readonly at: string | undefined;
}

/** Returns the opt-outs of rows, rejected or not: an opt-out needs only a number. */
function optOutsOf(rows: readonly SealedReading[], { actor, source }: Merge): readonly LineOptOut[] {
  return rows.flatMap(({ line, reading: { phone, withdrawal } }) =>
    phone === undefined || withdrawal === undefined
      ? []
      : withdrawal.purposes.map((scope) => ({
          line,
          at: withdrawal.at,
          optOut: {
            phone,
            scope,
            kind: withdrawal.kind,
            channel: 'api' as const,
            actor,
            source: `import:${source}`,
            evidence: withdrawal.typed === '' ? {} : { asTyped: withdrawal.typed },
          },
        })),
  );
}

/** Records opt-outs by their date; returns their lines. */
async function recordRowOptOuts(
  tx: Transaction,
  deps: ContactDeps,
  optOuts: readonly LineOptOut[],
): Promise<ReadonlySet<number>> {
  const now = deps.clock.now();
  await recordOptOuts(
    tx,
    deps,
    optOuts.map(({ optOut, at }) => Object.assign({}, optOut, dated(at, now))),
  );
  return new Set(optOuts.map(({ line }) => line));
}

/** Dates an opt-out: without a date, or with a future one, it is of now, and recorded once. */
function dated(at: string | undefined, now: DateTime<true>): Pick<OptOut, 'occurredAt' | 'once' | 'byDate'> {
  if (at === undefined || DateTime.fromISO(at) > now) return { occurredAt: now.toISO(), once: true };
  return { occurredAt: at, byDate: true };
}
