import { exclusionWords } from '../../people/index.ts';
import { place } from './hatch-page.ts';
import { figureIn } from './moment-page.ts';
import { tableOf } from './table-page.ts';
import { escaped } from '../page/escaped.ts';
import { wordsIn, type Language } from '../../words/index.ts';

interface Lost {
  readonly code: string;
  readonly rows: number;
  readonly text: string;
}

/** What is left of a file at each step. */
export interface FunnelSeen {
  readonly rows: number;
  readonly readable: number;
  readonly proven: number;
  readonly unreadable: readonly Lost[];
  readonly unproven: readonly Lost[];
  readonly people: number | null;
  readonly sendable: number | null;
  readonly notSendable: Readonly<Record<string, number>>;
}

/** Bars from all rows to those who may be written to; each opens what it lost. */
export function funnelPart(
  seen: FunnelSeen,
  {
    id,
    mayDownload,
    mayList,
    language,
  }: {
    readonly id: string;
    readonly mayDownload: boolean;
    /** Whether its reader may see who is not written to. */
    readonly mayList: boolean;
    readonly language: Language;
  },
): string {
  const words = wordsIn(language).peoplePages.funnel;
  const csv = mayDownload ? `<p><a href="/console/imports/${id}/rejected">${words.download}</a></p>` : '';
  const people = seen.people === null ? '' : ` ${figureIn(seen.people, language)} ${words.people}.`;
  const steps = [
    step(words.rows, seen.rows, { of: seen.rows, inside: `<p>${words.rowsLead}${people}</p>`, language }),
    step(words.readable, seen.readable, {
      of: seen.rows,
      inside: lost(seen.unreadable, { caption: words.unreadable, lead: words.correct, after: csv, language }),
      language,
    }),
    step(words.proven, seen.proven, {
      of: seen.rows,
      inside: lost(seen.unproven, { caption: words.unproven, lead: words.prove, after: csv, language }),
      language,
    }),
    ...(seen.sendable === null
      ? []
      : [
          step(words.sendable, seen.sendable, {
            of: seen.rows,
            inside: notSendable(seen.notSendable, { id: mayList ? id : undefined, language }),
            language,
          }),
        ]),
  ];
  return `<section aria-labelledby="funnel"><h2 id="funnel">${words.title}</h2>
<p class="faint">${words.hint}</p>
<div class="funnel">${steps.join('')}</div></section>`;
}

function step(
  label: string,
  count: number,
  { of, inside, language }: { readonly of: number; readonly inside: string; readonly language: Language },
): string {
  const share = of === 0 ? 0 : (100 * count) / of;
  return `<details><summary><span class="step">${escaped(label)}</span><svg class="bar" viewBox="0 0 100 1" preserveAspectRatio="none" aria-hidden="true"><rect width="${place(share)}" height="1"/></svg><strong>${figureIn(count, language)}</strong></summary><div>${inside}</div></details>`;
}

function lost(
  rows: readonly Lost[],
  {
    caption,
    lead,
    after,
    language,
  }: { readonly caption: string; readonly lead: string; readonly after: string; readonly language: Language },
): string {
  const words = wordsIn(language).peoplePages.funnel;
  if (rows.length === 0) return `<p class="faint">${words.nothing}</p>`;
  const columns = [{ head: words.why }, { head: words.count, isFigure: true }];
  const cells = rows.map(({ code, text, rows: count }) => [
    `${escaped(text)} <span class="faint">${escaped(code)}</span>`,
    figureIn(count, language),
  ]);
  return `${tableOf({ caption, columns, rows: cells, empty: '' })}<p>${lead}</p>${after}`;
}

function notSendable(
  counts: Readonly<Record<string, number>>,
  { id, language }: { readonly id: string | undefined; readonly language: Language },
): string {
  const words = wordsIn(language).peoplePages.funnel;
  const rows = Object.entries(counts).map(([reason, count]) => {
    const { why, cure } = exclusionWords(reason, language);
    const where = `/console/imports/${id}/not-sendable?reason=${encodeURIComponent(reason)}`;
    const named = id === undefined ? escaped(why) : `<a href="${where}">${escaped(why)}</a>`;
    return [named, figureIn(count, language), escaped(cure)];
  });
  const columns = [{ head: words.why }, { head: words.persons, isFigure: true }, { head: words.cure }];
  return tableOf({ caption: words.notSendable, columns, rows, empty: words.nothing });
}
