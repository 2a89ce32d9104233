import { localDate } from '../calendar/local-date.ts';
import { defaultProfile } from '../purpose.ts';
import type { Purpose } from '../rule.ts';
import type { Locality } from '../territory.ts';
import type { ToldDay } from './told-day.ts';
import { windows, type WindowsQuestion } from './windows.ts';

/** Local days on which a profile lets messages of a purpose leave and the default closes, with why the default does. */
export function openedDays(question: WindowsQuestion & { readonly purpose: Purpose }): readonly ToldDay[] {
  const { purpose, ...stretch } = question;
  const open = new Set(windows(stretch).windows.map(({ opensAt }) => localDate(opensAt)));
  const usual = { ...stretch, profile: defaultProfile(purpose), locality: unsaid(stretch.locality) };
  return windows(usual).closed.filter(({ on }) => open.has(on));
}

/** A place of which nobody said anything. */
function unsaid({ goodFriday: _said, ...place }: Locality): Locality {
  return place;
}
