import { zonesAt } from '../../law/territory.ts';
import {
  calendarDays,
  editions,
  type CalendarDay,
  type CalendarQuestion,
} from '../../web/api/law/calendar-day.ts';
import { wordsIn, type Catalogue } from '../../words/index.ts';

/** Colours of a terminal; a pipe gets none. */
export interface Ink {
  readonly open: (text: string) => string;
  readonly closed: (text: string) => string;
  readonly warned: (text: string) => string;
}

/** No colour at all. */
export const plainInk: Ink = { open: (text) => text, closed: (text) => text, warned: (text) => text };

/** Green for open, grey for closed, yellow for advised against. */
export const colourInk: Ink = {
  open: (text) => `\u001B[32m${text}\u001B[39m`,
  closed: (text) => `\u001B[90m${text}\u001B[39m`,
  warned: (text) => `\u001B[33m${text}\u001B[39m`,
};

const HALF_HOURS = 48;

/** The windows of a place as lines for a terminal: half an hour a sign, one day a line. */
export function calendarPicture(question: CalendarQuestion, ink: Ink): string {
  const { locality, profile, language, from } = question;
  const words = wordsIn(language).publicPages.calendar;
  const month = from.setLocale(words.locale).toFormat('LLLL yyyy');
  const head = [
    `${locality.territory}  ${month}  ${zonesAt(locality).join(', ')}  ${profile}`,
    `${words.edition}${words.colon}${editions}`,
  ];
  const hours = `${' '.repeat(12)}0     3     6     9     12    15    18    21`;
  const days = calendarDays(question).map((day) => picture(day, words, ink));
  return [...head, '', hours, ...days, '', `█ ${words.open}  ▒ ${words.warned}  · ${words.closed}`, ''].join(
    '\n',
  );
}

function picture(day: CalendarDay, words: Catalogue['publicPages']['calendar'], ink: Ink): string {
  const date = day.day.setLocale(words.locale).toFormat('ccc dd LLL').padEnd(11).slice(0, 11);
  const isWarned = day.open.length > 0 && day.because.length > 0;
  const paint = isWarned ? ink.warned : ink.open;
  const sign = isWarned ? '▒' : '█';
  const signs = Array.from({ length: HALF_HOURS }, (_, half) => (isOpen(half, day) ? sign : '·')).join('');
  const drawn = signs.replaceAll(/[^·]+/g, paint).replaceAll(/·+/g, ink.closed);
  const hours = day.open.map(({ opens, closes }) => `${opens}–${closes}`).join(', ');
  const why = day.because.map(({ ruleId, text }) => `${text} (${ruleId})`).join(words.semicolon);
  const said = [hours, why].filter((part) => part !== '').join('  ');
  return `${date} ${drawn}  ${day.open.length === 0 ? ink.closed(said) : said}`;
}

const isOpen = (half: number, { open }: CalendarDay): boolean =>
  open.some(({ opens, closes }) => halfHour(opens) <= half && half < halfHour(closes));

const halfHour = (time: string): number =>
  Number(time.slice(0, 2)) * 2 + Math.round(Number(time.slice(3)) / 30);
