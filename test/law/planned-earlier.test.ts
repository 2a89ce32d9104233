import { describe, expect, test } from 'vitest';
import { plannedEarlier } from '../../src/law/planned-earlier.ts';
import type { Territory } from '../../src/law/territory.ts';
import { at, under, wall } from './conditions.ts';

describe('a reminder', () => {
  test.each<[string, Territory, string, string, string | undefined]>([
    ['leaves when wished on a working day', 'FR', '2026-03-10T10:00', '2026-03-10T10:00', undefined],
    [
      'wished on Sunday leaves on Saturday at the same time',
      'FR',
      '2027-04-11T10:00',
      '2027-04-10T10:00',
      'SUNDAY',
    ],
    ['of V1 leaves on Saturday at half past eight', 'FR', '2027-01-10T08:30', '2027-01-09T08:30', 'SUNDAY'],
    [
      'of V2b leaves on Christmas Eve in Strasbourg',
      'FR-67',
      '2026-12-27T10:00',
      '2026-12-24T10:00',
      'SUNDAY',
    ],
    ['of V5 leaves on Saturday in La Réunion', 'RE', '2027-12-20T09:00', '2027-12-18T09:00', 'HOLIDAY'],
    ['of V8 leaves the evening before', 'FR', '2027-01-12T04:30', '2027-01-11T19:59', 'OUT_OF_HOURS'],
    [
      'wished at nine in the evening leaves at 19:59',
      'FR',
      '2026-03-10T21:00',
      '2026-03-10T19:59',
      'OUT_OF_HOURS',
    ],
    [
      'wished at seven on a Monday leaves on Saturday evening',
      'FR',
      '2026-03-16T07:00',
      '2026-03-14T19:59',
      'OUT_OF_HOURS',
    ],
    [
      'wished on the Sunday of the clocks keeps its wall time',
      'FR',
      '2027-03-28T10:00',
      '2027-03-27T10:00',
      'SUNDAY',
    ],
    [
      'wished in the hour that is skipped leaves on Saturday',
      'FR',
      '2027-03-28T02:30',
      '2027-03-27T19:59',
      'SUNDAY',
    ],
    [
      'wished on Good Friday leaves on Thursday in Papeete',
      'PF',
      '2027-03-26T10:00',
      '2027-03-25T10:00',
      'HOLIDAY',
    ],
  ])('%s', (...row) => {
    const [, territory, wished, planned, code] = row;
    const plan = plannedEarlier(at(territory, wished), under('fr-functional', territory));
    expect(wall(plan?.at)).toBe(planned);
    expect(plan?.because?.code).toBe(code);
  });

  test('says why in French', () => {
    const plan = plannedEarlier(at('FR', '2027-04-11T10:00'), under('fr-functional', 'FR'));
    expect(plan?.because).toEqual({
      code: 'SUNDAY',
      ruleId: 'WIN-02',
      at: '2027-04-10T10:00:00.000+02:00',
      text: 'Prévu dimanche 11/04 à 10h00 ; avancé à samedi 10/04 à 10h00 : pas de SMS le dimanche (WIN-02).',
    });
  });

  test.each([
    [
      '2027-04-11T10:00',
      'Planned Sunday 11/04 at 10:00; brought forward to Saturday 10/04 at 10:00: no SMS on Sundays (WIN-02).',
    ],
    [
      '2027-03-29T10:00',
      'Planned Monday 29/03 at 10:00; brought forward to Saturday 27/03 at 10:00: public holiday, Easter Monday (WIN-03); no SMS on Sundays (WIN-02).',
    ],
    [
      '2027-01-12T04:30',
      'Planned Tuesday 12/01 at 04:30; brought forward to Monday 11/01 at 19:59: no SMS before 08:00, nor from 20:00 on (WIN-04).',
    ],
  ])('wished on %s says why in English', (wished, text) => {
    const plan = plannedEarlier(at('FR', wished), { ...under('fr-functional', 'FR'), language: 'en' });
    expect(plan?.because?.text).toBe(text);
  });

  test.each([
    ['keeps the wall time when it is still ahead', '2027-04-10T09:00', '2027-04-10T10:00'],
    ['takes the last minute when the wall time has passed', '2027-04-10T10:01', '2027-04-10T19:59'],
    ['has no moment left on Saturday night', '2027-04-10T20:00', undefined],
  ])('wished on Sunday, booked late, %s', (_sentence, notBefore, planned) => {
    const conditions = { ...under('fr-functional', 'FR'), notBefore: at('FR', notBefore) };
    expect(wall(plannedEarlier(at('FR', '2027-04-11T10:00'), conditions)?.at)).toBe(planned);
  });

  test('wished in the past has no moment left', () => {
    const conditions = { ...under('fr-functional', 'FR'), notBefore: at('FR', '2026-03-10T10:01') };
    expect(plannedEarlier(at('FR', '2026-03-10T10:00'), conditions)).toBeUndefined();
  });
});
