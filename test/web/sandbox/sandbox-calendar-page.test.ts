import { createServer, type Server } from 'node:http';
import express from 'express';
import { afterEach, beforeEach, describe, expect, it, test } from 'vitest';
import { agendaRoutes } from '../../../src/web/sandbox/sandbox.ts';
import { answerRefusal, listen } from '../../gateways/sandbox/support.ts';

let server: Server;
let origin: string;
let next: string | undefined;

beforeEach(async () => {
  next = undefined;
  const clock = { now: async () => ({ now: '2027-03-27T18:00:00Z' }), next: async () => next };
  server = createServer(express().use('/sandbox', agendaRoutes(clock)).use(answerRefusal));
  origin = await listen(server);
});

afterEach(() => {
  server.closeAllConnections();
  server.close();
});

const calendar = async (number: string, language = 'fr') =>
  (await fetch(`${origin}/sandbox/handsets/${number}/calendar?lang=${language}`)).json() as Promise<{
    territory: string | null;
    timeZone: string | null;
    days: { on: string; opensAt?: string; closesAt?: string; because?: string }[];
  }>;

describe('the hours shown below a phone', () => {
  test.each([
    ['of the mainland', '33639980001', 'FR', 'Europe/Paris'],
    ['of Réunion', '262692000001', 'RE', 'Indian/Reunion'],
    ['of Martinique', '596696000001', 'MQ', 'America/Martinique'],
    ['of Guadeloupe, Saint-Martin or Saint-Barthélemy', '590690000001', 'GP', 'America/Guadeloupe'],
  ])('are those of its territory: %s', async (...[, number, territory, timeZone]) => {
    expect(await calendar(number)).toMatchObject({ territory, timeZone });
  });

  it('say why a closed day is closed', async () => {
    const { days } = await calendar('33639980001');
    expect(days.map(({ on }) => on).slice(0, 4)).toEqual([
      '2027-03-27',
      '2027-03-28',
      '2027-03-29',
      '2027-03-30',
    ]);
    expect(days[1]).toEqual({ on: '2027-03-28', because: 'pas de SMS le dimanche' });
    expect(days[2]?.because).toContain('férié');
    expect(days[3]).toEqual({ on: '2027-03-30', opensAt: '08:00', closesAt: '20:00' });
    expect((await calendar('33639980001', 'en')).days[1]?.because).toBe('no SMS on Sundays');
  });

  test.each(['4915112345678', '33', 'x'])('are none for %s, outside French territories', async (number) => {
    expect(await calendar(number)).toEqual({ territory: null, timeZone: null, days: [] });
  });

  it('stay on this machine', async () => {
    const headers = { 'x-forwarded-host': 'example.org' };
    const asked = ['/sandbox/clock/next', '/sandbox/handsets/33639980001/calendar'].map((where) =>
      fetch(`${origin}${where}`, { headers }),
    );
    expect((await Promise.all(asked)).map(({ status }) => status)).toEqual([403, 403]);
  });
});

describe('the next event', () => {
  test.each([
    ['none while nothing waits', undefined, null],
    ['the moment that the law clock will reach', '2027-03-30T06:00:00.000Z', '2027-03-30T06:00:00.000Z'],
  ])('is %s', async (...[, at, answered]) => {
    next = at;
    expect(await (await fetch(`${origin}/sandbox/clock/next`)).json()).toEqual({ at: answered });
  });
});
