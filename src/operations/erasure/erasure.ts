import { DateTime, Duration } from 'luxon';
import { z } from 'zod';
import { recordAudit } from '../../company/index.ts';
import { ANSWER_WITHIN } from '../../law/index.ts';
import {
  openSeriesOf,
  signalOptOut,
  lockContacts,
  removePerson,
  recordOptOuts,
  linkErasure,
  keptBecause,
  removedWhat,
  type Contact,
  type ContactDeps,
  keptLines,
  countRemains,
  emptyBookings,
  forgetFormAnswers,
  forgetImportRows,
  readKeptAnswers,
  readRejectedRows,
  readReplies,
  removeAnswers,
  removeKeptAnswers,
  removeRejectedRows,
  removeReplies,
  removeTexts,
  type SealedAnswer,
  type SealedReply,
  type SealedRow,
  type TracesOf,
  rejectedPlace,
} from '../../people/index.ts';
import { namesPerson, CONSENT_PURPOSES } from '../../person/index.ts';
import type { Transaction, Clock, Database, Plan, PlanReason } from '../../platform/index.ts';
import type { TenantKeys } from '../../crypto/index.ts';
import { readPhone } from '../../sms/index.ts';
import { type Language, reasonWords } from '../../words/index.ts';
import {
  insertErasure,
  readErasureOf,
  type ErasureRow,
  addRemoved,
  completeErasure,
  readErasure,
} from './erasure.repository.ts';

export interface ErasureAsked {
  /** Id of the erasure; every process that applies the request gives the same one. */
  readonly id: string;
  readonly contactId: string;
  /** ISO instant of the request: the month counts from it. */
  readonly requestedAt: string;
  /** ISO instant of reception. */
  readonly receivedAt: string;
  readonly identityChecked: boolean | undefined;
  readonly reason: string | undefined;
  readonly actor: string;
  readonly simulated: boolean;
}

const reasonPlace = (id: string) => ({ table: 'erasure', column: 'sealed_reason', row: id });

/**
 * Erases a person: from the caller's commit on nothing is sent to them, and their sealed data open nowhere. The
 * number is suppressed for every purpose, by its fingerprint; a workflow then removes all other data. Repeating
 * changes nothing; undefined when there is no such contact.
 */
export async function requestErasure(
  tx: Transaction,
  deps: ContactDeps,
  asked: ErasureAsked,
): Promise<{ readonly erasure: ErasureRow; readonly isNew: boolean } | undefined> {
  const [contact] = await lockContacts(tx, deps.keys, [asked.contactId]);
  const known = await readErasureOf(tx, asked.contactId);
  if (known !== undefined) return { erasure: known, isNew: false };
  if (contact === undefined) return undefined;
  await leaveAlone(tx, deps, { contact, asked });
  const removed = await removePerson(tx, deps, contact);
  await insertErasure(tx, rowOf(deps, { contact, asked, removed }), deps.clock.machine());
  await linkErasure(tx, { contactId: contact.id, erasureId: asked.id });
  const when = { at: deps.clock.now().toISO(), machineMs: deps.clock.machine() };
  const details = { erasureId: asked.id };
  await recordAudit(tx, { actor: asked.actor, action: 'contact.erased', subject: contact.id, details }, when);
  const erasure = await readErasureOf(tx, contact.id);
  return erasure && { erasure, isNew: true };
}

interface Erasing {
  readonly contact: Contact;
  readonly asked: ErasureAsked;
}

/** A request for erasure is an opt-out as well; a retired number is somebody else's. */
async function leaveAlone(tx: Transaction, deps: ContactDeps, { contact, asked }: Erasing): Promise<void> {
  if (contact.retiredAt === undefined)
    await recordOptOuts(
      tx,
      deps,
      CONSENT_PURPOSES.map((scope) => ({
        phone: contact.person.phone,
        scope,
        kind: 'objected' as const,
        channel: 'api' as const,
        occurredAt: asked.receivedAt,
        actor: asked.actor,
        evidence: {},
        source: 'erasure',
        simulated: asked.simulated,
      })),
    );
  else {
    const open = await openSeriesOf(tx, { contactIds: [contact.id], purposes: CONSENT_PURPOSES });
    await signalOptOut(
      tx,
      open.map(({ id }) => id),
      deps.clock.machine(),
    );
  }
}

