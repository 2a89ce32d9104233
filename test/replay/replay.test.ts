import { existsSync } from 'node:fs';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { historyToJSON } from '@temporalio/common/lib/proto-utils.js';
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

const replay = (text: string): Promise<void> =>
  Worker.runReplayHistory({ workflowBundle: { codePath: inject('bundlePath') } }, JSON.parse(text));

// A workflow may change only in ways that histories begun before still replay: `patched()` for anything else. A file
// is written when its story has none yet, and is never rewritten: what runs today began under it.
describe('a workflow begun under an earlier version', () => {
  it.each(recorded)('goes on from %s', async (file) => {
    await expect(replay(await readFile(`${folder}${file}`, 'utf8'))).resolves.toBeUndefined();
  });

  it.each(recorded)('goes on from %s also where it is traced', async (file) => {
    const history: unknown = JSON.parse(await readFile(`${folder}${file}`, 'utf8'));
    await expect(
      Worker.runReplayHistory({ workflowBundle: await traced, sinks }, history),
    ).resolves.toBeUndefined();
  });

  it('would be stopped by an activity that was renamed', async () => {
    const text = await readFile(fileOf('reminder-series'), 'utf8');
    await expect(replay(text.replaceAll('planSeries', 'planTheSeries'))).rejects.toThrow(
      DeterminismViolationError,
    );
  });
});

describe('a workflow of this version', () => {
  it.each(stories)('replays $name', async ({ fakes, live, kept }) => {
    await onStage(fakes(), async (stage) => {
      await live(stage);
      for (const [name, workflowId] of Object.entries(kept)) {
        const text = historyToJSON(await stage.client.workflow.getHandle(workflowId).fetchHistory());
        await expect(replay(text)).resolves.toBeUndefined();
        if (!existsSync(fileOf(name))) await writeFile(fileOf(name), withoutHost(text));
      }
    });
  });
});

/** Names of hosts say nothing to a replay. */
function withoutHost(text: string): string {
  return `${JSON.stringify(JSON.parse(text.replaceAll(/\d+@[\w.-]+/g, 'test')), null, 2)}\n`;
}
