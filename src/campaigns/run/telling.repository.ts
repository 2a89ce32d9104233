import { type Transaction, addIntents, type Intent } from '../../platform/index.ts';
import { recordAudit, type AuditEntry } from '../../company/index.ts';

/** The signals and events of a change of a campaign. */
export interface CampaignNotice {
  readonly intents: readonly Intent[];
  readonly audit: AuditEntry;
  /** ISO instant of the law clock, and the machine's, which orders. */
  readonly at: string;
  readonly machineMs: number;
}

/** Records the change and signals the workflow, in the caller's transaction. */
export async function tellOf(
  tx: Transaction,
  { intents, audit, at, machineMs }: CampaignNotice,
): Promise<void> {
  await recordAudit(tx, audit, { at, machineMs });
  await addIntents(tx, intents, machineMs);
}
