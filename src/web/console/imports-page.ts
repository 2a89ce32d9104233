import { html, type Html } from '../../platform/index.ts';
import { exclusionWords } from '../../people/index.ts';
import { onward, tableOf } from './page-parts.ts';
import type { ConsolePage } from './frame-page.ts';
import { figureIn, momentIn, territoryIn, type Reading } from './page-words.ts';
import { bilingual, wordsIn, type Language, type Words } from '../../words/index.ts';

const STATES: Readonly<Record<string, Words>> = bilingual.peoplePages.importStates;

const stateIn = (state: string, language: Language): string => STATES[state]?.[language] ?? state;

/** The kinds of a file. */
export type ImportKindShown =
  | 'suppressions'
  | 'contacts'
  | 'appointments'
  | 'subscriptions'
  | 'payment-plans';

/** The results of a file. */
export interface ImportSeen {
  readonly id: string;
  readonly kind: string;
  readonly state: string;
  readonly rows: number;
  readonly accepted: number;
  readonly rejected: number;
  readonly duplicates: number;
  readonly created: number;
  readonly withdrawals: number;
  readonly rejectedBy: Readonly<Record<string, number>>;
  readonly warningsBy: Readonly<Record<string, number>>;
  readonly ignoredColumns: readonly string[];
  readonly failure: string | null;
  readonly failureDetail: string | null;
  /** The columns of an unreadable file. */
  readonly unread: {
    readonly headings: readonly string[];
    readonly unknown: readonly string[];
    readonly rows: readonly (readonly string[])[];
  } | null;
  readonly progress: { readonly read: number; readonly total: number };
  readonly createdAt: string;
}

const FIGURES = ['rows', 'accepted', 'rejected', 'duplicates', 'created', 'withdrawals'] as const;

/** The page that uploads a file and lists earlier ones. */
export function importsPage(
  reading: Reading,
  given: {
    readonly items: readonly ImportSeen[];
    readonly next: string | null;
    readonly kinds: readonly ImportKindShown[];
  },
): ConsolePage {
  const { language } = reading;
  const words = wordsIn(language).peoplePages.imports;
  const rows = given.items.map((one) => [
    html`<a href="/console/imports/${one.id}">${momentIn(one.createdAt, reading)}</a>`,
    kindIn(one.kind, language),
    stateIn(one.state, language),
    ...[one.rows, one.accepted, one.rejected].map((count) => figureIn(count, language)),
  ]);
  const columns = [
    ...[words.at, words.kind, words.state].map((head) => ({ head })),
    ...[words.rows, words.accepted, words.rejected].map((head) => ({ head, isFigure: true })),
  ];
  return {
    title: words.title,
    main: html`<p>${words.lead}</p>
${given.kinds.length === 0 ? '' : dropping(given.kinds, language)}
<h2>${words.earlier}</h2>
${tableOf({ caption: words.earlier, columns, rows, empty: words.none })}
${onward('/imports', given.next, language)}`,
  };
}

function dropping(kinds: readonly ImportKindShown[], language: Language): Html {
  const words = wordsIn(language).peoplePages.imports;
  // The address says what the file holds: the fields of a form come in any order, and the file is never kept in
  // memory.
  const forms = kinds.map(
    (kind) =>
      html`<form method="post" enctype="multipart/form-data" action="/console/imports?kind=${kind}" class="acts"><label for="file-${kind}">${words[kind]}</label><input id="file-${kind}" type="file" name="file" accept=".csv,.gz,text/csv" required><button aria-label="${words.send} (${words[kind]})">${words.send}</button></form>`,
  );
  return html`<section aria-label="${words.file}">${forms}</section>`;
}

const kindIn = (kind: string, language: Language): string => {
  const words: Readonly<Record<string, string>> = wordsIn(language).peoplePages.imports;
  return words[kind] ?? kind;
};

