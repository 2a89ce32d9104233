import {
  isGrpcServiceError,
  ServiceError,
  WorkflowNotFoundError,
  type Client,
  type WorkflowStartOptions,
} from '@temporalio/client';
import type { IntendedWorkflow } from '../database/intent.repository.ts';
import { queues } from '../../workflows/queues.ts';
import { keys } from '../../workflows/search-attribute-keys.ts';
import { timeOuts } from '../../workflows/time-outs.ts';

/** A workflow that is to run, by its one id and ids alone. */
export interface Address {
  readonly workflow: IntendedWorkflow;
  readonly workflowId: string;
  readonly input: Readonly<Record<string, string>>;
}

const summaries: Readonly<Record<IntendedWorkflow, string>> = {
  campaign: 'Gèle l’audience, envoie lieu par lieu, clôt les comptes',
  campaignShard: 'Envoie un lot à ses heures',
  reminderSeries: 'Envoie chaque rappel à son heure ; s’arrête sur un STOP',
  acknowledgements: 'Répond aux STOP, aux CONTACT et aux inscriptions',
  importContacts: 'Lit un fichier : chaque ligne est acceptée, ou refusée avec sa raison',
  housekeeping: 'Fait le ménage : ce qui a fait son temps part, avec un certificat',
  erasure: 'Efface les traces d’une personne, puis écrit le certificat',
};

/** Starts it, unless it runs already. */
export async function start(client: Client, address: Address): Promise<void> {
  await client.workflow.start(address.workflow, {
    ...optionsOf(address),
    workflowIdConflictPolicy: 'USE_EXISTING',
  });
}

/** Tells it something; true, or false when it does not run. */
export async function signal(client: Client, workflowId: string, name: string): Promise<boolean> {
  try {
    await client.workflow.getHandle(workflowId).signal(name);
    return true;
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return false;
    throw error;
  }
}

/** Tells it something, starting it when it does not run. */
export async function signalWithStart(client: Client, address: Address, name: string): Promise<void> {
  await client.workflow.signalWithStart(address.workflow, { ...optionsOf(address), signal: name });
}

function optionsOf({ workflow, workflowId, input }: Address): WorkflowStartOptions {
  return {
    workflowId,
    taskQueue: queues.orchestration,
    args: [input],
    workflowTaskTimeout: timeOuts.workflowTaskMs,
    staticSummary: summaries[workflow],
    typedSearchAttributes: [
      { key: keys.tenantId, value: input['tenantId'] ?? '' },
      { key: keys.kind, value: workflow },
      { key: keys.sendState, value: 'planning' },
    ],
  };
}

/** What says nothing about the one that was asked for: cancelled, late, exhausted, aborted, unavailable. */
const OUTAGES = new Set([1, 2, 4, 8, 10, 14]);

/** Whether Temporal is away, rather than refusing this one thing. */
export function isOutage(error: unknown): boolean {
  const cause = error instanceof ServiceError ? error.cause : error;
  return isGrpcServiceError(cause) && OUTAGES.has(cause.code);
}
