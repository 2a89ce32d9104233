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

/** The tenant that was last in the turn before: the next turn begins with the one after it. */
export interface Rotation {
  after: string;
}

export interface ConductDeps {
  readonly database: Database;
  readonly temporal: Temporal;
  readonly clock: Clock;
  readonly log: Log;
  /** Base URL of this instance, for the links that workflows show. */
  readonly publicUrl?: string | undefined;
}

/** Few enough that a STOP which comes meanwhile waits half a second at most behind a slice of starts. */
const SLICE = 32;
/** Read at once: many STOPs of one company are one signal to the workflow that answers them. */
const READ = 4 * SLICE;
const CALL_WITHIN_MS = 5_000;
const LONGEST_WAIT_MS = 5 * 60_000;

/**
 * One start of the workflow of acknowledgements answers all who wrote within this time: at four STOPs a second a
 * start for each took a fifth of two processors.
 */
const ANSWERS_EVERY_MS = 1_000;

/**
 * The last signal of each workflow of acknowledgements, by `wordOf`, in milliseconds of the monotonic clock. A process
 * that takes the role over signals once more, which changes nothing.
 */
export type SignalledAt = Map<string, number>;

/**
 * Hands Temporal one slice of the due intents and removes those delivered; true when more wait. Equal signals to
 * one workflow are sent once for all their writers. Safe to repeat: starts have ids of their own, and signals only
 * mean "look again".
 */
export async function dispatch(
  deps: ConductDeps,
  signalledAt: SignalledAt = new Map(),
  rotation: Rotation = { after: BEFORE_ALL },
): Promise<boolean> {
  const now = instant(deps.clock.machine()).toISO();
  const due = await dueIntents(deps.database, now, { most: READ, after: rotation.after });
  const words = await notHeld(deps, signalledAt, due);
  const slice = words.slice(0, SLICE);
  rotation.after = slice.at(-1)?.[0]?.tenantId ?? rotation.after;
  const outcomes = await eachWithin(SLICE, slice, ([intent]) =>
    inTime(deps, async () => {
      if (intent === undefined) return;
      await within(intent, () => tell(deps, intent));
      if (intent.workflow === 'acknowledgements') signalledAt.set(wordOf(intent), deps.clock.monotonic());
    }),
  );
  await removeIntents(
    deps.database,
    slice.filter((_, index) => outcomes[index]?.status === 'fulfilled').flat(),
  );
  for (const [index, outcome] of outcomes.entries())
    if (outcome.status === 'rejected')
      for (const intent of slice[index] ?? []) await failed(deps, intent, outcome.reason);
  return due.length === READ || words.length > SLICE;
}

/** Groups intents by their signal, and defers those to a workflow of acknowledgements that was just signalled. */
async function notHeld(
  { database, clock }: ConductDeps,
  signalledAt: SignalledAt,
  due: readonly DueIntent[],
): Promise<readonly DueIntent[][]> {
  const now = clock.monotonic();
  for (const [word, at] of signalledAt) if (now - at >= ANSWERS_EVERY_MS) signalledAt.delete(word);
  const { ready = [], held = [] } = Object.groupBy(Map.groupBy(due, wordOf), ([word]) =>
    signalledAt.has(word) ? 'held' : 'ready',
  );
  for (const [word, intents] of held) {
    const leftMs = (signalledAt.get(word) ?? now) + ANSWERS_EVERY_MS - now;
    await deferIntents(database, intents, instant(clock.machine() + leftMs).toISO());
  }
  return ready.map(([, intents]) => intents);
}

/** The same for all intents with the same signal to the same workflow. */
const wordOf = (intent: DueIntent): string =>
  JSON.stringify([intent.tenantId, intent.verb, intent.workflowId, intent.signal]);

export const inTime = <T>({ temporal, clock }: ConductDeps, call: () => Promise<T>): Promise<T> =>
  temporal.connection.withDeadline(clock.machine() + CALL_WITHIN_MS, call);

/** A delivery belongs to the trace of the intent's writer. */
const within = <T>({ trace }: DueIntent, task: () => Promise<T>): Promise<T> =>
  trace === null ? task() : context.with(propagation.extract(ROOT_CONTEXT, { traceparent: trace }), task);

async function tell(deps: ConductDeps, intent: DueIntent): Promise<void> {
  const name = intent.signal ?? 'replan';
  switch (intent.verb) {
    case 'start':
      return start(deps, intent);
    case 'signal':
      // An ended workflow has nothing to look at.
      await signal(deps, intent.workflowId, name);
      return;
    case 'signal-with-start':
      return signalWithStart(deps, intent, name);
    default:
      intent.verb satisfies never;
  }
}

/** An outage ends the turn; a refusal by Temporal concerns its own intent alone. */
async function failed(
  { database, clock, log }: ConductDeps,
  intent: DueIntent,
  error: unknown,
): Promise<void> {
  if (isOutage(error)) throw error;
  log.error({ intent: intent.id, workflow: intent.workflowId, fault: faultOf(error) }, 'intent refused');
  const waitMs = Math.min(LONGEST_WAIT_MS, 1_000 * 2 ** Math.min(intent.attempts, 10));
  await postponeIntent(database, intent, instant(clock.machine() + waitMs).toISO());
}

/** A workflow to run, by its id and its input of ids alone. */
export interface Address {
  readonly workflow: OutboxWorkflow;
  readonly workflowId: string;
  readonly input: Readonly<Record<string, string>>;
  /** The tenant's: the language of Temporal's page. */
  readonly locale: string;
}

/** The sender of signals; without a base URL of the instance workflows have no link. */
type SignalSender = Pick<ConductDeps, 'publicUrl'> & { readonly temporal: Pick<Temporal, 'client'> };

export async function start(sender: SignalSender, address: Address): Promise<void> {
  await sender.temporal.client.workflow.start(address.workflow, {
    ...optionsOf(sender, address),
    workflowIdConflictPolicy: 'USE_EXISTING',
  });
}

/** Signals it; false when it does not run. */
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
  const said = summariesIn(locale);
  const page = pageOf({ workflow, input });
  return {
    workflowId,
    taskQueue: queues.orchestration,
    args: [input],
    workflowTaskTimeout: timeOuts.workflowTaskMs,
    // Workflows of one tenant take turns with those of others.
    priority: { fairnessKey: input['tenantId'] ?? '' },
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
