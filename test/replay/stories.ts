import type { WorkflowHandleWithFirstExecutionRunId } from '@temporalio/client';
import type { Activities } from '../../activities/index.ts';
import type { Plan } from '../../src/platform/plan.ts';
import { changed, pause, replan, stopReceived } from '../../workflows/messages.ts';
import { done, script, sends, soon, waits, type Stage } from '../workflows/stage.ts';

/** A life of workflows worth keeping: what happened, and whose histories are replayed. */
export interface Story {
  readonly name: string;
  readonly fakes: () => Partial<Activities>;
  readonly live: (stage: Stage) => Promise<void>;
  readonly ids: readonly string[];
}

const waiting = async (handle: WorkflowHandleWithFirstExecutionRunId): Promise<void> => {
  await soon(async () => (await handle.query<{ state: string }>('next')).state === 'waiting-window');
};

/** One story for each workflow that people wait for. */
export const stories: readonly Story[] = [
  {
    name: 'a campaign that was paused while its shards slept',
    ids: ['campaign/c-1', 'campaign/c-1/shard/0'],
    fakes: () => {
      let planned = 0;
      return {
        planCampaign: script(sends),
        freezeAudience: async () => ({ shards: [{ batchId: 'b-0', shard: 0, territory: 'RE' }] }),
        planShard: async (): Promise<Plan> => {
          planned += 1;
          return planned === 1 ? waits(12) : sends;
        },
        sendChunk: script(sends, done('FINISHED')),
        closeCampaign: script(done('FINISHED')),
        obeyOrder: async () => ({}),
      };
    },
    live: async ({ start, client }) => {
      const campaign = await start('campaign', 'campaign/c-1', { tenantId: 't-1', campaignId: 'c-1' });
      const shard = client.workflow.getHandle('campaign/c-1/shard/0');
      await soon(() =>
        shard.query<{ state: string }>('next').then(
          ({ state }) => state === 'waiting-window',
          () => false,
        ),
      );
      await campaign.signal(pause);
      await campaign.result();
    },
  },
  {
    name: 'a series that was moved, then sent one step, then ended by a STOP',
    ids: ['series/s-1'],
    fakes: () => ({
      planSeries: script(waits(24)),
      sendStep: script(sends, waits(24), done('STOPPED')),
    }),
    live: async ({ start }) => {
      const series = await start('reminderSeries', 'series/s-1', { tenantId: 't-1', seriesId: 's-1' });
      await waiting(series);
      await series.signal(changed);
      // Until the second is under way, its page still shows the wait before the first.
      await soon(async () => {
        const { events } = await series.fetchHistory();
        const names = events?.map((event) => event.activityTaskScheduledEventAttributes?.activityType?.name);
        return names?.filter((name) => name === 'sendStep').length === 2;
      });
      await waiting(series);
      await series.signal(stopReceived);
      await series.result();
    },
  },
  {
    name: 'answers that waited, and were told to look again',
    ids: ['acknowledgements/t-1'],
    fakes: () => ({ sendAcknowledgements: script(sends, waits(1), done('NOTHING_OWED')) }),
    live: async ({ start }) => {
      const answers = await start('acknowledgements', 'acknowledgements/t-1', { tenantId: 't-1' });
      await waiting(answers);
      await answers.signal(replan);
      await answers.result();
    },
  },
  {
    name: 'a round of housekeeping among more tenants than one activity cleans',
    ids: ['housekeeping'],
    fakes: () => {
      const rounds: { readonly after?: string }[] = [{ after: 't-1' }, {}];
      return {
        cleanInstance: async () => undefined,
        cleanTenants: async () => rounds.shift() ?? {},
      };
    },
    live: async ({ start }) => {
      await (await start('housekeeping', 'housekeeping', {})).result();
    },
  },
  {
    name: 'an erasure that waited for an operator',
    ids: ['erasure/e-1'],
    fakes: () => ({ eraseTraces: script(waits(1), done('ERASED')) }),
    live: async ({ start }) => {
      const erasing = await start('erasure', 'erasure/e-1', { tenantId: 't-1', erasureId: 'e-1' });
      await waiting(erasing);
      await erasing.signal(replan);
      await erasing.result();
    },
  },
  {
    name: 'a file read in two goes',
    ids: ['import/i-1'],
    fakes: () => ({ readImport: script(sends, done('FINISHED')) }),
    live: async ({ start }) => {
      const upload = await start('importContacts', 'import/i-1', { tenantId: 't-1', importId: 'i-1' });
      await upload.result();
    },
  },
];
