import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { replyWords, classifyReply, operatorStop } from '../../../src/sms/inbound/inbound-word.ts';
import { TALK_OF_EVERY_DAY } from './everyday-talk.ts';
import {
  ALL_STOPS,
  CANCELLATIONS,
  CONFIRMATIONS,
  CONTACTS,
  ORDINARY,
  PURPOSE_STOPS,
  REFUSALS,
  UNCLEAR,
} from './reply-corpus.ts';
import { ordinaryReplies, stopReplies } from './reply-generator.ts';
import { WISHES_FOR_SILENCE } from './wish-for-silence.ts';

const kind = (text: string): string => classifyReply(text).kind;
const silences = (text: string): boolean => ['stop', 'stop-all', 'objection'].includes(kind(text));

describe('a person who writes', () => {
  test.each(PURPOSE_STOPS)('%j stops that purpose', (text) => {
    expect(kind(text)).toBe('stop');
  });

  test.each(ALL_STOPS)('%j stops everything', (text) => {
    expect(kind(text)).toBe('stop-all');
  });

  test.each(UNCLEAR)('%j objects to advertising, and is reviewed', (text) => {
    expect(kind(text)).toBe('objection');
  });

  test.each(CONTACTS)('%j asks who writes', (text) => {
    expect(kind(text)).toBe('contact');
  });

  test.each(CONFIRMATIONS)('%j comes', (text) => {
    expect(kind(text)).toBe('confirm');
  });

  test.each(CANCELLATIONS)('%j does not come', (text) => {
    expect(kind(text)).toBe('cancel');
  });

  test.each(REFUSALS)('%j refuses', (text) => {
    expect(kind(text)).toBe('decline');
  });

  test.each(ORDINARY)('%j asks for nothing of that', (text) => {
    expect(kind(text)).toBe('other');
  });
});

describe('the answer says why', () => {
  test.each([
    ['Arrêt svp', 'stop', 'OPT-04', 'FIRST_WORD', 'ARRET'],
    ['résilier pub', 'stop', 'OPT-04', 'WHOLE_REPLY', 'RESILIER PUB'],
    ['Ok, stop', 'stop', 'OPT-04', 'AMONG_FEW_WORDS', 'STOP'],
    ['arrêtez vos envois', 'stop', 'OPT-04', 'FIRST_WORD_OF_FEW', 'ARRET'],
    ['TSOP', 'stop', 'OPT-04', 'TYPO_OF_STOP', 'STOP'],
    ['STOP TOUT', 'stop-all', 'OPT-04', 'FIRST_WORD', 'STOP'],
    ['laissez-moi tranquille', 'objection', 'OPT-04', 'TURN_OF_PHRASE', 'LEAVE_ALONE'],
    ['Contact', 'contact', 'OPT-08', 'WHOLE_WORDS', 'CONTACT'],
    ['oui', 'confirm', 'OPT-04', 'WHOLE_WORDS', 'CONFIRM'],
    ['annuler', 'cancel', 'OPT-04', 'WHOLE_WORDS', 'CANCEL'],
    ['annulé ?', 'other', 'OPT-04', 'QUESTION', undefined],
    ['bien reçu', 'other', 'OPT-04', 'NOTHING_MATCHED', undefined],
  ])('%j: %s by %s, %s', (text, ...[sort, ruleId, code, matched]) => {
    const reply = classifyReply(text);
    expect([reply.kind, reply.because.ruleId, reply.because.code, reply.because.matched]).toEqual([
      sort,
      ruleId,
      code,
      matched,
    ]);
    expect(reply.because.words).toMatch(/^\d{4}-\d{2}(?:\.\d)?$/);
  });

  it('without words only the person wrote', () => {
    const said = new Set(
      [...stopReplies(), ...UNCLEAR].map((text) => JSON.stringify(classifyReply(`${text} Zorglub`).because)),
    );
    expect([...said].filter((because) => /zorglub/i.test(because))).toEqual([]);
    expect(said.size).toBeLessThan(60);
  });

  it('and believes an operator’s STOP', () => {
    expect(operatorStop('').kind).toBe('stop');
    expect(operatorStop('merci').because.code).toBe('SAID_BY_OPERATOR');
    expect(operatorStop('STOP TOUT').kind).toBe('stop-all');
  });
});

