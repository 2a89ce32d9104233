import fc from 'fast-check';
import { DateTime } from 'luxon';
import { describe, expect, it, test } from 'vitest';
import { decideByClock, type LawQuestion, decide } from '../../src/law/decide/decide.ts';
import type { Question } from '../../src/law/decide/decision.ts';
import { profiles } from '../../src/law/profile.ts';
import { localityOf, TERRITORIES } from '../../src/rule/territory.ts';
import { cases } from '../support/cases.ts';

describe('a question that makes no sense', () => {
  const anyMoment = fc.oneof(
    fc.date({ noInvalidDate: false }).map((date) => DateTime.fromJSDate(date)),
    fc.constantFrom(DateTime.invalid('unreadable'), DateTime.fromISO('2027-02-31'), DateTime.fromISO('')),
    fc
      .constantFrom('2005-12-31', '2006-01-01', '2060-12-31T23:59', '2061-01-01')
      .map((on) => DateTime.fromISO(on)),
  );
  const word = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 40 }),
    fc.constantFrom(
      'FR',
      'XX',
      'toString',
      '__proto__',
      'Europe/Paris',
      'Europe/Lutece',
      '\uD800',
      'a'.repeat(10_000),
    ),
    fc.constantFrom(...profiles.map(({ id }) => id)),
  );
  const locality = fc.record({
    territory: word,
    timeZone: word,
    candidates: fc.option(fc.array(word, { maxLength: 3 }), { nil: undefined }),
    timeZones: fc.option(fc.array(word, { maxLength: 3 }), { nil: undefined }),
  });
  const nonsense = fc.record(
    {
      purpose: fc.oneof(word, fc.constantFrom('marketing', 'appointment', 'confirmation')),
      at: anyMoment,
      locality: fc.oneof(
        locality,
        fc.constantFrom(...TERRITORIES).map((territory) => localityOf(territory)),
      ),
      profile: word,
      eventAt: anyMoment,
      expireAt: anyMoment,
      now: anyMoment,
      rulesOn: word,
      marginMs: fc.oneof(fc.double(), fc.integer(), fc.constantFrom(Number.NaN, -1, 1e300)),
      isWish: fc.boolean(),
      ifLate: fc.constantFrom('next-lawful', 'skip'),
    },
    { requiredKeys: ['purpose', 'at', 'locality'] },
  );

  it('is refused with its rule, and never throws', () => {
    fc.assert(
      fc.property(nonsense, (asked) => {
        // What a database or a caller may hold is wider than the types.
        for (const decision of [
          decide(asked as unknown as Question),
          decideByClock(asked as unknown as LawQuestion),
        ]) {
          expect(['allow', 'hold', 'refuse', 'expire']).toContain(decision.verdict);
          expect(decision.rules.length).toBeGreaterThan(0);
          expect(decision.verdict === 'allow' || typeof decision.because?.text === 'string').toBe(true);
        }
      }),
      { numRuns: cases(3_000, 20_000) },
    );
  });

  it('is refused for a reminder without booking time', () => {
    const wish = { purpose: 'appointment', at: tuesday, locality: localityOf('MQ'), isWish: true };
    expect(decideByClock(wish as unknown as LawQuestion)).toMatchObject({
      verdict: 'refuse',
      rules: [{ id: 'WIN-07' }],
    });
  });

  const tuesday = DateTime.fromISO('2027-03-16T10:00:00+01:00');
  test.each<[string, object, string]>([
    ['for a purpose unknown', { purpose: 'lottery' }, 'WIN-05'],
    ['for an event that cannot be read', { eventAt: DateTime.fromISO('2027-02-31') }, 'WIN-07'],
    ['with a limit that cannot be read', { expireAt: DateTime.invalid('unreadable') }, 'WIN-07'],
    ['with a margin that is no number', { marginMs: Number.NaN }, 'WIN-08'],
    ['with a margin below zero', { marginMs: -1 }, 'WIN-08'],
    ['with a margin of two days', { marginMs: 172_800_000 }, 'WIN-08'],
    ['by the rules of 31 February', { rulesOn: '2027-02-31' }, 'TZ-02'],
    [
      'for zones of which one is unknown',
      { locality: { ...localityOf('PF'), timeZones: ['Pacific/Tahiti', 'Mars/Olympus'] } },
      'TZ-01',
    ],
    ['for no zone at all', { locality: { ...localityOf('PF'), timeZones: [] } }, 'TZ-01'],
  ])('%s is refused', (_sentence, rest, ruleId) => {
    const asked = { purpose: 'marketing', at: tuesday, locality: localityOf('FR'), ...rest };
    const decision = decide(asked as unknown as Question);
    expect([decision.verdict, decision.because?.ruleId]).toEqual(['refuse', ruleId]);
  });
});

const anywhere = (timeZones: string[]) => ({ ...localityOf('PF'), timeZones });

describe('somebody who may be in several zones', () => {
  test.each([
    ['waits until eight in the last zone', '2027-03-16T17:45Z', 'hold', '2027-03-16T18:00'],
    ['is reached while all three are open', '2027-03-16T19:00Z', 'allow', '2027-03-17T05:00'],
    ['is left alone once the first closes', '2027-03-17T05:00Z', 'hold', '2027-03-17T18:00'],
  ])('%s', (...row) => {
    const [, moment, verdict, until] = row;
    const zones = ['Pacific/Tahiti', 'Pacific/Marquesas', 'Pacific/Gambier'];
    const decision = decide({
      purpose: 'marketing',
      at: DateTime.fromISO(moment),
      locality: anywhere(zones),
    });
    expect([decision.verdict, decision.until?.toUTC().toFormat("yyyy-MM-dd'T'HH:mm")]).toEqual([
      verdict,
      until,
    ]);
  });

  test('in Papeete or Paris awaits a common hour', () => {
    const locality = anywhere(['Pacific/Tahiti', 'Europe/Paris']);
    const decision = decide({ purpose: 'marketing', at: DateTime.fromISO('2026-07-01T12:00Z'), locality });
    expect(decision.at.toUTC().toISO()).toBe('2026-10-26T18:00:00.000Z');
    expect(decision.because?.ruleId).toBe('WIN-01');
  });

  test('without a common hour is never reached', () => {
    const locality = anywhere(['Europe/Paris', 'Pacific/Wallis', 'America/Los_Angeles']);
    const decision = decide({ purpose: 'marketing', at: DateTime.fromISO('2027-03-16T12:00Z'), locality });
    expect([decision.verdict, decision.because?.ruleId]).toEqual(['refuse', 'TZ-01']);
  });
});
