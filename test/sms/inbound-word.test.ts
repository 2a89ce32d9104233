import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';

import { classifyReply } from '../../src/sms/inbound-word.ts';
import {
  ALL_STOPS,
  CANCELLATIONS,
  CONFIRMATIONS,
  CONTACTS,
  disguises,
  ORDINARY,
  PURPOSE_STOPS,
  STOP_WORDS,
  UNCLEAR,
} from './reply-corpus.ts';

const stops = (scope: 'all' | 'purpose') => ({ kind: 'stop', scope, sure: true });

describe('a person who writes', () => {
  test.each(PURPOSE_STOPS)('%j is left in peace for that purpose', (text) => {
    expect(classifyReply(text)).toEqual(stops('purpose'));
  });

  test.each(ALL_STOPS)('%j is left in peace altogether', (text) => {
    expect(classifyReply(text)).toEqual(stops('all'));
  });

  test.each(UNCLEAR)('%j hears no more advertising, and a person reads it', (text) => {
    expect(classifyReply(text)).toEqual({ kind: 'unclear-stop', scope: 'purpose', sure: false });
  });

  test.each(CONTACTS)('%j is told who writes', (text) => {
    expect(classifyReply(text)).toEqual({ kind: 'contact' });
  });

  test.each(CONFIRMATIONS)('%j comes', (text) => {
    expect(classifyReply(text)).toEqual({ kind: 'confirm' });
  });

  test.each(CANCELLATIONS)('%j does not come', (text) => {
    expect(classifyReply(text)).toEqual({ kind: 'cancel' });
  });

  test.each(ORDINARY)('%j asks for nothing of that', (text) => {
    expect(classifyReply(text)).toEqual({ kind: 'other' });
  });
});

describe('every word of the list', () => {
  it('is heard in every disguise', () => {
    const missed = STOP_WORDS.flatMap((word) =>
      disguises(word).filter((text) => classifyReply(text).kind !== 'stop'),
    );
    expect(missed).toEqual([]);
    expect(STOP_WORDS.flatMap(disguises).length).toBeGreaterThan(700);
  });

  it('is heard before anything that follows it', () => {
    fc.assert(
      fc.property(
        fc.constantFrom('STOP', 'stop', 'Désabonnement', 'Désinscription'),
        fc.lorem(),
        (word, more) => {
          expect(classifyReply(`${word} ${more}`).kind).toBe('stop');
        },
      ),
    );
  });
});

const padding = fc.array(fc.constantFrom<string>('bonjour', 'merci', 'svp', 'madame', 'cordialement', 'ok'), {
  maxLength: 7,
});

describe('STOP', () => {
  it('is heard anywhere among eight words', () => {
    fc.assert(
      fc.property(padding, fc.nat(7), (words, at) => {
        expect(classifyReply(words.toSpliced(at, 0, 'STOP').join(' ')).kind).toBe('stop');
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
        expect(['stop', 'unclear-stop']).toContain(classifyReply(words.join(' ')).kind);
      }),
    );
  });
});

describe('an ordinary reply', () => {
  it('stays one behind a greeting, in capitals and with signs', () => {
    const wrong = ORDINARY.filter((text) => text.length > 3).flatMap((text) =>
      [`Bonjour, ${text}`, text.toUpperCase(), `${text} !!`, `${text} Merci`].filter((variant) =>
        classifyReply(variant).kind.includes('stop'),
      ),
    );
    expect(wrong).toEqual([]);
  });
});

describe('any reply', () => {
  it('gets an answer, and the same whatever its case', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (text) => {
        expect(['stop', 'unclear-stop', 'contact', 'confirm', 'cancel', 'other']).toContain(
          classifyReply(text).kind,
        );
      }),
    );
    fc.assert(
      fc.property(fc.constantFrom(...PURPOSE_STOPS, ...ALL_STOPS, ...UNCLEAR, ...ORDINARY), (text) => {
        expect(classifyReply(text.toUpperCase())).toEqual(classifyReply(text.toLowerCase()));
      }),
    );
  });

  it('of ten thousand characters is judged by its beginning', () => {
    expect(classifyReply(`STOP ${'a '.repeat(5000)}`).kind).toBe('stop');
    expect(classifyReply('ne plus '.repeat(1500)).kind).toBe('other');
  });
});