describe('two thousand ways of saying STOP', () => {
  it('are all recognized', () => {
    const ways = new Set(stopReplies());
    const missed = [...ways].filter((text) => !kind(text).startsWith('stop'));
    expect(missed).toEqual([]);
    expect(ways.size).toBeGreaterThan(2000);
  });

  it('are recognized before anything that follows', () => {
    fc.assert(
      fc.property(
        fc.constantFrom('STOP', 'stop', 'Désabonnement', 'Désinscription'),
        fc.lorem(),
        (word, more) => {
          expect(kind(`${word} ${more}`)).toMatch(/^stop/);
        },
      ),
    );
  });
});

describe('two thousand ordinary replies', () => {
  it('opt nobody out but one in a thousand', () => {
    const ordinary = new Set(ordinaryReplies());
    const wrong = [...ordinary].filter(silences);
    expect(ordinary.size).toBeGreaterThan(2000);
    expect(wrong.slice(Math.floor(ordinary.size / 1000))).toEqual([]);
  });
});

describe('a reply written by hand', () => {
  test.each(WISHES_FOR_SILENCE)('%j silences', (text) => {
    expect(silences(text)).toBe(true);
  });

  test.each(TALK_OF_EVERY_DAY)('%j is no opt-out', (text) => {
    expect(silences(text)).toBe(false);
  });

  it('that opts out never consents, confirms, cancels', () => {
    const agreed = WISHES_FOR_SILENCE.filter((text) => ['confirm', 'cancel', 'contact'].includes(kind(text)));
    expect(agreed).toEqual([]);
  });
});

const padding = fc.array(fc.constantFrom<string>('bonjour', 'merci', 'svp', 'madame', 'cordialement', 'ok'), {
  maxLength: 7,
});

describe('STOP', () => {
  it('is recognized anywhere among eight words', () => {
    fc.assert(
      fc.property(padding, fc.nat(7), (words, at) => {
        expect(kind(words.toSpliced(at, 0, 'STOP').join(' '))).toBe('stop');
      }),
    );
  });

  it('is never lost in a longer text', () => {
    fc.assert(
      fc.property(fc.lorem({ maxCount: 30 }), fc.nat(29), (text, at) => {
        // Latin has a word that makes « non stop » of it.
        const words = text
          .split(' ')
          .filter((word) => word !== 'non')
          .toSpliced(at, 0, 'stop');
        expect(silences(words.join(' '))).toBe(true);
      }),
    );
  });
});

describe('any reply', () => {
  it('gets one answer whatever its case', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 400 }), (text) => {
        expect([
          'stop',
          'stop-all',
          'objection',
          'contact',
          'confirm',
          'cancel',
          'decline',
          'other',
        ]).toContain(kind(text));
      }),
      { numRuns: 1000 },
    );
    fc.assert(
      fc.property(fc.constantFrom(...PURPOSE_STOPS, ...ALL_STOPS, ...UNCLEAR, ...ORDINARY), (text) => {
        expect(classifyReply(text.toUpperCase())).toEqual(classifyReply(text.toLowerCase()));
      }),
    );
  });

  test.each([
    ['a lone surrogate', '\ud800STOP', 'stop'],
    ['a zero byte', 'ST\0OP', 'stop'],
    ['nothing', '', 'other'],
    ['one letter that unfolds into eighteen', '\ufdfa'.repeat(2000), 'other'],
    ['marks without end', `s${'\u0301'.repeat(1000)}top`, 'stop'],
  ])('with %s is read', (_what, text, sort) => {
    expect(kind(text)).toBe(sort);
  });

  test.each([
    'plus de vos de vos ',
    'arrêt a b c d e f ',
    'retirez a b c d ',
    'oui merci ',
    'contact svp ',
    'je veux plus de de d ',
    'stop a pour de sms ',
    '> a b\n',
    's t o ',
    'ne plus me nous m en les ',
    'le a écrit ',
    '1 merci beaucoup ',
  ])('of ten thousand %j is reported as cut', (piece) => {
    const text = piece.repeat(Math.ceil(10_000 / piece.length));
    const reply = classifyReply(text);
    expect(reply.because.cut).toBe(true);
    expect(replyWords(text).words.join(' ').length).toBeLessThanOrEqual(2000);
    expect(reply).toEqual(classifyReply(text.slice(0, 2001)));
  });
});
