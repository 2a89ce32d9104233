import { appendFile, chmod, copyFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Connection } from '@temporalio/client';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { freePort } from '../../../src/main/embedded/free-port.ts';
import { SEARCH_ATTRIBUTES, startTemporal, temporalProgram } from '../../../src/main/embedded/temporal.ts';
import { isPinned } from '../../../src/main/embedded/temporal-download.ts';
import { NIGHT } from '../../support/cases.ts';
import { listening } from '../../support/listening.ts';

let folder = '';
let port = 0;
let started: Awaited<ReturnType<typeof startTemporal>>[] = [];

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'temporal-'));
  port = await freePort();
});
afterEach(async () => {
  await Promise.all(started.map((one) => one.stop()));
  started = [];
  await rm(folder, { recursive: true });
});

async function start(): ReturnType<typeof startTemporal> {
  const temporal = await startTemporal({
    port,
    namespace: 'bonheure',
    dbFile: path.join(folder, 'db', 'temporal.db'),
    log: path.join(folder, 'temporal.log'),
  });
  started.push(temporal);
  return temporal;
}

async function withConnection<T>(address: string, ask: (connection: Connection) => Promise<T>): Promise<T> {
  const connection = await Connection.connect({ address });
  try {
    return await ask(connection);
  } finally {
    await connection.close();
  }
}

describe('the embedded Temporal', () => {
  it('keeps its state and port across a kill', async () => {
    const first = await start();
    const execution = await withConnection(first.address, (connection) =>
      connection.workflowService.startWorkflowExecution({
        namespace: 'bonheure',
        workflowId: 'kept',
        workflowType: { name: 'nothing' },
        taskQueue: { name: 'nobody' },
        requestId: 'once',
      }),
    );
    process.kill(first.pid, 'SIGKILL');
    await first.ended;
    const second = await start();
    const found = await withConnection(second.address, (connection) =>
      connection.workflowService.describeWorkflowExecution({
        namespace: 'bonheure',
        execution: { workflowId: 'kept' },
      }),
    );
    expect(found.workflowExecutionInfo?.execution?.runId).toBe(execution.runId);
  });

  it('shows its page only under its own name', NIGHT, async () => {
    const page = await freePort();
    started.push(
      await startTemporal({
        port,
        uiPort: page,
        namespace: 'bonheure',
        log: path.join(folder, 'temporal.log'),
      }),
    );
    const status = async (headers: Record<string, string>, method = 'GET') => {
      const { promise, resolve, reject } = Promise.withResolvers<number | undefined>();
      const sent = request({ port: page, path: '/api/v1/namespaces', method, headers }, (answer) => {
        answer.resume();
        resolve(answer.statusCode);
      });
      sent.once('error', reject).end();
      return promise;
    };
    await expect.poll(() => status({ host: `localhost:${page}` })).toBe(200);
    expect(await status({ host: `evil.example:${page}` })).toBe(403);
    expect(await status({ host: `localhost:${page}`, origin: 'http://evil.example' }, 'POST')).toBe(403);
    expect(await status({ host: `localhost:${page}`, 'x-forwarded-for': '192.0.2.1' })).toBe(403);
  });

  it('takes no order over HTTP', async () => {
    const { pid } = await start();
    const ports = await listening(pid);
    expect(ports.length).toBeGreaterThan(1);
    const answered = await Promise.all(
      ports.map(async (one) => {
        const batch = `http://127.0.0.1:${one}/api/v1/namespaces/bonheure/workflows`;
        return fetch(batch, { signal: AbortSignal.timeout(5_000) }).then(
          ({ status }) => status,
          () => 0,
        );
      }),
    );
    expect(answered).not.toContain(200);
    expect(answered).toContain(403);
  });

  it('knows its search attributes when ready', NIGHT, async () => {
    const { address } = await start();
    const known = await withConnection(address, (connection) =>
      connection.operatorService.listSearchAttributes({ namespace: 'bonheure' }),
    );
    expect(Object.keys(known.customAttributes)).toEqual(
      expect.arrayContaining(Object.keys(SEARCH_ATTRIBUTES)),
    );
  });
});

describe('the program of Temporal', () => {
  it('is the one that was named', async () => {
    const real = await temporalProgram();
    expect(await temporalProgram({ given: real })).toBe(real);
  });

  it('is the fetched one, to the byte', async () => {
    const altered = path.join(folder, 'altered');
    await copyFile(await temporalProgram(), altered);
    expect(await isPinned(altered)).toBe(true);
    await appendFile(altered, ' ');
    expect(await isPinned(altered)).toBe(false);
  });

  it('is refused when the named one fails', async () => {
    const given = path.join(folder, 'not-temporal');
    await writeFile(given, '#!/bin/sh\necho hello\n');
    await chmod(given, 0o755);
    await expect(temporalProgram({ given })).rejects.toThrow(`BONHEURE_TEMPORAL is ${given}, which is not`);
  });

  it('is never just one on the PATH', async () => {
    const other = path.join(folder, 'temporal');
    await writeFile(other, '#!/bin/sh\necho "temporal version 1.0.0 (Server 1.20.0)"\n');
    await chmod(other, 0o755);
    const before = process.env['PATH'];
    process.env['PATH'] = `${folder}:${before}`;
    try {
      expect(await temporalProgram()).not.toBe('temporal');
    } finally {
      process.env['PATH'] = before;
    }
  });
});
