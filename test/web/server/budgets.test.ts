import { globSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { root } from '../../../documents/root.ts';
import { budgets, declaredClass } from '../../../src/web/server/budgets.ts';
import { allRoutes } from '../../../src/web/server/routes.ts';
import { served } from './served.ts';

const { admin, ask, url } = await served();

const text = (file: string): string => readFileSync(new URL(file, root), 'utf8');

/** Which class each mount is bounded by. */
const MOUNTS: Readonly<Record<string, string>> = {
  '/v1/inbound': 'inbound',
  '/u': 'optOut',
  '/s': 'schedules',
  '/f': 'forms',
  '/healthz': 'probes',
  '/readyz': 'probes',
  '/metrics': 'probes',
  '/console': 'console',
  '/codec': 'codec',
  '/docs': 'docs',
  '/openapi.json': 'docs',
  '/sandbox': 'sandbox',
};

describe('the table of budgets', () => {
  it('has a class for every mount', () => {
    const sources = globSync('src/{main,web}/**/*.ts', { cwd: root }).map(text).join('\n');
    const patterns = [
      /\b(?:at:|at =|HOME =) '(\/[a-z][\w/]*)'/g,
      /app\.(?:get|use)\('(\/[\w./]+)'/g,
      /\.get\('(\/(?:healthz|readyz|metrics))'/g,
    ];
    const mounted = patterns.flatMap((pattern) => [...sources.matchAll(pattern)].map(([, at = '']) => at));
    expect(new Set(mounted)).toEqual(new Set(Object.keys(MOUNTS)));
    expect(Object.fromEntries(mounted.map((at) => [at, declaredClass(at)]))).toEqual(MOUNTS);
    expect(new Set(Object.values(MOUNTS))).toEqual(
      new Set(Object.keys(budgets.classes).filter((name) => name !== 'api')),
    );
  });

  it('has a class for every API route', () => {
    expect(new Set(allRoutes.map(({ path }) => declaredClass(path)))).toEqual(new Set(['api']));
  });

  it('is where every limiter reads its bounds', () => {
    const limiters = globSync('src/web/**/*.ts', { cwd: root })
      .filter((file) => !file.endsWith('/budgets.ts'))
      .filter((file) =>
        /new (?:Bound|Crowd|Shares)\((?:\d|\{)|(?<!function )bodyReader\(\{|urlencoded\(\{[^}]*limit: '/.test(
          text(file),
        ),
      );
    expect(limiters).toEqual([]);
  });
});

describe('an answer to a key', () => {
  it('shows the budgets of key and tenant', async () => {
    const answers = [
      await ask('GET', '/v1/tenant', { key: admin }),
      await ask('GET', '/v1/tenant', { key: admin }),
    ];
    const [first, second] = answers.map(({ headers }) => headers.get('ratelimit') ?? '');
    expect(answers[0]?.headers.get('ratelimit-policy')).toBe('"key";q=90000;w=60, "tenant";q=120000;w=60');
    expect(first).toMatch(/^"key";r=89999;t=\d+, "tenant";r=119999;t=\d+$/);
    expect(second).toMatch(/^"key";r=89998;t=\d+, "tenant";r=119998;t=\d+$/);
  });

  it('shows no budgets to strangers', async () => {
    expect((await fetch(`${url}/v1/tenant`)).headers.has('ratelimit')).toBe(false);
  });
});