/** Shows one file: its progress, and the funnel of its rows, as HTML. */
export function importPage(
  reading: Reading,
  {
    view,
    funnel,
    mayCancel,
  }: { readonly view: ImportSeen; readonly funnel: Html; readonly mayCancel: boolean },
): ConsolePage {
  const { language } = reading;
  const words = wordsIn(language).peoplePages.imports;
  const isOpen = view.state === 'queued' || view.state === 'reading';
  const figures = FIGURES.map(
    (name) =>
      html`<div><dt>${words[name]}</dt><dd data-value="${name}">${figureIn(view[name], language)}</dd></div>`,
  );
  return {
    title: `${words.title}${wordsIn(language).punctuation.colon}${kindIn(view.kind, language).toLowerCase()}`,
    live: isOpen ? { events: `/console/imports/${view.id}/events`, status: view.state } : undefined,
    main: html`<p>${momentIn(view.createdAt, reading)} · <strong>${stateIn(view.state, language)}</strong></p>
${view.failure === null ? '' : html`<p class="alert">${view.failureDetail ?? words.failed} <span>(${view.failure})</span></p>`}
${view.unread === null ? '' : unreadTable(view.unread, language)}
${progressBar(view)}
${mayCancel && (isOpen || view.state === 'parked') ? cancelButton(view.id, language) : ''}
<dl class="figures">${figures}</dl>
${funnel}
<h2>${words.warnings}</h2>
${counted(view.warningsBy, { caption: words.warnings, head: words.code, empty: words.nothingToSay, language })}
${view.ignoredColumns.length === 0 ? '' : html`<p>${words.ignored}${wordsIn(language).punctuation.colon}${view.ignoredColumns.join(', ')}</p>`}`,
  };
}

const cancelButton = (id: string, language: Language): Html =>
  html`<form method="post" action="/console/imports/${id}/cancellation" class="acts"><button class="danger">${wordsIn(language).peoplePages.imports.cancel}</button></form>`;

/** Shows the columns of an unreadable file, and its first rows without their content. */
function unreadTable(unread: NonNullable<ImportSeen['unread']>, language: Language): Html {
  const words = wordsIn(language).peoplePages.imports;
  const unknown = new Set(unread.unknown);
  const columns = unread.headings.map((heading) => ({
    head: unknown.has(heading) ? `${heading} (${words.notUnderstood})` : heading,
  }));
  const rows = unread.rows.map((cells) => unread.headings.map((_, at) => cells[at] ?? ''));
  return html`<p>${words.shape}</p>
${tableOf({ caption: words.columns, columns, rows, empty: words.noRow })}`;
}

function progressBar({ progress: { read, total } }: ImportSeen): Html {
  const share = total === 0 ? 100 : (100 * read) / total;
  return html`<svg class="bar" viewBox="0 0 100 1" preserveAspectRatio="none" aria-hidden="true"><rect width="${share}" height="1" data-share="progress.read/progress.total"/></svg>`;
}

function counted(
  counts: Readonly<Record<string, number>>,
  shown: {
    readonly caption: string;
    readonly head: string;
    readonly empty: string;
    readonly language: Language;
  },
): Html {
  const { caption, head, empty, language } = shown;
  const rows = Object.entries(counts).map(([code, count]) => [
    remarkIn(code, language),
    figureIn(count, language),
  ]);
  const columns = [{ head }, { head: wordsIn(language).peoplePages.imports.rows, isFigure: true }];
  return tableOf({ caption, columns, rows, empty });
}

/** Words a remark on a file; a code without words is shown as it is. */
function remarkIn(code: string, language: Language): Html {
  const why =
    code === 'NAME_CONFLICT'
      ? wordsIn(language).peoplePages.imports.nameConflict
      : exclusionWords(code, language).why;
  return why === code ? html`${code}` : html`${why} <span class="faint">${code}</span>`;
}

/** Lists the people of a file who are not written to, masked, each with the reason. */
export function notSendablePage(
  { language }: Reading,
  given: {
    readonly path: string;
    readonly items: readonly {
      readonly id: string;
      readonly to: string;
      readonly territory: string;
      readonly reason: string;
    }[];
    readonly next: string | null;
  },
): ConsolePage {
  const words = wordsIn(language).peoplePages.imports;
  const rows = given.items.map(({ id, to, territory, reason }) => {
    const { why, cure } = exclusionWords(reason, language);
    return [html`<a href="/console/people/${id}">${to}</a>`, territoryIn(territory, language), why, cure];
  });
  const columns = [words.number, words.territory, words.why, words.cure].map((head) => ({ head }));
  return {
    title: words.notSendable,
    main: html`${tableOf({ caption: words.notSendable, columns, rows, empty: words.everybody })}${onward(given.path, given.next, language)}`,
  };
}
