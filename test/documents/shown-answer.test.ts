import { describe, expect, it } from 'vitest';
import { missing } from './shown-answer.ts';

describe('an answer shown in a document', () => {
  it.each([
    ['is a part of the real one', '{ "a": 1 }', 'earlier\n{"a":1,"b":2}\n'],
    [
      'leaves out what changes',
      '{ "id": "…", "text": "Prévu … (WIN-02)." }',
      '{"id":"x","text":"Prévu lundi (WIN-02)."}',
    ],
    ['may begin a list', '[1, "…"]', '[1,2,3]'],
    ['keeps nothing as nothing', '{ "a": null }', '{"a":null}'],
  ])('%s', (_, shown, output) => {
    expect(missing(shown, 'json', output)).toEqual([]);
  });

  it.each([
    ['another number', '{ "a": 1 }', '{"a":2}', ['/a: 1 is shown, 2 was answered']],
    ['a name that is not there', '{ "a": "x" }', '{}', ['/a: "x" is shown, undefined was answered']],
    ['a shorter list', '[1, 2]', '[1]', [': 2 are shown, 1 were answered']],
    ['a longer list', '[1]', '[1,2]', [': 1 are shown, 2 were answered']],
    ['no JSON at all', '{}', 'curl: (7)', ['no JSON was answered: curl: (7)']],
  ])('is false for %s', (_, shown, output, said) => {
    expect(missing(shown, 'json', output)).toEqual(said);
  });

  it('of lines is complete except for omissions', () => {
    expect(missing('one\n…\nfour …\n', 'text', 'one\ntwo\nthree\nfour times\n')).toEqual([]);
    expect(missing('one\n', 'text', 'one\ntwo\n')).toEqual(['this was answered instead:\none\ntwo']);
  });
});
