import { describe, expect, it } from 'vitest';
import { titlesIn, titlesOfTests, wordsOf } from './titles/titles.ts';

const MOST_WORDS = 8;

describe('the title of a test', () => {
  it('has eight words at most', () => {
    const titles = titlesOfTests();
    const long = titles.filter(({ text }) => wordsOf(text) > MOST_WORDS);
    expect(long.map(({ file, line, text }) => `${file}:${line} ${text}`)).toEqual([]);
    expect(titles.length).toBeGreaterThan(3_000);
  });

  it.each([
    [`it('is sent once', () => {});`, ['is sent once']],
    [`it.each([['a', 1]])('is %s', () => {});`, ['is %s']],
    [`it.skipIf(here).each(rows)('is %s', () => {});`, ['is %s']],
    ['test(`is ${name}`, body);', ['is ${name}']],
    [`describe('a text', () => {}); expect('it is a text');`, []],
  ])('is found in %s', (text, titles) => {
    expect(titlesIn('one.test.ts', text).map((title) => title.text)).toEqual(titles);
  });

  it.each([
    ['keeps eight o’clock when clocks go forward', 7],
    ['is "%s" at %s – or not', 6],
    ['${a ? b : c} in ${language}', 3],
  ])('is counted by words: %s', (title, count) => {
    expect(wordsOf(title)).toBe(count);
  });
});
