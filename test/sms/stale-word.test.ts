import { describe, expect, it, test } from 'vitest';

import { staleWords } from '../../src/sms/stale-word.ts';

// A Wednesday.
const FIRST = '2027-06-09';

const told = (text: string): string =>
  staleWords(text, FIRST)
    .map(({ words, trueUntil }) => `${words}>${trueUntil}`)
    .join(' ');

describe('leaving on Wednesday 9 June 2027, a text stays true', () => {
  test.each([
    ['that day', 'Ouvert ce soir', 'ce soir>2027-06-09'],
    ['that day', 'C’est demain !', 'demain>2027-06-09'],
    ['that day', 'Aujourd’hui seulement', 'Aujourd’hui>2027-06-09'],
    ['that day', 'Derniers jours', 'Derniers jours>2027-06-09'],
    ['that day', 'open tonight', 'tonight>2027-06-09'],
    ['until Sunday', 'ce week-end', 'ce week-end>2027-06-13'],
    ['until Sunday', 'jusqu’à dimanche', 'dimanche>2027-06-13'],
    ['until Monday', 'dès lundi', 'lundi>2027-06-14'],
    ['until that date', 'jusqu’au 15/06', '15/06>2027-06-15'],
    ['until that date', 'le 12 août', '12 août>2027-08-12'],
    ['until that date of next year', 'le 1er janvier', '1er janvier>2028-01-01'],
    ['until that date and year', 'le 03/02/28', '03/02/28>2028-02-03'],
    ['no longer', 'le 1/6', '1/6>2027-06-01'],
    ['until the end of a range', 'du 10/06 au 15/06', '15/06>2027-06-15'],
    ['until the last day of a range', 'du lundi au samedi', 'samedi>2027-06-12'],
    ['for ever', 'Offre à 10 € pour 2 articles, ouvert de 10h30 à 19h', ''],
    ['for ever', 'Appelez le 01/42/68/53/00', ''],
    ['for ever', 'Mardigny vous accueille', ''],
  ])('%s: %s', (_until, text, expected) => {
    expect(told(text)).toBe(expected);
  });

  it('or nothing is said without a first day', () => {
    expect(staleWords('demain', 'soon')).toEqual([]);
  });
});
