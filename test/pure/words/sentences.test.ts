import { describe, expect, it } from 'vitest';
import { roles } from '../../../src/words/french/roles.ts';
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

/** How long and how old the law says, as it would be spelled beside it. */
const SPELLED = {
  fr: /(?<!\p{L})(?:(?:15|18|quinze|dix-huit|[235]|deux|trois|cinq) ans|(?:12|24|36|douze|vingt-quatre) mois|(?:15|30|quinze|trente) jours|(?:48|quarante-huit) h(?:eures)?|0[67] ou 0[67])(?!\p{L})/iu,
  en: /(?<!\p{L})(?:under (?:15|18)|(?:15|18) or over|(?:[235]|two|three|five) years|(?:12|24|36|twelve|twenty-four) months|(?:15|30|fifteen|thirty) days|(?:48|forty-eight) hours|0[67] and 0[67])(?!\p{L})/iu,
} as const;

/** Numbers of our own that look like the law’s. */
const NOT_THE_LAWS: readonly (readonly [file: RegExp, because: string])[] = [
  [/^src\/pages\/console-gateways\.ts$/, 'how long unread calls are kept'],
  [/^src\/pages\/console-settings-words\.ts$/, 'the month of a frequency cap'],
  [/^src\/http\/enforced-later\.ts$/, 'the time between a notice and a removal'],
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

  it('in French names a role as people call it, never by its code', () => {
    const codes = Object.entries(roles).filter(([code, name]) => code !== name);
    const code = new RegExp(String.raw`(?<![\w{/\`])(?:${codes.map(([role]) => role).join('|')})(?![\w}\`])`);
    const named = sentences.filter(({ language, text }) => language === 'fr' && code.test(text));
    expect(named.map(({ file, line, text }) => `${file}:${line} ${text.slice(0, 90)}`)).toEqual([]);
  });

  it.each(['fr', 'en'] as const)('in %s spells no number of the law again', (language) => {
    const again = sentences.filter((one) => one.language === language && SPELLED[language].test(one.text));
    const told = again.filter(({ file }) => !NOT_THE_LAWS.some(([known]) => known.test(file)));
    expect(told.map(({ file, line, text }) => `${file}:${line} ${text.slice(0, 90)}`)).toEqual([]);
  });

  it('in French is told in English too', () => {
    const alone = sentences.filter(({ language, text }) => language === undefined && isProseOf(text, 'fr'));
    const told = alone.filter(({ file }) => !NOT_TOLD.some(([known]) => known.test(file)));
    expect(told.map(({ file, line, text }) => `${file}:${line} ${text.slice(0, 90)}`)).toEqual([]);
    expect(NOT_TOLD.filter(([known]) => !alone.some(({ file }) => known.test(file)))).toEqual([]);
  });
});
