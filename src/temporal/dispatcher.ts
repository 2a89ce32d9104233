import { context, propagation, ROOT_CONTEXT } from '@opentelemetry/api';
import {
  isGrpcServiceError,
  ServiceError,
  WorkflowNotFoundError,
  type WorkflowStartOptions,
} from '@temporalio/client';
import { queues, keys, timeOuts } from '../../workflows/settings.ts';
import {
  BEFORE_ALL,
  instant,
  type Clock,
  type Database,
  faultOf,
  type Log,
  type OutboxWorkflow,
} from '../platform/index.ts';
import { eachWithin } from '../base/index.ts';
import { languageOf, summariesIn } from '../words/index.ts';
import type { Temporal } from './connection.ts';
import {
  deferIntents,
  dueIntents,
  postponeIntent,
  removeIntents,
  type DueIntent,
} from './due-work.repository.ts';

/** The last tenant of the turn before; the next turn begins with the tenant after it. */
export interface Rotation {
  after: string;
}

/** What the loops between PostgreSQL and Temporal need. */
export interface ConductDeps {
  readonly database: Database;
  readonly temporal: Temporal;
  readonly clock: Clock;
  readonly log: Log;
  /** Base URL of this instance, for the links that workflows show. */
  readonly publicUrl?: string | undefined;
}

/** Signals delivered in a turn: few enough that a STOP which arrives meanwhile waits for half a second at most. */
const SLICE = 32;
/** Intents read in a turn: many STOPs of one tenant are one signal to the workflow that answers them. */
const READ = 4 * SLICE;
const CALL_WITHIN_MS = 5_000;
const LONGEST_WAIT_MS = 5 * 60_000;

/**
 * The workflow that sends acknowledgements is signalled once in this time for all who wrote meanwhile: at four STOPs a
 * second, a start for each took a fifth of two processors.
 */
const ANSWERS_EVERY_MS = 1_000;

/**
 * When each workflow of acknowledgements was last signalled, by `signalKey`, in milliseconds of the monotonic clock. A
 * process that takes the role over signals once more, which changes nothing.
 */
export type SignalledAt = Map<string, number>;

/**
 * Delivers a slice of the due intents to Temporal and removes them; returns true when more are due. Equal signals to one
 * workflow are sent once. Safe to repeat: starts have ids of their own, and signals only mean "plan again".
 */
export async function dispatch(
  deps: ConductDeps,
  signalledAt: SignalledAt = new Map(),
  rotation: Rotation = { after: BEFORE_ALL },
): Promise<boolean> {
  const now = instant(deps.clock.machine()).toISO();
  const due = await dueIntents(deps.database, now, { most: READ, after: rotation.after });
  const groups = await readyGroups(deps, signalledAt, due);
  const slice = groups.slice(0, SLICE);
  rotation.after = slice.at(-1)?.[0]?.tenantId ?? rotation.after;
  const outcomes = await eachWithin(SLICE, slice, ([intent]) =>
    inTime(deps, async () => {
      if (intent === undefined) return;
      await withinTrace(intent, () => notify(deps, intent));
      if (intent.workflow === 'acknowledgements') signalledAt.set(signalKey(intent), deps.clock.monotonic());
    }),
  );
  await removeIntents(
    deps.database,
    slice.filter((_, index) => outcomes[index]?.status === 'fulfilled').flat(),
  );
  for (const [index, outcome] of outcomes.entries())
    if (outcome.status === 'rejected')
      for (const intent of slice[index] ?? []) await postpone(deps, intent, outcome.reason);
  return due.length === READ || groups.length > SLICE;
}

/** Groups intents by their signal, and defers those to a workflow of acknowledgements that was just signalled. */
async function readyGroups(
  { database, clock }: ConductDeps,
  signalledAt: SignalledAt,
  due: readonly DueIntent[],
): Promise<readonly DueIntent[][]> {
  const now = clock.monotonic();
  for (const [key, at] of signalledAt) if (now - at >= ANSWERS_EVERY_MS) signalledAt.delete(key);
  const { ready = [], deferred = [] } = Object.groupBy(Map.groupBy(due, signalKey), ([key]) =>
    signalledAt.has(key) ? 'deferred' : 'ready',
  );
  for (const [key, intents] of deferred) {
    const leftMs = (signalledAt.get(key) ?? now) + ANSWERS_EVERY_MS - now;
    await deferIntents(database, intents, instant(clock.machine() + leftMs).toISO());
  }
  return ready.map(([, intents]) => intents);
}

/** Returns a key that is equal for all intents with the same signal to the same workflow. */
const signalKey = (intent: DueIntent): string =>
  JSON.stringify([intent.tenantId, intent.verb, intent.workflowId, intent.signal]);

