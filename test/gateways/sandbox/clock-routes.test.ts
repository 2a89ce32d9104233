import { createServer, type Server } from 'node:http';
import express from 'express';
import { afterEach, beforeEach, describe, expect, it, test } from 'vitest';
import { clockRoutes } from '../../../src/gateways/sandbox/routes.ts';
import { answerRefusal, listen } from './support.ts';

let server: Server;
let origin: string;
let now: string;

beforeEach(async () => {
  now = '2027-03-27T18:00:00Z';
  const clock = {
    now: async () => ({ now, offsetMs: 0 }),
    move: async (to: string) => {
      now = to;
    },
  };
  server = createServer(express().use('/sandbox', clockRoutes(clock)).use(answerRefusal));
  origin = await listen(server);
});

afterEach(() => {
  server.closeAllConnections();
  server.close();
});

const move = (method: string, body: string) => fetch(`${origin}/sandbox/clock`, { method, body });

describe('the law clock of the sandbox', () => {
  it('shows its hour and offset', async () => {
    expect(await (await fetch(`${origin}/sandbox/clock`)).json()).toEqual({ now, offsetMs: 0 });
  });

  test.each(['PUT', 'POST'])('moves by %s, and shows its new hour', async (method) => {
    const to = '2027-03-27T19:59:00+01:00';
    expect(await (await move(method, JSON.stringify({ now: to }))).json()).toMatchObject({ now: to });
  });

  it('moves to a minute given without seconds', async () => {
    await move('POST', '{"now":"2027-03-27T19:59+01:00"}');
    expect(now).toBe('2027-03-27T19:59+01:00');
  });

  test.each(['{}', '{', '{"now":"tomorrow"}', '{"now":"2027-03-27T19:59:00"}'])(
    'does not move to %s',
    async (body) => {
      expect((await move('POST', body)).status).toBe(400);
      expect(now).toBe('2027-03-27T18:00:00Z');
    },
  );

  it('is refused to anybody else', async () => {
    const answer = await fetch(`${origin}/sandbox/clock`, { headers: { 'x-forwarded-for': '192.0.2.1' } });
    expect(answer.status).toBe(403);
  });
});
