import { parseArgs } from 'node:util';
import { DateTime } from 'luxon';
import { type Language, wordsIn, type Catalogue } from '../../words/index.ts';
import {
  calendarDays,
  editions,
  type CalendarDay,
  type CalendarQuestion,
  hasCalendar,
  profileNamed,
  profiles,
  defaultProfile,
  rulesInForce,
  type PrintedRule,
  type Profile,
} from '../../law/index.ts';
import { isTerritory, localityOf, TERRITORIES, zonesAt, isInForceOn } from '../../rule/index.ts';

/** Thrown for arguments of the command that cannot be answered, with a sentence that says why. */
class CannotPrint extends Error {
  override readonly name = 'CannotPrint';
}

const USAGE =
  'Usage: npm run law -- --territory RE --month 2027-03 [--profile fr-seed-strict] | rules 2027-01-01 | diff fr-seed-strict fr-charter-2026 | diff 2026-01-01 2026-09-01; each with --english';

function answer(args: readonly string[]): string {
  const { values, positionals } = read(args);
  const [order, ...rest] = positionals;
  if (order === undefined) return calendar(values);
  const language = values.english === true ? 'en' : 'fr';
  if (order === 'rules' && rest.length <= 1) return rulesPage(dateOf(rest[0]), language);
  if (order === 'diff' && rest.length === 2) return compared(rest[0] ?? '', rest[1] ?? '', language);
  throw new CannotPrint(USAGE);
}

/** Prints the rules in force on a date: id, level, confidence and title of each, then its source. */
function rulesPage(on: string, language: Language): string {
  const words = wordsIn(language).publicPages.lawDifference;
  const lines = rulesInForce(on, language).map((rule) => oneRule(rule));
  const stand = profilesOn(on).map(({ id }) => id);
  return [
    `${lines.length} ${words.rulesOn} ${on}${words.profiles}${stand.join(', ')}`,
    '',
    ...lines,
    '',
  ].join('\n');
}

const oneRule = ({ id, level, confidence, title, source, readOn }: PrintedRule): string =>
  `${id.padEnd(7)} ${level.padEnd(8)} ${confidence.padEnd(11)} ${title}\n${' '.repeat(29)}${source} (${readOn})`;

const profilesOn = (on: string): readonly Profile[] => profiles.filter((profile) => isInForceOn(profile, on));

function profileDifference(one: string, other: string, language: Language): string {
  const [before, after] = [knownProfile(one), knownProfile(other)];
  const lines = profileLines(before, language).flatMap((line, at) => {
    const now = profileLines(after, language)[at] ?? '';
    return line === now ? [] : [`- ${line}`, `+ ${now}`];
  });
  return difference(`${one} → ${other}`, lines, language);
}

function dateDifference(one: string, other: string, language: Language): string {
  const [before, after] = [dateLines(one, language), dateLines(other, language)];
  const gone = before.filter((line) => !after.includes(line)).map((line) => `- ${line}`);
  const come = after.filter((line) => !before.includes(line)).map((line) => `+ ${line}`);
  return difference(`${one} → ${other}`, [...gone, ...come], language);
}

const difference = (title: string, lines: readonly string[], language: Language): string =>
  [title, '', ...(lines.length === 0 ? [wordsIn(language).publicPages.lawDifference.none] : lines), ''].join(
    '\n',
  );

const hoursOf = ({ opens, closes }: Profile['weekdays']): string => `${opens}–${closes}`;

function profileLines(profile: Profile, language: Language): readonly string[] {
  const words = wordsIn(language).publicPages.lawDifference;
  const shown: readonly (readonly [string, string])[] = [
    [words.level, profile.level],
    [words.source, profile.source],
    [words.confidence, profile.confidence],
    [words.inForce, `${profile.inForceFrom} → ${profile.inForceUntil ?? '…'}`],
    [words.weekdays, hoursOf(profile.weekdays)],
    [words.saturday, hoursOf(profile.saturday)],
    [words.sunday, `${hoursOf(profile.sunday)} ${words[profile.sundays]}`],
    [words.holidays, words[profile.holidays]],
    [words.softDays, words[profile.softDays]],
  ];
  return shown.map(([name, value]) => `${name.padEnd(14)} ${value}`);
}

