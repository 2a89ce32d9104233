import { Context } from '@temporalio/activity';
import { ApplicationFailure, type WorkflowFailedError } from '@temporalio/client';
import { describe, expect, it } from 'vitest';
import type { Plan } from '../../src/platform/plan.ts';
import { keepSeal } from '../../workflows/messages.ts';
import { done, onStage, script, sends, soon, waits } from './stage.ts';
import { NIGHT } from '../support/cases.ts';

const run = (workflowId: string, input: object) => ({
  workflowId,
  taskQueue: 'orchestration',
  args: [input] as [object],
});

/** Time limit of a test whose history grows long, on a busy machine. */
const LONG_MS = 120_000;

describe('the answers owed by a tenant', () => {
  it('are sent until none is owed', async () => {
    const sendAcknowledgements = script(sends, waits(1), done('NOTHING_OWED'), done('NOTHING_OWED'));
    const owing = run('acknowledgements/t-1', { tenantId: 't-1' });
    await onStage({ sendAcknowledgements }, async ({ skipping, client }) => {
      expect(await skipping.workflow.execute('acknowledgements', owing)).toBe('NOTHING_OWED');
      expect(sendAcknowledgements.asked).toHaveLength(3);
      const again = await client.workflow.signalWithStart('acknowledgements', {
        ...owing,
        signal: 'changed',
      });
      await again.result();
    });
    expect(sendAcknowledgements.asked).toHaveLength(4);
  });

  it('miss nobody who writes STOP at the end', async () => {
    const held = Promise.withResolvers<void>();
    const asked: object[] = [];
    const sendAcknowledgements = async (input: object): Promise<Plan> => {
      asked.push(input);
      if (asked.length === 1) await held.promise;
      return done('NOTHING_OWED');
    };
    await onStage({ sendAcknowledgements }, async ({ start }) => {
      const handle = await start('acknowledgements', 'acknowledgements/t-1', { tenantId: 't-1' });
      await soon(() => asked.length === 1);
      await handle.signal('changed');
      held.resolve();
      await handle.result();
    });
    expect(asked).toHaveLength(2);
  });
});

describe('an uploaded file', () => {
  it('is read until its last row', async () => {
    const readImport = script(sends, sends, done('FINISHED'));
    const upload = run('import/i-1', { tenantId: 't-1', importId: 'i-1' });
    await onStage({ readImport }, async ({ client }) => {
      expect(await client.workflow.execute('importContacts', upload)).toBe('FINISHED');
    });
    expect(readImport.asked).toHaveLength(3);
  });

  it('may take hours, and moves after silence', async () => {
    const bounds: object[] = [];
    const readImport = async (): Promise<Plan> => {
      const { startToCloseTimeoutMs, heartbeatTimeoutMs = 0 } = Context.current().info;
      bounds.push({ hours: startToCloseTimeoutMs / 3_600_000, silentSeconds: heartbeatTimeoutMs / 1_000 });
      return done('FINISHED');
    };
    const upload = run('import/i-1', { tenantId: 't-1', importId: 'i-1' });
    await onStage({ readImport }, async ({ client }) => {
      await client.workflow.execute('importContacts', upload);
    });
    expect(bounds).toEqual([{ hours: 24, silentSeconds: 5 }]);
  });

  it('fails with its code when unreadable', async () => {
    const refused = ApplicationFailure.nonRetryable('No such import.', 'IMPORT_NOT_FOUND');
    const readImport = (): Promise<Plan> => Promise.reject(refused);
    const upload = run('import/i-1', { tenantId: 't-1', importId: 'i-1' });
    await onStage({ readImport }, async ({ client }) => {
      const failure: WorkflowFailedError = await client.workflow.execute('importContacts', upload).then(
        () => expect.unreachable(),
        (error: WorkflowFailedError) => error,
      );
      expect(failure.cause?.cause).toMatchObject({ type: 'IMPORT_NOT_FOUND' });
    });
  });
});

describe('the seal', () => {
  it('keeps the last copy across runs', { timeout: LONG_MS, ...NIGHT }, async () => {
    await onStage({}, async ({ client }) => {
      const first = await client.workflow.start('seal', {
        workflowId: 'instance/seal',
        taskQueue: 'orchestration',
      });
      const current = client.workflow.getHandle('instance/seal');
      const kept = async (): Promise<unknown> => (await current.describe()).memo?.['seal'];
      const runs = new Set([first.firstExecutionRunId]);
      for (let beat = 41; runs.size === 1 && beat < 200; beat += 1) {
        await Promise.all(Array.from({ length: 40 }, () => current.signal(keepSeal, `7001 1 ${beat}`)));
        await soon(async () => (await kept()) === `7001 1 ${beat}`);
        runs.add((await current.describe()).runId);
      }
      expect(runs.size).toBe(2);
      await current.signal(keepSeal, '7001 1 99999');
      await soon(async () => (await kept()) === '7001 1 99999');
    });
  });
});
