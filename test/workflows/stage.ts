import { randomUUID } from 'node:crypto';
import { Context, type Info } from '@temporalio/activity';
import type { Client, Connection, WorkflowHandleWithFirstExecutionRunId } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import { TestWorkflowEnvironment } from '@temporalio/testing';
import { DefaultLogger, Runtime, Worker, type WorkerOptions } from '@temporalio/worker';
import { inject } from 'vitest';
import type { Activities } from '../../activities/index.ts';
import { until } from '../../src/base/promises.ts';
import type { Plan } from '../../src/platform/plan.ts';
import { registerSearchAttributes } from '../../src/temporal/connection.ts';
import { queues, keys, timeOuts } from '../../workflows/settings.ts';
import { fastForward, skippingClient } from '../support/time.ts';

Runtime.install({ logger: new DefaultLogger('ERROR'), shutdownSignals: [] });

/** Registers a namespace of its own: queues bear fixed names, and files run side by side. */
export async function aNamespace(connection: Connection): Promise<string> {
  const namespace = `test-${randomUUID()}`;
  await register(connection, namespace);
  return namespace;
}

async function register(connection: Connection, namespace: string): Promise<void> {
  const day = { seconds: 24 * 3600 };
  await connection.workflowService.registerNamespace({
    namespace,
    workflowExecutionRetentionPeriod: day,
  } as never);
  const registered = (): Promise<boolean> =>
    registerSearchAttributes(connection, namespace).then(
      () => true,
      () => false,
    );
  await until(registered, 20_000);
}

/** Where a workflow is tested: the server of this run, a namespace of its own, a client and workers. */
export interface Environment {
  readonly connection: Connection;
  readonly namespace: string;
  readonly client: Client;
  /** Makes a worker of one queue; it also runs workflows where the queue is theirs. */
  readonly worker: (options: Pick<WorkerOptions, 'taskQueue'> & Partial<WorkerOptions>) => Promise<Worker>;
}

/** Works in a test environment over the server that was started for the whole run. */
export async function inEnvironment(
  client: NonNullable<ExistingServer['client']>,
  work: (environment: Environment) => Promise<void>,
): Promise<void> {
  const namespace = `test-${randomUUID()}`;
  const { address } = inject('temporal');
  const test = await TestWorkflowEnvironment.createFromExistingServer({ address, namespace, client });
  const { connection, nativeConnection } = test;
  try {
    await register(connection, namespace);
    const worker: Environment['worker'] = (options) =>
      Worker.create({
        connection: nativeConnection,
        namespace,
        shutdownForceTime: 2_000,
        ...(options.taskQueue === queues.orchestration
          ? { workflowBundle: { codePath: inject('bundlePath') } }
          : {}),
        ...options,
      });
    await work({ connection, namespace, client: test.client, worker });
  } finally {
    await test.teardown();
  }
}

type ExistingServer = NonNullable<Parameters<typeof TestWorkflowEnvironment.createFromExistingServer>[0]>;

/** Runs the workers while the work lasts, then ends them in order. */
export async function whileRunning(workers: readonly Worker[], work: () => Promise<void>): Promise<void> {
  const running = workers.map((one) => one.run());
  try {
    await work();
  } finally {
    for (const one of workers) one.shutdown();
    await Promise.all(running);
  }
}

/** A Temporal with workers whose activities are played by fakes. */
export interface Stage {
  readonly connection: Connection;
  readonly namespace: string;
  /** Starts workflows that wait in real time. */
  readonly client: Client;
  /** Starts workflows that skip their waits. */
  readonly skipping: Client;
  /** Starts one that waits in real time until it is moved. */
  readonly start: (
    workflow: string,
    workflowId: string,
    input: object,
  ) => Promise<WorkflowHandleWithFirstExecutionRunId>;
  readonly travel: (workflowId: string, hours: number) => Promise<void>;
}

/** Says why an activity is not to be asked for like this. */
function wrongOf(
  { heartbeatTimeoutMs, priority }: Info,
  { tenantId }: { tenantId?: string },
): string | undefined {
  if (heartbeatTimeoutMs !== timeOuts.heartbeatTimeoutMs) return 'nobody misses it when its worker is frozen';
  if (priority?.fairnessKey !== tenantId) return 'tenants take no turns at it';
  return undefined;
}

/** The same activities, which fail for good where silence does not show that a worker is frozen, or tenants take no turns. */
function askedRightly(fakes: Partial<Activities>): object {
  const checked = Object.entries(fakes).map(([name, fake]) => [
    name,
    (input: never): unknown => {
      const wrong = wrongOf(Context.current().info, input ?? {});
      if (wrong === undefined) return fake(input);
      throw ApplicationFailure.nonRetryable(`${name}: ${wrong}`);
    },
  ]);
  return Object.fromEntries(checked) as object;
}

/** Runs a test with these activities, on every queue. */
export async function onStage(
  fakes: Partial<Activities>,
  piece: (stage: Stage) => Promise<void>,
): Promise<void> {
  await inEnvironment({ identity: 'test' }, async ({ connection, namespace, client, worker }) => {
    // A worker without activities takes workflows alone, and only one queue has them.
    const played = Object.keys(fakes).length === 0 ? [queues.orchestration] : Object.values(queues);
    const acted = askedRightly(fakes);
    const workers = await Promise.all(
      played.map((taskQueue) => worker({ taskQueue, identity: 'test', activities: acted })),
    );
    await whileRunning(workers, () =>
      piece({
        connection,
        namespace,
        client,
        skipping: skippingClient(connection, namespace),
        start: (workflow, workflowId, input) =>
          client.workflow.start(workflow, {
            workflowId,
            taskQueue: queues.orchestration,
            args: [input],
            typedSearchAttributes: [{ key: keys.tenantId, value: 't-1' }],
          }),
        travel: (workflowId, hours) => fastForward({ connection, namespace, workflowId }, hours * 3600),
      }),
    );
  });
}

/** An activity that answers plans in turn, the last one for ever, and notes its inputs. */
export interface Script {
  (input: object): Promise<Plan>;
  readonly asked: object[];
}

/** Answers the plans in turn, the last one for ever. */
export function script(...plans: readonly [Plan, ...Plan[]]): Script {
  const left = [...plans];
  const asked: object[] = [];
  const answer = async (input: object): Promise<Plan> => {
    asked.push(input);
    return (left.length > 1 ? left.shift() : left[0]) ?? plans[0];
  };
  return Object.assign(answer, { asked });
}

/** A plan that waits for the window to open in so many hours. */
export const waits = (hours: number, more: Partial<Extract<Plan, { kind: 'wait' }>> = {}): Plan => ({
  kind: 'wait',
  state: 'waiting-window',
  waitMs: hours * 3_600_000,
  nextActionAt: '2026-11-30T07:00:00.000Z',
  because: { code: 'SUNDAY', ruleId: 'WIN-02', text: 'Pas de SMS le dimanche : lundi 30/11 à 8h00.' },
  ...more,
});

/** A plan to send now. */
export const sends: Plan = { kind: 'send', because: { code: 'OPEN', text: 'La fenêtre est ouverte.' } };

/** A plan that is done, with this code. */
export const done = (code: string): Plan => ({ kind: 'done', because: { code, text: 'Terminé.' } });

/** Resolves once a condition that another process brings about is true. */
export async function soon(fact: () => boolean | Promise<boolean>): Promise<void> {
  if (!(await until(async () => fact(), 15_000))) throw new Error('it did not happen within 15 s');
}
