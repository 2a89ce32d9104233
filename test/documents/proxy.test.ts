import { globSync, readFileSync } from 'node:fs';
import { describe, expect, it, test } from 'vitest';
import { root } from '../../documents/root.ts';

const text = (file: string): string => readFileSync(new URL(file, root), 'utf8');

const guide = text('docs/operating/production.md');
const locations = [...guide.matchAll(/^ {2}location (~ )?(\S+) \{(.*)\}$/gm)].map(
  ([, regular, where = '', inside = '']) => ({ regular: regular !== undefined, where, inside }),
);

/** The block that nginx takes: regular expressions in their order, else the longest beginning. */
function blockOf(path: string): string {
  const byExpression = locations.find(({ regular, where }) => regular && new RegExp(where).test(path));
  const byBeginning = locations
    .filter(({ regular, where }) => !regular && path.startsWith(where))
    .toSorted((one, other) => other.where.length - one.where.length)[0];
  return (byExpression ?? byBeginning)?.inside ?? '';
}

const LET_THROUGH = [
  '/v1/campaigns',
  '/v1/inbound/octo/secret',
  '/f/club',
  '/f/club/c/token',
  '/u/token',
  '/s/token',
];
const FOR_OUR_PEOPLE = ['/console', '/console/campaigns/1/events', '/codec', '/codec/decode'];
const KEPT_INSIDE = [
  '/',
  '/sandbox',
  '/metrics',
  '/healthz',
  '/readyz',
  '/docs',
  '/openapi.json',
  '/console-of-others',
];

describe('the proxy of the production guide', () => {
  test.each(LET_THROUGH)('lets everybody through to %s', (path) => {
    const upstream = path.startsWith('/v1/campaigns') ? 'api' : 'public';
    expect(blockOf(path)).toContain(`proxy_pass http://${upstream};`);
    expect(blockOf(path)).not.toContain('deny');
  });

  test.each(FOR_OUR_PEOPLE)('lets our own people alone through to %s', (path) => {
    expect(blockOf(path)).toMatch(/allow \S+; deny all; proxy_pass http:\/\/api;/);
  });

  test.each(KEPT_INSIDE)('keeps %s inside', (path) => {
    expect(blockOf(path)).toContain('return 404;');
  });

  test.each(LET_THROUGH.filter((path) => !path.startsWith('/v1/campaigns')))(
    'logs no secret address like %s',
    (path) => {
      expect(blockOf(path)).toContain('access_log off;');
    },
  );

  test.each(LET_THROUGH.filter((path) => /^\/[fus]\//.test(path)))(
    'reads requests to %s before passing them on',
    (path) => {
      for (const bound of ['limit_conn visitors', 'client_body_timeout 5s', 'proxy_request_buffering on'])
        expect(blockOf(path)).toContain(bound);
    },
  );

  it('has a rule for every page mounted', () => {
    const mounted = globSync('src/{main,web}/**/*.ts', { cwd: root }).flatMap((file) =>
      [...text(file).matchAll(/\bat: '(\/[a-z]\w*)/g)].map(([, at]) => at),
    );
    const paths = [...LET_THROUGH, ...FOR_OUR_PEOPLE, ...KEPT_INSIDE];
    const known = new Set(paths.map((path) => `/${path.split('/')[1]}`));
    expect(mounted).toContain('/u');
    expect(mounted.filter((at) => !known.has(at ?? ''))).toEqual([]);
  });
});
