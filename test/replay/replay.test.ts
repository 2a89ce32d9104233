import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { DeterminismViolationError } from '@temporalio/workflow';
import { Worker, type ReplayWorkerOptions } from '@temporalio/worker';
import { globSync, readFileSync } from 'node:fs';
import { describe, expect, inject, it } from 'vitest';
import { keptBundle } from '../../src/temporal/worker-parts.ts';
import { NIGHT } from '../support/cases.ts';
import { keptCache } from '../support/kept.ts';
import { onStage } from '../workflows/stage.ts';
import { CHANGES } from './changed-workflows.ts';
import { recordedHistories, type History } from './histories.ts';
import { stories } from './stories.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const recorded = [...recordedHistories()];
const workflowOf = ({ events }: History): string =>
  events[0]?.workflowExecutionStartedEventAttributes?.workflowType.name ?? '';
type Named = readonly [file: string, history: History];
const LONG_EVENTS = 1_000;
const isLong = ([, { events }]: Named): boolean => events.length > LONG_EVENTS;
const byLength = (some: readonly Named[]): readonly [readonly Named[], readonly Named[]] => [
  some.filter((one) => !isLong(one)),
  some.filter(isLong),
];
const byWorkflow = Map.groupBy(recorded, ([, history]) => workflowOf(history));
/** Where spans of workflows would leave; a replay tells none. */
const sinks = { exporter: { export: { fn: () => undefined, callDuringReplay: false } } };
const WENT_ON = 'went on';

/** What becomes of each history, in turn; one worker replays them, one after the other, and no more than are asked for. */
async function* outcomesIn(options: ReplayWorkerOptions, all: readonly Named[]): AsyncGenerator {
  const histories = all.map(([, history]) => ({ workflowId: 'replayed', history }));
  for await (const { error } of Worker.runReplayHistories(options, histories)) yield error ?? WENT_ON;
}

/** What became of each, by its file. */
async function replayed(
  options: ReplayWorkerOptions,
  all: readonly Named[],
): Promise<ReadonlyMap<string, unknown>> {
  const outcomes: unknown[] = [];
  for await (const outcome of outcomesIn(options, all)) outcomes.push(outcome);
  return new Map(all.map(([file], at) => [file, outcomes[at]]));
}

/** The first that this code cannot go on from, if there is one. */
async function stoppedOf(code: string, all: readonly Named[]): Promise<unknown> {
  for await (const outcome of outcomesIn({ workflowBundle: { code } }, all))
    if (outcome !== WENT_ON) return outcome;
  return undefined;
}

const asIs: ReplayWorkerOptions = { workflowBundle: { codePath: inject('bundlePath') } };
const replay = (history: unknown): Promise<void> => Worker.runReplayHistory(asIs, history);
const traced = async (): Promise<ReplayWorkerOptions> => ({
  workflowBundle: await keptBundle(await keptCache(), { traced: true }),
  sinks,
});

/** What becomes of one of these; whoever asks first has them all replayed. */
function outcomesOf(all: readonly Named[], options: () => Promise<ReplayWorkerOptions>) {
  let outcomes: ReturnType<typeof replayed> | undefined;
  return async (file: string): Promise<unknown> => {
    outcomes ??= options().then((given) => replayed(given, all));
    return (await outcomes).get(file);
  };
}

// A workflow may change only in ways that histories begun before still replay: `patched()` for anything else. A file
// is never rewritten: what runs today began under it.
describe('a workflow begun under an earlier version', () => {
  const [short, long] = byLength(recorded);
  const outcomeOf = outcomesOf(short, async () => asIs);
  it.each(short)('goes on from %s', async (file) => {
    expect(await outcomeOf(file)).toBe(WENT_ON);
  });

  const longOutcomeOf = outcomesOf(long, async () => asIs);
  it.each(long)('goes on from %s, which is long', NIGHT, async (file) => {
    expect(await longOutcomeOf(file)).toBe(WENT_ON);
  });

  const tracedOutcomeOf = outcomesOf(recorded, traced);
  it.each(recorded)('goes on from %s when traced', NIGHT, async (file) => {
    expect(await tracedOutcomeOf(file)).toBe(WENT_ON);
  });

  it.each(CHANGES)('of $of would be stopped where $what', async ({ of, from, to }) => {
    const whole = await readFile(inject('bundlePath'), 'utf8');
    const code = whole.replace(from, to);
    expect(code).not.toBe(whole);
    // One history that stops is enough: of the long ones, only where no short one does.
    const [shorter, longer] = byLength(byWorkflow.get(of) ?? []);
    const stopped = (await stoppedOf(code, shorter)) ?? (await stoppedOf(code, longer));
    expect(stopped).toBeInstanceOf(DeterminismViolationError);
  });
});

