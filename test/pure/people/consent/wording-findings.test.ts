import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { wordingFindings, type WordingRead } from '../../../../src/people/consent/wording-findings.ts';

const names = ['Maison Lumière SAS', 'Maison Lumière'];
const codes = (text: string, purposes: WordingRead['purposes'] = ['marketing']): string[] =>
  wordingFindings({ text, purposes, names }).map(({ code }) => code);

describe('a wording', () => {
  it.each<[string, string[]]>([
    [
      'Je consens à recevoir des sms promotionnels de Maison Lumière. Je peux me désinscrire à tout moment en répondant STOP.',
      [],
    ],
    ['Je souhaite recevoir des offres par sms.', ['CONTROLLER_NOT_NAMED', 'WITHDRAWAL_NOT_SAID']],
    [
      'En fournissant mon numéro, j’accepte de recevoir des communications commerciales par sms.',
      ['CONTROLLER_NOT_NAMED', 'WITHDRAWAL_NOT_SAID', 'TIED_TO_ANOTHER_ACT'],
    ],
    ['MAISON LUMIERE m’écrit par SMS. STOP pour arrêter.', ['PURPOSE_NOT_SAID']],
    [
      'J’accepte les conditions générales et de recevoir les offres de Maison Lumière. STOP pour arrêter.',
      ['TIED_TO_ANOTHER_ACT'],
    ],
    [
      'Maison Lumière : je reçois les offres et le rappel de mes rendez-vous. STOP pour arrêter.',
      ['TWO_PURPOSES'],
    ],
    [
      'Maison Lumière : je reçois les offres. Je reçois le rappel de mes rendez-vous. Désinscription : STOP.',
      [],
    ],
    ['I agree to receive offers of Maison Lumière by text message; unsubscribe at any time.', []],
  ])('«%s» has %j', (text, expected) => {
    expect(codes(text)).toEqual(expected);
  });

  it.each<[WordingRead['purposes'], string]>([
    [['appointment'], 'Maison Lumière rappelle votre rdv par SMS. STOP pour arrêter.'],
    [['renewal'], 'Maison Lumière annonce le renouvellement de mon contrat. STOP pour arrêter.'],
    [['payment'], 'Maison Lumière annonce mes prélèvements. STOP pour arrêter.'],
  ])('for %j says so in its words', (purposes, text) => {
    expect(codes(text, purposes)).toEqual([]);
  });

  it('does not find a company inside another word', () => {
    const read = {
      text: 'Offres de Luminaires réunis. STOP.',
      purposes: ['marketing'],
      names: ['Lumi'],
    } as const;
    expect(wordingFindings(read).map(({ code }) => code)).toEqual(['CONTROLLER_NOT_NAMED']);
  });

  it.each<[WordingRead['brand'], WordingRead['purposes'], string[]]>([
    ['unnamed', ['marketing'], ['BRAND_NOT_NAMED']],
    ['unnamed', ['appointment', 'marketing'], ['BRAND_NOT_NAMED']],
    ['unnamed', ['appointment'], []],
    ['named', ['marketing'], []],
  ])('with brand %s for %j has %j', (brand, purposes, expected) => {
    const text =
      'Maison Lumière : je reçois les offres. Je reçois le rappel de mes rdv. Désinscription : STOP.';
    expect(wordingFindings({ text, purposes, names, brand }).map(({ code }) => code)).toEqual(expected);
  });

  it('says where and which rule, in two languages', () => {
    const text = 'Maison Lumière : les offres par SMS, STOP pour arrêter. En validant, j’accepte.';
    const read = { text, purposes: ['marketing'], names } as const;
    const [french] = wordingFindings(read);
    expect(french).toMatchObject({ ruleId: 'CON-04', code: 'TIED_TO_ANOTHER_ACT', severity: 'warning' });
    expect(text.slice(french?.at)).toBe('En validant, j’accepte.');
    expect(french?.message).toMatch(/^L’accord est lié/);
    expect(wordingFindings(read, 'en')[0]?.message).toMatch(/^The agreement/);
  });

  it('of any characters gets an answer', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (text) => {
        const { length } = text.normalize('NFC').trim();
        const found = wordingFindings({ text, purposes: ['marketing'], names: [text] });
        expect(found.every(({ at }) => at >= 0 && at <= length)).toBe(true);
      }),
    );
  });
});

describe('the shop’s export', () => {
  it('has 3,274 rows whose wording omits the shop', () => {
    const rows = readFileSync(new URL('../../../../samples/shop-contacts.csv', import.meta.url), 'utf8')
      .split('\n')
      .slice(1)
      .map((line) => line.split(';')[9] ?? '')
      .filter((text) => text !== '');
    const unnamed = rows.filter((text) => codes(text).includes('CONTROLLER_NOT_NAMED'));
    expect(unnamed).toHaveLength(3274);
  });
});
