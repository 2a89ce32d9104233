import { parseArgs } from 'node:util';
import { DateTime } from 'luxon';
import { hasCalendar } from '../../law/calendar/holiday.ts';
import { profileNamed, profiles } from '../../law/profile.ts';
import { isTerritory, localityOf, TERRITORIES } from '../../law/territory.ts';
import { calendarPicture, colourInk, plainInk } from './calendar-picture.ts';
import { dateDifference, profileDifference, rulesPage } from './law-difference.ts';
import { defaultProfile } from '../../law/purpose.ts';
import type { Language } from '../../words/index.ts';

/** What was typed cannot be answered; one sentence says why. */
class CannotPrint extends Error {
  override readonly name = 'CannotPrint';
}

const USAGE =
  'Usage: npm run law -- --territory RE --month 2027-03 [--profile fr-seed-strict] | rules 2027-01-01 | diff fr-seed-strict fr-charter-2026 | diff 2026-01-01 2026-09-01; each with --english';

function answer(typed: readonly string[]): string {
  const { values, positionals } = read(typed);
  const [order, ...rest] = positionals;
  if (order === undefined) return calendar(values);
  const language = values.english === true ? 'en' : 'fr';
  if (order === 'rules' && rest.length <= 1) return rulesPage(date(rest[0]), language);
  if (order === 'diff' && rest.length === 2) return compared(rest[0] ?? '', rest[1] ?? '', language);
  throw new CannotPrint(USAGE);
}

function read(typed: readonly string[]) {
  const text = { type: 'string' } as const;
  const options = { territory: text, month: text, profile: text, english: { type: 'boolean' } } as const;
  try {
    return parseArgs({ args: [...typed], options, allowPositionals: true });
  } catch {
    throw new CannotPrint(USAGE);
  }
}

function calendar(about: ReturnType<typeof read>['values']): string {
  const { territory = 'FR', month = '', profile = defaultProfile('marketing'), english = false } = about;
  if (!isTerritory(territory))
    throw new CannotPrint(`No territory is called ${territory}; known: ${TERRITORIES.join(', ')}.`);
  if (profileNamed(profile) === undefined) throw noProfile(profile);
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

function compared(one: string, other: string, language: Language): string {
  if (/^\d/.test(one)) return dateDifference(date(one), date(other), language);
  const unknown = [one, other].find((name) => profileNamed(name) === undefined);
  const difference = profileDifference(one, other, language);
  if (difference === undefined) throw noProfile(unknown ?? one);
  return difference;
}

const noProfile = (name: string): CannotPrint =>
  new CannotPrint(`No profile is called ${name}; known: ${profiles.map(({ id }) => id).join(', ')}.`);

function date(written = ''): string {
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
