import canonicalize from 'canonicalize';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalJson, canonicalRecord } from '../../../src/base/canonical-json.ts';

const name = fc.string({ unit: 'grapheme' }).filter((text) => text.isWellFormed());
const word = name.filter((text) => !/^\d+$/.test(text));
const { value } = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    fc.constant(null),
    fc.boolean(),
    fc.double({ noDefaultInfinity: true, noNaN: true }),
    name,
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(word, tie('value'), { maxKeys: 6 }),
  ),
}));

describe('the one text of a value', () => {
  it('is that of RFC 8785', () => {
    fc.assert(
      fc.property(value, fc.dictionary(name, name), (one, record) => {
        expect(canonicalJson(one)).toBe(canonicalize(one));
        expect(canonicalRecord(record)).toBe(canonicalize(record));
      }),
    );
  });

  it('has names made of digits first', () => {
    expect(canonicalJson({ b: 1, '10': 2, '9': 3 })).toBe('{"9":3,"10":2,"b":1}');
  });

  it('exists for values beyond RFC 8785', () => {
    expect(canonicalJson(JSON.parse('{"half":"\\ud800","long":1e999}'))).toBe(
      '{"half":"\\ud800","long":null}',
    );
    expect(canonicalJson(undefined)).toBe('');
  });
});
