import { randomUUID } from 'node:crypto';
import type { Handler, Response, Request } from 'express';
import { languageOf as languageOfLocale, type Language } from '../../words/index.ts';
import { Admission } from './admission.ts';
import { sharerOf, type Caller } from './caller.ts';
import type { Api } from './route.ts';

type Logged = Pick<Api, 'log' | 'metrics' | 'clock'> & Partial<Pick<Api, 'callers'>>;

/**
 * Gives every request an id, admits or refuses it, counts open ones, and logs a line for each, with its template and
 * never its path.
 */
export function requestLog({ log, metrics, clock, callers }: Logged): Handler {
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
    const known = callers?.recentOf(req.headers.authorization);
    if (known === undefined) admission.enter(req, res);
    else {
      nameCaller(res, known);
      admission.enterKnown(res, sharerOf(known));
    }
    admission.begin(req, res, { tenant: known?.tenantId, begin: next });
  };
}

/** Returns the id of a request, which its answer and its log lines have. */
export function requestIdOf(res: Response): string {
  return text(res.locals['requestId']);
}

export function nameRoute(res: Response, template: string): void {
  res.locals['route'] = template;
}

/** Marks an answer as a live stream, whose duration is not measured. */
export function nameFollowing(res: Response): void {
  res.locals['follows'] = true;
}

export function nameCaller(res: Response, { keyId, tenantId, locale }: Caller): void {
  res.locals['caller'] = { key: keyId, tenant: tenantId };
  res.locals['locale'] = locale;
}

/** Returns the locale of the caller's tenant; `fr` until the caller is known. */
export const localeOf = (res: Response): string => text(res.locals['locale']) || 'fr';

const routeOf = (res: Response): string => text(res.locals['route']) || '(unknown)';

function callerOf(res: Response): object {
  const caller: unknown = res.locals['caller'];
  return typeof caller === 'object' && caller !== null ? caller : {};
}

const text = (value: unknown): string => (typeof value === 'string' ? value : '');

/** Returns the language that a request prefers, French or English; the locale's when it prefers neither. */
export function requestLanguage(req: Request, locale = 'fr'): Language {
  const own = languageOfLocale(locale);
  if (req.headers['accept-language'] === undefined) return own;
  const accepted = req.acceptsLanguages(own === 'fr' ? ['fr', 'en'] : ['en', 'fr']);
  return accepted === 'fr' || accepted === 'en' ? accepted : own;
}
