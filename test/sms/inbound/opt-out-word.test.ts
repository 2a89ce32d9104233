import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { inboundWords, classifyReply, silences } from '../../../src/sms/inbound/inbound-word.ts';
import { asksForEverything, OPT_OUT_WORDS_VERSION, optOutIn } from '../../../src/sms/inbound/opt-out-word.ts';

describe('the list of words', () => {
  it('has a version that a decision can cite', () => {
    expect(OPT_OUT_WORDS_VERSION).toMatch(/^\d{4}-\d{2}(?:\.\d)?$/);
  });

  test.each(['TOP', 'STEP', 'SHOP', 'SCOP', 'ATOP'])('%s is not STOP, one letter away', (word) => {
    expect(optOutIn([word])).toBeUndefined();
  });

  test.each([
    ['STOP TOUT', true],
    ['STOP TOUT DE SUITE', false],
    ['STOP TOUTES VOS PUBS', false],
    ['STOP TOUS LES SMS', true],
    ['STOP', false],
  ])('takes %s for everything: %s', (said, everything) => {
    expect(asksForEverything(said.split(' '))).toBe(everything);
  });
});

describe('a reply is classified as', () => {
  test.each([
    ['Arrêt!!', ['ARRET']],
    ['S.T.O.P merci', ['STOP', 'MERCI']],
    ["il l'a vu", ['IL', 'L', 'A', 'VU']],
    ['non-stop', ['NONSTOP']],
    ['non, stop', ['NON', 'STOP']],
    ['ST0P 2025', ['STOP', '2025']],
    ['', []],
  ])('%j → %j', (text, words) => {
    expect(inboundWords(text)).toEqual(words);
  });
});

describe('a long opt-out word with a typing error', () => {
  test.each([
    'unsuscribe',
    'Unsuscribe me please',
    'unsubcribe',
    'unsubscibe',
    'unsubsribe',
    'unsusbcribe',
    'please unsuscribe',
    'desabonement',
    'Désabonnemant svp',
    'dezabonner',
    'désabboner',
    'desinsription',
    'désincription',
    'desinscripton',
    'désinscrivé moi',
    'svp dezabonnement',
  ])('%j is a STOP', (text) => {
    expect(classifyReply(text).kind).toBe('stop');
  });

  test.each([
    'description',
    'la description svp',
    'désinfection ok',
    'desinteresse',
    'prescription',
    'inscription',
    'je veux m’inscrire',
    'abonnement',
    'abonner mon fils',
    'undescribed',
    'déconnexion',
    'désolé pour le retard',
  ])('%j is another word', (text) => {
    expect(['other', 'objection']).toContain(classifyReply(text).kind);
    expect(classifyReply(text).because.code).not.toMatch(/FIRST_WORD|AMONG/);
  });
});

const STUCK_WORDS = [
  'SMS',
  'MMS',
  'PUB',
  'PUBS',
  'Publicité',
  'PUBLICITES',
  'PROMO',
  'PROMOS',
  'MESSAGE',
  'MESSAGES',
  'MAIL',
  'MAILS',
  'TEXTO',
  'RDV',
  'INFO',
  'NEWSLETTER',
  'SVP',
  'STP',
  'MERCI',
  'NOW',
  'PLEASE',
  'SPAM',
  'OFFRES',
  'RAPPEL',
  'RELANCES',
  'NOTIFS',
  '36180',
  'AU36180',
  'A36180',
];
const sentence = (word: string) => [word, `bonjour ${word.toLowerCase()}`, `${word} merci`];

describe('STOP stuck to the next words', () => {
  test.each(STUCK_WORDS)('STOP%s is a STOP, also before SVP', (word) => {
    const kinds = [`STOP${word}`, `Stop${word}SVP`, `stop${word}sms`].flatMap(sentence).map(classifyReply);
    expect(new Set(kinds.map(({ kind }) => kind))).toEqual(new Set(['stop']));
  });

  test.each(['STOPTOUT', 'STOPALL', 'StopToutSVP', 'STOPTOUTSMS'])('%s stops everything', (text) => {
    expect(classifyReply(text).kind).toBe('stop-all');
  });

  it('and anything else is never lost', () => {
    const ending = fc
      .stringMatching(/^[A-Z]{2,12}$/)
      .filter((word) => !/^(?:P|OVER|WATCH|LIGHT|MOTION)/.test(word));
    fc.assert(
      fc.property(ending, fc.constantFrom('', 'bonjour ', 'merci de '), (word, before) => {
        expect(silences(classifyReply(`${before}STOP${word}`).kind)).toBe(true);
      }),
    );
  });

  test.each(['stoppage', 'Stopover à Nice', 'stopwatch', 'stoppeur dispo', 'je vois un stopxyz'])(
    '%j is another word',
    (text) => {
      expect(silences(classifyReply(text).kind)).toBe(false);
    },
  );
});

describe('somebody who wants no more', () => {
  test.each([
    'je ne veux plus',
    'Je veux plus rien',
    'Bonjour je ne veux plus merci',
    'non je ne veux plus du tout',
  ])('%j is read by a person', (text) => {
    expect(classifyReply(text).kind).toBe('objection');
  });

  test.each([
    'je ne veux plus venir',
    'je ne veux plus ce rendez-vous',
    'je ne peux plus venir',
    'je refuse',
    'REFUS',
    '❌',
  ])('%j may answer a reminder that asks', (text) => {
    expect(silences(classifyReply(text).kind)).toBe(false);
  });
});

describe('a request to receive messages again', () => {
  test.each([
    'START',
    'start svp',
    'UNSTOP',
    'réabonner',
    'Réabonnez-moi',
    'reinscription',
    'subscribe please',
  ])('%j is one, but no consent', (text) => {
    expect(classifyReply(text).kind).toBe('start');
  });

  test.each(['on start à 8h', 'je reviens demain', 'le start up', 'restart du moteur ok'])(
    '%j is none',
    (text) => {
      expect(classifyReply(text).kind).toBe('other');
    },
  );
});
