import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { judged, ON_THE_WIRE_MS, type Evidence } from './judge.ts';
import type { LedgerLine } from './ledger.ts';

const T = 1_000_000;
const EVERY_MS = 100;
const PEOPLE = 300;
const phone = (n: number): string => `+336120${String(n).padStart(5, '0')}`;
const sent = (n: number, at: number, text = 'Maison Lumière : -30 % en boutique.'): LedgerLine => ({
  at,
  account: 'operator',
  key: `k-${n}`,
  reference: `r-${n}`,
  to: phone(n),
  text,
});

/** A fault of five seconds that nobody noticed. */
const audience = Array.from({ length: PEOPLE }, (_, n) => phone(n));
const undisturbed: Evidence = {
  ledger: audience.map((_, n) => sent(n, T + n * EVERY_MS)),
  audience,
  reminders: [],
  stops: [],
  barred: 0,
  from: T + 5_000,
  to: T + 10_000,
  beside: true,
  othersBeside: true,
  windows: [[T, T + 60_000]],
  ratePerSecond: 10,
};
const brokenBy = (change: Partial<Evidence>): readonly string[] =>
  judged({ ...undisturbed, ...change }).broken;
const { ledger } = undisturbed;
const without = (...gone: readonly number[]): readonly LedgerLine[] =>
  ledger.filter(({ to }) => !gone.some((n) => phone(n) === to));
const said = (n: number, saidAt: number, answeredAt: number | undefined = saidAt + 100) => ({
  phone: phone(n),
  saidAt,
  answeredAt,
});

describe('the judge of faults', () => {
  it('finds nothing where nothing happened', () => {
    expect(judged(undisturbed).broken).toEqual([]);
  });

  it.each<[string, Partial<Evidence>, readonly string[]]>([
    [
      'a message that left twice',
      { ledger: [...ledger, sent(7, T + 40_000)] },
      ['reached twice', 'silent too long'],
    ],
    ['a message that never left', { ledger: without(7) }, ['lost']],
    ['a reminder that never left', { reminders: [{ phone: phone(900), dueAt: T + 6_000 }] }, ['lost']],
    ['a message after a STOP', { stops: [said(100, T + 5_000)], barred: 1 }, ['after STOP']],
    ['a STOP that bars nobody', { stops: [said(7, T + 5_000)], barred: 0 }, ['STOP not kept']],
    [
      'a STOP that is never answered',
      { stops: [{ ...said(7, T + 5_000), answeredAt: undefined }], barred: 1 },
      ['STOP too slow'],
    ],
    [
      'a STOP that is answered late',
      { stops: [said(7, T + 5_000, T + 16_000)], barred: 1 },
      ['STOP too slow'],
    ],
    ['advertising after the hour', { windows: [[T, T + 20_000]] }, ['outside the window']],
    ['a rate that is exceeded', { ratePerSecond: 8 }, ['faster than the rate']],
    [
      'a silence from the fault on',
      { ledger: ledger.filter(({ at }) => at < T + 5_000 || at > T + 16_000), audience: [] },
      ['silent too long'],
    ],
    [
      'a reminder that waits',
      {
        ledger: [...ledger, sent(900, T + 29_900, 'Votre rendez-vous')],
        reminders: [{ phone: phone(900), dueAt: T + 6_000 }],
        ratePerSecond: 20,
      },
      ['reminders too late'],
    ],
  ])('sees %s', (_what, change, expected) => {
    expect(brokenBy(change)).toEqual(expected);
  });

  it('lets be what was on the wire', () => {
    const stop = said(100, T + 9_000);
    const at = (stop.answeredAt ?? 0) + ON_THE_WIRE_MS;
    const late = [...without(100), sent(100, at)];
    expect(brokenBy({ ledger: late, stops: [stop], barred: 1, ratePerSecond: 20 })).toEqual([]);
  });

  it('ignores people who said STOP before', () => {
    expect(brokenBy({ ledger: without(250), stops: [said(250, T + 6_000)], barred: 1 })).toEqual([]);
  });

  it('counts the struck process’s silence from its return', () => {
    const silent = { ledger: ledger.filter(({ at }) => at < T + 5_000 || at > T + 10_000), audience: [] };
    expect(judged({ ...undisturbed, ...silent, beside: false }).silentMs).toBeLessThan(200);
    expect(judged({ ...undisturbed, ...silent }).silentMs).toBeGreaterThan(5_000);
  });

  it.each<[string, string, number, number]>([
    ['takes off what answers used of its account', 'operator', 40, 11_100 - 4_000],
    ['takes nothing off for another account’s answers', 'another', 40, 11_100],
    ['sees a silence that few answers interrupt', 'operator', 5, 11_100 - 500],
  ])('%s', (_what, account, answers, expected) => {
    const silent = ledger.filter(({ at }) => at <= T + 5_000 || at > T + 16_000);
    const owed = Array.from({ length: answers }, (_, n) => ({
      ...sent(1_000 + n, T + 10_000 + n * EVERY_MS, 'Vous ne recevrez plus de SMS.'),
      account,
    }));
    expect(judged({ ...undisturbed, ledger: [...silent, ...owed], audience: [] }).silentMs).toBe(expected);
  });

  it('sees each sabotage, wherever it is made', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: PEOPLE - 1 }), (n) => {
        expect(brokenBy({ ledger: [...ledger, sent(n, T + n * EVERY_MS + 1)] })).toContain('reached twice');
        expect(brokenBy({ ledger: without(n) })).toContain('lost');
        const stop = said(n, T + n * EVERY_MS - ON_THE_WIRE_MS - 200);
        expect(brokenBy({ stops: [stop], barred: 1 })).toContain('after STOP');
      }),
    );
  });
});
