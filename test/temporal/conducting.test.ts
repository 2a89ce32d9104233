import { randomUUID } from 'node:crypto';
import { NativeConnection, Worker } from '@temporalio/worker';
import { afterAll, describe, expect, inject, it } from 'vitest';
import { conductingOf } from '../../src/temporal/connection.ts';
import { NIGHT } from '../support/cases.ts';
import { aNamespace, soon } from '../workflows/stage.ts';
import { connect } from './world.ts';

const { address } = inject('temporal');
const first = await connect(address, 'test');
const namespace = await aNamespace(first.connection);
const temporal = await connect(address, namespace);
afterAll(async () => {
  await temporal.close();
  await first.close();
});

const queue = `orchestration-${randomUUID()}`;
const state = () => conductingOf(temporal.connection, { namespace, queues: [queue] });

describe('what Temporal knows of the workers', () => {
  it('reports a queue’s backlog, pollers and failures', NIGHT, async () => {
    expect(await state()).toEqual({ inTrouble: 0, queues: [{ queue, backlog: 0, pollers: 0 }] });
    await temporal.client.workflow.start('codeOfALaterBuild', {
      workflowId: randomUUID(),
      taskQueue: queue,
      args: [],
    });
    await soon(async () => (await state()).queues[0]?.backlog === 1);
    expect((await state()).queues).toEqual([{ queue, backlog: 1, pollers: 0 }]);

    const connection = await NativeConnection.connect({ address });
    const worker = await Worker.create({
      connection,
      namespace,
      taskQueue: queue,
      workflowBundle: { codePath: inject('bundlePath') },
    });
    const running = worker.run();
    await soon(async () => (await state()).inTrouble === 1);
    expect((await state()).queues[0]?.pollers).toBeGreaterThan(0);
    worker.shutdown();
    await running;
    await connection.close();
  });
});
