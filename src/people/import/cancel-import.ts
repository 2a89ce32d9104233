import { type Clock, type Transaction, Refusal } from '../../platform/index.ts';
import { recordAudit } from '../../company/index.ts';
import { endImport, hasReadLaterSuppressions, lockImport } from './import.repository.ts';

/** Whose order it is. */
interface Cancelling {
  readonly importId: string;
  readonly actor: string;
  /** Whether those of a list of people who left who are not read yet may be written to again. */
  readonly acceptsUnread?: boolean;
}

/**
 * Ends an import before its end: its file is no longer kept, and no more of its rows is read.
 *
 * What was merged stays, each merge whole. One that is cancelled already stays so. The end of a list of people who left
 * lets its tenant send again, so it is refused while nothing else says who they are.
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
