import { Connection } from '@temporalio/client';
import { queues } from '../../workflows/queues.ts';
import { instant, type Clock, type TemporalSettings } from '../platform/index.ts';
import { wayTo } from './connection.ts';

/** Temporal's knowledge of our workers and their code. */
export interface Conducting {
  /** Workflows whose code failed again and again: a bad deployment. */
  readonly inTrouble: number;
  readonly queues: readonly QueueState[];
}

/** A queue, its backlog, and its pollers. */
export interface QueueState {
  readonly queue: string;
  readonly backlog: number;
  readonly pollers: number;
}

type Describe = Connection['workflowService']['describeTaskQueue'];
type TaskQueueType = NonNullable<Parameters<Describe>[0]['taskQueueType']>;

// The SDK gives the type of the enumeration and not its values: workflow and activity.
const TYPES = [1, 2] as unknown as readonly TaskQueueType[];

const IN_TROUBLE = "TemporalReportedProblems IS NOT NULL AND ExecutionStatus = 'Running'";

/** Asks Temporal for workflows in trouble, and for each queue's backlog and pollers. */
export async function conductingOf(
  connection: Connection,
  { namespace, queues: queueNames }: { readonly namespace: string; readonly queues: readonly string[] },
): Promise<Conducting> {
  const [counted, ...states] = await Promise.all([
    connection.workflowService.countWorkflowExecutions({ namespace, query: IN_TROUBLE }),
    ...queueNames.map((queue) => stateOf(connection, { namespace, queue })),
  ]);
  return { inTrouble: Number(counted.count), queues: states };
}

/** A queue is attended when somebody polls each kind of task that waits in it. */
async function stateOf(
  connection: Connection,
  { namespace, queue }: { readonly namespace: string; readonly queue: string },
): Promise<QueueState> {
  const kinds = await Promise.all(
    TYPES.map(async (taskQueueType) => {
      const { stats, pollers } = await connection.workflowService.describeTaskQueue({
        namespace,
        taskQueue: { name: queue },
        taskQueueType,
        reportStats: true,
      });
      return { backlog: Number(stats?.approximateBacklogCount ?? 0), pollers: pollers.length };
    }),
  );
  const backlog = kinds.reduce((sum, kind) => sum + kind.backlog, 0);
  // A kind without work has no poller if nothing of it was ever asked for.
  const owed = kinds.filter((kind) => kind.backlog > 0);
  const asking = (owed.length > 0 ? owed : kinds).map((kind) => kind.pollers);
  return { queue, backlog, pollers: owed.length > 0 ? Math.min(...asking) : Math.max(...asking) };
}

const ANSWERS_WITHIN_MS = 1_500;

/** An api's questions to Temporal, besides the outbox. */
export interface TemporalProbe {
  readonly answers: () => Promise<void>;
  readonly conducting: () => Promise<Conducting>;
  readonly close: () => Promise<void>;
}

/** Asks Temporal whether our namespace exists; connects on first use. */
export async function temporalProbe(settings: TemporalSettings, clock: Clock): Promise<TemporalProbe> {
  const connection = Connection.lazy(await wayTo(settings));
  const { namespace } = settings;
  const soon = <T>(ask: () => Promise<T>): Promise<T> =>
    connection.withDeadline(instant(clock.machine() + ANSWERS_WITHIN_MS).toJSDate(), ask);
  return {
    answers: async () => {
      await soon(() => connection.workflowService.describeNamespace({ namespace }));
    },
    conducting: () => soon(() => conductingOf(connection, { namespace, queues: Object.values(queues) })),
    close: () => connection.close(),
  };
}
