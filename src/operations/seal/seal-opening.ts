import { unfrozenCampaigns, parkCampaign } from '../../campaigns/index.ts';
import type { Clock, Database, Transaction } from '../../platform/index.ts';
import { openBatches, parkLost, wakeHeld } from '../../sending/index.ts';
import { parkLostSteps } from '../../reminders/index.ts';
import { recordAudit, everyTenant, speakingFor } from '../../company/index.ts';

/**
 * Parks, in every tenant, messages that may have been sent in the time which the database has lost; safe to repeat.
 * The outcome of an uncertain message is asked for, or waits for a person; a parked campaign waits for one.
 * Batch by batch, each in a transaction of its own: a large campaign delays nobody.
 */
export async function reconcileLost(database: Database, clock: Clock) {
  let found = { uncertain: 0, parkedCampaigns: 0 };
  for await (const tenantId of everyTenant((work) => database.outside(work))) {
    const { batches, parkedCampaigns, steps } = await database.withTenant(tenantId, async (tx) => ({
      batches: await openBatches(tx),
      steps: await parkLostSteps(tx, clock.now().toISO()),
      parkedCampaigns: await parkUnfrozen(tx, clock),
    }));
    let { uncertain } = found;
    for (const batchId of batches)
      uncertain += await database.withTenant(tenantId, (tx) => parkLost(tx, batchId, clock.now().toISO()));
    found = {
      uncertain: uncertain + steps,
      parkedCampaigns: found.parkedCampaigns + parkedCampaigns,
    };
  }
  return found;
}

async function parkUnfrozen(tx: Transaction, clock: Clock): Promise<number> {
  const campaigns = await unfrozenCampaigns(tx, clock.now().toISO());
  for (const campaignId of campaigns)
    await parkCampaign(tx, { clock }, { campaignId, actor: 'system', because: 'OPERATOR' });
  return campaigns.length;
}

/** Reports the opening to every tenant, and has the work it held back planned at once. */
export async function tellOpened(
  tx: Transaction,
  clock: Clock,
  opening: {
    readonly actor: string;
    readonly action: 'seal.opened' | 'journal.opened';
    /** Returns one tenant's part: nothing of another's. */
    readonly details: (tenantId: string) => Readonly<Record<string, unknown>>;
  },
): Promise<void> {
  const when = { at: clock.now().toISO(), machineMs: clock.machine() };
  for await (const tenantId of everyTenant((work) => work(tx))) {
    await speakingFor(tx, tenantId, async (inner) => {
      await wakeHeld(inner, when);
      await recordAudit(inner, { ...opening, details: opening.details(tenantId) }, when);
    });
  }
}
