import { execFileSync } from 'node:child_process';
import { createServer } from 'node:net';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { anInstance } from '../support/instance.ts';

const NAMESPACE = `reach-${process.pid}`;
/** Names of links have 15 letters at most. */
const [HERE, THERE] = [`h${process.pid}`, `t${process.pid}`];
const [OURS, THEIRS] = ['198.51.100.1', '198.51.100.2'];
const SCANNER = fileURLToPath(new URL('scan-ports.ts', import.meta.url));

const ip = (...args: readonly string[]): string => execFileSync('ip', args, { stdio: 'pipe' }).toString();

/** Another machine beside this one, as far as addresses go; false where this one may not make it. */
const isBeside = ((): boolean => {
  try {
    ip('netns', 'add', NAMESPACE);
    ip('link', 'add', HERE, 'type', 'veth', 'peer', 'name', THERE, 'netns', NAMESPACE);
    ip('addr', 'add', `${OURS}/30`, 'dev', HERE);
    ip('link', 'set', HERE, 'up');
    ip('netns', 'exec', NAMESPACE, 'ip', 'addr', 'add', `${THEIRS}/30`, 'dev', THERE);
    ip('netns', 'exec', NAMESPACE, 'ip', 'link', 'set', THERE, 'up');
    return true;
  } catch {
    process.stdout.write(
      '\nNOT CHECKED: that another machine reaches nothing of `npm start` (a network namespace needs root and ip).\n',
    );
    return false;
  }
})();

afterAll(() => {
  if (!isBeside) return;
  ip('link', 'del', HERE);
  ip('netns', 'del', NAMESPACE);
});

/** The ports of that address that take a connection from the other machine. */
const openPorts = (address: string, ports: readonly number[]): readonly number[] =>
  JSON.parse(
    execFileSync('ip', [
      'netns',
      'exec',
      NAMESPACE,
      process.execPath,
      SCANNER,
      address,
      ...ports.map(String),
    ]).toString(),
  ) as readonly number[];

/** Every port on which a process of this instance listens, whatever the address. */
function listening(pids: ReadonlySet<number>): readonly number[] {
  const lines = execFileSync('ss', ['-Hltnp']).toString().split('\n');
  return lines.flatMap((line) => {
    const owners = [...line.matchAll(/pid=(\d+)/g)].map(([, pid]) => Number(pid));
    const port = Number(/:(\d+)\s/.exec(line)?.[1]);
    return owners.some((pid) => pids.has(pid)) ? [port] : [];
  });
}

/** A process with whatever it started. */
function family(root: number): ReadonlySet<number> {
  const parents = execFileSync('ps', ['-eo', 'pid=,ppid=']).toString().trim().split('\n');
  const pairs = parents.map((line) => line.trim().split(/\s+/).map(Number));
  const found = new Set([root]);
  for (const pid of found) for (const [child = 0, parent] of pairs) if (parent === pid) found.add(child);
  return found;
}

describe.runIf(isBeside)('another machine', () => {
  it('reaches nothing of what npm start opens', async () => {
    const instance = await anInstance({ publicServer: 'own' });
    try {
      const { pid } = await instance.run();
      const ports = listening(family(pid));
      expect(ports.length).toBeGreaterThanOrEqual(4);
      expect(openPorts(OURS, ports)).toEqual([]);
    } finally {
      await instance.stop();
    }
  });

  it('reaches what listens on every address, which is how it would be noticed', async () => {
    const server = createServer((socket) => socket.end());
    await new Promise<void>((resolve) => {
      server.listen(0, '0.0.0.0', resolve);
    });
    const address = server.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    // The scanner is another process and this one waits for it: the kernel takes the connection meanwhile.
    expect(openPorts(OURS, [port])).toEqual([port]);
    server.close();
  });
});
