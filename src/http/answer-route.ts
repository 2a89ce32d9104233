import type { Handler, Request, Response } from 'express';
import { Refusal } from '../errors.ts';
import type { Language } from '../law/rule.ts';
import type { Answer } from './answer.ts';
import type { Api } from './api.ts';
import type { Caller } from './caller.ts';
import { canonicalJson, once, type Repeatable } from './idempotency.ts';
import type { Identification } from './identify.ts';
import { pointerTo } from './input-error.ts';
import { isWritable, readJson } from './read-body.ts';
import { nameCaller, nameRoute } from './request-log.ts';
import type { Route } from './route.ts';

/** Answers one route: who asks, may they, what do they ask; then one transaction does it. */
export function answerRoute(api: Api, identification: Identification, route: Route): Handler {
  return async (req, res) => {
    nameRoute(res, route.path);
    const caller = await identification.of(req.headers.authorization);
    nameCaller(res, caller);
    permit(route, caller);
    const language = languageOf(req);
    refuseUnwritable(req);
    const context = { caller, language, reason: header(req, 'x-reason') };
    const asked = { params: req.params, query: req.query, language };
    if (route.stream !== undefined) {
      const answer = await route.stream({ ...asked, body: undefined }, { ...context, req, res });
      if (answer !== undefined) send(res, answer);
      return;
    }
    const body = await readJson(req, res);
    const work = route.prepare({ ...asked, body });
    const request = repeatable(route, { req, caller, body });
    const answer = await api.database.withTenant(caller.tenantId, (tx) =>
      once(api, { tx, request }, () => work({ ...context, tx })),
    );
    send(res, answer);
  };
}

function permit(route: Route, caller: Caller): void {
  if (route.roles.includes(caller.role)) return;
  throw new Refusal('ROLE_NOT_ALLOWED', {
    detail: `This key is of role ${caller.role}; needed: ${route.roles.join(' or ')}.`,
  });
}

/** A query with a text that PostgreSQL cannot keep. */
function refuseUnwritable({ query }: Request): void {
  const strange = Object.entries(query).filter((pair) =>
    pair.flat().some((part) => typeof part === 'string' && !isWritable(part)),
  );
  if (strange.length === 0) return;
  const message = 'This text cannot be kept.';
  throw new Refusal('INVALID_REQUEST', {
    errors: strange.map(([name]) => ({ in: 'query', pointer: pointerTo([name]), message })),
  });
}

/** French unless the caller prefers English. */
function languageOf(req: Request): Language {
  return req.acceptsLanguages(['fr', 'en']) === 'en' ? 'en' : 'fr';
}

function repeatable(
  route: Route,
  { req, caller, body }: { readonly req: Request; readonly caller: Caller; readonly body: unknown },
): Repeatable {
  const applies = route.method === 'post' && route.reads === undefined;
  return {
    caller,
    key: applies ? header(req, 'idempotency-key') : undefined,
    request: `${req.method} ${req.originalUrl} ${canonicalJson(body)}`,
  };
}

/** A header that came once. */
export function header(req: Request, name: string): string | undefined {
  const value = req.headers[name];
  return typeof value === 'string' ? value : undefined;
}

function send(res: Response, { status, body, headers }: Answer): void {
  res.status(status).set('Cache-Control', 'no-store');
  for (const [name, value] of Object.entries(headers)) if (value !== undefined) res.setHeader(name, value);
  if (body === undefined) res.end();
  else res.json(body);
}
