import { DateTime, Duration } from 'luxon';
import type { Transaction, TenantKeys } from '../../platform/index.ts';
import { ANSWER_WITHIN } from '../../law/index.ts';
import { recordAudit } from '../../company/index.ts';
import {
  openSeriesOf,
  tellOfStop,
  lockContacts,
  namesPerson,
  removePerson,
  CONSENT_PURPOSES,
  recordOptOuts,
  linkErasure,
  keptBecause,
  removedWhat,
  type Contact,
  type ContactDeps,
  type KeptLine,
} from '../../people/index.ts';
import { insertErasure, readErasureOf, type ErasureRow } from './erasure.repository.ts';
import type { Language } from '../../words/index.ts';

/** A person's request for erasure. */
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

/** An erasure, and whether this request began it. */
export interface ErasureBegun {
  readonly erasure: ErasureRow;
  readonly isNew: boolean;
}

/** The place of an erasure's sealed reason. */
const reasonPlace = (id: string): { table: string; column: string; row: string } => ({
  table: 'erasure',
  column: 'sealed_reason',
  row: id,
});

/**
 * Erases a person: from the caller's commit on nothing is sent to them, and their sealed data open nowhere. The
 * number is suppressed for every purpose, by its fingerprint; a workflow then removes all other data. Repeating
 * changes nothing; undefined when there is no such contact.
 */
export async function requestErasure(
  tx: Transaction,
  deps: ContactDeps,
  asked: ErasureAsked,
): Promise<ErasureBegun | undefined> {
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
    await tellOfStop(
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
export interface ErasureView {
  readonly id: string;
  readonly contactId: string;
  readonly state: 'running' | 'done';
  readonly workflowId: string;
  readonly requestedAt: string;
  readonly receivedAt: string;
  /** One month after the request (RGT-01). */
  readonly dueAt: string;
  /** Whole days left until `dueAt` while it runs; negative once it has passed. */
  readonly daysLeft: number | null;
  readonly completedAt: string | null;
  readonly identityChecked: boolean | null;
  readonly reason: string | null;
  readonly actor: string;
  readonly certificate: {
    readonly ruleId: string;
    readonly removed: readonly { readonly what: string; readonly count: number; readonly text: string }[];
    readonly kept: readonly (KeptLine & { readonly text: string })[];
  };
}

/** Builds the view of an erasure; its certificate grows until it is done. */
export function erasureView(
  keys: TenantKeys,
  row: ErasureRow,
  { now, language }: { readonly now: DateTime; readonly language: Language },
): ErasureView {
  const { id, contactId, state, requestedAt, receivedAt, dueAt, completedAt, identityChecked, actor } = row;
  return {
    id,
    contactId,
    state,
    workflowId: `erasure/${id}`,
    requestedAt,
    receivedAt,
    dueAt,
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
