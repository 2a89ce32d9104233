import { unfrozenCampaigns, parkCampaign } from '../../campaigns/index.ts';
import type { Clock, Database, Transaction } from '../../platform/index.ts';
import { openBatches, parkLost, wakeHeld } from '../../sending/index.ts';
import { parkLostSteps } from '../../reminders/index.ts';
import { recordAudit, everyTenant, speakingFor } from '../../company/index.ts';

/**
 * Parks, in every tenant, what may have been sent in the time that a restored database has lost; may be repeated.
 * Messages become uncertain until the operator or a person resolves them, campaigns are parked for a person. Each batch
 * has a transaction of its own, so that a large campaign delays nobody. Returns how many there were of both.
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

/** Writes the opening to the audit of every tenant, and makes the work that waited for it plan again at once. */
export async function tellOpened(
  tx: Transaction,
  clock: Clock,
  opening: {
    readonly actor: string;
    readonly action: 'seal.opened' | 'journal.opened';
    /** Returns the details for one tenant, without those of others. */
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
