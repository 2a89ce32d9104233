import { describe, expect, it } from 'vitest';
import { detailsPage } from '../../../workflows/details.ts';
import { workflowWordsIn } from '../../../workflows/words.ts';
import type { SendState } from '../../../src/platform/plan.ts';
import { STEP_STATES, leadInWords, leadsFromWords, stepName } from '../../../src/reminders/steps/step.ts';
import { englishReasons as english } from '../../../src/words/english/refusals.ts';
import { faults } from '../../../src/words/french/faults.ts';
import { reasons as french } from '../../../src/words/french/refusals.ts';
import { bilingual, exclusions, summariesIn, wordsIn as wordsOf } from '../../../src/words/index.ts';
import { faultsIn, withoutFormats, type Language } from '../../support/language-faults.ts';
import { everyFieldSentence, sourcesText } from './every-sentence.ts';

const LANGUAGES = ['fr', 'en'] as const;
const factsIn = (sentence: string): string[] =>
  [...sentence.matchAll(/\{\w+\}/g)].map(([fact]) => fact).toSorted();

const strings = (words: object): string[] =>
  Object.values(words).flatMap((word: unknown) => {
    if (typeof word === 'string') return [word];
    if (typeof word === 'function') return [String((word as (...facts: unknown[]) => unknown)(3, 'FR'))];
    return typeof word === 'object' && word !== null ? strings(word) : [];
  });

const STATES: readonly SendState[] = ['planning', 'waiting-window', 'sending', 'paused', 'parked', 'done'];
const REASONS: Readonly<Record<Language, Readonly<Record<keyof typeof french, string>>>> = {
  fr: french,
  en: english,
};

/** Temporal's page of a workflow in each state, for each reason that a planner may give. */
const everyPage = (language: Language): string[] =>
  STATES.flatMap((state) =>
    Object.values(REASONS[language]).map((text) =>
      detailsPage({
        plan: {
          kind: 'wait',
          state,
          waitMs: 1,
          nextActionAt: '',
          because: { code: 'CODE', text },
          locale: language,
          until: '…',
          steps: Object.values(STEP_STATES).map((words) => ({
            step: stepName('2/-P3D', language),
            state: words[language],
            moment: '…',
            because: '',
          })),
        },
        progress: {
          state,
          accounts: {
            audience: 9,
            pending: 1,
            accepted: 1,
            excluded: 1,
            failed: 1,
            expired: 1,
            uncertain: 1,
            rows: 1,
            rejected: 1,
            duplicates: 1,
          },
          shards: { open: 2, inFlight: 1 },
          lastOrder: { order: 'pause', refused: '…' },
        },
        offers: ['pause', 'resume', 'cancel', 'replan'],
      }),
    ),
  );

describe.each(LANGUAGES)('what Temporal’s page says in %s', (language) => {
  it('is in that language for states and orders', () => {
    const pages = everyPage(language);
    expect(pages.length).toBeGreaterThan(200);
    expect(pages.flatMap((page) => faultsIn(page, language))).toEqual([]);
  });

  it('is in that language for signals and activities', () => {
    const said = [...strings(workflowWordsIn(language)), ...strings(summariesIn(language))];
    expect(said.length).toBeGreaterThan(20);
    expect(said.flatMap((sentence) => faultsIn(sentence, language))).toEqual([]);
  });
});

/** An entry as it stands, and what it asks for: a fact that is asked for shows as its name. */
function entryOf(entry: unknown): { readonly texts: readonly string[]; readonly facts: readonly string[] } {
  if (typeof entry !== 'function') return { texts: [entry].flat().map(String), facts: [] };
  const facts = new Set<string>();
  const told = new Proxy(
    {},
    {
      get: (_, name) => {
        if (name === Symbol.toPrimitive || name === 'join' || name in String.prototype) return () => '…';
        facts.add(String(name));
        return `{${String(name)}}`;
      },
    },
  );
  const said: unknown = Reflect.apply(entry, undefined, [told, told, told]);
  return { texts: [said].flat().map(String), facts: [...facts].toSorted() };
}

/** Every entry of a catalogue by its path. */
const entriesOf = (words: unknown, path = ''): (readonly [path: string, entry: unknown])[] =>
  typeof words === 'object' && words !== null && !Array.isArray(words)
    ? Object.entries(words).flatMap(([name, word]) => entriesOf(word, `${path}.${name}`))
    : [[path.slice(1), words] as const];

/** The reasons of exclusion stand in both languages side by side: one of them here. */
const exclusionsOf = (language: Language): (readonly [path: string, entry: unknown])[] =>
  entriesOf({ exclusion: exclusions })
    .filter(([path]) => path.endsWith(`.${language}`))
    .map(([path, entry]) => [path.slice(0, -`.${language}`.length), entry] as const);

