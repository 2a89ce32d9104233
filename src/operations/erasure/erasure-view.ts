import { DateTime } from 'luxon';
import type { TenantKeys } from '../../platform/index.ts';
import { keptBecause, removedWhat, type KeptLine } from '../../people/index.ts';
import { reasonPlace } from './erasure.ts';
import type { ErasureRow } from './erasure.repository.ts';
import type { Language } from '../../words/index.ts';

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
