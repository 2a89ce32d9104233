import { rulesInForce, type PrintedRule } from '../../law/book.ts';
import { profileNamed, profiles } from '../../law/profile.ts';
import type { Profile } from '../../law/profile/hours.ts';
import { standsOn } from '../../law/rule.ts';
import { wordsIn, type Language } from '../../words/index.ts';

/** The rules of a date as lines: id, level, confidence, title; then who says so. */
export function rulesPage(on: string, language: Language): string {
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

const profilesOn = (on: string): readonly Profile[] => profiles.filter((profile) => standsOn(profile, on));

/** What differs between two profiles; nothing when a name is not one. */
export function profileDifference(one: string, other: string, language: Language): string | undefined {
  const [before, after] = [profileNamed(one), profileNamed(other)];
  if (!before || !after) return undefined;
  const lines = profileLines(before, language).flatMap((line, at) => {
    const now = profileLines(after, language)[at] ?? '';
    return line === now ? [] : [`- ${line}`, `+ ${now}`];
  });
  return difference(`${one} → ${other}`, lines, language);
}

/** What differs between the rules and profiles of two dates. */
export function dateDifference(one: string, other: string, language: Language): string {
  const [before, after] = [dateLines(one, language), dateLines(other, language)];
  const gone = before.filter((line) => !after.includes(line)).map((line) => `- ${line}`);
  const come = after.filter((line) => !before.includes(line)).map((line) => `+ ${line}`);
  return difference(`${one} → ${other}`, [...gone, ...come], language);
}

const difference = (title: string, lines: readonly string[], language: Language): string =>
  [title, '', ...(lines.length === 0 ? [wordsIn(language).publicPages.lawDifference.none] : lines), ''].join(
    '\n',
  );

const hours = ({ opens, closes }: Profile['weekdays']): string => `${opens}–${closes}`;

function profileLines(profile: Profile, language: Language): readonly string[] {
  const words = wordsIn(language).publicPages.lawDifference;
  const told: readonly (readonly [string, string])[] = [
    [words.level, profile.level],
    [words.source, profile.source],
    [words.confidence, profile.confidence],
    [words.inForce, `${profile.inForceFrom} → ${profile.inForceUntil ?? '…'}`],
    [words.weekdays, hours(profile.weekdays)],
    [words.saturday, hours(profile.saturday)],
    [words.sunday, `${hours(profile.sunday)} ${words[profile.sundays]}`],
    [words.holidays, words[profile.holidays]],
    [words.softDays, words[profile.softDays]],
  ];
  return told.map(([name, value]) => `${name.padEnd(14)} ${value}`);
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

/** All of a row that may change: a new row of a rule has the id of the one that it ends. */
const ruleLine = ({ id, level, title, inForceFrom, parameters }: PrintedRule): string =>
  `${id.padEnd(7)} ${level.padEnd(8)} ${title}; ${inForceFrom}; ${JSON.stringify(parameters)}`;
