import { condition, patched, proxyActivities } from '@temporalio/workflow';
import type { Activities } from '../activities/index.ts';
import { again } from './again.ts';
import { conduct } from './conduct.ts';
import { Desk } from './desk.ts';
import { queues } from './queues.ts';
import { Shards } from './shards.ts';
import { planning, retry, timeOuts } from './time-outs.ts';
import { words } from './words.ts';

const { planCampaign, closeCampaign } = proxyActivities<Activities>(planning);

const freezing = {
  taskQueue: queues.housekeeping,
  startToCloseTimeout: timeOuts.freezeMs,
  heartbeatTimeout: timeOuts.heartbeatTimeoutMs,
  retry,
} as const;

/** Shards under way are called back once its history is long: the new run starts them again, and waits for none. */
const CALLS_BACK = 'calls-back';

/** One bulk sending. */
interface Campaign {
  readonly tenantId: string;
  readonly campaignId: string;
}

/** Freezes the audience, sends each locality's shards in its own hours, and closes the accounts. */
export async function campaign({ tenantId, campaignId }: Campaign): Promise<string> {
  const sending = { tenantId, campaignId };
  const desk = new Desk({
    facts: ['changed'],
    ordersOn: { tenantId, workflow: 'campaign', id: campaignId },
  });
  return conduct(desk, {
    plan: () => planCampaign(sending),
    send: async () => {
      await sendShards(desk, sending);
      return closeCampaign(sending);
    },
    again: () => again<typeof campaign>(sending),
  });
}

/** Sends all that is open; meanwhile shows how the whole stands, and passes on what is said. */
async function sendShards(desk: Desk, sending: Campaign): Promise<void> {
  const { freezeAudience } = proxyActivities<Activities>({ ...freezing, summary: words().freezeAudience });
  const { shards: open } = await freezeAudience(sending);
  const shards = new Shards(sending, {
    counted: (counts) => {
      desk.count(counts);
    },
    isLong: () => desk.long(),
    callsBack: () => patched(CALLS_BACK),
  });
  await Promise.all([shards.runAll(open), watch(desk, sending, shards), shards.callBack()]);
}

async function watch(desk: Desk, sending: Campaign, shards: Shards): Promise<void> {
  for (;;) {
    await condition(() => shards.over || desk.told());
    if (shards.over) return;
    await desk.ask(() => planCampaign(sending));
    // Also where this plan is as before: hours and limits that shards read are not in it.
    await shards.tell();
  }
}
