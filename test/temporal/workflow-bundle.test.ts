import { mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { keptBundle } from '../../src/temporal/worker/workflow-bundle.ts';

let folder = '';
let file = '';

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'bonheure-bundle-'));
  file = path.join(folder, 'cache', 'workflows.js');
});

afterAll(() => rm(folder, { recursive: true, force: true }));

it('a second start reuses intact workflows', async () => {
  const first = await keptBundle(path.dirname(file));
  const text = await readFile(file, 'utf8');
  expect(text.endsWith(`\n${first.code}`)).toBe(true);
  expect(await readdir(path.dirname(file))).toEqual(['workflows.js']);
  expect(await keptBundle(path.dirname(file))).toEqual({ code: first.code });

  await writeFile(file, text.slice(0, -40));
  expect((await keptBundle(path.dirname(file))).code).toBe(first.code);

  const [head = ''] = text.split('\n', 1);
  await writeFile(
    file,
    text.replace(head, head.replace(/^\/\/ ./, '// x')).replace(first.code, 'of other sources'),
  );
  expect((await keptBundle(path.dirname(file))).code).toBe(first.code);
});
