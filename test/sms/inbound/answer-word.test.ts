import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { ANSWERS_ASKED } from '../../../src/sms/text/stop-mention.ts';
import { answerIn, classifyReply, silences } from '../../../src/sms/inbound/inbound-word.ts';
import { checkText } from '../../../src/sms/text/content.ts';
import { measure } from '../../../src/sms/encoding/encoding.ts';
import { PURPOSE_STOPS } from './reply-corpus.ts';
import { stopReplies } from './reply-generator.ts';

const YES = [
  'OUI',
  'oui',
  'Oui.',
  'ouï',
  ' oui !! ',
  'Oui merci',
  'OUI OUI',
  '1',
  '1.',
  'YES',
  'yes, thank you',
].concat(['Bonjour, oui', 'oui je viens', 'Je confirme', 'je confirme ma présence merci', 'Oui d’accord']);
const NO = ['NON', 'non', 'Non.', 'nón', 'Non merci', 'NON NON', '2', '« 2 »', 'NO', 'No thanks', 'Non 2']
  .concat([
    'Bonjour non',
    'non désolé',
    'Je ne viens pas',
    'je peux pas venir',
    'Désolée je ne pourrai pas venir',
  ])
  .concat(['I can’t come', 'ANNULER', 'j’annule mon rdv', 'annulation svp']);
const NEITHER = [
  'ok',
  'OK',
  'd’accord',
  'oui non',
  'oui ou non ?',
  '1 ou 2',
  '12',
  '21',
  '👍',
  '?',
  'oui ?',
  'non ?',
]
  .concat([
    'oui mais plus tard',
    'non pas mardi, jeudi',
    'peut-être',
    'je ne sais pas',
    'oui et non',
    'non c’est bon',
  ])
  .concat([
    '2 personnes',
    'ne pas annuler',
    'annuler celui de jeudi, garder mardi',
    'non, reportez',
    'ouin',
    'nom',
  ])
  .concat(['je viens pas seul', 'non stop', 'oui annuler', 'pas oui', 'c’est noté']);

describe('what a person answers to a text that asks', () => {
  test.each(YES)('%j comes', (text) => {
    expect(answerIn(text)).toBe('yes');
  });

  test.each(NO)('%j does not come', (text) => {
    expect(answerIn(text)).toBe('no');
  });

  test.each(NEITHER)('%j is for a person to read', (text) => {
    expect(answerIn(text)).toBeUndefined();
  });

  test.each(['Merci', 'merci beaucoup, bonne journée', 'Thank you'])('%j only thanks', (text) => {
    expect(answerIn(text)).toBe('thanks');
  });

  it('is never read where a STOP is said', () => {
    const said = (text: string): string | undefined =>
      silences(classifyReply(text).kind) ? 'silence' : answerIn(text);
    const answers = fc.constantFrom(...YES, ...NO);
    const glue = fc.constantFrom(' ', ', ', '\n', '. ');
    // A line that is quoted below an answer is somebody else's.
    const stops = fc.constantFrom(...stopReplies().filter((text) => !/^\s*[>|]/.test(text)));
    fc.assert(
      fc.property(answers, glue, stops, (answer, between, stop) => {
        expect(said(stop)).toBe('silence');
        expect(['silence', undefined]).toContain(said(`${answer}${between}${stop}`));
        expect(['silence', undefined]).toContain(said(`${stop}${between}${answer}`));
      }),
      { numRuns: 1_000 },
    );
  });

  test.each(PURPOSE_STOPS)('%j, a STOP, is no answer', (text) => {
    expect(answerIn(text)).toBeUndefined();
  });

  it('is read in one way only', () => {
    fc.assert(
      fc.property(fc.constantFrom(...YES), fc.constantFrom(...NO), fc.boolean(), (yes, no, first) => {
        expect(answerIn(first ? `${yes} ${no}` : `${no} ${yes}`)).toBeUndefined();
      }),
    );
  });
});

describe('the question of a reminder', () => {
  test.each([
    ['fr', 38],
    ['en', 39],
  ] as const)('takes few septets in %s', (language, units) => {
    expect(measure(ANSWERS_ASKED[language])).toMatchObject({ encoding: 'GSM-7', units, parts: 1 });
  });

  it('fits in one part with everything else', () => {
    const means = { canReceive: true, canReceiveAnswers: true, stopMentionReclassifies: false };
    const text = '{practice} : rappel de votre rendez-vous {weekday} {date} à {time}. {answers} {stop}';
    const { final, findings } = checkText({ text, on: '2027-04-12', purpose: 'appointment', means });
    expect(findings.filter(({ severity }) => severity === 'error')).toEqual([]);
    expect(final).toMatchObject({ parts: 1, encoding: 'GSM-7' });
    expect(final.text).toContain(ANSWERS_ASKED.fr);
  });

  test.each([
    ['fr', /n’en reçoit pas/],
    ['en', /receives none/],
  ] as const)('is refused in %s without an inbox', (language, words) => {
    const text = '{practice} : rendez-vous {weekday} {date} à {time}. {answers} {stop}';
    const { findings } = checkText({ text, on: '2027-04-12', purpose: 'appointment', readBy: language });
    expect(findings.find(({ code }) => code === 'ANSWERS_IMPOSSIBLE')).toMatchObject({
      severity: 'error',
      message: expect.stringMatching(words),
    });
  });

  test.each(['marketing', 'renewal', 'payment'] as const)('belongs to appointments, not to %s', (purpose) => {
    const { findings } = checkText({ text: '{brand} : {answers}', on: '2027-04-12', purpose });
    expect(findings.map(({ code }) => code)).toContain('VARIABLE_UNKNOWN');
  });
});
