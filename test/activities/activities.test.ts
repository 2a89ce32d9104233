import { setTimeout as pause } from 'node:timers/promises';
import { ApplicationFailure } from '@temporalio/activity';
import type { WorkflowFailedError } from '@temporalio/client';
import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger } from '@temporalio/worker';
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import type { ActivityBounds } from '../../activities/attempt.ts';
import { createActivities, type Activities, type ActivityDeps } from '../../activities/index.ts';
import { TransactionAbandoned } from '../../src/platform/database/connection.ts';
import { Refusal } from '../../src/platform/errors.ts';
import { NIGHT } from '../support/cases.ts';
import { done, onStage, soon } from '../workflows/stage.ts';

const upload = { tenantId: 't-1', importId: 'i-1' };
const run = { workflowId: 'import/i-1', taskQueue: 'orchestration', args: [upload] as [object] };

const NEVER = new AbortController().signal;
const ENDING: ActivityDeps['ending'] = { stopping: NEVER, leaves: () => NEVER };

/** Activities over a domain of which a test replaces the parts it uses. */
function activities(ports: Partial<ActivityDeps>) {
  const unused: unknown = new Proxy({}, { get: () => () => Promise.reject(new Error('not in this test')) });
  const nothing = unused as ActivityDeps['campaigns'] &
    ActivityDeps['sending'] &
    ActivityDeps['reminders'] &
    ActivityDeps['imports'] &
    ActivityDeps['orders'] &
    ActivityDeps['erasures'] &
    ActivityDeps['housekeeping'];
  return createActivities({
    campaigns: nothing,
    sending: nothing,
    reminders: nothing,
    imports: nothing,
    orders: nothing,
    erasures: nothing,
    housekeeping: nothing,
    ending: ENDING,
    ...ports,
  });
}

