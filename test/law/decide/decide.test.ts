import fc from 'fast-check';
import { DateTime } from 'luxon';
import { describe, expect, it, test } from 'vitest';
import { calendarVersion } from '../../../src/law/calendar/holiday.ts';
import { decide } from '../../../src/law/decide/decide.ts';
import type { Question } from '../../../src/law/decide/decision.ts';
import { rulesVersion } from '../../../src/law/book.ts';
import { TERRITORIES, localityOf } from '../../../src/rule/territory.ts';
import { at, wall } from '../conditions.ts';

const paris = (moment: string, rest: Partial<Question> = {}): Question => ({
  purpose: 'marketing',
  at: at('FR', moment),
  locality: localityOf('FR'),
  ...rest,
});
const reminder = (moment: string, rest: Partial<Question> = {}): Question =>
  paris(moment, { purpose: 'appointment', ...rest });

describe('an advertisement', () => {
  test('may leave on a Tuesday, until the close', () => {
    const decision = decide(paris('2026-03-10T10:00'));
    expect(decision).toMatchObject({
      verdict: 'allow',
      profile: 'fr-seed-strict',
      territory: 'FR',
      timeZone: 'Europe/Paris',
      rulesVersion,
      calendarVersion,
    });
    expect([wall(decision.at), wall(decision.until)]).toEqual(['2026-03-10T10:00', '2026-03-10T20:00']);
    expect(decision.rules.map(({ id, effect }) => `${id} ${effect}`)).toEqual([
      'WIN-01 allows',
      'WIN-02 allows',
      'WIN-03 allows',
    ]);
  });

  test.each([
    ['2026-03-10T07:59:59.999', 'hold', '2026-03-10T08:00'],
    ['2026-03-10T08:00:00', 'allow', '2026-03-10T20:00'],
    ['2026-03-10T19:59:59.999', 'allow', '2026-03-10T20:00'],
    ['2026-03-10T20:00:00', 'hold', '2026-03-11T08:00'],
  ])('at %s is answered %s', (moment, verdict, until) => {
    const decision = decide(paris(moment));
    expect([decision.verdict, wall(decision.until)]).toEqual([verdict, until]);
  });

  test('held over Easter names its rules and texts', () => {
    const decision = decide(paris('2027-03-27T20:00'));
    expect(wall(decision.at)).toBe('2027-03-30T08:00');
    expect(decision.until?.toMillis()).toBe(decision.at.toMillis());
    expect(decision.rules.map(({ id, effect, until }) => `${id} ${effect} ${wall(until)}`)).toEqual([
      'WIN-01 bars 2027-03-30T08:00',
      'WIN-02 bars 2027-03-29T00:00',
      'WIN-03 bars 2027-03-30T00:00',
    ]);
    expect(decision.rules[2]).toMatchObject({
      source: 'Code du travail, art. L3133-1',
      about: 'jour férié, lundi de Pâques',
    });
    expect(decision.because?.text).toBe(
      'Prévu samedi 27/03 à 20h00 ; reporté à mardi 30/03 à 08h00 : pas de SMS avant 08h00 ni à partir de 20h00 (WIN-01) ; pas de SMS le dimanche (WIN-02) ; jour férié, lundi de Pâques (WIN-03).',
    );
  });

  test('expires when its limit precedes the opening', () => {
    const decision = decide(paris('2026-03-10T20:30', { expireAt: at('FR', '2026-03-11T08:00') }));
    expect([decision.verdict, decision.because?.code, decision.rules[0]?.id]).toEqual([
      'expire',
      'EXPIRE_AT',
      'WIN-07',
    ]);
  });

  test('may leave until an earlier limit', () => {
    const decision = decide(paris('2026-03-10T10:00', { expireAt: at('FR', '2026-03-10T12:00') }));
    expect([decision.verdict, wall(decision.until)]).toEqual(['allow', '2026-03-10T12:00']);
  });

  test('leaves on Sunday under the 2026 charter, warned', () => {
    const decision = decide(paris('2026-03-15T10:00', { profile: 'fr-charter-2026', language: 'en' }));
    expect(decision.verdict).toBe('allow');
    expect(decision.rules.find((line) => line.effect === 'warns')).toMatchObject({
      id: 'WIN-02',
      about: 'Sunday: tolerated, not recommended',
    });
  });
});

