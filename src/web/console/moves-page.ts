import { stepName } from '../../reminders/index.ts';
import { figureIn, momentSaid, settingName, type Reading } from './page-words.ts';
import type { OrderQuestion } from './sure-words.ts';
import { bilingual, wordsIn, type Language } from '../../words/index.ts';

/** The moves that a change of the company would cause, from the API. */
interface MovesSeen {
  readonly changes: readonly {
    readonly field: string;
    readonly before?: unknown;
    readonly after?: unknown;
  }[];
  readonly moved: number;
  readonly ended: number;
  readonly added: number;
  readonly reworded: number;
  readonly keepSender: { readonly reminders: number; readonly campaigns: number };
  readonly uncounted: number;
  readonly isWhole: boolean;
  readonly from: { readonly first: string | null; readonly last: string | null };
  readonly to: { readonly first: string | null; readonly last: string | null };
  readonly examples: readonly {
    readonly kind: 'campaign' | 'reminder';
    /** The name of a campaign, or of a reminder. */
    readonly name: string;
    readonly territory: string;
    readonly messages: number;
    readonly from: string | null;
    readonly to: string | null;
  }[];
  readonly opened: readonly { readonly on: string; readonly because: readonly { readonly text: string }[] }[];
}

const WORDS = bilingual.companyPages.moves;

const COUNTED = ['ended', 'added', 'reworded', 'keepReminders', 'keepCampaigns', 'uncounted'] as const;

/** The question before weighty settings are saved. */
export function settingsAsked(seen: MovesSeen, reading: Reading): OrderQuestion {
  const { language } = reading;
  const word = (name: keyof typeof WORDS): string => WORDS[name][language];
  const { reminders: keepReminders, campaigns: keepCampaigns } = seen.keepSender;
  const figures = { ...seen, keepReminders, keepCampaigns };
  const counts = COUNTED.filter((name) => figures[name] > 0);
  return {
    title: word('title'),
    lines: [
      lineOf(word('moved'), figureIn(seen.moved, language), language),
      ...(seen.moved > 0 ? [shiftOf(seen, reading)] : []),
      ...counts.map((name) => lineOf(word(name), figureIn(figures[name], language), language)),
      ...(seen.isWhole ? [] : [word('sample')]),
      ...seen.changes.map(({ field, before, after }) =>
        lineOf(
          settingName(field, language),
          `${said(before, language)} → ${said(after, language)}`,
          language,
        ),
      ),
      ...openedLine(seen, reading),
      ...seen.examples.map((one) => exampleOf(one, reading)),
    ],
    label: word('label'),
    back: '/settings',
  };
}

const lineOf = (name: string, value: string, language: Language): string =>
  `${name}${wordsIn(language).punctuation.colon}${value}`;

const momentOr = (at: string | null, reading: Reading): string =>
  at === null ? WORDS.never[reading.language] : momentSaid(at, reading);

function shiftOf({ from, to }: MovesSeen, reading: Reading): string {
  const range = ({ first, last }: MovesSeen['from']): string =>
    first === last ? momentOr(first, reading) : `${momentOr(first, reading)} – ${momentOr(last, reading)}`;
  return `${range(from)} → ${range(to)}`;
}

function exampleOf(
  { kind, name, territory, messages, from, to }: MovesSeen['examples'][number],
  reading: Reading,
): string {
  const { language } = reading;
  const what = kind === 'reminder' ? stepName(name, language) : name;
  const moments = `${momentOr(from, reading)} → ${momentOr(to, reading)}`;
  return [what, settingName(territory, language), figureIn(messages, language), moments].join(' · ');
}

function openedLine({ opened }: MovesSeen, reading: Reading): string[] {
  if (opened.length === 0) return [];
  const days = opened.map(
    ({ on, because }) => `${momentSaid(on, reading)} (${because.map(({ text }) => text).join(', ')})`,
  );
  return [lineOf(WORDS.opened[reading.language], days.join(', '), reading.language)];
}

/** Words a value as the page of the settings does; of choices by purpose the changed ones. */
function said(value: unknown, language: Language): string {
  if (value === null || value === undefined || value === '') return '–';
  if (typeof value === 'boolean') return bilingual.companyPages.moves[value ? 'yes' : 'no'][language];
  if (typeof value === 'object')
    return Object.values(value)
      .map((one: unknown) => said(one, language))
      .join(', ');
  return typeof value === 'string' ? settingName(value, language) : JSON.stringify(value);
}
