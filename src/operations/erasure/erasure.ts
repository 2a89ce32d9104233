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

/** A request to erase a person. */
export interface ErasureRequest {
  /** Id of the erasure, the same in every process that applies the request. */
  readonly id: string;
  readonly contactId: string;
  /** ISO instant of the request, from which the month of the deadline counts. */
  readonly requestedAt: string;
  /** ISO instant at which the request was received. */
  readonly receivedAt: string;
  readonly identityChecked: boolean | undefined;
  readonly reason: string | undefined;
  readonly actor: string;
  readonly simulated: boolean;
}

const reasonPlace = (id: string) => ({ table: 'erasure', column: 'sealed_reason', row: id });

/**
 * Erases a person: once the caller commits, nothing is sent to them and their sealed data cannot be opened. Their
 * number is suppressed for every purpose, by its blind index; a workflow then removes all other data. Repeating
 * changes nothing; undefined when there is no such contact.
 */
export async function requestErasure(
  tx: Transaction,
  deps: ContactDeps,
  request: ErasureRequest,
): Promise<{ readonly erasure: ErasureRow; readonly isNew: boolean } | undefined> {
  const [contact] = await lockContacts(tx, deps.keys, [request.contactId]);
  const known = await readErasureOf(tx, request.contactId);
  if (known !== undefined) return { erasure: known, isNew: false };
  if (contact === undefined) return undefined;
  await stopMessages(tx, deps, { contact, request });
  const removed = await removePerson(tx, deps, contact);
  await insertErasure(tx, rowOf(deps, { contact, request, removed }), deps.clock.machine());
  await linkErasure(tx, { contactId: contact.id, erasureId: request.id });
  const when = { at: deps.clock.now().toISO(), machineMs: deps.clock.machine() };
  const details = { erasureId: request.id };
  await recordAudit(
    tx,
    { actor: request.actor, action: 'contact.erased', subject: contact.id, details },
    when,
  );
  const erasure = await readErasureOf(tx, contact.id);
  return erasure && { erasure, isNew: true };
}

interface Erasing {
  readonly contact: Contact;
  readonly request: ErasureRequest;
}