describe('a reminder', () => {
  const eventAt = at('FR', '2027-01-11T08:30');

  test('waits for an opening before the event', () => {
    const decision = decide(reminder('2027-01-10T08:30', { eventAt }));
    expect([decision.verdict, wall(decision.at)]).toEqual(['hold', '2027-01-11T08:00']);
  });

  test('expires when the opening follows the event', () => {
    const decision = decide(reminder('2027-01-10T08:30', { eventAt: at('FR', '2027-01-11T08:00') }));
    expect([decision.verdict, decision.because?.code, decision.rules[0]?.id]).toEqual([
      'expire',
      'EVENT_PAST',
      'WIN-04',
    ]);
  });

  test('never leaves once its event began', () => {
    expect(decide(reminder('2027-01-11T08:30', { eventAt })).verdict).toBe('expire');
    expect(wall(decide(reminder('2027-01-11T08:29', { eventAt })).until)).toBe('2027-01-11T08:30');
  });

  test('opened by an admin leaves on Sunday', () => {
    const decision = decide(reminder('2027-01-10T21:00', { profile: 'fr-functional-open' }));
    expect([decision.verdict, wall(decision.until)]).toEqual(['allow', '2027-01-11T00:00']);
  });
});

describe('an answer that the person waits for', () => {
  test('leaves on Sunday night, even to unknown places', () => {
    const decision = decide(
      paris('2026-03-15T03:00', {
        purpose: 'acknowledgement',
        locality: { territory: 'FR', timeZone: 'Nowhere/Never' },
      }),
    );
    expect([decision.verdict, decision.rules[0]?.id]).toEqual(['allow', 'OPT-05']);
  });

  test('that is too late never leaves', () => {
    const sent = at('FR', '2026-03-15T03:01');
    expect(decide(paris('2026-03-15T03:01', { purpose: 'confirmation', expireAt: sent })).verdict).toBe(
      'expire',
    );
  });
});

describe('the gate is closed', () => {
  test.each<[string, string, Partial<Question>]>([
    ['in a zone unknown', 'TZ-01', { locality: { territory: 'FR', timeZone: 'Europe/Lutece' } }],
    ['with no territory left', 'TZ-01', { locality: { ...localityOf('FR'), candidates: [] } }],
    ['after the calendar', 'WIN-03', { at: at('FR', '2061-03-10T10:00') }],
    ['before the calendar', 'WIN-03', { at: at('FR', '2005-03-10T10:00') }],
    ['when the next opening lies beyond the calendar', 'WIN-03', { at: at('FR', '2060-12-31T20:00') }],
    ['at a moment that does not exist', 'WIN-03', { at: DateTime.invalid('unreadable') }],
    ['under a profile unknown', 'WIN-05', { profile: 'fr-night' }],
    [
      'under the charter of 2026 in February 2026',
      'WIN-05',
      { profile: 'fr-charter-2026', at: at('FR', '2026-02-27T10:00') },
    ],
    ['under the charter of 2024 in March 2026', 'WIN-05', { profile: 'fr-charter-2024' }],
    ['to advertising, under the profile of notices', 'WIN-05', { profile: 'fr-functional-open' }],
  ])('%s', (_sentence, ruleId, rest) => {
    const decision = decide(paris('2026-03-10T10:00', rest));
    expect(decision.verdict).toBe('refuse');
    expect(decision.rules).toMatchObject([{ id: ruleId, effect: 'doubts' }]);
    expect(decision.because?.text).toContain(ruleId);
  });

  test('to an unknown territory, with the rule named', () => {
    // A row of a database may hold what the type excludes.
    const locality = JSON.parse('{"territory":"XX","timeZone":"Europe/Paris"}');
    expect(decide(paris('2026-03-10T10:00', { locality }))).toMatchObject({
      verdict: 'refuse',
      because: { code: 'PLACE_UNKNOWN' },
    });
  });
});

describe('whatever is asked', () => {
  const questions = fc.record({
    purpose: fc.constantFrom<Question['purpose']>('marketing', 'appointment', 'renewal', 'payment'),
    at: fc
      .date({ min: new Date('2026-01-01'), max: new Date('2029-01-01'), noInvalidDate: true })
      .map((date) => DateTime.fromJSDate(date)),
    locality: fc.constantFrom(...TERRITORIES).map((territory) => localityOf(territory)),
  });

  it('a held message may leave after its hold', () => {
    fc.assert(
      fc.property(questions, (question) => {
        const decision = decide(question);
        fc.pre(decision.verdict === 'hold');
        expect(decide({ ...question, at: decision.at }).verdict).toBe('allow');
        expect(decision.because?.code).toBeDefined();
      }),
      { numRuns: 1_000 },
    );
  });

  it('an allowed message may leave before `until` only', () => {
    fc.assert(
      fc.property(questions, (question) => {
        const decision = decide(question);
        fc.pre(decision.verdict === 'allow' && decision.until !== undefined);
        const until = decision.until ?? question.at;
        expect(decide({ ...question, at: until.minus(1) }).verdict).toBe('allow');
        expect(decide({ ...question, at: until }).verdict).not.toBe('allow');
      }),
      { numRuns: 1_000 },
    );
  });

  it('every line names rule, title, level, source', () => {
    fc.assert(
      fc.property(questions, (question) => {
        const { rules } = decide(question);
        expect(rules.length).toBeGreaterThan(0);
        expect(rules.filter((line) => !line.id || !line.title || !line.level || !line.source)).toEqual([]);
      }),
    );
  });
});
