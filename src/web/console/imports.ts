import { z } from 'zod';
import { exclusionWords, ImportShown } from '../../people/index.ts';
import { html, type Html, nothing } from '../../platform/index.ts';
import { holdsBookings } from '../../reminders/index.ts';
import { wordsIn, type Language, bilingual, type Words } from '../../words/index.ts';
import { FunnelShown, NotSendable } from '../api/people/import-report.ts';
import { listOf } from '../server/schema.ts';
import type { ConsolePage } from './frame-page.ts';
import { place, tableOf, figureIn, onward, momentIn, territoryIn, type Reading } from './page-parts.ts';
import { cancelImportAsked } from './sure-words.ts';
import { pageAsked, readingOf, type ConsoleRoute, type Visit } from './visit.ts';

const KINDS: readonly ImportKindShown[] = [
  'suppressions',
  'contacts',
  'appointments',
  'subscriptions',
  'payment-plans',
];

/** The pages of files: upload, progress, rejected rows. */
export const importPages: readonly ConsoleRoute[] = [
  { method: 'get', path: '/imports', work: list },
  { method: 'post', path: '/imports', work: dropping, streams: true },
  { method: 'get', path: '/imports/:id', work: oneFile },
  { method: 'get', path: '/imports/:id/events', work: events },
  { method: 'post', path: '/imports/:id/cancellation', from: '/imports/:id', work: cancelling },
  { method: 'get', path: '/imports/:id/rejected', work: rejected },
  { method: 'get', path: '/imports/:id/not-sendable', work: notSendable },
];

async function list(visit: Visit): Promise<void> {
  const found = await visit.ask('GET /v1/imports', listOf(ImportShown), { query: pageAsked(visit) });
  visit.show(importsPage(readingOf(visit), { ...found, kinds: kindsFor(visit) }));
}

/** Files of people are a marketer's, files of bookings a scheduler's. */
function kindsFor(visit: Visit): readonly ImportKindShown[] {
  const { role } = visit.caller;
  if (!visit.may('POST /v1/imports')) return [];
  return KINDS.filter((kind) => (holdsBookings(kind) ? role !== 'marketer' : role !== 'scheduler'));
}

async function dropping(visit: Visit): Promise<void> {
  const query = { kind: visit.asked('kind') ?? 'contacts' };
  const { id } = await visit.ask('POST /v1/imports', z.object({ id: z.string() }), { query });
  visit.goTo(`/imports/${id}`);
}

async function oneFile(visit: Visit): Promise<void> {
  const params = { id: visit.param('id') };
  const view = await visit.ask('GET /v1/imports/{id}', ImportShown, { params });
  const mayDownload = visit.may('GET /v1/imports/{id}/rejected') && view.rejected > 0;
  const funnel = visit.may('GET /v1/imports/{id}/funnel')
    ? funnelPart(await visit.ask('GET /v1/imports/{id}/funnel', FunnelShown, { params }), {
        id: view.id,
        mayDownload,
        mayList: visit.may('GET /v1/imports/{id}/not-sendable'),
        language: visit.language,
      })
    : nothing;
  const mayCancel = visit.may('DELETE /v1/imports/{id}');
  visit.show(importPage(readingOf(visit), { view, funnel, mayCancel }));
}

async function cancelling(visit: Visit): Promise<void> {
  const params = { id: visit.param('id') };
  if (visit.isSure) {
    // The confirmation said what happens to people of an opt-out list that was not read.
    await visit.order('DELETE /v1/imports/{id}', { params, query: { unread: 'accept' } });
    return visit.goTo(`/imports/${params.id}`);
  }
  visit.needs('DELETE /v1/imports/{id}');
  const view = await visit.ask('GET /v1/imports/{id}', ImportShown, { params });
  visit.askFirst(cancelImportAsked(view, visit.language));
}

async function notSendable(visit: Visit): Promise<void> {
  const params = { id: visit.param('id') };
  const reason = visit.asked('reason');
  const about: Readonly<Record<string, string>> = reason === undefined ? {} : { reason };
  const found = await visit.ask('GET /v1/imports/{id}/not-sendable', listOf(NotSendable), {
    params,
    query: { ...pageAsked(visit), ...about },
  });
  const path = `/imports/${params.id}/not-sendable?${new URLSearchParams(about).toString()}`;
  visit.show(notSendablePage(readingOf(visit), { ...found, path }));
}

function events(visit: Visit): Promise<void> {
  return visit.follow((asked) => visit.parts.live.import(asked));
}

