import { randomUUID } from 'node:crypto';
import { Client, Connection, type WorkflowHandleWithFirstExecutionRunId } from '@temporalio/client';
import { DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker';
import { inject } from 'vitest';
import type { Activities } from '../../activities/index.ts';
import { until } from '../../src/embedded/until.ts';
import type { Plan } from '../../src/messages/plan.ts';
import { registerSearchAttributes } from '../../src/temporal/register.ts';
import { queues } from '../../workflows/queues.ts';
import { keys } from '../../workflows/search-attribute-keys.ts';
import { fastForward, skippingClient } from '../support/time.ts';

Runtime.install({ logger: new DefaultLogger('ERROR'), shutdownSignals: [] });

/** A namespace of its own: queues bear fixed names, and files run side by side. */
export async function aNamespace(connection: Connection): Promise<string> {
  const namespace = `test-${randomUUID()}`;
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
  return namespace;
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

/** Plays the piece with these activities, on every queue. */
export async function onStage(
  fakes: Partial<Activities>,
  piece: (stage: Stage) => Promise<void>,
): Promise<void> {
  const { address } = inject('temporal');
  const connection = await Connection.connect({ address });
  const native = await NativeConnection.connect({ address });
  try {
    const namespace = await aNamespace(connection);
    // A worker without activities takes workflows alone, and only one queue has them.
    const played = Object.keys(fakes).length === 0 ? [queues.orchestration] : Object.values(queues);
    const workers = await Promise.all(played.map((queue) => worker(queue, native)));
    const running = workers.map((one) => one.run());
    const client = new Client({ connection, namespace, identity: 'test' });
    try {
      await piece({
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
      });
    } finally {
      for (const one of workers) one.shutdown();
      await Promise.all(running);
    }

    function worker(taskQueue: string, nativeConnection: NativeConnection): Promise<Worker> {
      return Worker.create({
        connection: nativeConnection,
        namespace,
        taskQueue,
        identity: 'test',
        activities: fakes,
        shutdownForceTime: 2_000,
        ...(taskQueue === queues.orchestration ? { workflowBundle: { codePath: inject('bundlePath') } } : {}),
      });
    }
  } finally {
    await native.close();
    await connection.close();
  }
}

/** An activity that answers plans in turn, the last one for ever, and remembers what it was asked. */
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

/** Waits for the window to open, in so many hours. */
export const waits = (hours: number, more: Partial<Extract<Plan, { kind: 'wait' }>> = {}): Plan => ({
  kind: 'wait',
  state: 'waiting-window',
  waitMs: hours * 3_600_000,
  nextActionAt: '2026-11-30T07:00:00.000Z',
  because: { code: 'SUNDAY', ruleId: 'WIN-02', text: 'Pas de SMS le dimanche : lundi 30/11 à 8h00.' },
  ...more,
});

/** May send now. */
export const sends: Plan = { kind: 'send', because: { code: 'OPEN', text: 'La fenêtre est ouverte.' } };

/** Is over, with this code. */
export const done = (code: string): Plan => ({ kind: 'done', because: { code, text: 'Terminé.' } });

/** Resolves once it is true; for what another process brings about. */
export async function soon(fact: () => boolean | Promise<boolean>): Promise<void> {
  if (!(await until(async () => fact(), 15_000))) throw new Error('it did not happen within 15 s');
}