/** Calls Temporal with a time limit of five seconds. */
export const inTime = <T>({ temporal, clock }: ConductDeps, call: () => Promise<T>): Promise<T> =>
  temporal.connection.withDeadline(clock.machine() + CALL_WITHIN_MS, call);

/** Does a task within the trace of the request that wrote the intent. */
const withinTrace = <T>({ trace }: DueIntent, task: () => Promise<T>): Promise<T> =>
  trace === null ? task() : context.with(propagation.extract(ROOT_CONTEXT, { traceparent: trace }), task);

async function notify(deps: ConductDeps, intent: DueIntent): Promise<void> {
  const name = intent.signal ?? 'replan';
  switch (intent.verb) {
    case 'start':
      return start(deps, intent);
    case 'signal':
      // A workflow that has ended needs no signal.
      await signal(deps, intent.workflowId, name);
      return;
    case 'signal-with-start':
      return signalWithStart(deps, intent, name);
    default:
      intent.verb satisfies never;
  }
}

/** Postpones an intent that Temporal refused; throws when Temporal is away, which ends the turn. */
async function postpone(
  { database, clock, log }: ConductDeps,
  intent: DueIntent,
  error: unknown,
): Promise<void> {
  if (isOutage(error)) throw error;
  log.error({ intent: intent.id, workflow: intent.workflowId, fault: faultOf(error) }, 'intent refused');
  const waitMs = Math.min(LONGEST_WAIT_MS, 1_000 * 2 ** Math.min(intent.attempts, 10));
  await postponeIntent(database, intent, instant(clock.machine() + waitMs).toISO());
}

/** A workflow to start or signal; its input has ids alone. */
export interface Address {
  readonly workflow: OutboxWorkflow;
  readonly workflowId: string;
  readonly input: Readonly<Record<string, string>>;
  /** The tenant's locale, for the texts on Temporal's page. */
  readonly locale: string;
}

/** What starts and signals need; without `publicUrl` workflows show no link. */
type SignalSender = Pick<ConductDeps, 'publicUrl'> & { readonly temporal: Pick<Temporal, 'client'> };

export async function start(sender: SignalSender, address: Address): Promise<void> {
  await sender.temporal.client.workflow.start(address.workflow, {
    ...optionsOf(sender, address),
    workflowIdConflictPolicy: 'USE_EXISTING',
  });
}

/** Signals a workflow; returns false when it does not run. */
export async function signal(
  { temporal: { client } }: SignalSender,
  workflowId: string,
  name: string,
): Promise<boolean> {
  try {
    await client.workflow.getHandle(workflowId).signal(name);
    return true;
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return false;
    throw error;
  }
}

export async function signalWithStart(sender: SignalSender, address: Address, name: string): Promise<void> {
  const options = { ...optionsOf(sender, address), signal: name };
  await sender.temporal.client.workflow.signalWithStart(address.workflow, options);
}

function optionsOf(
  sender: SignalSender,
  { workflow, workflowId, input, locale }: Address,
): WorkflowStartOptions {
  const summaries = summariesIn(locale);
  const page = pageOf({ workflow, input });
  return {
    workflowId,
    taskQueue: queues.orchestration,
    args: [input],
    workflowTaskTimeout: timeOuts.workflowTaskMs,
    // Temporal lets the workflows of tenants take turns.
    priority: { fairnessKey: input['tenantId'] ?? '' },
    staticSummary: summaries[workflow],
    memo: { locale: languageOf(locale) },
    ...(sender.publicUrl === undefined || page === undefined
      ? {}
      : { staticDetails: `[${summaries.timeline}](${sender.publicUrl}/console${page})` }),
    typedSearchAttributes: [
      { key: keys.tenantId, value: input['tenantId'] ?? '' },
      { key: keys.kind, value: workflow },
      { key: keys.sendState, value: 'planning' },
    ],
  };
}

/** Returns the path of the console's page about a workflow; undefined when there is none. */
function pageOf({ workflow, input }: Pick<Address, 'workflow' | 'input'>): string | undefined {
  const { campaignId, seriesId, importId } = input;
  if (workflow === 'campaign' && campaignId !== undefined) return `/timeline?campaign=${campaignId}`;
  if (workflow === 'reminderSeries' && seriesId !== undefined) return `/timeline?series=${seriesId}`;
  return workflow === 'importContacts' && importId !== undefined ? `/imports/${importId}` : undefined;
}

/**
 * gRPC codes of a call that failed whatever the workflow: cancelled, unknown, deadline exceeded, exhausted, aborted,
 * unavailable.
 */
const OUTAGES = new Set([1, 2, 4, 8, 10, 14]);

/** Says whether a call failed because Temporal is away; otherwise Temporal refused this call. */
export function isOutage(error: unknown): boolean {
  const cause = error instanceof ServiceError ? error.cause : error;
  return isGrpcServiceError(cause) && OUTAGES.has(cause.code);
}
