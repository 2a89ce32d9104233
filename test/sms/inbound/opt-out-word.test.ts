import { describe, expect, it, test } from 'vitest';
import { inboundWords, classifyReply } from '../../../src/sms/inbound/inbound-word.ts';
import { asksForEverything, OPT_OUT_WORDS_VERSION, optOutIn } from '../../../src/sms/inbound/opt-out-word.ts';

describe('the list of words', () => {
  it('has a version that a decision can cite', () => {
    expect(OPT_OUT_WORDS_VERSION).toMatch(/^\d{4}-\d{2}$/);
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
