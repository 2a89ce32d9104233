import { calendarDays, editions, type CalendarDay, type CalendarQuestion } from './calendar-day.ts';
import { calendarWords } from './calendar-words.ts';

/** Colours of a terminal; a pipe gets none. */
export interface Ink {
  readonly open: (text: string) => string;
  readonly closed: (text: string) => string;
}

/** No colour at all. */
export const plainInk: Ink = { open: (text) => text, closed: (text) => text };

/** Green for open, grey for closed. */
export const colourInk: Ink = {
  open: (text) => `\u001B[32m${text}\u001B[39m`,
  closed: (text) => `\u001B[90m${text}\u001B[39m`,
};

/** The windows of a place as lines for a terminal: half an hour a sign, one day a line. */
export function calendarPicture(question: CalendarQuestion, ink: Ink): string {
  const { locality, profile, language, from } = question;
  const words = calendarWords[language];
  const month = from.setLocale(words.locale).toFormat('LLLL yyyy');
  const head = [
    `${locality.territory}  ${month}  ${locality.timeZone}  ${profile}`,
    `${words.edition}: ${editions}`,
  ];
  const hours = `${' '.repeat(12)}0     3     6     9     12    15    18    21`;
  const days = calendarDays(question).map((day) => picture(day, words.locale, ink));
  return [...head, '', hours, ...days, ''].join('\n');
}

function picture({ day, opens, closes, because }: CalendarDay, locale: string, ink: Ink): string {
  const date = day.setLocale(locale).toFormat('ccc dd LLL').padEnd(11).slice(0, 11);
  if (opens === undefined || closes === undefined) {
    const why = because.map(({ ruleId, text }) => `${text} (${ruleId})`).join('; ');
    return `${date} ${ink.closed(`${'·'.repeat(48)}  ${why}`)}`;
  }
  const [first, last] = [halfHour(opens), halfHour(closes)];
  const before = ink.closed('·'.repeat(first));
  const after = ink.closed('·'.repeat(48 - last));
  return `${date} ${before}${ink.open('█'.repeat(last - first))}${after}  ${opens}–${closes}`;
}

const halfHour = (time: string): number =>
  Number(time.slice(0, 2)) * 2 + Math.round(Number(time.slice(3)) / 30);
