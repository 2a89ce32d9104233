import { expect, it } from 'vitest';
import type { Health } from '../../src/sending/gateway/gateway.ts';
import { steadyHealth } from '../../src/gateways/open-gateway.ts';

/** An operator that answers these, one after the other. */
function operator(...answers: readonly Health[]) {
  const left = [...answers];
  const health = (): Promise<Health> => Promise.resolve(left.shift() ?? { ok: true });
  return { gateway: { health }, left };
}

const UP: Health = { ok: true };
const DOWN: Health = { ok: false, code: 'UNREACHABLE' };
const never = new AbortController().signal;

it('an operator late at start is not silent', async () => {
  expect(await steadyHealth(operator(DOWN, UP).gateway, { stopping: never, againMs: 1 })).toEqual(UP);
});

it('an operator silent twice is reported', async () => {
  expect(await steadyHealth(operator(DOWN, DOWN).gateway, { stopping: never, againMs: 1 })).toEqual(DOWN);
});

it('an operator that answers is asked once', async () => {
  const { gateway, left } = operator(UP, DOWN);
  await steadyHealth(gateway, { stopping: never, againMs: 1 });
  expect(left).toEqual([DOWN]);
});

it('a stopping worker waits for nobody', async () => {
  const { gateway, left } = operator(DOWN, UP);
  await steadyHealth(gateway, { stopping: AbortSignal.abort(), againMs: 60_000 });
  expect(left).toEqual([UP]);
});
