import { randomUUID } from 'node:crypto';
import type { Handler, Response } from 'express';
import { Admission } from './admission.ts';
import type { Api } from './api.ts';
import type { Caller } from './caller.ts';

/** Names every request, lets it in or not, counts those open, and writes one line for each: a template, never a path. */
export function requestLog({ log, metrics, clock }: Pick<Api, 'log' | 'metrics' | 'clock'>): Handler {
  const admission = new Admission(clock);
  let open = 0;
  return (req, res, next) => {
    const began = clock.monotonic();
    const id = randomUUID();
    res.locals['requestId'] = id;
    res.set('X-Request-Id', id);
    open += 1;
    metrics.opened(open);
    res.once('close', () => {
      open -= 1;
      metrics.opened(open);
      const ms = Math.round(clock.monotonic() - began);
      const line = { method: req.method, route: routeOf(res), status: res.statusCode };
      if (res.locals['follows'] !== true) metrics.answered(line, ms / 1_000);
      log.info(
        { request: id, ...line, ms, ...callerOf(res), ...(res.writableFinished ? {} : { cut: true }) },
        'request',
      );
    });
    admission.enter(req, res);
    next();
  };
}

/** The id that the answer, the log and a fault share. */
export function requestIdOf(res: Response): string {
  return text(res.locals['requestId']);
}

/** Says which template a request met, for the log. */
export function nameRoute(res: Response, template: string): void {
  res.locals['route'] = template;
}

/** Says that an answer goes on for as long as somebody watches: its time is no measure of ours. */
export function nameFollowing(res: Response): void {
  res.locals['follows'] = true;
}

/** Says whose key a request came with, for the log. */
export function nameCaller(res: Response, { keyId, tenantId, locale }: Caller): void {
  res.locals['caller'] = { key: keyId, tenant: tenantId };
  res.locals['locale'] = locale;
}

/** The locale of the caller's tenant; French until it is known who asks. */
export const localeOf = (res: Response): string => text(res.locals['locale']) || 'fr';

const routeOf = (res: Response): string => text(res.locals['route']) || '(unknown)';

function callerOf(res: Response): object {
  const caller: unknown = res.locals['caller'];
  return typeof caller === 'object' && caller !== null ? caller : {};
}

const text = (value: unknown): string => (typeof value === 'string' ? value : '');
