import { Client, type Connection, type WorkflowClientInterceptor } from '@temporalio/client';
import { InternalWorkflowStartOptionsSymbol } from '@temporalio/client/lib/internal.js';
import { randomUUID } from 'node:crypto';

// Server 1.32 knows these fields and the client's types do not: test code only.
const skipping: WorkflowClientInterceptor = {
  start: (input, next) =>
    next({
      ...input,
      options: {
        ...input.options,
        [InternalWorkflowStartOptionsSymbol]: { timeSkippingConfig: { enabled: true } },
      } as typeof input.options,
    }),
};

/** Every workflow that this client starts skips all its waits by itself. */
export function skippingClient(connection: Connection, namespace: string): Client {
  return new Client({ connection, namespace, interceptors: { workflow: [skipping] } });
}

/** One running workflow and where it runs. */
export interface Traveller {
  readonly connection: Connection;
  readonly namespace: string;
  readonly workflowId: string;
}

/** Moves one workflow, its children and its next runs by seconds; then time is real again. */
export async function fastForward(traveller: Traveller, seconds: number): Promise<void> {
  const { connection, namespace, workflowId } = traveller;
  const fastForwardId = `ff-${randomUUID()}`;
  const target = { namespace, workflowExecution: { workflowId } };
  const fastForwardConfig = { id: fastForwardId, duration: { seconds } };
  await connection.workflowService.updateWorkflowExecutionOptions({
    ...target,
    updateMask: { paths: ['time_skipping_config'] },
    workflowExecutionOptions: { timeSkippingConfig: { enabled: true, fastForwardConfig } },
  } as never);
  await connection.workflowService.pollWorkflowExecutionTimeSkipping({ ...target, fastForwardId });
}
