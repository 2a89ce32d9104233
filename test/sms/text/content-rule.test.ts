import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import {
  prohibitedTrades,
  promotionalWords,
  recallWords,
  serviceWords,
  folded,
  hits,
  isUnder,
  links,
  premiumNumbers,
  type Hit,
} from '../../../src/sms/text/word-list.ts';
import { healthRoot, healthWords, practitioners } from '../../../src/sms/text/health-word.ts';

const words = (found: readonly Hit[]): readonly string[] => found.map((hit) => hit.words);

describe('advertising is found in', () => {
  test.each([
    ['-20 % sur tout le magasin', '-20 %'],
    ['20% de réduction', '20% de réduction'],
    ['Profitez-en', 'Profitez'],
    ['Nos OFFRES de rentrée', 'OFFRES'],
    ['Livraison offerte', 'offerte'],
    ['C’est gratuit', 'gratuit'],
    ['Soldes d’été', 'Soldes'],
    ['vente privée', 'vente privée'],
    ['votre code promo', 'code promo'],
    ['avec le code ETE', 'avec le code'],
    ['Gagnez 10 %', 'Gagnez'],
    ['Abonnement expiré, revenez', 'revenez'],
    ['Un bon d’achat vous attend', 'bon d’achat'],
    ['special offer', 'special offer'],
    ['a free gift', 'free gift'],
  ])('%s', (text, found) => {
    expect(words(promotionalWords(text))).toContain(found);
  });
});

describe('no advertising is found in', () => {
  test.each([
    'Échéance de 25 EUR prélevée le 5',
    'Votre facture est impayée',
    'Votre abonnement se renouvelle le 1/7. Date limite pour refuser : 31/5',
    'Votre solde est de 25,00 €',
    'Solde de tout compte disponible',
    'Annulation gratuite au 01 42 68 53 00',
    'Code de la porte : 1234',
    'Remise des clés à 14h30',
    'TVA 20 %, total 25,00 €',
    'Votre rendez-vous est déplacé au jeu. 12/08',
    'Nous avons bien reçu votre offre d’emploi',
  ])('%s', (text) => {
    expect(words(promotionalWords(text))).toEqual([]);
  });

  it('and an invitation to rebook is separate', () => {
    expect(words(recallWords('Votre dernière visite date de 6 mois, prenez RDV'))).toEqual([
      'dernière visite',
      'prenez RDV',
    ]);
  });
});

describe('a prohibited trade is found in', () => {
  test.each([
    ['Votre CPF expire', 'CPF'],
    ['Mon compte formation', 'Mon compte formation'],
    ['Compte Personnel de Formation', 'Compte Personnel de Formation'],
    ["MaPrimeRénov' : dernière chance", "MaPrimeRénov'"],
    ['Isolation à 1 €', 'Isolation à 1 €'],
    ['Pompe à chaleur', 'Pompe à chaleur'],
    ['panneaux solaires', 'panneaux solaires'],
    ['rénovation énergétique', 'rénovation énergétique'],
    ['monte-escalier', 'monte-escalier'],
    ['Isolez vos combles pour 1 €', 'Isolez vos combles'],
    ['Poêle à granulés -20 %', 'Poêle à granulés'],
    ['chauffe-eau solaire', 'chauffe-eau solaire'],
    ['Adaptez votre salle de bain', 'Adaptez votre salle de bain'],
    ['Formation Excel financée par vos droits', 'Formation Excel financée par vos droits'],
    ['Ma Prime Adapt', 'Ma Prime Adapt'],
  ])('%s', (text, found) => {
    expect(words(prohibitedTrades(text))).toEqual([found]);
  });

  test.each([
    'Soldes sur les chaudrons',
    'Formation couture le 12/08',
    'Crème solaire -20 %',
    'Panneau en bois',
    'Poêle en fonte pour la cuisine',
    'Adaptez votre tenue à l’été',
    'Formation cuisine prise en charge par nos chefs',
  ])('but not in %s', (text) => {
    expect(words(prohibitedTrades(text))).toEqual([]);
  });
});

