import { attributes, html, inLines } from '../../platform/index.ts';
import { stepName } from '../../reminders/index.ts';
import { bilingual, wordsIn, type Language } from '../../words/index.ts';
import type { ConsolePage } from './frame-page.ts';
import { figureIn, personWord, momentSaid, settingName, type Reading } from './page-parts.ts';

/** In English zero is plural, in French it is not. */
const many = (count: number, language: Language, [one, more]: readonly [string, string]): string =>
  `${figureIn(count, language)} ${count > 1 || (count === 0 && language === 'en') ? more : one}`;

/** A campaign to be cancelled. */
interface CampaignAsked {
  readonly id: string;
  readonly name: string;
  readonly status: string;
  readonly accounts: { readonly pending: number; readonly accepted: number };
  /** The number of recipients, where it was rehearsed and nobody is frozen yet. */
  readonly foreseen: number | undefined;
  readonly comesAgain: boolean;
}

/** Words the end of a campaign, with the count of people. */
export function cancelCampaignAsked(campaign: CampaignAsked, language: Language): OrderQuestion {
  const words = wordsIn(language).sure;
  const { id, name, status, accounts, foreseen, comesAgain } = campaign;
  const isDraft = status === 'draft';
  const back = `/campaigns/${id}`;
  if (isDraft)
    return {
      back,
      title: words.draft.title({ name }),
      lines: [words.draft.effect],
      label: words.draft.label,
    };
  const count = Math.max(accounts.pending, foreseen ?? 0);
  return {
    back,
    title: words.campaign.title({ name }),
    lines: [
      many(count, language, words.campaign.willNotLeave),
      ...(accounts.accepted > 0 ? [many(accounts.accepted, language, words.campaign.haveLeft)] : []),
      ...(comesAgain ? [words.campaign.noMore] : []),
      words.campaign.effect,
    ],
    label: words.campaign.label,
  };
}

/** Words the end of an import: rows already read stay. */
export function cancelImportAsked(
  { id, kind, rows }: { readonly id: string; readonly kind: string; readonly rows: number },
  language: Language,
): OrderQuestion {
  const words = wordsIn(language).sure.import;
  return {
    back: `/imports/${id}`,
    title: words.title,
    lines: [
      many(rows, language, words.read),
      words.effect,
      ...(kind === 'suppressions' ? [words.ofSuppressions] : []),
    ],
    label: words.label,
  };
}

/** Words the end of a series. */
export function cancelSeriesAsked(
  series: {
    readonly id: string;
    readonly reference: string;
    readonly planned: number;
    readonly wasNotified: boolean;
  },
  language: Language,
): OrderQuestion {
  const words = wordsIn(language).sure.series;
  const { id, reference, planned, wasNotified } = series;
  return {
    back: `/series/${id}`,
    title: words.title({ reference }),
    lines: [
      many(planned, language, words.willNotLeave),
      words.effect,
      ...(wasNotified ? [words.wasNotified] : []),
    ],
    label: words.label,
  };
}

const DECISIONS = bilingual.sure.decisions;

/** The decisions on a reply. */
type ReplyDecision = keyof typeof DECISIONS;

/** Says whether a form's value is a decision. */
export const isDecision = (said: string | undefined): said is ReplyDecision =>
  said !== undefined && Object.hasOwn(DECISIONS, said);

/** Words a decision on a reply. */
export function decisionAsked(
  {
    decision,
    from,
    waiting,
  }: { readonly decision: ReplyDecision; readonly from: string; readonly waiting: number | undefined },
  language: Language,
): OrderQuestion {
  const [label, effect] = DECISIONS[decision][language];
  return {
    back: '/replies',
    title: wordsIn(language).sure.decision.title({ label, from }),
    lines: [
      effect,
      ...(waiting === undefined || decision === 'not-stop' ? [] : [waitingFor(waiting, language)]),
      wordsIn(language).sure.decision.takenBack,
    ],
    label,
  };
}

