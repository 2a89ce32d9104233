import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { classifyReply, operatorStop } from '../../../src/sms/inbound/inbound-word.ts';
import { RIGHTS } from '../../../src/sms/inbound/rights-word.ts';
import { TALK_OF_EVERY_DAY } from './everyday-talk.ts';
import { CANCELLATIONS, CONFIRMATIONS, CONTACTS, ORDINARY } from './reply-corpus.ts';

const asked = (text: string): string | undefined => classifyReply(text).rights?.right;
const silences = (text: string): boolean =>
  ['stop', 'stop-all', 'objection'].includes(classifyReply(text).kind);

const ERASURES = [
  'Je demande la suppression de mes données merci',
  'je demande la supression de mes donnees',
  'Supprimez mes données',
  'suprimer mes donné svp',
  'supprimé mes données personnelles',
  'Effacez mes données',
  'efacez mes donnees',
  'Effacez-moi de vos fichiers',
  'effacer mon numéro svp',
  'Supprimez mon numéro',
  'supprimez mon num de votre base',
  'Merci de supprimer mon numéro de téléphone de vos fichiers',
  'Veuillez retirer mon numero de votre liste',
  'enlevez mon numéro',
  'Supprimez-moi de votre base de données',
  'supprimez moi de vos fichiers',
  'droit à l’oubli',
  "j'exerce mon droit à l'effacement",
  'droit de suppression',
  'Suppression de toutes mes données RGPD',
  'oubliez-moi',
  'Supprimer mon compte',
  'Detruisez mes données',
  'delete my data',
  'please delete my number',
  'erase my personal data',
  'I want to exercise my right to be forgotten',
  'STOP et supprimez mes données',
  'En vertu de l’article 17 du RGPD je demande l’effacement de mes données',
];
const ACCESSES = [
  'RGPD : accès',
  'droit d’accès',
  "Je veux exercer mon droit d'accès",
  'Je souhaite une copie de mes données',
  'copie de mes données personnelles svp',
  'quelles données avez-vous sur moi ?',
  'Quelles informations détenez vous me concernant',
  'Je veux accéder à mes données',
  'Comment avez-vous eu mon numéro ?',
  "D'où tenez-vous mon numéro",
  'qui vous a donné mon numéro ?',
  'what data do you hold on me?',
];
const RECTIFICATIONS = [
  'mauvais numéro',
  'Vous avez le mauvais numero',
  'faux numéro',
  'Erreur de numéro',
  'wrong number',
  'droit de rectification',
  'Merci de rectifier mes données',
  'corrigez mes coordonnées',
  'mes coordonnées sont fausses',
];
const OBJECTIONS = [
  "droit d'opposition",
  'Je m’oppose au traitement de mes données',
  'je m oppose à la prospection',
  'opposition au traitement',
  'Je refuse que vous utilisiez mes données',
];
const UNSPECIFIED = [
  'CNIL',
  'RGPD',
  'je vais saisir la CNIL',
  'RGDP !!',
  'Qui est votre DPO ?',
  'données personnelles',
];

describe('a request under the RGPD', () => {
  test.each(ERASURES)('%j asks for erasure, and opts out', (text) => {
    expect([asked(text), silences(text)]).toEqual(['erasure', true]);
  });

  test.each(ACCESSES)('%j asks for access', (text) => {
    expect(asked(text)).toBe('access');
  });

  test.each(RECTIFICATIONS)('%j asks for rectification', (text) => {
    expect(asked(text)).toBe('rectification');
  });

  test.each(OBJECTIONS)('%j objects, and opts out', (text) => {
    expect([asked(text), silences(text)]).toEqual(['objection', true]);
  });

  test.each(UNSPECIFIED)('%j needs a person, and opts out', (text) => {
    expect([asked(text), silences(text)]).toEqual(['unspecified', true]);
  });

  it('is recognized in an operator’s STOP', () => {
    expect(operatorStop('supprimez mes données')).toMatchObject({
      kind: 'stop',
      rights: { right: 'erasure' },
    });
  });

  it('is recognized in any context and case', () => {
    const around = fc.constantFrom('', 'Bonjour, ', 'svp ', 'Madame, Monsieur, ');
    const end = fc.constantFrom('', ' merci', ' !!', ' cordialement', '\nJean');
    fc.assert(
      fc.property(around, fc.constantFrom(...ERASURES), end, fc.boolean(), (before, text, after, loud) => {
        const said = `${before}${text}${after}`;
        expect(asked(loud ? said.toUpperCase() : said)).toBe('erasure');
      }),
    );
  });
});

describe('an ordinary reply', () => {
  const others = [
    'supprimez mon rdv',
    'je voudrais supprimer le rendez-vous de mardi',
    'Je passe retirer mon dossier demain',
    'je viens retirer mon colis',
    'enlevez-moi un couvert',
    'retirez moi de la liste d’attente',
    'ne supprimez pas mes données',
    "n'effacez pas mon numéro",
    "J'ai changé de numéro, voici le nouveau",
    'mon code accès ne marche pas',
    'je n’ai pas accès à mon compte',
    'accès handicapé ?',
    'comment accéder au cabinet',
    'quelles informations faut-il apporter ?',
    'quelles infos pour le rdv ?',
    'je vous ai donné mon numéro hier',
    'données au secrétariat',
    'vous avez mes coordonnées',
    'corrigez mon rdv svp',
    'modifier mon rdv',
    'opposition sur ma carte bancaire',
    "n'oubliez pas de me rappeler",
    'ne m’oubliez pas',
    'mauvais numéro de dossier',
    'le dossier a été supprimé',
    'effacez le tableau',
  ];

  test.each([...others, ...TALK_OF_EVERY_DAY, ...ORDINARY, ...CONTACTS, ...CONFIRMATIONS, ...CANCELLATIONS])(
    '%j asks for no right',
    (text) => {
      expect(asked(text)).toBeUndefined();
    },
  );

  it('of any signs has one right or none', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 200 }), (text) => {
        expect([undefined, ...RIGHTS]).toContain(asked(text));
      }),
    );
  });
});