function rowOf(
  { keys }: ContactDeps,
  { contact, asked, removed }: Erasing & { readonly removed: Readonly<Record<string, number>> },
): Parameters<typeof insertErasure>[1] {
  const { id, requestedAt, receivedAt, reason, actor } = asked;
  const kept = reason === undefined || namesPerson(contact.person, reason) ? undefined : reason;
  return {
    id,
    contactId: contact.id,
    phoneIndex: contact.phoneIndex,
    requestedAt,
    receivedAt,
    dueAt:
      DateTime.fromISO(requestedAt)
        .plus(Duration.fromISO(ANSWER_WITHIN.on(requestedAt)))
        .toISO() ?? requestedAt,
    identityChecked: asked.identityChecked ?? null,
    sealedReason: kept === undefined ? null : keys.seal(reasonPlace(id), kept, 'archive'),
    actor,
    removed,
  };
}

/** An erasure for answers: its deadline, removals, remaining records and reasons. */
export type ErasureView = ReturnType<typeof erasureView>;

/** Builds the view of an erasure; its certificate grows until it is done. */
export function erasureView(
  keys: TenantKeys,
  row: ErasureRow,
  { now, language }: { readonly now: DateTime; readonly language: Language },
) {
  const { id, contactId, state, requestedAt, receivedAt, dueAt, completedAt, identityChecked, actor } = row;
  return {
    id,
    contactId,
    state,
    workflowId: `erasure/${id}`,
    requestedAt,
    receivedAt,
    /** One month after the request (RGT-01). */
    dueAt,
    /** Whole days left until `dueAt` while it runs; negative once it has passed. */
    daysLeft: completedAt === null ? Math.floor(DateTime.fromISO(dueAt).diff(now, 'days').days) : null,
    completedAt,
    identityChecked,
    reason:
      row.sealedReason === null
        ? null
        : keys.open(reasonPlace(id), row.sealedReason, 'archive').toString('utf8'),
    actor,
    certificate: {
      ruleId: 'RET-05',
      removed: Object.entries(row.removed).map(([what, count]) => ({
        what,
        count,
        text: removedWhat(what, language),
      })),
      kept: row.kept.map((line) => Object.assign({}, line, { text: keptBecause(line.what, language) })),
    },
  };
}

const PAGE = 500;
/** Milliseconds between checks for an operator's result, or somebody's decision on it. */
const ASK_AGAIN_MS = 60_000;

/** Removes the remaining data of an erased person anywhere, then writes the certificate; safe to repeat. */
export async function eraseTraces(
  deps: Sweeping['deps'],
  { tenantId, erasureId }: Pick<Sweeping, 'tenantId' | 'erasureId'>,
): Promise<Plan<PlanReason>> {
  const { database } = deps;
  const erasure = await database.withTenant(tenantId, (tx) => readErasure(tx, erasureId));
  if (erasure?.phoneIndex === undefined || erasure.phoneIndex === null) return ERASED;
  const sweeping = { deps, tenantId, erasureId, keys: await deps.keysOf(tenantId) };
  const found = await sweepRows(sweeping);
  const underWay = await removeKnown(sweeping, found);
  if (underWay > 0) return waitFor(deps.clock);
  await database.withTenant(tenantId, async (tx) => {
    const now = deps.clock.now();
    const kept = keptLines(await countRemains(tx, await whoseOf(tx, erasureId)), now, deps.journalDays);
    await completeErasure(tx, erasureId, { kept, at: now.toISO() });
  });
  return ERASED;
}

const ERASED: Plan<PlanReason> = { kind: 'done', because: { code: 'ERASED', text: reasonWords('erased') } };

const waitFor = (clock: Clock): Plan<PlanReason> => ({
  kind: 'wait',
  state: 'planning',
  waitMs: ASK_AGAIN_MS,
  nextActionAt: clock.now().plus(ASK_AGAIN_MS).toISO(),
  because: { code: 'UNDER_WAY', text: reasonWords('erasureWaits') },
});

interface Sweeping {
  readonly deps: {
    readonly database: Database;
    readonly clock: Clock;
    readonly keysOf: (tenantId: string) => Promise<TenantKeys>;
    /** Retention of the opt-out journal, in days. */
    readonly journalDays: number;
  };
  readonly tenantId: string;
  readonly erasureId: string;
  readonly keys: TenantKeys;
}

