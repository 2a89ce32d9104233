import { randomUUID } from 'node:crypto';
import {
  Client,
  isGrpcServiceError,
  type Connection,
  type WorkflowClientInterceptor,
} from '@temporalio/client';

/** One workflow and where it runs. */
export interface Traveller {
  readonly connection: Connection;
  readonly namespace: string;
  readonly workflowId: string;
}

interface TimeSkipping {
  readonly enabled: true;
  readonly fastForwardConfig?: { readonly id: string; readonly duration: { readonly seconds: number } };
}

/** The code of gRPC for what is not there. */
const NOT_FOUND = 5;

/** The server skips time for each workflow by itself, and for its children and next runs. */
async function skipTime(
  { connection, namespace, workflowId }: Traveller,
  timeSkippingConfig: TimeSkipping,
): Promise<void> {
  await connection.workflowService.updateWorkflowExecutionOptions({
    namespace,
    workflowExecution: { workflowId },
    updateMask: { paths: ['time_skipping_config'] },
    workflowExecutionOptions: { timeSkippingConfig },
    // The types ask for seconds of 64 bits; a number is encoded as well.
  } as never);
}

/** A client of which every workflow skips all its waits by itself. */
export function skippingClient(connection: Connection, namespace: string): Client {
  const skipping: WorkflowClientInterceptor = {
    start: async (input, next) => {
      const runId = await next(input);
      const { workflowId } = input.options;
      await skipTime({ connection, namespace, workflowId }, { enabled: true }).catch(unlessOver);
      return runId;
    },
  };
  return new Client({ connection, namespace, interceptors: { workflow: [skipping] } });
}

/** A workflow that ended at once has no time left to skip. */
function unlessOver(error: unknown): void {
  if (!isGrpcServiceError(error)) throw error;
  const code: number = error.code;
  if (code !== NOT_FOUND) throw error;
}

/** Moves one workflow, its children and its next runs by seconds; then time is real again. */
export async function fastForward(traveller: Traveller, seconds: number): Promise<void> {
  const { connection, namespace, workflowId } = traveller;
  const id = `ff-${randomUUID()}`;
  await skipTime(traveller, { enabled: true, fastForwardConfig: { id, duration: { seconds } } });
  await connection.workflowService.pollWorkflowExecutionTimeSkipping({
    namespace,
    workflowExecution: { workflowId },
    fastForwardId: id,
  });
}
