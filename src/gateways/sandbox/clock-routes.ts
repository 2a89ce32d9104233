import type { Request, RequestHandler } from 'express';
import { Router } from 'express';
import { z } from 'zod';

import { jsonBody, onThisMachine, parsedOrRefused, answerWith } from './routes.ts';

/** The law clock as the sandbox shows and moves it. */
export interface MovableClock {
  now(): Promise<{ readonly now: string; readonly offsetMs: number }>;
  /** Resolves once it has moved; refuses with CLOCK_BUSY or CLOCK_NOT_MOVABLE. */
  move(to: string): Promise<unknown>;
}

const Move = z.strictObject({
  now: z.union([z.iso.datetime({ offset: true }), z.iso.datetime({ offset: true, precision: -1 })]),
});

/** Serves `/sandbox/clock`, which exists whenever every gateway is a fake. */
export function clockRoutes(clock: MovableClock): Router {
  const move: RequestHandler = (request, response) => answerWith(response, moved(clock, request));
  return Router()
    .use('/clock', onThisMachine)
    .get('/clock', (_request, response) => answerWith(response, clock.now()))
    .put('/clock', jsonBody, move)
    .post('/clock', jsonBody, move);
}

async function moved(clock: MovableClock, request: Request): Promise<unknown> {
  await clock.move(parsedOrRefused(Move, request.body).now);
  return clock.now();
}
