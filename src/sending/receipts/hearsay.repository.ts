import { z } from 'zod';
import {
  type Clock,
  type Database,
  isSimulated,
  rowsOf,
  type Transaction,
  type Vault,
} from '../../platform/index.ts';
import { eligibilityChanged, retireNumbers, withdraw } from '../../people/index.ts';
import type { BatchRun } from '../batch/batch-run.repository.ts';
import { messageId } from '../message/message-id.ts';
import { scopeOfStop } from '../replies/reply-match.ts';
import type { RefusedRecipients } from '../batch/sending.ts';

/** The dependencies of recording operators' statements on people. */
export interface HearingDeps {
  readonly database: Database;
  readonly vault: Vault;
  readonly clock: Clock;
}

const Numbered = z.looseObject({ phone: z.string() });

/** Takes over an operator's statements on people: its opt-outs are ours, its bad numbers are not used again. */
export async function recordRefusedRecipients(
  deps: HearingDeps,
  run: BatchRun,
  said: RefusedRecipients,
): Promise<void> {
  await deps.database.withTenant(run.tenantId, async (tx) => {
    const when = { at: deps.clock.now().toISO(), machineMs: deps.clock.machine() };
    const retirement = { batchId: run.batchId, seqs: said.badNumbers, why: 'hard-bounce', when } as const;
    await eligibilityChanged(tx, deps, await retireNumbers(tx, retirement));
    await heedOptOuts(tx, deps, { batch: run, seqs: said.optedOut });
  });
}

/** The facts of a batch needed to suppress its people. */
export type OptedOutBatch = Pick<BatchRun, 'batchId' | 'tenantId' | 'purpose' | 'accountName'>;

const heedOptOutsRows = rowsOf('contact', ['id', 'sealed'])
  .and('message', ['seq'])
  .and('contact_key', ['wrapped']);

/** Withdraws the consent of people of some messages of a batch, as the operator reported. */
export async function heedOptOuts(
  tx: Transaction,
  deps: Pick<HearingDeps, 'vault' | 'clock'>,
  { batch: run, seqs }: { readonly batch: OptedOutBatch; readonly seqs: readonly number[] },
): Promise<void> {
  if (seqs.length === 0) return;
  const keys = await deps.vault.tenant(tx);
  const people = await tx.rows(heedOptOutsRows.sql`
    SELECT m.seq, c.id, c.sealed, y.wrapped FROM message m JOIN contact c ON c.id = m.contact_id JOIN contact_key y ON y.contact_id = c.id
     WHERE m.batch_id = ${run.batchId} AND m.seq = ANY (${seqs}::int[])`);
  const occurredAt = deps.clock.now().toISO();
  for (const person of people) {
    const { phone } = Numbered.parse(keys.openPerson(person.id, person));
    await withdraw(
      tx,
      { keys, clock: deps.clock },
      {
        phone,
        scope: scopeOfStop('purpose', {
          tenantId: run.tenantId,
          batchId: run.batchId,
          seq: person.seq,
          purpose: run.purpose,
          sender: '',
        }),
        channel: 'operator',
        occurredAt,
        actor: `gateway:${run.accountName}`,
        evidence: { messageRef: messageId({ batchId: run.batchId, seq: person.seq }) },
        simulated: isSimulated(deps.clock),
      },
    );
  }
}
