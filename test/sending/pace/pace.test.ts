import fc from 'fast-check';
import { DateTime } from 'luxon';
import { describe, expect, it, test } from 'vitest';
import { decide } from '../../../src/law/decide/decide.ts';
import type { Territory } from '../../../src/rule/index.ts';
import { paced, type Leave, type Pace } from '../../../src/sending/batch/verdict.ts';

const ZONES = {
  FR: 'Europe/Paris',
  RE: 'Indian/Reunion',
  GP: 'America/Guadeloupe',
  NC: 'Pacific/Noumea',
} as const satisfies Partial<Record<Territory, string>>;

const judgeIn =
  (territory: keyof typeof ZONES) =>
  (at: DateTime): Leave =>
    decide({
      purpose: 'marketing',
      at,
      locality: { territory, timeZone: ZONES[territory] },
    });

const pace = (over: Partial<Omit<Pace, 'from'>> & { start?: string; begun?: string }): Pace => ({
  localTime: over.localTime ?? null,
  daysLater: over.daysLater ?? 0,
  from:
    over.begun === undefined
      ? { kind: 'start', at: DateTime.fromISO(over.start ?? '2026-11-24T09:00+01:00') }
      : { kind: 'begun', at: DateTime.fromISO(over.begun) },
});

const leaving = (territory: keyof typeof ZONES, at: string, kept: Pace): string => {
  const leave = paced(judgeIn(territory), kept, { at: DateTime.fromISO(at), language: 'fr' });
  const moment = leave.at.setZone(ZONES[territory]).toFormat("ccc dd/MM HH'h'mm", { locale: 'fr' });
  return `${leave.verdict} ${moment}`;
};

describe('a campaign at ten o’clock at the recipient’s', () => {
  const atTen = pace({ localTime: '10:00', start: '2026-11-24T06:00+01:00' });

  test.each([
    ['waits in Paris until ten in Paris', 'FR', '2026-11-24T09:00+01:00', 'hold mar. 24/11 10h00'],
    ['goes in La Réunion while Paris sleeps', 'RE', '2026-11-24T07:00+01:00', 'allow mar. 24/11 10h00'],
    ['goes in Guadeloupe in the afternoon of Paris', 'GP', '2026-11-24T14:59+01:00', 'hold mar. 24/11 10h00'],
    ['had passed in Nouméa, and comes tomorrow', 'NC', '2026-11-24T06:00+01:00', 'hold mer. 25/11 10h00'],
    ['goes on all day', 'FR', '2026-11-24T17:00+01:00', 'allow mar. 24/11 17h00'],
    ['goes on tomorrow from ten, not eight', 'FR', '2026-11-25T08:30+01:00', 'hold mer. 25/11 10h00'],
    ['skips Sunday to Monday at ten', 'FR', '2026-11-29T11:00+01:00', 'hold lun. 30/11 10h00'],
  ] as const)('%s', (_sentence, territory, at, expected) => {
    expect(leaving(territory, at, atTen)).toBe(expected);
  });

  it('keeps ten o’clock when clocks go back', () => {
    const kept = pace({ localTime: '10:00', start: '2026-10-24T20:30+02:00' });
    expect(leaving('FR', '2026-10-25T12:00+01:00', kept)).toBe('hold lun. 26/10 10h00');
  });

  it('waits for tomorrow when launched at three', () => {
    const late = pace({ localTime: '10:00', start: '2026-11-24T15:00+01:00' });
    expect(leaving('FR', '2026-11-24T15:00+01:00', late)).toBe('hold mer. 25/11 10h00');
  });

  it('gives its own reason, or the law’s', () => {
    const asked = { at: DateTime.fromISO('2026-11-24T08:30+01:00'), language: 'fr' } as const;
    expect(paced(judgeIn('FR'), atTen, asked).because?.code).toBe('LOCAL_TIME');
    const none = pace({ start: '2026-11-22T09:00+01:00' });
    const sunday = { at: DateTime.fromISO('2026-11-22T09:00+01:00'), language: 'fr' } as const;
    expect(paced(judgeIn('FR'), none, sunday).because?.code).toBe('SUNDAY');
  });
});