const waitingFor = (count: number, language: Language): string =>
  wordsIn(language).sure.waiting({ count: figureIn(count, language) });

/** Words the withdrawal of a decision. */
export function takeBackAsked(
  { decision, from }: { readonly decision: string; readonly from: string },
  language: Language,
): OrderQuestion {
  const words = wordsIn(language).sure.takeBack;
  const effect = decision === 'not-stop' ? words.suspendsAgain : words.freesAgain;
  return {
    back: '/replies',
    title: words.title({ from }),
    lines: [effect, words.effect],
    label: words.label,
  };
}

/** Words an opt-out, or a suppressed number. */
export function optOutConfirmation(
  about: {
    readonly purpose: string;
    readonly who: string;
    readonly waiting: number | undefined;
    readonly back: string;
  },
  language: Language,
): OrderQuestion {
  const words = wordsIn(language).sure.optOut;
  const { purpose, who, waiting, back } = about;
  const what = personWord(purpose, language);
  return {
    back,
    title: words.title({ who, what }),
    lines: [
      purpose === 'all' ? words.ofAll : words.ofOne({ what }),
      ...(waiting === undefined ? [] : [waitingFor(waiting, language)]),
      words.lasts,
    ],
    label: words.label,
  };
}

/** Words the end of a key. */
export function revokeKeyAsked(
  key: {
    readonly name: string;
    readonly lastUsed: string | undefined;
    readonly isOwn: boolean;
    readonly isLastAdmin: boolean;
  },
  language: Language,
): OrderQuestion {
  const words = wordsIn(language).sure.key;
  const { name, lastUsed, isOwn, isLastAdmin } = key;
  return {
    back: '/keys',
    title: words.title({ name }),
    lines: [
      words.effect,
      ...(lastUsed === undefined ? [] : [words.lastUsed({ lastUsed })]),
      ...(isOwn ? [words.isOwn] : []),
      ...(isLastAdmin ? [words.isLastAdmin] : []),
    ],
    label: words.label,
  };
}

/** Words the end of a form. */
export const closeFormAsked = ({ title }: { readonly title: string }, language: Language): OrderQuestion => ({
  back: '/agreements',
  title: wordsIn(language).sure.form.title({ title }),
  lines: [wordsIn(language).sure.form.effect],
  label: wordsIn(language).sure.form.label,
});

const BACK = bilingual.sure.back;

/** The effect of an order, shown before it is given. */
export interface OrderQuestion {
  readonly title: string;
  /** The consequences in sentences; the number of people first. */
  readonly lines: readonly string[];
  /** The button that gives the order, with its effect in words. */
  readonly label: string;
  /** The address that changes nothing, under `/console`. */
  readonly back: string;
}

/** Asks once before an irreversible act; it works without a script. */
export function surePage(
  language: Language,
  { title, lines, label, back }: OrderQuestion,
  order: { readonly action: string; readonly fields: Readonly<Record<string, string>> },
): ConsolePage {
  const hidden = Object.entries({ ...order.fields, sure: 'yes' }).map(
    ([name, value]) => html`<input type="hidden" name="${name}" value="${value}">`,
  );
  return {
    title,
    main: html`${inLines(lines.map((line, index) => html`<p${attributes({ class: index === 0 && 'alert' })}>${line}</p>`))}
<div class="acts"><form method="post" action="${order.action}">${hidden}<button class="danger">${label}</button></form><a class="button" href="/console${back}">${BACK[language]}</a></div>`,
  };
}

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
          `${choiceSaid(before, language)} → ${choiceSaid(after, language)}`,
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
function choiceSaid(value: unknown, language: Language): string {
  if (value === null || value === undefined || value === '') return '–';
  if (typeof value === 'boolean') return bilingual.companyPages.moves[value ? 'yes' : 'no'][language];
  if (typeof value === 'object')
    return Object.values(value)
      .map((one: unknown) => choiceSaid(one, language))
      .join(', ');
  return typeof value === 'string' ? settingName(value, language) : JSON.stringify(value);
}
