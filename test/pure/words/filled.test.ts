import { describe, expect, it } from 'vitest';
import { filled } from '../../../src/words/translation.ts';

describe('a sentence with facts', () => {
  it('takes each where it is named', () => {
    expect(filled({ fr: '{n} de {of}', en: '{n} of {of}' }, { n: 0, of: '{n}' })).toEqual({
      fr: '0 de {n}',
      en: '0 of {n}',
    });
  });

  it.each([{}, { other: 1 }])('that lacks one is no sentence: %j', (facts) => {
    expect(() => filled({ fr: 'PUT /{externalId}', en: 'PUT /{externalId}' }, facts)).toThrow('{externalId}');
  });
});