describe('a campaign spread over days', () => {
  test.each([
    ['begins its second day on the next one', 1, '2026-11-24T09:00+01:00', 'hold mer. 25/11 08h00'],
    ['counts no Sunday among its days', 5, '2026-11-24T09:00+01:00', 'hold lun. 30/11 08h00'],
    ['lets its first day go at once', 0, '2026-11-24T09:00+01:00', 'allow mar. 24/11 09h00'],
  ] as const)('%s', (_sentence, daysLater, at, expected) => {
    expect(leaving('FR', at, pace({ daysLater, begun: '2026-11-24T09:00+01:00' }))).toBe(expected);
  });

  it('never makes up for an outage at once', () => {
    const back = '2026-11-27T10:00+01:00';
    const second = pace({ daysLater: 1, start: back });
    expect(leaving('FR', back, second)).toBe('hold sam. 28/11 08h00');
  });

  test.each([
    ['goes on with the second day', 1, 'allow ven. 27/11 10h00'],
    ['has the third day on the next one', 2, 'hold sam. 28/11 08h00'],
    ['has the fourth after the Sunday', 3, 'hold lun. 30/11 08h00'],
  ] as const)('paused on Monday and resumed on Friday %s', (_sentence, daysLater, expected) => {
    const kept = pace({ daysLater, begun: '2026-11-23T09:00+01:00' });
    expect(leaving('FR', '2026-11-27T10:00+01:00', kept)).toBe(expected);
  });

  it('says the same on Sunday as on Monday', () => {
    const third = pace({ daysLater: 2, begun: '2026-11-28T09:00+01:00' });
    expect(leaving('FR', '2026-11-29T12:00+01:00', third)).toBe('hold mar. 01/12 08h00');
    expect(leaving('FR', '2026-11-30T07:00+01:00', third)).toBe('hold mar. 01/12 08h00');
  });

  it('begins each day at the hour chosen', () => {
    const kept = pace({ daysLater: 1, localTime: '10:00', begun: '2026-11-24T10:00+01:00' });
    expect(leaving('FR', '2026-11-25T08:00+01:00', kept)).toBe('hold mer. 25/11 10h00');
    expect(leaving('FR', '2026-11-25T10:00+01:00', kept)).toBe('allow mer. 25/11 10h00');
  });
});

describe('any pace', () => {
  it('only ever delays within the law', () => {
    const start = DateTime.fromISO('2026-01-01T00:00Z');
    fc.assert(
      fc.property(
        fc.record({
          territory: fc.constantFrom<keyof typeof ZONES>('FR', 'RE', 'GP', 'NC'),
          startMinutes: fc.integer({ min: 0, max: 500_000 }),
          laterMinutes: fc.integer({ min: 0, max: 20_000 }),
          hour: fc.option(fc.integer({ min: 8, max: 18 }), { nil: null }),
          daysLater: fc.integer({ min: 0, max: 6 }),
          kind: fc.constantFrom<'start' | 'begun'>('start', 'begun'),
        }),
        ({ territory, startMinutes, laterMinutes, hour, daysLater, kind }) => {
          const from = start.plus({ minutes: startMinutes });
          const at = from.plus({ minutes: laterMinutes });
          const localTime = hour === null ? null : `${String(hour).padStart(2, '0')}:30`;
          const leave = paced(
            judgeIn(territory),
            { localTime, daysLater, from: { kind, at: from } },
            { at, language: 'fr' },
          );
          const byLaw = judgeIn(territory)(at);
          expect(leave.at >= byLaw.at).toBe(true);
          expect(['hold', 'allow']).toContain(leave.verdict);
          expect(judgeIn(territory)(leave.at).verdict).toBe('allow');
          const local = leave.at.setZone(ZONES[territory]);
          expect(local.toFormat('HH:mm') >= (localTime ?? '00:00')).toBe(true);
          const days = local.startOf('day').diff(from.setZone(ZONES[territory]).startOf('day'), 'days').days;
          expect(Math.round(days)).toBeGreaterThanOrEqual(daysLater);
        },
      ),
      { numRuns: 300, seed: 20_261_127 },
    );
  });
});
