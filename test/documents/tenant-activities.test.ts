import { globSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import type { commonActivities } from '../../workflows/tenant-activities.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));

/** The activities that are of no one tenant, each with the reason; one more does not compile without a line here. */
const COMMON: Readonly<Record<keyof ReturnType<typeof commonActivities>, string>> = {
  cleanTenants: 'a round cleans a few tenants after the other',
  cleanInstance: 'these rows have no tenant',
};

const sources = globSync('workflows/*.ts', { cwd: root }).map((file) => ({
  file,
  text: readFileSync(`${root}${file}`, 'utf8'),
}));

it('workflows ask activities in tenants’ turns', () => {
  const asking = sources.filter(({ text }) =>
    /\bproxy(?:Local)?Activities\b|\bscheduleActivity\b/.test(text),
  );
  expect(asking.map(({ file }) => file)).toEqual(['workflows/tenant-activities.ts']);
});

it('activities of no tenant are few, named', () => {
  const used = sources.flatMap(({ text }) =>
    [...text.matchAll(/const \{ ([\w, ]+) \} = commonActivities\(/g)].flatMap(([, names = '']) =>
      names.split(', '),
    ),
  );
  expect(used.toSorted()).toEqual(Object.keys(COMMON).toSorted());
});
