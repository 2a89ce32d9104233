import { expect } from 'vitest';
import { buildApp } from '../../../src/web/server/app.ts';
import { codec } from '../../../src/web/codec/codec.ts';
import { consoleMount } from '../../../src/web/console/console.ts';
import { allRoutes } from '../../../src/web/server/routes.ts';
import type { Route } from '../../../src/web/server/route.ts';
import { served, type Served } from '../server/served.ts';
import { listen } from '../../support/after-file.ts';

/** Where Temporal's own page would be. */
export const TEMPORAL = { temporalUi: 'http://localhost:8233', temporal: { namespace: 'default' } };

/** The console beside its API, and a browser of each role in it. */
export interface ConsoleServed extends Served {
  readonly origin: string;
  readonly routes: readonly Route[];
  readonly open: (path: string, cookie?: string, headers?: Record<string, string>) => Promise<Response>;
  readonly send: (
    path: string,
    fields: Record<string, string>,
    headers?: Record<string, string>,
  ) => Promise<Response>;
  readonly signedIn: (key: string) => Promise<string>;
  readonly cookieOf: (role: string) => string;
}

/** Serves the console for one test file. */
export async function consoleServed(options: Parameters<typeof served>[0] = {}): Promise<ConsoleServed> {
  const world = await served(options);
  const routes = allRoutes;
  const origin = await listen(
    buildApp(world.api, routes, [
      consoleMount(world.api, { routes, ...TEMPORAL }),
      codec(world.api, { ui: TEMPORAL.temporalUi }),
    ]),
  );
  const open: ConsoleServed['open'] = (path, cookie = '', headers = {}) =>
    fetch(`${origin}/console${path}`, { headers: { cookie, ...headers }, redirect: 'manual' });
  const send: ConsoleServed['send'] = (path, fields, headers = {}) =>
    fetch(`${origin}/console${path}`, {
      method: 'POST',
      body: new URLSearchParams(fields),
      headers: { origin, ...headers },
      redirect: 'manual',
    });
  const signedIn = async (key: string): Promise<string> => {
    const answer = await send('/session', { key, next: '/console' });
    expect(answer.status).toBe(303);
    return answer.headers.get('set-cookie')?.split(';')[0] ?? '';
  };
  const cookies = new Map<string, string>([['admin', await signedIn(world.admin)]]);
  for (const role of ['marketer', 'scheduler', 'operator', 'auditor'])
    cookies.set(role, await signedIn(await world.keyOf(role)));
  const cookieOf = (role: string): string => cookies.get(role) ?? '';
  return { ...world, origin, routes, open, send, signedIn, cookieOf };
}
