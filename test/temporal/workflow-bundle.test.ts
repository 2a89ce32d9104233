import { readFile, readdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, it } from 'vitest';
import { keptBundle } from '../../src/temporal/worker-parts.ts';
import { aFolder } from '../support/after-file.ts';

const folder = await aFolder('bonheure-bundle-');
const file = path.join(folder, 'cache', 'workflows.js');

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
