import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { chosenBrowser } from '../web/browser/chromium.ts';

const packaged = '147.0.2';
let folder = '';
let program = '';

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'le navigateur '));
  program = path.join(folder, 'chromium');
  await writeFile(program, '#!/bin/sh\n');
  await chmod(program, 0o755);
});
afterAll(() => rm(folder, { recursive: true }));

describe('the browser of the tests', () => {
  it('is the package’s on x64', () => {
    const env = { PATH: folder };
    expect(chosenBrowser({ arch: 'x64', env, packaged })).toEqual({ from: 'package', version: packaged });
  });

  it.each([
    ['on arm64', { arch: 'arm64', packaged }],
    ['where the package is missing', { arch: 'x64', packaged: undefined }],
  ])('is the one on the PATH %s', (_, of) => {
    const env = { PATH: `:/nowhere:${folder}` };
    expect(chosenBrowser({ ...of, env })).toEqual({ from: 'machine', program });
  });

  it.each(['x64', 'arm64'])('is the one that CHROMIUM names on %s', (arch) => {
    expect(chosenBrowser({ arch, env: { CHROMIUM: program }, packaged })).toEqual({
      from: 'machine',
      program,
    });
  });

  it('is none where there is none', () => {
    expect(chosenBrowser({ arch: 'arm64', env: { PATH: '/nowhere' }, packaged })).toBeUndefined();
  });

  it('is never another than the one named', () => {
    expect(() => chosenBrowser({ arch: 'x64', env: { CHROMIUM: '/nowhere' }, packaged })).toThrow(
      'CHROMIUM is /nowhere, which is no program: name the file of a browser, or unset it.',
    );
  });
});