describe('an activity', () => {
  it('is not retried after a refusal', async () => {
    let tries = 0;
    const imports = {
      readImport: () => {
        tries += 1;
        return Promise.reject(
          new Refusal('IMPORT_NOT_FOUND', {
            detail: { fr: 'de Camille, +33612345678', en: 'of Camille, +33612345678' },
          }),
        );
      },
    };
    await onStage(activities({ imports }), async ({ client }) => {
      const failure = await client.workflow.execute('importContacts', run).then(
        () => undefined,
        (error: WorkflowFailedError) => error.cause?.cause,
      );
      expect(failure).toMatchObject({ type: 'IMPORT_NOT_FOUND', message: 'IMPORT_NOT_FOUND' });
    });
    expect(tries).toBe(1);
  });

  it('is retried within a second after our failure', async () => {
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

  it('comes again after it found no place', async () => {
    const imports = { readImport: () => Promise.reject(new Refusal('TOO_MANY_REQUESTS')) };
    const { readImport } = activities({ imports });
    const delays: number[] = [];
    for (const attempt of [1, 6, 100]) {
      const refused = anEnvironment({ attempt }).run(readImport, upload);
      const failure = await refused.catch((cause: unknown) => cause);
      expect(failure).toMatchObject({ type: 'TOO_MANY_REQUESTS', nonRetryable: false, category: 'BENIGN' });
      if (failure instanceof ApplicationFailure) delays.push(Number(failure.nextRetryDelay));
    }
    const [first = 0, ...longer] = delays;
    expect(first).toBeGreaterThanOrEqual(2_000);
    expect(first).toBeLessThan(5_000);
    for (const delay of longer) expect(delay).toBeGreaterThanOrEqual(12_000);
    for (const delay of longer) expect(delay).toBeLessThan(30_000);
  });

  it('heartbeats, and stops marking once its workflow ended', NIGHT, async () => {
    const attempts: ActivityBounds[] = [];
    const imports = {
      readImport: async (_upload: object, attempt: ActivityBounds) => {
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
});

const ids = {
  tenantId: 't-1',
  campaignId: 'c-1',
  batchId: 'b-1',
  seriesId: 's-1',
  importId: 'i-1',
  erasureId: 'e-1',
  actor: 'system',
};
const anEnvironment = (info: { readonly attempt?: number } = {}): MockActivityEnvironment =>
  new MockActivityEnvironment(info, { logger: new DefaultLogger('ERROR') });
const ports = ['campaigns', 'sending', 'reminders', 'imports', 'erasures', 'housekeeping', 'orders'] as const;

/** Makes all activities do the given work, and runs one of them as a worker would. */
function played(
  work: (attempt?: ActivityBounds) => Promise<unknown>,
  ends: Partial<ActivityDeps['ending']> = {},
) {
  const port = new Proxy({}, { get: () => (_ids: object, attempt?: ActivityBounds) => work(attempt) });
  const all = activities({
    ...Object.fromEntries(ports.map((name) => [name, port])),
    ending: { ...ENDING, ...ends },
  });
  return (name: keyof Activities, environment = anEnvironment()) => {
    const activity: (input: never) => Promise<unknown> = all[name];
    return environment.run(activity as (input: typeof ids) => Promise<unknown>, ids);
  };
}

/** Every activity: one that waits for a lock differs from one whose worker is frozen only by its heartbeats. */
const LASTING: readonly (keyof Activities)[] = [
  'freezeAudience',
  'sendChunk',
  'sendAcknowledgements',
  'sendStep',
  'readImport',
  'eraseTraces',
  'cleanTenant',
  'cleanTenants',
  'cleanInstance',
  'planCampaign',
  'closeCampaign',
  'planShard',
  'planSeries',
  'endSeries',
  'obeyOrder',
];
/** The activities that stop between two people or two slices, and answer how far they came. */
const STOPPABLE = ['freezeAudience', 'sendChunk', 'sendAcknowledgements', 'sendStep', 'readImport'] as const;

describe('an activity that lasts', () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval'] });
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it.each(LASTING)('heartbeats each second from the third on: %s', async (name) => {
    const lasting = Promise.withResolvers<unknown>();
    const environment = anEnvironment();
    let heard = 0;
    environment.on('heartbeat', () => (heard += 1));
    const running = played(() => lasting.promise)(name, environment);
    await vi.advanceTimersByTimeAsync(2_999);
    expect(heard).toBe(0);
    await vi.advanceTimersByTimeAsync(1);
    expect(heard).toBe(1);
    await vi.advanceTimersByTimeAsync(57_000);
    expect(heard).toBe(58);
    lasting.resolve(done('FINISHED'));
    await running;
    await vi.advanceTimersByTimeAsync(60_000);
    expect(heard).toBe(58);
  });

  it.each(LASTING)('says nothing more once it failed: %s', async (name) => {
    const lasting = Promise.withResolvers<unknown>();
    const environment = anEnvironment();
    let heard = 0;
    environment.on('heartbeat', () => (heard += 1));
    const running = played(() => lasting.promise)(name, environment);
    await vi.advanceTimersByTimeAsync(3_000);
    lasting.reject(new Error('the database went away'));
    await expect(running).rejects.toThrow('the database went away');
    await vi.advanceTimersByTimeAsync(60_000);
    expect(heard).toBe(1);
  });

  it('is listed here if it heartbeats', () => {
    expect(Object.keys(activities({})).toSorted()).toEqual(LASTING.toSorted());
  });
});

describe('an activity that is to mark nothing more', () => {
  /** An activity that lasts until the test ends it, and shows meanwhile what it was given. */
  const lasting = async (name: keyof Activities, ends: Partial<ActivityDeps['ending']> = {}) => {
    const { promise: soFar, resolve: end } = Promise.withResolvers<unknown>();
    const begun = Promise.withResolvers<ActivityBounds | undefined>();
    const environment = anEnvironment();
    const running = played((attempt) => {
      begun.resolve(attempt);
      return soFar;
    }, ends)(name, environment);
    const attempt = await begun.promise;
    return { environment, told: () => attempt?.signal.aborted, end, running };
  };

  it.each(STOPPABLE)('learns that another attempt took over: %s', async (name) => {
    const { environment, told, end, running } = await lasting(name);
    expect(told()).toBe(false);
    environment.cancel('NOT_FOUND');
    expect(told()).toBe(true);
    end('so far');
    await expect(running).resolves.toBe('so far');
  });

  it.each(STOPPABLE)('learns that its process stops, and answers: %s', async (name) => {
    const stopping = new AbortController();
    const { told, end, running } = await lasting(name, { stopping: stopping.signal });
    stopping.abort();
    expect(told()).toBe(true);
    end('so far');
    await expect(running).resolves.toBe('so far');
  });

  it.each(STOPPABLE)('learns at its first line: %s', async (name) => {
    const stopping = new AbortController();
    stopping.abort();
    const { told, end } = await lasting(name, { stopping: stopping.signal });
    expect(told()).toBe(true);
    end('so far');
  });

  it.each(STOPPABLE)('learns that its worker retires, and answers: %s', async (name) => {
    const left = new AbortController();
    const { told, end, running } = await lasting(name, { leaves: () => left.signal });
    expect(told()).toBe(false);
    left.abort();
    expect(told()).toBe(true);
    end('so far');
    await expect(running).resolves.toBe('so far');
  });

  it.each(LASTING)('begins nothing its worker has left: %s', async (name) => {
    let begun = 0;
    const left = { leaves: () => AbortSignal.abort() };
    const late = played(() => Promise.resolve((begun += 1)), left)(name);
    await expect(late).rejects.toMatchObject({ type: 'SLOW_HERE', nonRetryable: false, category: 'BENIGN' });
    expect(begun).toBe(0);
  });

  it.each(LASTING)('fails over soon after its worker retires: %s', async (name) => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    onTestFinished(() => void vi.useRealTimers());
    const left = new AbortController();
    const { end, running } = await lasting(name, { leaves: () => left.signal });
    let failure: unknown;
    running.catch((cause: unknown) => {
      failure = cause;
    });
    left.abort();
    await vi.advanceTimersByTimeAsync(999);
    expect(failure).toBeUndefined();
    await vi.advanceTimersByTimeAsync(1);
    expect(failure).toMatchObject({ type: 'SLOW_HERE', nonRetryable: false, category: 'BENIGN' });
    end('too late');
  });
});

describe('a failure of an activity', () => {
  it.each(LASTING)('hands over a transaction that was undone: %s', async (name) => {
    const undone = played(() => Promise.reject(new TransactionAbandoned('handed over')))(name);
    await expect(undone).rejects.toMatchObject({
      type: 'SLOW_HERE',
      nonRetryable: false,
      category: 'BENIGN',
    });
  });

  it.each(LASTING.filter((name) => name !== 'obeyOrder'))(
    'is final after a refusal, by code: %s',
    async (name) => {
      const refused = new Refusal('IMPORT_NOT_FOUND', {
        detail: { fr: 'de Camille, +33612345678', en: 'of Camille, +33612345678' },
      });
      const failure = await played(() => Promise.reject(refused))(name).then(
        () => undefined,
        (error: ApplicationFailure) => error,
      );
      expect(failure).toBeInstanceOf(ApplicationFailure);
      expect(failure).toMatchObject({
        nonRetryable: true,
        type: 'IMPORT_NOT_FOUND',
        message: 'No such import.',
      });
      expect(JSON.stringify(failure)).not.toMatch(/Camille|33612345678/);
    },
  );

  it.each(LASTING)('is retried when something of ours failed: %s', async (name) => {
    const failing = played(() => Promise.reject(new TypeError('a fault of ours')))(name);
    await expect(failing).rejects.toThrow(TypeError);
  });
});

/** The activities that look at the gate of their own worker, and answer a plan. */
const GATED = ['planShard', 'sendChunk', 'sendAcknowledgements', 'planSeries', 'sendStep'] as const;

describe('an activity that meets a shut gate', () => {
  const because = { code: 'CLOCK_DOUBT', text: '' };
  const shut = { kind: 'wait', state: 'parked', waitMs: 2_000, nextActionAt: '', because } as const;
  const shutBy = (code: string) => ({ ...shut, because: { ...because, code } });
  const attempted = (name: keyof Activities, code: string, attempt: number) =>
    played(() => Promise.resolve(shutBy(code)))(name, anEnvironment({ attempt }));

  it.each(GATED.flatMap((name) => [[name, 'CLOCK_DOUBT'] as const, [name, 'SEAL_DOUBT'] as const]))(
    '%s moves elsewhere while %s closes this gate',
    async (name, code) => {
      for (const attempt of [1, 2, 3])
        await expect(attempted(name, code, attempt)).rejects.toMatchObject({
          type: code,
          nonRetryable: false,
          nextRetryDelay: expect.anything(),
          category: 'BENIGN',
        });
      expect(await attempted(name, code, 4)).toEqual(shutBy(code));
    },
  );

  it.each(GATED)('%s waits at once when shut for everybody', async (name) => {
    expect(await attempted(name, 'JOURNAL_WAITS', 1)).toEqual(shutBy('JOURNAL_WAITS'));
  });
});

describe('an order from the page of a workflow', () => {
  it.each([
    ['fr', 'L’état actuel de la campagne ne le permet pas.'],
    ['en', 'A campaign in this state cannot do that.'],
  ] as const)('is refused in its tenant’s language, %s', async (language, refused) => {
    const order = { tenantId: 't-1', workflow: 'campaign', id: 'c-1', order: 'resume' } as const;
    const obeyed = (obey: () => Promise<void>): Promise<unknown> => {
      const all = activities({ orders: { obey, language: () => Promise.resolve(language) } });
      return anEnvironment().run(() => all.obeyOrder(order));
    };
    const refusal = new Refusal('CAMPAIGN_CANNOT_MOVE');
    expect(await obeyed(() => Promise.reject(refusal))).toEqual({ refused });
    expect(await obeyed(() => Promise.resolve())).toEqual({});
    await expect(obeyed(() => Promise.reject(new Error('no database')))).rejects.toThrow('no database');
  });
});
