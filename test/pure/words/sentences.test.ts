import { describe, expect, it } from 'vitest';
import { faultsIn, isProseOf, withoutFormats } from '../../support/language-faults.ts';
import { everySentence } from './every-sentence.ts';

const sentences = everySentence();

/** French that nobody is told: what stands here may only grow less. */
const NOT_TOLD: readonly (readonly [file: RegExp, because: string])[] = [
  [/^src\/sms\/(?:answer|health|opt-out|promotional|rights|stale)-word\.ts$/, 'words that people write'],
  [/^src\/sms\/(?:barred-trade|opt-out-sentence|written-date)\.ts$/, 'words that people write'],
  [/^src\/sms\/(?:stop-mention|variable)\.ts$/, 'the mention that every French operator prescribes'],
  [/^src\/contacts\/(?:import-heading|import-word|suppression-import)\.ts$/, 'headings and values of files'],
  [/^src\/reminders\/(?:import-columns|visit-status)\.ts$/, 'headings and values of files'],
  [/^src\/contacts\/evidence-summary\.ts$/, 'one page in both languages'],
  [/^src\/http\/(?:law-example|texts)\.ts$/, 'examples of the OpenAPI document'],
  [/^src\/http\/audience-schema\.ts$/, 'names an operator of filters'],
  [/^src\/law\//, 'names of French statutes and feasts'],
];

describe('a sentence of the sources', () => {
  it.each(['fr', 'en'] as const)('in %s bears no word of the other language and no code', (language) => {
    const said = sentences.filter((sentence) => sentence.language === language);
    const faults = said.flatMap(({ file, line, text }) =>
      faultsIn(file.startsWith('src/words/') ? withoutFormats(text) : text, language).map(
        ({ kind, found, near }) => `${file}:${line} ${kind} "${found}": ${near}`,
      ),
    );
    process.stdout.write(`${said.length} sentences in ${language} looked at.\n`);
    expect(said.length).toBeGreaterThan(1_500);
    expect(faults).toEqual([]);
  });

  it('in French is told in English too', () => {
    const alone = sentences.filter(({ language, text }) => language === undefined && isProseOf(text, 'fr'));
    const told = alone.filter(({ file }) => !NOT_TOLD.some(([known]) => known.test(file)));
    expect(told.map(({ file, line, text }) => `${file}:${line} ${text.slice(0, 90)}`)).toEqual([]);
    expect(NOT_TOLD.filter(([known]) => !alone.some(({ file }) => known.test(file)))).toEqual([]);
  });
});
