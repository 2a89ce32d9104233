import { describe, expect, test } from 'vitest';
import { noticeDates, renewalRules } from '../../../src/law/chapters/renewal.ts';

describe('the notice of a renewal that may be refused until', () => {
  test.each([
    ['2027-06-17', '2027-03-17', '2027-05-17'],
    ['2026-07-31', '2026-04-30', '2026-06-30'],
    ['2027-03-31', '2026-12-31', '2027-02-28'],
    ['2028-03-31', '2027-12-31', '2028-02-29'],
    ['2028-05-29', '2028-02-29', '2028-04-29'],
    ['2027-05-31', '2027-02-28', '2027-04-30'],
  ])('%s is given from %s to %s', (refuseBy, firstOn, lastOn) => {
    expect(noticeDates(refuseBy)).toEqual({ firstOn, lastOn });
  });
});

describe('the notice of an insurer that comes late', () => {
  test('gives the article’s days to refuse', () => {
    const reading = renewalRules.find(({ id }) => id === 'REN-03')?.reading;
    expect([reading?.fr.replaceAll('\u00A0', ' '), reading?.en]).toEqual([
      expect.stringContaining(
        'moins de 15 jours avant, il ouvre 20 jours pour refuser, comptés de son envoi',
      ),
      expect.stringContaining(
        'less than 15 days before, it opens 20 days to refuse, counted from its sending',
      ),
    ]);
  });
});
