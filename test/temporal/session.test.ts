import { spawn, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DatabaseSession } from '../../src/temporal/conductor.ts';
import { aDatabase, type TestDatabase } from '../support/database.ts';

let test: TestDatabase;
let frozen: ChildProcess | undefined;
let healthy: DatabaseSession | undefined;

beforeAll(async () => {
  test = await aDatabase();
});
afterAll(async () => {
  frozen?.kill('SIGKILL');
  await healthy?.close();
});

/** Starts another process that plays the role; `said` is what it says last. */
function aHolder(): { readonly child: ChildProcess; readonly said: () => string } {
  const child = spawn(process.execPath, [fileURLToPath(new URL('role-holder.ts', import.meta.url))], {
    env: { ...process.env, DATABASE: test.appUrl },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let last = '';
  child.stdout.on('data', (piece: Buffer) => (last = piece.toString().trim().split('\n').at(-1) ?? last));
  return { child, said: () => last };
}

describe('roles that are given back', () => {
  it('are free for others, even during takeover', async () => {
    const [one, other] = [
      new DatabaseSession({ url: test.appUrl, name: 'gives back' }),
      new DatabaseSession({ url: test.appUrl, name: 'takes' }),
    ];
    await expect.poll(() => one.plays('linker')).toBe(true);
    const [isTaken] = await Promise.all([one.plays('webhookDispatcher'), one.giveBack()]);
    expect(isTaken).toBe(false);
    await expect.poll(() => other.plays('linker')).toBe(true);
    expect(await other.plays('webhookDispatcher')).toBe(true);
    expect(await one.plays('linker')).toBe(false);
    expect(await one.plays('webhookDispatcher')).toBe(false);
    await Promise.all([one.close(), other.close()]);
  });
});

describe('a role of a process that is frozen', () => {
  it('moves to a healthy one within ten seconds', async () => {
    const { child, said } = aHolder();
    frozen = child;
    await expect.poll(said, { timeout: 30_000 }).toBe('mine');
    const other = new DatabaseSession({ url: test.appUrl, name: 'healthy' });
    healthy = other;
    const plays = () => other.plays('dispatcher').catch(() => false);
    expect(await plays()).toBe(false);
    child.kill('SIGSTOP');
    await expect.poll(plays, { timeout: 20_000, interval: 200 }).toBe(true);
    child.kill('SIGCONT');
    await expect.poll(said, { timeout: 20_000 }).toBe('not mine');
    expect(await plays()).toBe(true);
  }, 90_000);
});
