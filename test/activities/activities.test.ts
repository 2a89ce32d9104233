import { setTimeout as pause } from 'node:timers/promises';
import type { WorkflowFailedError } from '@temporalio/client';
import { describe, expect, it } from 'vitest';
import type { Attempt } from '../../activities/attempt.ts';
import { createActivities, type ActivityDeps } from '../../activities/index.ts';
import { Refusal } from '../../src/errors.ts';
import { done, onStage, soon, waits } from '../workflows/stage.ts';

const upload = { tenantId: 't-1', importId: 'i-1' };
const run = { workflowId: 'import/i-1', taskQueue: 'orchestration', args: [upload] as [object] };

/** Activities whose domain is unused but for what the test says. */
function activities(ports: Partial<ActivityDeps>) {
  const unused: unknown = new Proxy({}, { get: () => () => Promise.reject(new Error('not in this test')) });
  const nothing = unused as ActivityDeps['campaigns'] &
    ActivityDeps['sending'] &
    ActivityDeps['reminders'] &
    ActivityDeps['imports'] &
    ActivityDeps['orders'] &
    ActivityDeps['erasures'] &
    ActivityDeps['houses'];
  return createActivities({
    campaigns: nothing,
    sending: nothing,
    reminders: nothing,
    imports: nothing,
    orders: nothing,
    erasures: nothing,
    houses: nothing,
    stopping: new AbortController().signal,
    ...ports,
  });
}

describe('an activity', () => {
  it('is not tried again after a refusal, which keeps its code and nothing personal', async () => {
    let tries = 0;
    const imports = {
      readImport: () => {
        tries += 1;
        return Promise.reject(new Refusal('IMPORT_NOT_FOUND', { detail: 'of Camille, +33612345678' }));
      },
    };
    await onStage(activities({ imports }), async ({ client }) => {
      const failure = await client.workflow.execute('importContacts', run).then(
        () => undefined,
        (error: WorkflowFailedError) => error.cause?.cause,
      );
      expect(failure).toMatchObject({ type: 'IMPORT_NOT_FOUND', message: 'No such import.' });
    });
    expect(tries).toBe(1);
  });

  it('is tried again within a second when something of ours fails', async () => {
    let tries = 0;
    const imports = {
      readImport: () => {
        tries += 1;
        return tries < 3
          ? Promise.reject(new Error('the database went away'))
          : Promise.resolve(done('FINISHED'));
      },
    };
    await onStage(activities({ imports }), async ({ client }) => {
      expect(await client.workflow.execute('importContacts', run)).toBe('FINISHED');
    });
    expect(tries).toBe(3);
  });

  it('says that it lives once it lasts, and stops marking when its workflow is gone', async () => {
    const attempts: Attempt[] = [];
    const imports = {
      readImport: async (_upload: object, attempt: Attempt) => {
        attempts.push(attempt);
        while (!attempt.signal.aborted) await pause(50);
        return done('FINISHED');
      },
    };
    await onStage(activities({ imports }), async ({ client }) => {
      const handle = await client.workflow.start('importContacts', run);
      await soon(async () => {
        const [activity] = (await handle.describe()).raw.pendingActivities ?? [];
        return activity?.lastHeartbeatTime !== null && activity?.lastHeartbeatTime !== undefined;
      });
      await handle.terminate('by hand');
      await soon(() => attempts[0]?.signal.aborted === true);
    });
    expect(attempts).toHaveLength(1);
  });

  it('stops marking as soon as its process is told to stop, and still answers', async () => {
    const stopping = new AbortController();
    const imports = {
      readImport: async (_upload: object, { signal }: Attempt) => {
        stopping.abort();
        return signal.aborted ? waits(1) : done('FINISHED');
      },
    };
    await onStage(activities({ imports, stopping: stopping.signal }), async ({ client }) => {
      const handle = await client.workflow.start('importContacts', run);
      await soon(async () => (await handle.query<{ state: string }>('next')).state === 'waiting-window');
      expect((await handle.describe()).status.name).toBe('RUNNING');
    });
  });
});

describe('an order from the page of a workflow', () => {
  it('that the row cannot take is an answer, not a failure', async () => {
    const order = { tenantId: 't-1', workflow: 'campaign', id: 'c-1', order: 'resume' } as const;
    const refused = activities({
      orders: { obey: () => Promise.reject(new Refusal('CAMPAIGN_CANNOT_MOVE')) },
    });
    expect(await refused.obeyOrder(order)).toEqual({ refused: 'A campaign in this state cannot do that.' });
    const taken = activities({ orders: { obey: () => Promise.resolve() } });
    expect(await taken.obeyOrder(order)).toEqual({});
    const lost = activities({ orders: { obey: () => Promise.reject(new Error('no database')) } });
    await expect(lost.obeyOrder(order)).rejects.toThrow('no database');
  });
});
