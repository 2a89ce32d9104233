import { place as at } from './hatch-page.ts';
import { figureIn } from './moment-page.ts';
import { escaped } from '../page/escaped.ts';
import { wordsIn, type Language } from '../../words/index.ts';

/** How many STOPs took how long. */
export interface StopDelaySeen {
  readonly heard: number;
  readonly p50Ms: number | null;
  readonly p99Ms: number | null;
  readonly maxMs: number | null;
  readonly steps: readonly { readonly withinMs: number | null; readonly stops: number }[];
}

const [WIDTH, LEFT, ROW] = [926, 170, 28];

/** Bars from fast to slow; what took more than an hour is marked. */
export function stopDelayPart(seen: StopDelaySeen, language: Language): string {
  const words = wordsIn(language).campaignPages.stopDelay;
  const head = `<h2>${words.title}</h2>
<p class="faint">${words.lead}</p>`;
  if (seen.heard === 0) return `${head}<p class="faint">${words.none}</p>`;
  const most = Math.max(1, ...seen.steps.map(({ stops }) => stops));
  const rows = seen.steps.map(({ withinMs, stops }, index) => {
    const [y, width] = [index * ROW + 4, ((WIDTH - LEFT - 70) * stops) / most];
    const label = withinMs === null ? words.longer : `${words.within} ${lasting(withinMs, language)}`;
    return `<text x="0" y="${y + 15}">${escaped(label)}</text><rect class="${withinMs === null ? 'lost' : 'leaves shade-4'}" x="${LEFT}" y="${y}" width="${at(width)}" height="20"/><text x="${at(LEFT + width + 8)}" y="${y + 15}">${figureIn(stops, language)}</text>`;
  });
  const told = ([words.half, words.most, words.longest] as const).map((name, index) => {
    const ms = [seen.p50Ms, seen.p99Ms, seen.maxMs][index];
    return `${name} ${ms == null ? '–' : lasting(ms, language)}`;
  });
  const label = escaped(`${words.title}${wordsIn(language).punctuation.colon}${told.join(', ')}`);
  return `${head}
<figure class="drawing" tabindex="0"><svg class="hours" viewBox="0 0 ${WIDTH} ${seen.steps.length * ROW + 6}" role="img" aria-label="${label}">${rows.join('')}</svg><figcaption>${escaped(told.join(' · '))}</figcaption></figure>`;
}

/** A duration in the unit that people would use. */
function lasting(ms: number, language: Language): string {
  const words = wordsIn(language).campaignPages.stopDelay;
  if (ms < 1_000) return `${figureIn(Math.round(ms), language)} ${words.ms}`;
  if (ms < 60_000) return `${figureIn(Math.round(ms / 100) / 10, language)} ${words.s}`;
  if (ms < 3_600_000) return `${figureIn(Math.round(ms / 60_000), language)} ${words.min}`;
  return `${figureIn(Math.round(ms / 360_000) / 10, language)} ${words.h}`;
}