function dateLines(on: string, language: Language): readonly string[] {
  const { profile } = wordsIn(language).publicPages.lawDifference;
  return [
    ...rulesInForce(on, language).map(ruleLine),
    ...profilesOn(on).map((row) => `${profile.padEnd(7)} ${row.id}; ${briefly(row, language)}`),
  ];
}

const briefly = (row: Profile, language: Language): string =>
  profileLines(row, language)
    .map((line) => line.replaceAll(/ {2,}/g, ' '))
    .join('; ');

/** Prints what a later version of a rule may change; it has the same id. */
const ruleLine = ({ id, level, title, inForceFrom, parameters }: PrintedRule): string =>
  `${id.padEnd(7)} ${level.padEnd(8)} ${title}; ${inForceFrom}; ${JSON.stringify(parameters)}`;

function read(args: readonly string[]) {
  const text = { type: 'string' } as const;
  const options = { territory: text, month: text, profile: text, english: { type: 'boolean' } } as const;
  try {
    return parseArgs({ args: [...args], options, allowPositionals: true });
  } catch {
    throw new CannotPrint(USAGE);
  }
}

function calendar(about: ReturnType<typeof read>['values']): string {
  const { territory = 'FR', month = '', profile = defaultProfile('marketing'), english = false } = about;
  if (!isTerritory(territory))
    throw new CannotPrint(`No territory is called ${territory}; known: ${TERRITORIES.join(', ')}.`);
  knownProfile(profile);
  const locality = localityOf(territory);
  const from = DateTime.fromFormat(month, 'yyyy-MM', { zone: locality.timeZone });
  if (!from.isValid || !hasCalendar(from.year))
    throw new CannotPrint('Give a month whose holidays are known, as in --month 2027-03.');
  const question = {
    profile,
    locality,
    from,
    to: from.endOf('month'),
    language: english ? 'en' : 'fr',
  } as const;
  return calendarPicture(question, process.stdout.isTTY ? colourInk : plainInk);
}

/** How parts of the calendar are coloured on a terminal; a pipe gets no colours. */
interface Ink {
  readonly open: (text: string) => string;
  readonly closed: (text: string) => string;
  readonly warned: (text: string) => string;
}

const plainInk: Ink = { open: (text) => text, closed: (text) => text, warned: (text) => text };

/** Green for open, grey for closed, yellow for advised against. */
const colourInk: Ink = {
  open: (text) => `\u001B[32m${text}\u001B[39m`,
  closed: (text) => `\u001B[90m${text}\u001B[39m`,
  warned: (text) => `\u001B[33m${text}\u001B[39m`,
};

const HALF_HOURS = 48;

/** Draws the open hours of a place for a terminal: a day a line, half an hour a character. */
function calendarPicture(question: CalendarQuestion, ink: Ink): string {
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
  const note = [hours, why].filter((part) => part !== '').join('  ');
  return `${date} ${drawn}  ${day.open.length === 0 ? ink.closed(note) : note}`;
}

const isOpen = (half: number, { open }: CalendarDay): boolean =>
  open.some(({ opens, closes }) => halfHour(opens) <= half && half < halfHour(closes));

const halfHour = (time: string): number =>
  Number(time.slice(0, 2)) * 2 + Math.round(Number(time.slice(3)) / 30);

const compared = (one: string, other: string, language: Language): string =>
  /^\d/.test(one)
    ? dateDifference(dateOf(one), dateOf(other), language)
    : profileDifference(one, other, language);

function knownProfile(name: string): Profile {
  const found = profileNamed(name);
  if (found !== undefined) return found;
  throw new CannotPrint(`No profile is called ${name}; known: ${profiles.map(({ id }) => id).join(', ')}.`);
}

function dateOf(written = ''): string {
  const on = DateTime.fromFormat(written, 'yyyy-MM-dd', { zone: 'utc' });
  if (on.isValid) return written;
  throw new CannotPrint('Give a date that exists, as in: rules 2027-01-01.');
}

try {
  process.stdout.write(answer(process.argv.slice(2)));
} catch (cause) {
  if (!(cause instanceof CannotPrint)) throw cause;
  process.stderr.write(`${cause.message}\n`);
  process.exitCode = 1;
}
