import { Connection } from '@temporalio/client';
import type { Instance } from '../test/support/instance.ts';

/** Events in the histories of a campaign and of its shards, all runs of them. */
export async function eventsOf(instance: Instance, campaignId: string): Promise<readonly number[]> {
  const { temporalAddress: address, temporalNamespace: namespace } = await instance.run();
  const connection = await Connection.connect({ address });
  try {
    const query = `WorkflowId STARTS_WITH "campaign/${campaignId}"`;
    const { executions } = await connection.workflowService.listWorkflowExecutions({ namespace, query });
    return executions.map(({ historyLength }) => Number(historyLength));
  } finally {
    await connection.close();
  }
}