describe('a service message is recognized in', () => {
  test.each([
    ['Rappel de votre rendez-vous', 'Rappel de votre rendez-vous'],
    ['Votre facture est impayée', 'Votre facture'],
    ['Votre contrat Confort se renouvelle', 'Votre contrat Confort se renouvelle'],
    ['Échéance de 25 EUR', 'Échéance de '],
  ])('%s', (text, found) => {
    expect(words(serviceWords(text))[0]).toBe(found);
  });

  test.each(['-20 % en boutique', 'Prenez rendez-vous avec le style', 'Nouvelle collection'])(
    'but not in %s',
    (text) => {
      expect(words(serviceWords(text))).toEqual([]);
    },
  );
});

describe('a health term is found in', () => {
  test.each([
    'suivi oncologie',
    'renouvellement ordonnance',
    'vaccin',
    'bilan sanguin',
    'IRM genou',
    'Centre de cardiologie',
    'Cabinet dentaire',
    'Service d’addictologie',
    'CeGIDD',
    'IVG',
    'Venez à jeun',
    'votre coloscopie',
    'prise de sang',
    'résultats d’analyses',
    'votre traitement',
    'Maternité des Lilas',
    'Gynécologue',
    'psychiatre',
    'kinésithérapeute',
    'test PCR',
    '1 84 12 75 116 001 42',
    'blood test',
    'Cabinet Kiné Sport',
    'bâtiment Cardio',
    'vos radios',
    'vos résultats sont arrivés',
    'bilan auditif',
    'votre implant',
    'détartrage',
    'hôpital de jour',
    'séance de rééducation',
    'ostéopathe',
  ])('%s', (text) => {
    expect(healthWords(text).length).toBeGreaterThan(0);
  });
});

describe('no health term is found in', () => {
  test.each([
    'Cabinet des Tilleuls : rappel de votre rendez-vous jeu. 12/08 à 14h30, 12 rue des Tilleuls',
    'consultation',
    'traitement de votre demande',
    'votre dossier est complet',
    'Une fiesta demain',
    'la colonie de vacances',
    'rue de la gastronomie',
    'Résultat du tirage',
    'cinq sur cinq (five)',
    '3 rue de l’Implantation',
    'Résidence Radieuse, porte B',
    'l’accueil est au premier étage',
  ])('%s', (text) => {
    expect(words(healthWords(text))).toEqual([]);
  });

  it('but a named practitioner is', () => {
    expect(words(practitioners('RDV avec le Dr Martin et votre docteur préféré'))).toEqual(['Dr Martin']);
  });

  it('and a specialty shows inside a name', () => {
    expect(healthRoot('clinique-cardiologie.fr')).toBe('cardio');
    expect(healthRoot('CANCEROLOGI')).toBe('cancer');
    expect(healthRoot('CabinetTill')).toBeUndefined();
  });
});

describe('a number costs more than a call', () => {
  test.each([
    ['Appelez le 0899 12 34 56', ['0899 12 34 56']],
    ['08.92.12.34.56', ['08.92.12.34.56']],
    ['+33 899 123 456', ['+33 899 123 456']],
    ['118 218', ['118 218']],
    ['Envoyez OUI au 81212', ['81212']],
    ['0800 12 34 56', []],
    ['01 42 68 53 00', []],
    ['06 39 98 00 01', []],
    ['STOP au 36180', []],
    ['Réf. 40899123456', []],
  ])('%s', (text, found) => {
    expect(words(premiumNumbers(text))).toEqual(found);
  });
});

describe('a link', () => {
  test.each([
    ['Voir https://maison.fr/ete.', ['https://maison.fr/ete'], ['maison.fr']],
    ['bit.ly/xyz', ['bit.ly/xyz'], ['bit.ly']],
    ['À demain.Merci', [], []],
    ['jean@exemple.fr', [], []],
    ['HTTPS://Bit.LY/abc', ['HTTPS://Bit.LY/abc'], ['bit.ly']],
  ])('is found in %s', (text, found, hosts) => {
    expect(words(links(text))).toEqual(found);
    expect(links(text).map(({ host }) => host)).toEqual(hosts);
  });

  it('is ours under our domains only', () => {
    expect(isUnder('sms.maison.fr', ['maison.fr'])).toBe(true);
    expect(isUnder('notmaison.fr', ['maison.fr'])).toBe(false);
  });
});

describe('folding a text', () => {
  it('keeps every place', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 60 }), (text) => {
        const composed = text.normalize('NFC');
        expect(folded(composed)).toHaveLength(composed.length);
      }),
    );
    expect(hits('😀 Été', /ete/gu)).toEqual([{ at: 3, words: 'Été' }]);
  });
});