/** Records an opt-out, which a request for erasure is too; a retired number may be somebody else's, and only series end. */
async function stopMessages(
  tx: Transaction,
  deps: ContactDeps,
  { contact, request }: Erasing,
): Promise<void> {
  if (contact.retiredAt === undefined)
    await recordOptOuts(
      tx,
      deps,
      CONSENT_PURPOSES.map((scope) => ({
        phone: contact.person.phone,
        scope,
        kind: 'objected' as const,
        channel: 'api' as const,
        occurredAt: request.receivedAt,
        actor: request.actor,
        evidence: {},
        source: 'erasure',
        simulated: request.simulated,
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
  { contact, request, removed }: Erasing & { readonly removed: Readonly<Record<string, number>> },
): Parameters<typeof insertErasure>[1] {
  const { id, requestedAt, receivedAt, reason, actor } = request;
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
    identityChecked: request.identityChecked ?? null,
    sealedReason: kept === undefined ? null : keys.seal(reasonPlace(id), kept, 'archive'),
    actor,
    removed,
  };
}

/** An erasure as the API shows it: its deadline, and the certificate of what was removed and what stays. */
export type ErasureView = ReturnType<typeof erasureView>;

/** Builds the view of an erasure; its certificate grows until the erasure is done. */
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
/** Milliseconds between checks whether the outcome of a message on its way is known. */
const ASK_AGAIN_MS = 60_000;

/** Removes the remaining data of an erased person, then completes the certificate; may be repeated. Returns the next plan. */
export async function eraseTraces(
  deps: TraceRemoval['deps'],
  { tenantId, erasureId }: Pick<TraceRemoval, 'tenantId' | 'erasureId'>,
): Promise<Plan<PlanReason>> {
  const { database } = deps;
  const erasure = await database.withTenant(tenantId, (tx) => readErasure(tx, erasureId));
  if (erasure?.phoneIndex === undefined || erasure.phoneIndex === null) return ERASED;
  const removal = { deps, tenantId, erasureId, keys: await deps.keysOf(tenantId) };
  const found = await removeSealed(removal);
  const underWay = await removeIndexed(removal, found);
  if (underWay > 0) return waitForOperator(deps.clock);
  await database.withTenant(tenantId, async (tx) => {
    const now = deps.clock.now();
    const kept = keptLines(await countRemains(tx, await readTraces(tx, erasureId)), now, deps.journalDays);
    await completeErasure(tx, erasureId, { kept, at: now.toISO() });
  });
  return ERASED;
}

const ERASED: Plan<PlanReason> = { kind: 'done', because: { code: 'ERASED', text: reasonWords('erased') } };

const waitForOperator = (clock: Clock): Plan<PlanReason> => ({
  kind: 'wait',
  state: 'planning',
  waitMs: ASK_AGAIN_MS,
  nextActionAt: clock.now().plus(ASK_AGAIN_MS).toISO(),
  because: { code: 'UNDER_WAY', text: reasonWords('erasureWaits') },
});

interface TraceRemoval {
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

/** Reads by what traces are found, in each transaction anew: the index keys may have been replaced meanwhile. */
async function readTraces(tx: Transaction, erasureId: string): Promise<TracesOf> {
  const erasure = await readErasure(tx, erasureId);
  if (erasure === undefined) throw new ErasureLost(erasureId);
  return { contactId: erasure.contactId, phoneIndex: erasure.phoneIndex ?? Buffer.alloc(0) };
}

class ErasureLost extends Error {
  override readonly name = 'ErasureLost';
}

/** Removes rows found by contact or blind index; returns how many acknowledgements are still on their way. */
async function removeIndexed(
  { deps, tenantId, erasureId }: TraceRemoval,
  found: Readonly<Record<string, number>>,
): Promise<number> {
  return deps.database.withTenant(tenantId, async (tx) => {
    const traces = await readTraces(tx, erasureId);
    const answers = await removeAnswers(tx, traces, deps.clock.now().toISO());
    await addRemoved(tx, erasureId, {
      ...found,
      answers: answers.removed,
      texts: await removeTexts(tx, traces),
      bookings: await emptyBookings(tx, traces),
      formAnswers: await forgetFormAnswers(tx, traces),
      importRows: await forgetImportRows(tx, traces),
    });
    return answers.underWay;
  });
}

/** Removes rows that can only be found by decrypting them: replies, rejected rows, stored answers of the API. */
async function removeSealed(removal: TraceRemoval): Promise<Record<string, number>> {
  const { keys } = removal;
  return {
    replies: await removeMatching<SealedReply>(removal, {
      read: readReplies,
      isTheirs: ({ id, contactId, sealed }, traces) =>
        contactId === traces.contactId || isNumber(keys, traces, senderOf(keys, id, sealed)),
      remove: (tx, rows) =>
        removeReplies(
          tx,
          rows.map(({ id }) => id),
        ),
    }),
    rejectedRows: await removeMatching<SealedRow>(removal, {
      read: readRejectedRows,
      isTheirs: (row, traces) => cellsOf(keys, row).some((cell) => isNumber(keys, traces, cell)),
      remove: removeRejectedRows,
    }),
    requests: await removeMatching<SealedAnswer>(removal, {
      read: readKeptAnswers,
      isTheirs: (row, traces) => textOf(keys, row).includes(traces.contactId),
      remove: (tx, rows) =>
        removeKeptAnswers(
          tx,
          rows.map(({ key }) => key),
        ),
    }),
  };
}

/** Reads all rows of a kind page by page, each in a transaction of its own, and removes those of the person. */
async function removeMatching<Row>(
  { deps, tenantId, erasureId }: TraceRemoval,
  kind: {
    readonly read: (tx: Transaction, after: Row | undefined, most: number) => Promise<Row[]>;
    readonly isTheirs: (row: Row, traces: TracesOf) => boolean;
    readonly remove: (tx: Transaction, rows: readonly Row[]) => Promise<number>;
  },
): Promise<number> {
  let removed = 0;
  for (let after: Row | undefined; ;) {
    const from = after;
    const page = await deps.database.withTenant(tenantId, async (tx) => {
      const rows = await kind.read(tx, from, PAGE);
      const traces = await readTraces(tx, erasureId);
      const theirs = rows.filter((row) => kind.isTheirs(row, traces));
      if (theirs.length > 0) removed += await kind.remove(tx, theirs);
      return rows;
    });
    after = page.at(-1);
    if (page.length < PAGE) return removed;
  }
}

/** Says whether a text is the erased number, in any notation. */
function isNumber(keys: TenantKeys, traces: TracesOf, text: string): boolean {
  if (text.replaceAll(/\D/g, '').length < 8) return false;
  const reading = readPhone(text, {});
  return reading.kind !== 'unreadable' && keys.phoneIndex(reading.e164).equals(traces.phoneIndex);
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