const CATALOGUES = {
  fr: [...entriesOf(wordsOf('fr')), ...exclusionsOf('fr')],
  en: [...entriesOf(wordsOf('en')), ...exclusionsOf('en')],
} as const;

describe.each(LANGUAGES)('the catalogue of %s', (language) => {
  it('is in that language without codes or durations', () => {
    const said = CATALOGUES[language].flatMap(([path, entry]) =>
      entryOf(entry).texts.map((text) => [path, text] as const),
    );
    process.stdout.write(`${said.length} entries in ${language} looked at.\n`);
    expect(said.length).toBeGreaterThan(1_500);
    const wrong = said.flatMap(([path, text]) =>
      faultsIn(path.startsWith('refusals.') ? withoutFormats(text) : text, language).map(
        ({ kind, found }) => `${path} [${kind}] ${found}`,
      ),
    );
    expect(wrong).toEqual([]);
  });
});

describe('both catalogues', () => {
  it('ask for the same facts', () => {
    const asked = (entry: unknown): string => entryOf(entry).facts.join(' ');
    const inEnglish = new Map(CATALOGUES.en);
    const apart = CATALOGUES.fr.filter(([path, entry]) => asked(entry) !== asked(inEnglish.get(path)));
    expect(apart.map(([path]) => path)).toEqual([]);
  });

  it('pair each entry in both languages', () => {
    expect(bilingual.campaign.waits.CANCELLED).toEqual({
      fr: 'Annulée : plus rien ne part.',
      en: 'Cancelled: nothing more leaves.',
    });
    expect(bilingual.series.alreadySaid({ at: { fr: 'lundi', en: 'Monday' } })).toEqual({
      fr: 'Déjà dit lundi.',
      en: 'Already told Monday.',
    });
  });
});

describe('a sentence of both catalogues', () => {
  it.each(Object.keys(french) as (keyof typeof french)[])('asks for the same facts, as %s does', (name) => {
    expect(factsIn(english[name])).toEqual(factsIn(french[name]));
  });

  it.each(Object.entries(faults))('keeps its facts in French: %s', (sentence, said) => {
    expect(factsIn(said)).toEqual(factsIn(sentence));
    expect(faultsIn(withoutFormats(sentence), 'en').filter(({ kind }) => kind === 'other language')).toEqual(
      [],
    );
  });
});

describe('a sentence about a field', () => {
  it('of a schema has its French', () => {
    const said = everyFieldSentence();
    expect(said.length).toBeGreaterThan(40);
    expect(said.filter((sentence) => !Object.hasOwn(faults, sentence))).toEqual([]);
  });

  it('in French is said somewhere', () => {
    const sources = sourcesText();
    const quoted = (sentence: string): string => `'${sentence}'`;
    expect(Object.keys(faults).filter((sentence) => !sources.includes(quoted(sentence)))).toEqual([]);
  });
});

describe('a step', () => {
  it.each([
    ['P2D', 'Rappel, 2 jours avant', 'Reminder, 2 days before'],
    ['PT2H', 'Rappel, 2 heures avant', 'Reminder, 2 hours before'],
    ['P1M', 'Rappel, 1 mois avant', 'Reminder, 1 month before'],
    ['2/P3D', 'Échéance 2, 3 jours avant', 'Instalment 2, 3 days before'],
    ['2/-P5D', 'Échéance 2, 5 jours après', 'Instalment 2, 5 days after'],
    ['schedule', 'Échéancier', 'Schedule'],
    ['moved', 'Correction (déplacé)', 'Correction (moved)'],
  ])('%s is called %s and %s', (step, fr, en) => {
    expect([stepName(step, 'fr'), stepName(step, 'en')]).toEqual([fr, en]);
  });

  it.each(['P7D', 'P2D', 'PT2H', 'P1W', 'P2M', 'P1DT12H', 'PT90M'])('%s is read as it is said', (lead) => {
    for (const language of LANGUAGES) expect(leadsFromWords(leadInWords(lead, language))).toEqual([lead]);
  });

  it.each([
    ['2 jours', ['P2D']],
    ['2h', ['PT2H']],
    [' 1 semaine ', ['P1W']],
    ['P2D', ['P2D']],
    ['bientôt', ['bientôt']],
    ['2 lunes', ['2 lunes']],
    ['', []],
    ['7 jours, 2 heures', ['P7D', 'PT2H']],
    ['P7D P2D', ['P7D', 'P2D']],
    ['P7D  PT2H, 1 jour 2 h', ['P7D', 'PT2H', 'P1DT2H']],
    ['P7D 2 jours', ['P7D 2 jours']],
  ])('of %j are asked for as %j', (words, leads) => {
    expect(leadsFromWords(words)).toEqual(leads);
  });
});