/** The route writes the file itself. */
async function rejected(visit: Visit): Promise<void> {
  await visit.order('GET /v1/imports/{id}/rejected', { params: { id: visit.param('id') } });
}

type Lost = z.output<typeof FunnelShown>['unreadable'][number];

/** The rows of a file that remain at each step. */
type FunnelSeen = z.output<typeof FunnelShown>;

/** A bar chart from all rows to people who may be written to; each bar opens its lost rows. */
function funnelPart(
  seen: FunnelSeen,
  {
    id,
    mayDownload,
    mayList,
    language,
  }: {
    readonly id: string;
    readonly mayDownload: boolean;
    /** True when the reader may see the people who are not written to. */
    readonly mayList: boolean;
    readonly language: Language;
  },
): Html {
  const words = wordsIn(language).peoplePages.funnel;
  const csv = mayDownload
    ? html`<p><a href="/console/imports/${id}/rejected">${words.download}</a></p>`
    : nothing;
  const people = seen.people === null ? '' : ` ${figureIn(seen.people, language)} ${words.people}.`;
  const steps = [
    step(words.rows, seen.rows, { of: seen.rows, inside: html`<p>${words.rowsLead}${people}</p>`, language }),
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
            inside: notSendableCounts(seen.notSendable, { id: mayList ? id : undefined, language }),
            language,
          }),
        ]),
  ];
  return html`<section aria-labelledby="funnel"><h2 id="funnel">${words.title}</h2>
<p class="faint">${words.hint}</p>
<div class="funnel">${steps}</div></section>`;
}

function step(
  label: string,
  count: number,
  { of, inside, language }: { readonly of: number; readonly inside: Html; readonly language: Language },
): Html {
  const share = of === 0 ? 0 : (100 * count) / of;
  return html`<details><summary><span class="step">${label}</span><svg class="bar" viewBox="0 0 100 1" preserveAspectRatio="none" aria-hidden="true"><rect width="${place(share)}" height="1"/></svg><strong>${figureIn(count, language)}</strong></summary><div>${inside}</div></details>`;
}

function lost(
  rows: readonly Lost[],
  {
    caption,
    lead,
    after,
    language,
  }: { readonly caption: string; readonly lead: string; readonly after: Html; readonly language: Language },
): Html {
  const words = wordsIn(language).peoplePages.funnel;
  if (rows.length === 0) return html`<p class="faint">${words.nothing}</p>`;
  const columns = [{ head: words.why }, { head: words.count, isFigure: true }];
  const cells = rows.map(({ code, text, rows: count }) => [
    html`${text} <span class="faint">${code}</span>`,
    figureIn(count, language),
  ]);
  return html`${tableOf({ caption, columns, rows: cells, empty: '' })}<p>${lead}</p>${after}`;
}

function notSendableCounts(
  counts: Readonly<Record<string, number>>,
  { id, language }: { readonly id: string | undefined; readonly language: Language },
): Html {
  const words = wordsIn(language).peoplePages.funnel;
  const rows = Object.entries(counts).map(([reason, count]) => {
    const { why, cure } = exclusionWords(reason, language);
    const where = `/console/imports/${id}/not-sendable?reason=${encodeURIComponent(reason)}`;
    const named = id === undefined ? why : html`<a href="${where}">${why}</a>`;
    return [named, figureIn(count, language), cure];
  });
  const columns = [{ head: words.why }, { head: words.persons, isFigure: true }, { head: words.cure }];
  return tableOf({ caption: words.notSendable, columns, rows, empty: words.nothing });
}

const STATES: Readonly<Record<string, Words>> = bilingual.peoplePages.importStates;

const stateIn = (state: string, language: Language): string => STATES[state]?.[language] ?? state;

/** The kinds of a file. */
type ImportKindShown = 'suppressions' | 'contacts' | 'appointments' | 'subscriptions' | 'payment-plans';

/** The results of a file. */
type ImportSeen = z.output<typeof ImportShown>;

const FIGURES = ['rows', 'accepted', 'rejected', 'duplicates', 'created', 'withdrawals'] as const;

/** The page that uploads a file and lists earlier ones. */
function importsPage(
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
${given.kinds.length === 0 ? '' : dropPart(given.kinds, language)}
<h2>${words.earlier}</h2>
${tableOf({ caption: words.earlier, columns, rows, empty: words.none })}
${onward('/imports', given.next, language)}`,
  };
}

function dropPart(kinds: readonly ImportKindShown[], language: Language): Html {
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
function notSendablePage(
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
