import { readdir, readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { DeterminismViolationError } from '@temporalio/workflow';
import { Worker } from '@temporalio/worker';
import { describe, expect, inject, it } from 'vitest';
import { bundleWorkflows } from '../../src/temporal/workflow-bundle.ts';
import { onStage } from '../workflows/stage.ts';
import { stories } from './stories.ts';

const folder = fileURLToPath(new URL('./recorded/', import.meta.url));
const fileOf = (name: string): string => `${folder}${name}.json`;
const recorded = await readdir(folder);
const traced = bundleWorkflows({ traced: true });
/** Where spans of workflows would leave; a replay tells none. */
const sinks = { exporter: { export: { fn: () => undefined, callDuringReplay: false } } };

const replay = (history: unknown): Promise<void> =>
  Worker.runReplayHistory({ workflowBundle: { codePath: inject('bundlePath') } }, history);

// A workflow may change only in ways that histories begun before still replay: `patched()` for anything else. A file
// is never rewritten: what runs today began under it.
describe('a workflow begun under an earlier version', () => {
  it.each(recorded)('goes on from %s', async (file) => {
    await expect(replay(JSON.parse(await readFile(`${folder}${file}`, 'utf8')))).resolves.toBeUndefined();
  });

  it.each(recorded)('goes on from %s also where it is traced', async (file) => {
    const history: unknown = JSON.parse(await readFile(`${folder}${file}`, 'utf8'));
    await expect(
      Worker.runReplayHistory({ workflowBundle: await traced, sinks }, history),
    ).resolves.toBeUndefined();
  });

  it('would be stopped by an activity that was renamed', async () => {
    const text = await readFile(fileOf('reminder-series'), 'utf8');
    await expect(replay(JSON.parse(text.replaceAll('planSeries', 'planTheSeries')))).rejects.toThrow(
      DeterminismViolationError,
    );
  });
});

describe('a workflow of this version', () => {
  it.each(stories)('replays $name', async ({ fakes, live, ids }) => {
    await onStage(fakes(), async (stage) => {
      await live(stage);
      for (const workflowId of ids) {
        const history = await stage.client.workflow.getHandle(workflowId).fetchHistory();
        await expect(replay(history)).resolves.toBeUndefined();
      }
    });
  });
});
