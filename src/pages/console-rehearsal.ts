import type { RehearsalReport } from '../campaigns/rehearsal-report.ts';
import { exclusionWords } from '../contacts/exclusion-words.ts';
import type { Language } from '../law/rule.ts';
import { hoursPicture, type HoursSeen } from './console-hours.ts';
import type { StaleSeen } from './console-launch.ts';
import { figureIn, momentIn, moneyIn, type Reading } from './console-moment.ts';
import { tableOf } from './console-table.ts';
import { escaped } from './escaped.ts';
import { territoryIn } from './territory-words.ts';

const WORDS = {
  fr: {
    title: 'Simulation',
    running: (done: string, all: string) =>
      `Simulation en cours : ${done} textes écrits sur ${all}. Rechargez la page pour voir où elle en est.`,
    counting:
      'Simulation en cours : elle attend son tour, ou l’audience est en cours de comptage. Rechargez la page pour voir où elle en est.',
    stale: 'La campagne a changé depuis : simulez-la de nouveau.',
    leaves: 'Partirait tout de suite',
    held: 'Attendrait son heure',
    never: 'Ne partiraient pas avant la fin de l’envoi',
    parts: 'SMS facturés',
    cost: 'Coût',
    territory: 'Territoire',
    people: 'Personnes',
    first: 'Premier départ',
    last: 'Dernier départ',
    why: 'Pourquoi pas tout de suite',
    reason: 'Raison',
    cure: 'Que faire',
    excluded: 'N’en recevront pas',
    nobody: 'Tout le monde serait servi.',
    finishes: 'Tout part avant la fermeture.',
    tooSoon: 'Personne ne serait servi : elle finit avant la première heure permise, le',
    late: 'Au rythme actuel, tout ne part pas avant la fermeture.',
  },
  en: {
    title: 'Rehearsal',
    running: (done: string, all: string) =>
      `A rehearsal runs: ${done} texts of ${all} are written. Load this page again to see how it goes on.`,
    counting:
      'A rehearsal runs: it waits its turn, or the audience is being counted. Load this page again to see how it goes on.',
    stale: 'The campaign changed since: rehearse it again.',
    leaves: 'Would leave at once',
    held: 'Would wait for their hour',
    never: 'Would not leave before the sending ends',
    parts: 'Parts',
    cost: 'Cost',
    territory: 'Territory',
    people: 'People',
    first: 'First departure',
    last: 'Last departure',
    why: 'Why not at once',
    reason: 'Reason',
    cure: 'What to do',
    excluded: 'Would not be served',
    nobody: 'Everybody would be served.',
    finishes: 'Everything leaves before the close.',
    tooSoon: 'Nobody would be served: it ends before the first lawful moment, on',
    late: 'At the present rate not everything leaves before the close.',
  },
} as const;

/** How far a rehearsal is; how many people there are is known once they are counted. */
export interface RehearsalProgress {
  readonly weighed: number;
  readonly people: number | null;
}

/** Says how far a rehearsal is that still runs. */
export function rehearsalUnderWay({ weighed, people }: RehearsalProgress, language: Language): string {
  const words = WORDS[language];
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
  const words = WORDS[language];
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
  const words = WORDS[reading.language];
  if (endsBefore !== null) return `<p class="alert">${words.tooSoon} ${momentIn(endsBefore, reading)}.</p>`;
  return `<p>${finishesInWindow ? words.finishes : words.late}</p>`;
}

function placesOf({ byTerritory }: RehearsalSeen, reading: Reading): string {
  const words = WORDS[reading.language];
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
  const words = WORDS[language];
  const rows = Object.entries(excluded).map(([reason, count]) => [
    escaped(exclusionWords(reason, language).why),
    figureIn(count, language),
    escaped(exclusionWords(reason, language).cure),
  ]);
  const columns = [{ head: words.reason }, { head: words.people, isFigure: true }, { head: words.cure }];
  return tableOf({ caption: words.excluded, columns, rows, empty: words.nobody });
}
