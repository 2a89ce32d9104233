import { describe, expect, it, test } from 'vitest';
import { staleWords } from '../../../src/sms/text/stale-word.ts';

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
    ['that day', 'J-1 avant la fermeture', 'J-1>2027-06-09'],
    ['that day', 'offre 48h', 'offre 48h>2027-06-09'],
    ['that day', 'plus que 3 jours', 'plus que 3 jours>2027-06-09'],
    ['that day', 'demain soir', 'demain>2027-06-09'],
    ['that day', 'après-demain', 'après-demain>2027-06-09'],
    ['until Sunday', 'cette semaine', 'cette semaine>2027-06-13'],
    ['until Sunday', 'la semaine prochaine', 'semaine prochaine>2027-06-13'],
    ['until Sunday', 'next week only', 'next week>2027-06-13'],
    ['until Sunday', 'ouvert dimanche', 'dimanche>2027-06-13'],
    ['until Friday', 'ce vendredi', 'vendredi>2027-06-11'],
    ['until the month ends', 'ce mois-ci', 'ce mois-ci>2027-06-30'],
    ['until the month ends', 'jusqu’à la fin du mois', 'fin du mois>2027-06-30'],
    ['until that day of the month', 'jusqu’au 24.', '24>2027-06-24'],
    ['until that day of next month', 'jusqu’au 2 inclus', '2>2027-07-02'],
    ['until that date', 'mercredi 16 juin', '16 juin>2027-06-16'],
    ['until that date', 'le mercredi 16/06', '16/06>2027-06-16'],
    ['until that date', 'avant le 01-09-2027', '01-09-2027>2027-09-01'],
    ['until that date', 'avant le 1.9.27', '1.9.27>2027-09-01'],
    ['until that date', 'le 2027-06-15 à 10h', '2027-06-15>2027-06-15'],
    ['until that date', 'until June 15th', 'June 15th>2027-06-15'],
    ['until that date', 'on the 15th of June', '15th of June>2027-06-15'],
    ['until that date', 'le 24/7', '24/7>2027-07-24'],
    ['until that date', 'du 3 au 10 juillet', '10 juillet>2027-07-10'],
    ['for ever', '12 rue du 8 mai 1945', ''],
    ['for ever', 'place du 11 novembre, Lyon', ''],
    ['for ever', '3 av. du 14 juillet', ''],
    ['for ever', 'boulevard du 1er mai', ''],
    ['for ever', 'rue du 4 septembre', ''],
    ['for ever', 'square du 19 mars 1962', ''],
    ['for ever', 'lycée du 6 juin', ''],
    ['for ever', 'Maison fondée le 12 mars 1954', ''],
    ['for ever', 'Black Friday, Cyber Monday', ''],
    ['for ever', 'ouvert du lundi au samedi de 10h à 19h', ''],
    ['for ever', 'fermé le lundi', ''],
    ['for ever', 'tous les mardis et chaque jeudi', ''],
    ['for ever', 'open every Sunday', ''],
    ['for ever', 'support 24/7, boutique 7/7', ''],
    ['for ever', 'livraison sous 48h, 24h/24', ''],
    ['for ever', 'annulation jusqu’à 24h avant', ''],
    ['for ever', '1/2 tarif, 2/3 des places', ''],
    ['for ever', 'taille 38/40, lot 12-34', ''],
    ['for ever', 'du 10 rue Victor Hugo', ''],
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