/** Read in each transaction: between two of them the number may have been moved to another index. */
async function whoseOf(tx: Transaction, erasureId: string): Promise<TracesOf> {
  const erasure = await readErasure(tx, erasureId);
  if (erasure === undefined) throw new ErasureLost(erasureId);
  return { contactId: erasure.contactId, phoneIndex: erasure.phoneIndex ?? Buffer.alloc(0) };
}

/** Thrown for an erasure that vanished while it was carried out. */
class ErasureLost extends Error {
  override readonly name = 'ErasureLost';
}

/** Removes rows found by the contact or the fingerprint; returns the count still with an operator. */
async function removeKnown(
  { deps, tenantId, erasureId }: Sweeping,
  found: Readonly<Record<string, number>>,
): Promise<number> {
  return deps.database.withTenant(tenantId, async (tx) => {
    const whose = await whoseOf(tx, erasureId);
    const answers = await removeAnswers(tx, whose, deps.clock.now().toISO());
    await addRemoved(tx, erasureId, {
      ...found,
      answers: answers.removed,
      texts: await removeTexts(tx, whose),
      bookings: await emptyBookings(tx, whose),
      formAnswers: await forgetFormAnswers(tx, whose),
      importRows: await forgetImportRows(tx, whose),
    });
    return answers.underWay;
  });
}

/** Removes rows that only opening reveals: replies, rejected rows, answers of the API. */
async function sweepRows(sweeping: Sweeping): Promise<Record<string, number>> {
  const { keys } = sweeping;
  return {
    replies: await sweep<SealedReply>(sweeping, {
      read: readReplies,
      isTheirs: ({ id, contactId, sealed }, whose) =>
        contactId === whose.contactId || isNumber(keys, whose, senderOf(keys, id, sealed)),
      remove: (tx, rows) =>
        removeReplies(
          tx,
          rows.map(({ id }) => id),
        ),
    }),
    rejectedRows: await sweep<SealedRow>(sweeping, {
      read: readRejectedRows,
      isTheirs: (row, whose) => cellsOf(keys, row).some((cell) => isNumber(keys, whose, cell)),
      remove: removeRejectedRows,
    }),
    requests: await sweep<SealedAnswer>(sweeping, {
      read: readKeptAnswers,
      isTheirs: (row, whose) => textOf(keys, row).includes(whose.contactId),
      remove: (tx, rows) =>
        removeKeptAnswers(
          tx,
          rows.map(({ key }) => key),
        ),
    }),
  };
}

/** Removes page by page, each in a transaction of its own. */
async function sweep<Row>(
  { deps, tenantId, erasureId }: Sweeping,
  what: {
    readonly read: (tx: Transaction, after: Row | undefined, most: number) => Promise<Row[]>;
    readonly isTheirs: (row: Row, whose: TracesOf) => boolean;
    readonly remove: (tx: Transaction, rows: readonly Row[]) => Promise<number>;
  },
): Promise<number> {
  let removed = 0;
  for (let after: Row | undefined; ;) {
    const from = after;
    const page = await deps.database.withTenant(tenantId, async (tx) => {
      const rows = await what.read(tx, from, PAGE);
      const whose = await whoseOf(tx, erasureId);
      const theirs = rows.filter((row) => what.isTheirs(row, whose));
      if (theirs.length > 0) removed += await what.remove(tx, theirs);
      return rows;
    });
    after = page.at(-1);
    if (page.length < PAGE) return removed;
  }
}

/** Says whether a text is the erased number, in any notation. */
function isNumber(keys: TenantKeys, whose: TracesOf, text: string): boolean {
  if (text.replaceAll(/\D/g, '').length < 8) return false;
  const reading = readPhone(text, {});
  return reading.kind !== 'unreadable' && keys.phoneIndex(reading.e164).equals(whose.phoneIndex);
}

const Reply = z.object({ from: z.string() });

const senderOf = (keys: TenantKeys, id: string, sealed: Buffer): string =>
  Reply.parse(JSON.parse(keys.open({ table: 'reply', column: 'sealed', row: id }, sealed).toString('utf8')))
    .from;

const cellsOf = (keys: TenantKeys, { importId, line, sealed }: SealedRow): string[] =>
  z.array(z.string()).parse(JSON.parse(keys.open(rejectedPlace(importId, line), sealed).toString('utf8')));

const textOf = (keys: TenantKeys, { key, answer }: SealedAnswer): string =>
  keys
    .open({ table: 'idempotency_key', column: 'answer', row: key.toString('hex') }, answer)
    .toString('utf8');
