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

/** Shards under way are called back once its history is long: nothing waits until the slowest of them ends. */
const CALLS_BACK = 'calls-back';
const callsBack = (): boolean => patched(CALLS_BACK);

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
    catchesUp: callsBack,
  });
  const sent = shards.runAll(open, () => desk.long());
  await Promise.all([sent, watch(desk, sending, shards), callBack(desk, shards)]);
}

async function watch(desk: Desk, sending: Campaign, shards: Shards): Promise<void> {
  for (;;) {
    await condition(() => shards.over || desk.told());
    if (shards.over) return;
    await desk.ask(() => planCampaign(sending));
    await shards.tell();
  }
}

/** The new run that takes over starts them again, within seconds. */
async function callBack(desk: Desk, shards: Shards): Promise<void> {
  await condition(() => shards.over || desk.long());
  if (!shards.over && callsBack()) await shards.callBack();
}
