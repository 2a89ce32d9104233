import { type Clock, type Transaction, Refusal } from '../../platform/index.ts';
import { recordAudit } from '../../company/index.ts';
import { endImport, hasReadLaterSuppressions, lockImport } from './import.repository.ts';

/** The author of the order. */
interface Cancelling {
  readonly importId: string;
  readonly actor: string;
  /** True when unread people of an opt-out list may be written to again. */
  readonly acceptsUnread?: boolean;
}

/**
 * Cancels an import: its file is no longer kept, and no more of its rows is read. Merged rows stay, each merge
 * whole. A cancelled import stays so. The end of an opt-out list lets its tenant send again.
 */
export async function cancelImport(
  tx: Transaction,
  { clock }: { readonly clock: Clock },
  { importId, actor, acceptsUnread = false }: Cancelling,
): Promise<void> {
  const record = await lockImport(tx, importId);
  if (record === undefined) throw new Refusal('NOT_FOUND');
  if (record.state === 'cancelled') return;
  if (record.state === 'finished' || record.state === 'failed') throw new Refusal('IMPORT_ENDED');
  const opensGate = record.kind === 'suppressions' && !(await hasReadLaterSuppressions(tx, importId));
  if (opensGate && !acceptsUnread) throw new Refusal('SUPPRESSIONS_NOT_READ');
  const at = clock.now().toISO();
  await endImport(tx, importId, { state: 'cancelled', at });
  const accepted = opensGate ? { unread: 'accept' } : {};
  const details = { kind: record.kind, state: record.state, rows: record.rows, ...accepted };
  const when = { at, machineMs: clock.machine() };
  await recordAudit(tx, { actor, action: 'import.cancelled', subject: importId, details }, when);
}
