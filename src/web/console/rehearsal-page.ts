import type { RehearsalReport } from '../../campaigns/index.ts';
import { exclusionWords } from '../../people/index.ts';
import { hoursPicture, type HoursSeen } from './hours-page.ts';
import type { StaleSeen } from './launch-page.ts';
import { figureIn, momentIn, moneyIn, type Reading } from './moment-page.ts';
import { tableOf } from './table-page.ts';
import { escaped } from '../page/escaped.ts';
import { territoryIn } from './territory-words.ts';
import { wordsIn, type Language } from '../../words/index.ts';

/** How far a rehearsal is; how many people there are is known once they are counted. */
export interface RehearsalProgress {
  readonly weighed: number;
  readonly people: number | null;
}

/** Says how far a rehearsal is that still runs. */
export function rehearsalUnderWay({ weighed, people }: RehearsalProgress, language: Language): string {
  const words = wordsIn(language).campaignPages.rehearsal;
  const said =
    people === null ? words.counting : words.running(figureIn(weighed, language), figureIn(people, language));
  return `<section aria-labelledby="rehearsal"><h2 id="rehearsal">${words.title}</h2>
<p role="status">${said}</p>
</section>`;
}

/** What a rehearsal found, and whether it still speaks of the campaign as it is. */
export type RehearsalSeen = Pick<
  RehearsalReport,
  | 'leavesNow'
  | 'held'
  | 'neverLeaves'
  | 'endsBefore'
  | 'excluded'
  | 'parts'
  | 'cost'
  | 'finishesInWindow'
  | 'byTerritory'
> &
  HoursSeen & {
    readonly current: boolean;
    readonly stale: readonly StaleSeen[];
  };

/** What would leave, when, where, for how much, and who would not be served. */
export function rehearsalPart(seen: RehearsalSeen, reading: Reading): string {
  const { language } = reading;
  const words = wordsIn(language).campaignPages.rehearsal;
  const figures = [
    [words.leaves, figureIn(seen.leavesNow, language)],
    [words.held, figureIn(seen.held, language)],
    [words.never, figureIn(seen.neverLeaves, language)],
    [words.parts, figureIn(seen.parts, language)],
    [words.cost, seen.cost === null ? '–' : moneyIn(seen.cost, reading.language)],
  ];
  return `<section aria-labelledby="rehearsal"><h2 id="rehearsal">${words.title}</h2>
${seen.current ? '' : `<p class="alert">${words.stale}</p>`}
<dl class="figures">${figures.map(([name, value]) => `<div><dt>${name ?? ''}</dt><dd>${value ?? ''}</dd></div>`).join('')}</dl>
${timeLeft(seen, reading)}
${hoursPicture(seen, reading)}
${placesOf(seen, reading)}
${excludedOf(seen, language)}
</section>`;
}

function timeLeft({ endsBefore, finishesInWindow }: RehearsalSeen, reading: Reading): string {
  const words = wordsIn(reading.language).campaignPages.rehearsal;
  if (endsBefore !== null) return `<p class="alert">${words.tooSoon} ${momentIn(endsBefore, reading)}.</p>`;
  return `<p>${finishesInWindow ? words.finishes : words.late}</p>`;
}

function placesOf({ byTerritory }: RehearsalSeen, reading: Reading): string {
  const words = wordsIn(reading.language).campaignPages.rehearsal;
  const rows = byTerritory.map((place) => [
    escaped(territoryIn(place.territory, reading.language)),
    figureIn(place.people, reading.language),
    // Each place reads its own clock.
    momentIn(place.firstDeparture, { ...reading, zone: place.timeZone }),
    momentIn(place.lastDeparture, { ...reading, zone: place.timeZone }),
    escaped(place.because?.text ?? ''),
  ]);
  const columns = [
    { head: words.territory },
    { head: words.people, isFigure: true },
    { head: words.first },
    { head: words.last },
    { head: words.why },
  ];
  return tableOf({ caption: words.territory, columns, rows, empty: '–' });
}

function excludedOf({ excluded }: RehearsalSeen, language: Language): string {
  const words = wordsIn(language).campaignPages.rehearsal;
  const rows = Object.entries(excluded).map(([reason, count]) => [
    escaped(exclusionWords(reason, language).why),
    figureIn(count, language),
    escaped(exclusionWords(reason, language).cure),
  ]);
  const columns = [{ head: words.reason }, { head: words.people, isFigure: true }, { head: words.cure }];
  return tableOf({ caption: words.excluded, columns, rows, empty: words.nobody });
}
