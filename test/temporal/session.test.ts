import { spawn, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { setTimeout as pause } from 'node:timers/promises';
import { Client } from 'pg';
import { afterAll, describe, expect, it, onTestFinished } from 'vitest';
import { DatabaseSession } from '../../src/temporal/conductor.ts';
import { socketUrl } from '../../src/main/embedded/postgres.ts';
import { aDatabase } from '../support/database.ts';
import { aWay } from '../support/way.ts';

let frozen: ChildProcess | undefined;
let healthy: DatabaseSession | undefined;

const test = await aDatabase();
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

/** The last statement that a session of this name sent. */
async function lastStatementOf(name: string): Promise<string | undefined> {
  const client = new Client({ connectionString: test.superUrl });
  await client.connect();
  const { rows } = await client.query<{ query: string }>(
    'SELECT query FROM pg_stat_activity WHERE application_name = $1',
    [name],
  );
  await client.end();
  return rows[0]?.query;
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
    await expect.poll(said).toBe('mine');
    const other = new DatabaseSession({ url: test.appUrl, name: 'healthy' });
    healthy = other;
    const plays = () => other.plays('dispatcher').catch(() => false);
    expect(await plays()).toBe(false);
    child.kill('SIGSTOP');
    await expect.poll(plays, { interval: 200 }).toBe(true);
    child.kill('SIGCONT');
    await expect.poll(said).toBe('not mine');
    expect(await plays()).toBe(true);
  });
});

/** A role is given up so long after the last answer; the server gives it to another later still. */
const SURE_FOR_MS = 4_500;
const AT_ONCE_MS = 250;

describe('a session that cannot be opened', () => {
  it('reports its first fault, and goes on trying', async () => {
    const way = await aWay();
    await way.cut();
    const faults: unknown[] = [];
    const session = new DatabaseSession(
      { url: socketUrl(way.folder, 'bonheure_app', test.name), name: 'cut off' },
      { failed: (error) => faults.push(error) },
    );
    onTestFinished(() => session.close());
    await pause(2_000);
    expect(faults).toMatchObject([{ code: 'ENOENT' }]);
    await way.mend();
    onTestFinished(() => way.cut());
    await expect.poll(() => session.plays('linker')).toBe(true);
    expect(faults).toHaveLength(1);
  });
});

describe('a held role', () => {
  it('is asked of the server only once', async () => {
    const session = new DatabaseSession({ url: test.appUrl, name: 'holds once' });
    onTestFinished(() => session.close());
    const signOfLife = 'SELECT 1';
    await expect.poll(() => session.plays('reconciler')).toBe(true);
    await expect.poll(() => lastStatementOf('holds once')).toBe(signOfLife);
    for (let turn = 0; turn < 5; turn += 1) expect(await session.plays('reconciler')).toBe(true);
    expect(await lastStatementOf('holds once')).toBe(signOfLife);
  });

  it('ends by itself while the server is silent', async () => {
    const way = await aWay();
    const session = new DatabaseSession({
      url: socketUrl(way.folder, 'bonheure_app', test.name),
      name: 'certain',
    });
    onTestFinished(async () => {
      await way.cut();
      await session.close();
    });
    await expect.poll(() => session.plays('inbox')).toBe(true);
    way.silence();
    const silentAt = performance.now();
    const answeredIn = async (): Promise<{ readonly plays: boolean; readonly ms: number }> => {
      const asked = performance.now();
      return { plays: await session.plays('inbox'), ms: performance.now() - asked };
    };
    let answer = await answeredIn();
    expect(answer.plays).toBe(true);
    while (answer.plays) {
      expect(answer.ms).toBeLessThan(AT_ONCE_MS);
      await pause(50);
      answer = await answeredIn();
    }
    expect(answer.ms).toBeLessThan(AT_ONCE_MS);
    expect(performance.now() - silentAt).toBeLessThan(SURE_FOR_MS + 2 * AT_ONCE_MS);
  });
});
