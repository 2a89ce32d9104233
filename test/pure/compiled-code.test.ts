import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));
const folder = mkdtempSync(path.join(tmpdir(), 'bonheure-compiled-'));
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

/** The folder of compiled code that a process reads, as it says itself. */
function compiledCodeOf(cwd: string, data: string | undefined): string {
  const env = Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !['NODE_COMPILE_CACHE', 'BONHEURE_DATA'].includes(name)),
  );
  const asked = `console.log(String(require('node:module').getCompileCacheDir()))`;
  const first = path.join(root, 'src/main/node-version.js');
  const options = { cwd, env: { ...env, ...(data === undefined ? {} : { BONHEURE_DATA: data }) } };
  return execFileSync(process.execPath, ['--import', first, '--eval', asked], options).toString().trim();
}

describe('compiled code in the folder of data, where the public server writes too,', () => {
  mkdirSync(path.join(folder, '.bonheure', 'cache', 'code'), { recursive: true });

  it.each([
    ['the folder that is set', root, path.join(folder, '.bonheure')],
    ['the folder of whoever starts it', folder, undefined],
  ])('is run by no command: %s', (_, cwd, data) => {
    expect(compiledCodeOf(cwd, data)).toBe('undefined');
  });

  it('is run by no container', () => {
    const lines = ['Dockerfile', 'docker-compose.yml'].flatMap((file) =>
      readFileSync(path.join(root, file), 'utf8').split('\n'),
    );
    expect(lines.filter((line) => line.includes('COMPILE_CACHE'))).toEqual([]);
  });
});
