import { exclusionWords } from '../contacts/exclusion-words.ts';
import type { Language } from '../law/rule.ts';
import { place } from './console-hatch.ts';
import { figureIn } from './console-moment.ts';
import { tableOf } from './console-table.ts';
import { escaped } from './escaped.ts';

const WORDS = {
  fr: {
    title: 'Des lignes aux personnes joignables',
    hint: 'Chaque barre s’ouvre : ce qui a été perdu à cette étape, et quoi faire.',
    rows: 'Lignes',
    readable: 'Lisibles',
    proven: 'Prouvées',
    sendable: 'Joignables',
    rowsLead: 'Toutes les lignes du fichier. La même personne deux fois ne reçoit qu’un message.',
    people: 'personnes différentes',
    unreadable: 'Lignes illisibles, et pourquoi',
    unproven: 'Lignes sans preuve, et pourquoi',
    notSendable: 'Personnes à qui l’on n’écrit pas, et pourquoi',
    nothing: 'Rien de perdu à cette étape.',
    why: 'Pourquoi',
    count: 'Lignes',
    persons: 'Personnes',
    cure: 'Que faire',
    download: 'Les lignes refusées, avec leur raison (CSV pour tableur)',
    correct: 'Corrigez ces lignes dans le fichier et renvoyez-le : ce qui est déjà là ne change pas.',
    prove: 'Complétez la preuve, ou recueillez un accord par un formulaire : rien n’est envoyé sans elle.',
  },
  en: {
    title: 'From rows to people who can be reached',
    hint: 'Each bar opens: what was lost at that step, and what to do.',
    rows: 'Rows',
    readable: 'Readable',
    proven: 'Proved',
    sendable: 'Sendable',
    rowsLead: 'All rows of the file. The same person twice gets one message.',
    people: 'different people',
    unreadable: 'Rows that cannot be read, and why',
    unproven: 'Rows without a proof, and why',
    notSendable: 'People who are not written to, and why',
    nothing: 'Nothing was lost at this step.',
    why: 'Why',
    count: 'Rows',
    persons: 'People',
    cure: 'What to do',
    download: 'The rejected rows, with their reason (CSV for a spreadsheet)',
    correct: 'Correct these rows in the file and send it again: what is here already does not change.',
    prove: 'Complete the proof, or ask for consent with a form: nothing is sent without it.',
  },
} as const satisfies Record<Language, Record<string, string>>;

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
  const words = WORDS[language];
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
  const words = WORDS[language];
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
  const words = WORDS[language];
  const rows = Object.entries(counts).map(([reason, count]) => {
    const { why, cure } = exclusionWords(reason, language);
    const where = `/console/imports/${id}/not-sendable?reason=${encodeURIComponent(reason)}`;
    const named = id === undefined ? escaped(why) : `<a href="${where}">${escaped(why)}</a>`;
    return [named, figureIn(count, language), escaped(cure)];
  });
  const columns = [{ head: words.why }, { head: words.persons, isFigure: true }, { head: words.cure }];
  return tableOf({ caption: words.notSendable, columns, rows, empty: words.nothing });
}
