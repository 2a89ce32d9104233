import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { DateTime } from 'luxon';
import { describe, expect, it, test } from 'vitest';
import { decide, type Question } from '../../src/law/decide.ts';
import { lastLawfulBefore, nextLawful } from '../../src/law/lawful-moment.ts';
import { profiles } from '../../src/law/profile.ts';
import { localityOf, TERRITORIES } from '../../src/law/territory.ts';
import { under } from './conditions.ts';

/** Random moments from a seed, so that every run is the same and any failure can be seen again. */
function* moments(count: number): Generator<{ question: Question; ms: number }> {
  let seed = 20_261_125;
  const next = (below: number): number => {
    seed = (seed * 48_271) % 2_147_483_647;
    return seed % below;
  };
  for (let drawn = 0; drawn < count; drawn += 1) {
    const territory = TERRITORIES[next(TERRITORIES.length)] ?? 'FR';
    const ms = Date.UTC(2026, 0, 1) + next(730) * 86_400_000 + next(1_440) * 60_000 + next(60_000);
    const purpose = next(2) === 0 ? 'marketing' : 'payment';
    const direction = next(2) === 0 ? 'later' : 'earlier';
    const at = DateTime.fromMillis(ms, { zone: 'utc' });
    yield { ms, question: { purpose, direction, at, locality: localityOf(territory) } };
  }
}

const TIMES = 100_000;

describe('a hundred thousand random moments of two years', () => {
  test('are never moved against their direction, to a closed moment, or again', () => {
    const wrong: string[] = [];
    for (const { ms, question } of moments(TIMES)) {
      const { verdict, at } = decide(question);
      const moved = at.toMillis();
      const direct = question.direction === 'later' ? moved >= ms : moved <= ms;
      const again = decide({ ...question, at });
      if (!direct || (verdict === 'allow' && moved !== ms) || again.verdict !== 'allow')
        wrong.push(`${ms} ${question.locality.territory} ${question.direction}`);
    }
    expect(wrong).toEqual([]);
  }, 120_000);

  test('are moved where the rules, asked one by one, move them', () => {
    const wrong: string[] = [];
    for (const { ms, question } of moments(2_000)) {
      const conditions = under(
        question.purpose === 'marketing' ? 'fr-seed-strict' : 'fr-functional',
        question.locality.territory,
      );
      const move = question.direction === 'later' ? nextLawful : lastLawfulBefore;
      if (decide(question).at.toMillis() !== move(question.at, conditions)?.at.toMillis())
        wrong.push(String(ms));
    }
    expect(wrong).toEqual([]);
  }, 120_000);
});

const ANSWERS = `
import { createHash } from 'node:crypto';
import { DateTime } from 'luxon';
import { decide } from './src/law/decide.ts';
import { localityOf, TERRITORIES } from './src/law/territory.ts';
const hash = createHash('sha256');
for (let turn = 0; turn < 3000; turn += 1) {
  const territory = TERRITORIES[turn % TERRITORIES.length];
  const at = DateTime.fromMillis(Date.UTC(2026, 11, 20) + turn * 9_240_000);
  const purpose = turn % 2 === 0 ? 'marketing' : 'appointment';
  const { verdict, at: moved, until, because, rules } = decide({ purpose, at, locality: localityOf(territory) });
  hash.update(JSON.stringify([verdict, moved.toMillis(), until?.toMillis(), because?.code, rules.map((rule) => rule.id)]));
}
process.stdout.write(hash.digest('hex'));
`;

describe('the answers', () => {
  test('are the same on a server in Greenwich, Nouméa or Saint-Pierre', () => {
    const answers = ['UTC', 'Pacific/Noumea', 'America/Miquelon'].map((TZ) =>
      execFileSync(process.execPath, ['--input-type=module-typescript', '-e', ANSWERS], {
        env: { ...process.env, TZ },
        encoding: 'utf8',
      }),
    );
    expect(answers[0]).toHaveLength(createHash('sha256').digest('hex').length);
    expect(new Set(answers).size).toBe(1);
  }, 120_000);
});

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
      direction: fc.constantFrom('later', 'earlier'),
    },
    { requiredKeys: ['purpose', 'at', 'locality'] },
  );

  it('is refused with the rule that doubts, and never throws', () => {
    fc.assert(
      fc.property(nonsense, (asked) => {
        // What a database or a caller may hold is wider than the types.
        const decision = decide(asked as unknown as Question);
        expect(['allow', 'hold', 'refuse', 'expire']).toContain(decision.verdict);
        expect(decision.rules.length).toBeGreaterThan(0);
        expect(decision.verdict === 'allow' || typeof decision.because?.text === 'string').toBe(true);
      }),
      { numRuns: 20_000 },
    );
  }, 120_000);

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
    ['waits until eight in the last of the three zones', '2027-03-16T17:45Z', 'hold', '2027-03-16T18:00'],
    ['is reached while all three are open', '2027-03-16T19:00Z', 'allow', '2027-03-17T05:00'],
    ['is left alone once the first of them closes', '2027-03-17T05:00Z', 'hold', '2027-03-17T18:00'],
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

  test('in Papeete or Paris waits for winter, when one hour is common', () => {
    const locality = anywhere(['Pacific/Tahiti', 'Europe/Paris']);
    const decision = decide({ purpose: 'marketing', at: DateTime.fromISO('2026-07-01T12:00Z'), locality });
    expect(decision.at.toUTC().toISO()).toBe('2026-10-26T18:00:00.000Z');
    expect(decision.because?.ruleId).toBe('WIN-01');
  });

  test('with no hour in common is never reached, and the rule on places says so', () => {
    const locality = anywhere(['Europe/Paris', 'Pacific/Wallis', 'America/Los_Angeles']);
    const decision = decide({ purpose: 'marketing', at: DateTime.fromISO('2027-03-16T12:00Z'), locality });
    expect([decision.verdict, decision.because?.ruleId]).toEqual(['refuse', 'TZ-01']);
  });
});
