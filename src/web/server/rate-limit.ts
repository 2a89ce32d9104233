import type { Response } from 'express';
import type { RateBudget } from './budgets.ts';

/** How a budget stands for whoever asks. */
export interface Standing {
  readonly name: string;
  readonly most: number;
  readonly left: number;
  /** Of a budget by time: within how many seconds, and how many until it begins anew. */
  readonly time?: { readonly withinSeconds: number; readonly resetSeconds: number };
  /** Of a budget of what is held at once: what is counted. */
  readonly unit?: 'concurrent-requests' | 'content-bytes';
}

/** Says how budgets stand (draft-ietf-httpapi-ratelimit-headers-10). */
export function tellStanding(res: Response, standings: readonly Standing[]): void {
  if (res.headersSent || standings.length === 0) return;
  res.set('RateLimit-Policy', standings.map(policyOf).join(', '));
  res.set('RateLimit', standings.map(limitOf).join(', '));
}

/** Says how further budgets stand, beside those that were told before. */
export function tellStandingToo(res: Response, standings: readonly Standing[]): void {
  if (res.headersSent) return;
  const beside = (name: string, told: readonly string[]): string =>
    [res.get(name) ?? [], told].flat().join(', ');
  res.set('RateLimit-Policy', beside('RateLimit-Policy', standings.map(policyOf)));
  res.set('RateLimit', beside('RateLimit', standings.map(limitOf)));
}

const policyOf = ({ name, most, time, unit }: Standing): string =>
  [
    `"${name}"`,
    `q=${most}`,
    ...(unit === undefined ? [] : [`qu="${unit}"`]),
    ...(time === undefined ? [] : [`w=${time.withinSeconds}`]),
  ].join(';');

const limitOf = ({ name, left, time }: Standing): string =>
  [`"${name}"`, `r=${left}`, ...(time === undefined ? [] : [`t=${time.resetSeconds}`])].join(';');

/** How a budget by time stands. */
export const standingOf = (
  name: string,
  { most, withinMs }: RateBudget,
  { left, resetMs }: { readonly left: number; readonly resetMs: number },
): Standing => ({
  name,
  most,
  left,
  time: { withinSeconds: Math.ceil(withinMs / 1_000), resetSeconds: Math.ceil(resetMs / 1_000) },
});