const workflows = [
  ...readFileSync(`${root}workflows/index.ts`, 'utf8').matchAll(/^export \{ ([\w, ]+) \}/gm),
].flatMap(([, names = '']) => names.split(', '));
const patches = globSync('workflows/*.ts', { cwd: root }).flatMap((file) => {
  const text = readFileSync(`${root}${file}`, 'utf8');
  return [...text.matchAll(/\bpatched\((\w+)\)/g)].map(({ 1: constant = '', index }) => ({
    file,
    id: new RegExp(`const ${constant} = '([^']+)'`).exec(text)?.[1] ?? '',
    // A file may hold a workflow and its child: the patch is of the one before it.
    workflow: [...text.slice(0, index).matchAll(/^export async function (\w+)/gm)].at(-1)?.[1] ?? '',
  }));
});
const has = (history: History, words: string): boolean => JSON.stringify(history).includes(words);
const times = ({ events }: History, type: string): number =>
  events.filter(({ eventType }) => eventType === `EVENT_TYPE_${type}`).length;

describe('what is recorded of an instance', () => {
  it('has each workflow', () => {
    expect(workflows.length).toBeGreaterThan(7);
    expect(workflows.filter((name) => !byWorkflow.has(name))).toEqual([]);
  });

  it('has each workflow before and after each patch', () => {
    expect(patches.length).toBeGreaterThan(0);
    for (const { id, workflow } of patches) {
      const marked = (byWorkflow.get(workflow) ?? []).map(([, history]) =>
        has(history, Buffer.from(JSON.stringify({ id, deprecated: false })).toString('base64')),
      );
      expect(new Set(marked), `histories of ${workflow} by ${id}`).toEqual(new Set([true, false]));
    }
  });

  it.each([
    ['a campaign cancelled by hand', 'campaign', 'WORKFLOW_EXECUTION_CANCEL_REQUESTED', 1],
    ['its shard, which ends with it', 'campaignShard', 'WORKFLOW_EXECUTION_TERMINATED', 1],
    ['many shards', 'campaign', 'CHILD_WORKFLOW_EXECUTION_COMPLETED', 7],
    ['a shard that was signalled while asleep', 'campaignShard', 'WORKFLOW_EXECUTION_SIGNALED', 2],
    ['a campaign told thousands of times', 'campaign', 'WORKFLOW_EXECUTION_SIGNALED', 3_000],
    ['a campaign that continued in a new run', 'campaign', 'WORKFLOW_EXECUTION_CONTINUED_AS_NEW', 1],
    ['a copy of the seal', 'seal', 'WORKFLOW_PROPERTIES_MODIFIED', 1],
  ])('has %s', (_, workflow, type, most) => {
    const held = (byWorkflow.get(workflow) ?? []).map(([, history]) => times(history, type));
    expect(Math.max(...held)).toBeGreaterThanOrEqual(most);
  });

  it('has a STOP that ended a series', () => {
    const ended = (byWorkflow.get('reminderSeries') ?? []).filter(
      ([, history]) => has(history, '"stopReceived"') && times(history, 'WORKFLOW_EXECUTION_COMPLETED') === 1,
    );
    expect(ended).not.toEqual([]);
  });
});

/** One story in so many is lived by day. */
const EACH = 3;

describe('a workflow of this version', () => {
  async function replays({ fakes, live, ids }: (typeof stories)[number]): Promise<void> {
    await onStage(fakes(), async (stage) => {
      await live(stage);
      for (const workflowId of ids) {
        const history = await stage.client.workflow.getHandle(workflowId).fetchHistory();
        await expect(replay(history)).resolves.toBeUndefined();
      }
    });
  }
  it.each(stories.filter((_, turn) => turn % EACH === 0))('replays $name', replays);
  it.each(stories.filter((_, turn) => turn % EACH !== 0))('replays $name', NIGHT, replays);
});
