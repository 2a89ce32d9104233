import { once } from 'node:events';

import type { Request, RequestHandler, Response } from 'express';
import { json, Router } from 'express';
import { z } from 'zod';

import { Refusal, isLocal } from '../../platform/index.ts';
import { Behaviour } from './behaviour.ts';
import type { LookUp, SandboxOperator } from './operator.ts';
import { E164 } from './submission.ts';

const Reply = z.strictObject({
  text: z.string().min(1).max(1_600),
  to: z.string().min(1).max(16).optional(),
});

const Wanted = z.union([
  z.strictObject({ reference: z.string().min(1), since: z.iso.datetime({ offset: true }).optional() }),
  z.strictObject({ key: z.string().min(1), since: z.iso.datetime({ offset: true }).optional() }),
]);

/** Admits requests from this machine alone. */
export const onThisMachine: RequestHandler = (request, _response, next) => {
  if (!isLocal(request)) throw new Refusal('SANDBOX_LOCAL_ONLY');
  next();
};

/** Parses a value by its schema; throws a refusal that names each wrong field. */
export function parsedOrRefused<T>(schema: z.ZodType<T>, value: unknown): T {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  throw new Refusal('INVALID_REQUEST', {
    errors: result.error.issues.map(({ path, message }) => ({
      pointer: `/${path.join('/')}`,
      message: { fr: message, en: message, isForPrograms: true as const },
    })),
  });
}

const readJson = json({ type: () => true, limit: '256kb' });

/** Parses a JSON body whatever its declared type, as `curl -d` sends it. */
export const jsonBody: RequestHandler = (request, response, next) => {
  readJson(request, response, (error?: unknown) => {
    next(
      error === undefined ? undefined : new Refusal('INVALID_REQUEST', { detail: 'The body is not JSON.' }),
    );
  });
};

/** The sandbox's routes for an account's adapter, besides sending. */
export function accountRoutes(operator: SandboxOperator): Router {
  return Router()
    .get('/operator/health', onThisMachine, (_request, response) => {
      response.json({ ok: true });
    })
    .get('/messages', onThisMachine, (request, response) =>
      answerWith(response, operator.lookUp(lookUpOf(request))),
    );
}

/** Routes everything below `/sandbox` but the page and the clock. */
export function sandboxRoutes(operator: SandboxOperator): Router {
  return Router()
    .use(accountRoutes(operator))
    .use(onThisMachine)
    .get('/log', (_request, response) => writeLog(operator, response))
    .get('/bill', (_request, response) => answerWith(response, operator.bill()))
    .get('/handsets', (_request, response) => {
      response.json(operator.handsets());
    })
    .get('/handsets/:number/messages', (request, response) =>
      answerWith(response, operator.messagesOf(numberOf(request))),
    )
    .get('/handsets/:number/conversation', (request, response) =>
      answerWith(response, operator.conversationOf(numberOf(request))),
    )
    .post('/handsets/:number/replies', jsonBody, (request, response) =>
      answerWith(response, reply(operator, request)),
    )
    .get('/behaviour', (_request, response) => {
      response.json(operator.behaviour);
    })
    .put('/behaviour', jsonBody, (request, response) => {
      operator.behave(parsedOrRefused(Behaviour, request.body));
      response.json(operator.behaviour);
    });
}

async function reply(operator: SandboxOperator, request: Request): Promise<{ webhookStatus: number }> {
  const { text, to } = parsedOrRefused(Reply, request.body);
  const written = { text, ...(to !== undefined && { to }) };
  return { webhookStatus: await operator.reply(numberOf(request), written) };
}

/** Answers with a promise's value; Express 5 passes a rejection on. */
export async function answerWith(response: Response, promised: Promise<unknown>): Promise<void> {
  response.json(await promised);
}

function lookUpOf(request: Request): LookUp {
  const wanted = parsedOrRefused(Wanted, request.query);
  const since = wanted.since === undefined ? {} : { since: wanted.since };
  return 'key' in wanted
    ? { field: 'key', value: wanted.key, ...since }
    : { field: 'reference', value: wanted.reference, ...since };
}

/** In a path `+` may be written as it is, as `%2B`, or left out. */
function numberOf(request: Request): string {
  const { number } = request.params;
  return parsedOrRefused(E164, `+${String(number).trim().replace(/^\+/, '')}`);
}

async function writeLog(operator: SandboxOperator, response: Response): Promise<void> {
  response.type('application/x-ndjson');
  for await (const line of operator.logLines()) {
    if (response.destroyed) return;
    if (!response.write(line)) await Promise.race([once(response, 'drain'), once(response, 'close')]);
  }
  response.end();
}
