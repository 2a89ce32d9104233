import {
  isGrpcServiceError,
  ServiceError,
  WorkflowNotFoundError,
  type Client,
  type WorkflowStartOptions,
} from '@temporalio/client';
import type { OutboxWorkflow } from '../platform/index.ts';
import { queues } from '../../workflows/queues.ts';
import { keys } from '../../workflows/search-attribute-keys.ts';
import { timeOuts } from '../../workflows/time-outs.ts';
import { languageOf, summariesIn } from '../words/index.ts';

/** A workflow to run, by its id and its input of ids alone. */
export interface Address {
  readonly workflow: OutboxWorkflow;
  readonly workflowId: string;
  readonly input: Readonly<Record<string, string>>;
  /** The tenant's: the language of Temporal's page. */
  readonly locale: string;
}

/** The sender of signals, and the base URL of the console. */
export interface SignalSender {
  readonly client: Client;
  /** The address of the console without `/console`; without it workflows have no link. */
  readonly publicUrl?: string | undefined;
}

/** Starts it, unless it runs already. */
export async function start(sender: SignalSender, address: Address): Promise<void> {
  await sender.client.workflow.start(address.workflow, {
    ...optionsOf(sender, address),
    workflowIdConflictPolicy: 'USE_EXISTING',
  });
}

/** Signals it; false when it does not run. */
export async function signal(client: Client, workflowId: string, name: string): Promise<boolean> {
  try {
    await client.workflow.getHandle(workflowId).signal(name);
    return true;
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return false;
    throw error;
  }
}

/** Signals it, starting it when it does not run. */
export async function signalWithStart(sender: SignalSender, address: Address, name: string): Promise<void> {
  const options = { ...optionsOf(sender, address), signal: name };
  await sender.client.workflow.signalWithStart(address.workflow, options);
}

function optionsOf(
  sender: SignalSender,
  { workflow, workflowId, input, locale }: Address,
): WorkflowStartOptions {
  const said = summariesIn(locale);
  const page = pageOf({ workflow, input });
  return {
    workflowId,
    taskQueue: queues.orchestration,
    args: [input],
    workflowTaskTimeout: timeOuts.workflowTaskMs,
    staticSummary: said[workflow],
    memo: { locale: languageOf(locale) },
    ...(sender.publicUrl === undefined || page === undefined
      ? {}
      : { staticDetails: `[${said.timeline}](${sender.publicUrl}/console${page})` }),
    typedSearchAttributes: [
      { key: keys.tenantId, value: input['tenantId'] ?? '' },
      { key: keys.kind, value: workflow },
      { key: keys.sendState, value: 'planning' },
    ],
  };
}

/** Returns the console's page about a workflow; some workflows have none. */
function pageOf({ workflow, input }: Pick<Address, 'workflow' | 'input'>): string | undefined {
  const { campaignId, seriesId, importId } = input;
  if (workflow === 'campaign' && campaignId !== undefined) return `/timeline?campaign=${campaignId}`;
  if (workflow === 'reminderSeries' && seriesId !== undefined) return `/timeline?series=${seriesId}`;
  return workflow === 'importContacts' && importId !== undefined ? `/imports/${importId}` : undefined;
}

/** gRPC codes that say nothing about the workflow asked for: cancelled, late, exhausted, aborted, unavailable. */
const OUTAGES = new Set([1, 2, 4, 8, 10, 14]);

/** Says whether Temporal is away, rather than refusing one call. */
export function isOutage(error: unknown): boolean {
  const cause = error instanceof ServiceError ? error.cause : error;
  return isGrpcServiceError(cause) && OUTAGES.has(cause.code);
}
