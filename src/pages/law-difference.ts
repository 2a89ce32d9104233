import { rulesInForce, type PrintedRule } from '../law/index.ts';
import { profiles, profileNamed, type Profile } from '../law/profile.ts';
import { standsOn } from '../law/rule.ts';

/** The rules of a date as lines: id, level, confidence, title. */
export function rulesPage(on: string): string {
  const lines = rulesInForce(on).map((rule) => oneRule(rule));
  const stand = profiles.filter((profile) => standsOn(profile, on)).map(({ id }) => id);
  return [`${lines.length} règles le ${on} ; profils : ${stand.join(', ')}`, '', ...lines, ''].join('\n');
}

const oneRule = ({ id, level, confidence, title, source, readOn }: PrintedRule): string =>
  `${id.padEnd(7)} ${level.padEnd(8)} ${confidence.padEnd(11)} ${title}\n${' '.repeat(29)}${source} (${readOn})`;

/** What differs between two profiles; nothing when a name is not one. */
export function profileDifference(one: string, other: string): string | undefined {
  const [before, after] = [profileNamed(one), profileNamed(other)];
  if (!before || !after) return undefined;
  return difference(`${one} → ${other}`, profileLines(before), profileLines(after));
}

/** What differs between the rules and profiles of two dates. */
export function dateDifference(one: string, other: string): string {
  return difference(`${one} → ${other}`, dateLines(one), dateLines(other));
}

const hoursOf = ({ opens, closes }: Profile['weekdays']): string => `${opens}–${closes}`;

const profileLines = (profile: Profile): readonly string[] => [
  `source       ${profile.source}`,
  `confiance    ${profile.confidence}`,
  `vigueur      ${profile.inForceFrom} → ${profile.inForceUntil ?? '…'}`,
  `lundi–vend.  ${hoursOf(profile.weekdays)}`,
  `samedi       ${hoursOf(profile.saturday)}`,
  `dimanche     ${hoursOf(profile.sunday)} ${profile.sundays}`,
  `fériés       ${profile.holidays}`,
  `douteux      ${profile.softDays}`,
];

const dateLines = (on: string): readonly string[] => [
  ...rulesInForce(on).map(({ id, title }) => `${id.padEnd(7)} ${title}`),
  ...profiles.filter((profile) => standsOn(profile, on)).map(({ id, title }) => `profil  ${id} ${title.fr}`),
];

function difference(title: string, before: readonly string[], after: readonly string[]): string {
  const gone = before.filter((line) => !after.includes(line)).map((line) => `- ${line}`);
  const come = after.filter((line) => !before.includes(line)).map((line) => `+ ${line}`);
  const lines = gone.length + come.length === 0 ? ['Aucune différence.'] : [...gone, ...come];
  return [title, '', ...lines, ''].join('\n');
}
