import { localDate } from '../calendar/local-date.ts';
import { defaultProfile } from '../purpose.ts';
import type { Purpose } from '../rule.ts';
import type { Locality } from '../territory.ts';
import type { ExplainedDay } from './told-day.ts';
import { windows, type WindowsQuestion } from './windows.ts';

/** Lists local days that a profile opens for a purpose and the default closes, with the default's reason. */
export function openedDays(
  question: WindowsQuestion & { readonly purpose: Purpose },
): readonly ExplainedDay[] {
  const { purpose, ...stretch } = question;
  const open = new Set(windows(stretch).windows.map(({ opensAt }) => localDate(opensAt)));
  const usual = { ...stretch, profile: defaultProfile(purpose), locality: unsaid(stretch.locality) };
  return windows(usual).closed.filter(({ on }) => open.has(on));
}

/** Removes the choice on Good Friday from a place. */
function unsaid({ goodFriday: _said, ...place }: Locality): Locality {
  return place;
}
