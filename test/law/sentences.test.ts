import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { rules } from '../../src/law/book.ts';
import type { Rule } from '../../src/rule/rule.ts';
import { howLong, withDe } from '../../src/law/span.ts';
import { everySentence } from '../pure/words/every-sentence.ts';
import { mutations, type Mutation } from './mutations/mutation.ts';

const law = new URL('../../src/law/', import.meta.url);

/** What is no number of the law: names of articles, of a charter’s year, of classes of short codes, of paths; turns of phrase. */
const NAMES =
  /\bart(?:icle|\.)? [LRD]?[\d-]+|chart(?:e de|er of) \d{4}|\b3[68]xxx\b|`[^`]*`|\blast day to refuse\b|\bmontrent deux fois\b|\bshow twice\b/gi;

const NUMBERS = {
  fr: String.raw`deux|trois|quatre|cinq|six|sept|huit|neuf|dix|onze|douze|treize|quatorze|quinze|seize|vingt|trente|quarante|cinquante|soixante|cents?|mille|demie?|moitié|double|tiers|quart|veille|lendemain|(?:une?|dernière?) (?:seconde|minute|semaine|mois|an|année)|dans l[ea] (?:heure|minute|semaine|mois|année)|(?:à|après|pendant) une heure`,
  en: String.raw`two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|twenty|thirty|forty|fifty|sixty|hundred|thousand|half|twice|double|third|quarter|eve|morrow|(?:one|last) (?:second|minute|hour|day|week|month|year)|(?:within|after|for) an? (?:second|minute|hour|day|week|month|year)`,
} as const;

const numbersIn = (text: string, language: 'fr' | 'en'): string[] =>
  text
    .replace(NAMES, '')
    .match(
      new RegExp(String.raw`(?<!\p{L})(?:${NUMBERS[language]}|[\p{L}-]*\d[\p{L}\d.,:%-]*)(?!\p{L})`, 'giu'),
    ) ?? [];

describe('a sentence of the law', () => {
  it.each(['fr', 'en'] as const)('in %s takes its numbers from constants', (language) => {
    const said = everySentence(['src/law/chapters/*.ts', 'src/rule/sender.ts']).filter(
      (one) => one.language === language,
    );
    expect(said.length).toBeGreaterThan(100);
    const own = said.flatMap(({ file, line, text }) =>
      numbersIn(text, language).map((number) => `${file}:${line} ${number}`),
    );
    expect(own).toEqual([]);
  });

  it('is caught with a number or numeral', () => {
    const examples = [
      numbersIn('Trente jours après l’événement ; art. L3134-14, charte de 2026.', 'fr'),
      numbersIn('Rien dans la dernière seconde ; la réponse part dans le mois.', 'fr'),
      numbersIn('At least three years, within a month, from 08:00 on.', 'en'),
    ];
    expect(examples).toEqual([
      ['Trente'],
      ['dernière seconde', 'dans le mois'],
      ['three', 'within a month', '08:00'],
    ]);
  });
});

/** Figures beside one of a unit, and what would be elided. */
const UNSAID = {
  fr: /(?<![\d.,])1\s(?:an|mois|semaine|jour|heure|minute|seconde)\b|\b(?:de|que|le)\s(?:un|une)\s/iu,
  en: /(?<![\d.,])1\s(?:year|month|week|day|hour|minute|second)\b/iu,
} as const;

/** Luxon puts a space that no line breaks at before a French unit. */
const breakable = (text: string): string => text.replaceAll('\u00A0', ' ');

describe('a length of time', () => {
  it.each([
    ['P3Y', '3 ans', '3 years'],
    ['P12M', 'un an', 'one year'],
    ['P1M', 'un mois', 'one month'],
    ['P30D', '30 jours', '30 days'],
    [{ days: 1 }, 'un jour', 'one day'],
    [{ weeks: 1 }, 'une semaine', 'one week'],
    [{ hours: 48 }, '48 heures', '48 hours'],
    [{ hours: 21 }, '21 heures', '21 hours'],
    [{ seconds: 3_600 }, 'une heure', 'one hour'],
    [{ minutes: 1 }, 'une minute', 'one minute'],
    [{ milliseconds: 1_000 }, 'une seconde', 'one second'],
    [{ seconds: 3_660 }, 'une heure, une minute', 'one hour, one minute'],
    [{ months: 24 }, '2 ans', '2 years'],
  ])('%o is said as %s and %s', (span, fr, en) => {
    const said = howLong(span);
    expect({ ...said, fr: breakable(said.fr) }).toEqual({ fr, en });
  });

  it('is elided after « de »', () => {
    expect(
      [{ hours: 1 }, { days: 1 }, { hours: 11 }].map((span) => breakable(withDe(howLong(span).fr))),
    ).toEqual(['d’une heure', 'd’un jour', 'de 11 heures']);
  });

  it.each(['fr', 'en'] as const)('is said naturally by every rule in %s', (language) => {
    const said = rules.map(({ id, title, reading }) => `${id} ${title[language]} ${reading[language]}`);
    expect(said.filter((text) => UNSAID[language].test(text))).toEqual([]);
  });
});

/** A number that changes in a chapter, with its rule as it is printed then. */
const changed = mutations.filter(
  ({ file, to }) => /^(?:chapters|\.\.\/rule)\//.test(file) && /\d/.test(to.replaceAll(/[A-Z]+_\d+/g, '')),
);

let folder: string;
beforeAll(() => void (folder = mkdtempSync(join(tmpdir(), 'bonheure-chapter-'))));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

/** The chapter with that number, as a module of its own. */
async function chapterWith({ file, from, to }: Mutation): Promise<readonly Rule[]> {
  const url = new URL(file, law);
  const text = readFileSync(url, 'utf8')
    .replace(from, to)
    .replaceAll(/from '([^']+)'/g, (_, name: string) => `from '${import.meta.resolve(name, url)}'`);
  const copy = join(folder, `${from.replaceAll(/\W/g, '')}.ts`);
  writeFileSync(copy, text);
  const module: Record<string, unknown> = await import(pathToFileURL(copy).href);
  return Object.entries(module).flatMap(([name, value]) => (name.endsWith('Rules') ? (value as Rule[]) : []));
}

const printed = (all: readonly Rule[], id: string): Record<'fr' | 'en', string> => {
  const rule = all.find((one) => one.id === id);
  const say = (language: 'fr' | 'en'): string => `${rule?.title[language]} ${rule?.reading[language]}`;
  return { fr: say('fr'), en: say('en') };
};

describe('a number of the law that a jurist changes', () => {
  it('are some twenty', () => {
    expect(changed.length).toBeGreaterThan(18);
  });

  it.each(changed.map((one) => [`${one.rule} ${one.parameter}`, one] as const))(
    '%s changes its rule’s sentence in both languages',
    async (_, mutation) => {
      const [was, is] = [printed(rules, mutation.rule), printed(await chapterWith(mutation), mutation.rule)];
      expect(is.fr).not.toBe(was.fr);
      expect(is.en).not.toBe(was.en);
    },
  );
});
