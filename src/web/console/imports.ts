import { z } from 'zod';
import { exclusionWords, ImportShown } from '../../people/index.ts';
import { html, nothing, type Html } from '../../base/index.ts';
import { holdsBookings } from '../../reminders/index.ts';
import { bilingual, wordsIn, type Language, type Words } from '../../words/index.ts';
import { FunnelShown, NotSendable } from '../api/people/import-report.ts';
import type { ConsolePage } from './frame-page.ts';
import { figureIn, many, momentIn, onward, place, tableOf, territoryIn, type Reading } from './page-parts.ts';
import type { ConsoleRoute, Visit } from './visit.ts';

const KINDS = ['suppressions', 'contacts', 'appointments', 'subscriptions', 'payment-plans'] as const;

/** The pages of imported files: upload, progress and rejected rows. */
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
  const { items, next } = await visit.list('GET /v1/imports', ImportShown);
  const { language } = visit;
  const words = wordsIn(language).peoplePages.imports;
  const rows = items.map((one) => [
    html`<a href="/console/imports/${one.id}">${momentIn(one.createdAt, visit)}</a>`,
    kindIn(one.kind, language),
    stateIn(one.state, language),
    figureIn(one.rows, language),
    figureIn(one.accepted, language),
    figureIn(one.rejected, language),
  ]);
  const figured = [words.rows, words.accepted, words.rejected];
  const columns = [words.at, words.kind, words.state, ...figured.map((figure) => ({ figure }))];
  // The kind is in the address, since the fields of a form come in any order, and the file is not held in memory.
  const forms = kindsFor(visit).map(
    (kind) =>
      html`<form method="post" enctype="multipart/form-data" action="/console/imports?kind=${kind}" class="acts"><label for="file-${kind}">${words[kind]}</label><input id="file-${kind}" type="file" name="file" accept=".csv,.gz,text/csv" required><button aria-label="${words.send} (${words[kind]})">${words.send}</button></form>`,
  );
  visit.show({
    title: words.title,
    main: html`<p>${words.lead}</p>
${forms.length > 0 && html`<section aria-label="${words.file}">${forms}</section>`}
<h2>${words.earlier}</h2>
${tableOf({ caption: words.earlier, columns, rows, empty: words.none })}
${onward('/imports', next, language)}`,
  });
}

/** Returns the kinds of files that the visitor may import: not bookings for a marketer, nor people for a scheduler. */
function kindsFor(visit: Visit): readonly (typeof KINDS)[number][] {
  const { role } = visit.caller;
  if (!visit.may('POST /v1/imports')) return [];
  return KINDS.filter((kind) => (holdsBookings(kind) ? role !== 'marketer' : role !== 'scheduler'));
}

async function dropping(visit: Visit): Promise<void> {
  const query = { kind: visit.query('kind') ?? 'contacts' };
  const { id } = await visit.ask('POST /v1/imports', z.object({ id: z.string() }), { query });
  visit.goTo(`/imports/${id}`);
}

async function oneFile(visit: Visit): Promise<void> {
  const params = { id: visit.param('id') };
  const view = await visit.ask('GET /v1/imports/{id}', ImportShown, { params });
  const funnel = visit.may('GET /v1/imports/{id}/funnel')
    ? funnelPart(visit, await visit.ask('GET /v1/imports/{id}/funnel', FunnelShown, { params }), view)
    : nothing;
  const mayCancel = visit.may('DELETE /v1/imports/{id}');
  visit.show(importPage(visit, { view, funnel, mayCancel }));
}

async function cancelling(visit: Visit): Promise<void> {
  const params = { id: visit.param('id') };
  // `unread` accepts that a suppression list is not read, of which the question has warned.
  const asked = { params, query: { unread: 'accept' }, back: `/imports/${params.id}` };
  await visit.orderOnceSure('DELETE /v1/imports/{id}', asked, async () => {
    const { kind, rows } = await visit.ask('GET /v1/imports/{id}', ImportShown, { params });
    const words = wordsIn(visit.language).sure.import;
    return {
      title: words.title,
      // Rows that were read already stay.
      lines: [
        many(rows, visit.language, words.read),
        words.effect,
        ...(kind === 'suppressions' ? [words.ofSuppressions] : []),
      ],
      label: words.label,
    };
  });
}

/** Shows the people of a file who are not written to, with masked numbers and reasons. */
async function notSendable(visit: Visit): Promise<void> {
  const params = { id: visit.param('id') };
  const about = visit.queryOf('reason');
  const asked = { params, query: about };
  const { items, next } = await visit.list('GET /v1/imports/{id}/not-sendable', NotSendable, asked);
  const { language } = visit;
  const words = wordsIn(language).peoplePages.imports;
  const rows = items.map(({ id, to, territory, reason }) => {
    const { why, cure } = exclusionWords(reason, language);
    return [html`<a href="/console/people/${id}">${to}</a>`, territoryIn(territory, language), why, cure];
  });
  const columns = [words.number, words.territory, words.why, words.cure];
  const path = `/imports/${params.id}/not-sendable?${new URLSearchParams(about).toString()}`;
  visit.show({
    title: words.notSendable,
    main: html`${tableOf({ caption: words.notSendable, columns, rows, empty: words.everybody })}${onward(path, next, language)}`,
  });
}

function events(visit: Visit): Promise<void> {
  return visit.follow((asked) => visit.parts.live.import(asked));
}

/** Sends the file of rejected rows, which the route writes itself. */
async function rejected(visit: Visit): Promise<void> {
  await visit.order('GET /v1/imports/{id}/rejected', { params: { id: visit.param('id') } });
}

type Funnel = z.output<typeof FunnelShown>;

/**
 * Renders a bar chart from all rows down to people who may be written to; each bar leads to the rows that were lost.
 */
function funnelPart(visit: Visit, seen: Funnel, { id, rejected: lostRows }: ImportSeen): Html {
  const { language } = visit;
  const words = wordsIn(language).peoplePages.funnel;
  const csv =
    visit.may('GET /v1/imports/{id}/rejected') &&
    lostRows > 0 &&
    html`<p><a href="/console/imports/${id}/rejected">${words.download}</a></p>`;
  const lost = (rows: Funnel['unreadable'], caption: string, lead: string): Html => {
    if (rows.length === 0) return html`<p class="faint">${words.nothing}</p>`;
    const columns = [words.why, { figure: words.count }];
    const cells = rows.map(({ code, text, rows: count }) => [
      html`${text} <span class="faint">${code}</span>`,
      figureIn(count, language),
    ]);
    return html`${tableOf({ caption, columns, rows: cells, empty: '' })}<p>${lead}</p>${csv}`;
  };
  const step = (label: string, count: number, inside: Html): Html => {
    const share = seen.rows === 0 ? 0 : (100 * count) / seen.rows;
    return html`<details><summary><span class="step">${label}</span><svg class="bar" viewBox="0 0 100 1" preserveAspectRatio="none" aria-hidden="true"><rect width="${place(share)}" height="1"/></svg><strong>${figureIn(count, language)}</strong></summary><div>${inside}</div></details>`;
  };
  const people = seen.people === null ? '' : ` ${figureIn(seen.people, language)} ${words.people}.`;
  const linked = visit.may('GET /v1/imports/{id}/not-sendable') ? id : undefined;
  return html`<section aria-labelledby="funnel"><h2 id="funnel">${words.title}</h2>
<p class="faint">${words.hint}</p>
<div class="funnel">${[
    step(words.rows, seen.rows, html`<p>${words.rowsLead}${people}</p>`),
    step(words.readable, seen.readable, lost(seen.unreadable, words.unreadable, words.correct)),
    step(words.proven, seen.proven, lost(seen.unproven, words.unproven, words.prove)),
    seen.sendable !== null &&
      step(words.sendable, seen.sendable, notSendableCounts(seen.notSendable, linked, language)),
  ]}</div></section>`;
}

function notSendableCounts(counts: Funnel['notSendable'], id: string | undefined, language: Language): Html {
  const words = wordsIn(language).peoplePages.funnel;
  const rows = Object.entries(counts).map(([reason, count]) => {
    const { why, cure } = exclusionWords(reason, language);
    const where = `/console/imports/${id}/not-sendable?reason=${encodeURIComponent(reason)}`;
    const named = id === undefined ? why : html`<a href="${where}">${why}</a>`;
    return [named, figureIn(count, language), cure];
  });
  const columns = [words.why, { figure: words.persons }, words.cure];
  return tableOf({ caption: words.notSendable, columns, rows, empty: words.nothing });
}

const STATES: Readonly<Record<string, Words>> = bilingual.peoplePages.importStates;

const stateIn = (state: string, language: Language): string => STATES[state]?.[language] ?? state;

type ImportSeen = z.output<typeof ImportShown>;

const FIGURES = ['rows', 'accepted', 'rejected', 'duplicates', 'created', 'withdrawals'] as const;

const kindIn = (kind: string, language: Language): string => {
  const words: Readonly<Record<string, string>> = wordsIn(language).peoplePages.imports;
  return words[kind] ?? kind;
};

/** Renders an import, with its progress and the funnel of its rows. */
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
  const warnings = Object.entries(view.warningsBy).map(([code, count]) => [
    remarkIn(code, language),
    figureIn(count, language),
  ]);
  return {
    title: `${words.title}${wordsIn(language).punctuation.colon}${kindIn(view.kind, language).toLowerCase()}`,
    live: isOpen ? { events: `/console/imports/${view.id}/events`, status: view.state } : undefined,
    main: html`<p>${momentIn(view.createdAt, reading)} · <strong>${stateIn(view.state, language)}</strong></p>
${view.failure === null ? '' : html`<p class="alert">${view.failureDetail ?? words.failed} <span>(${view.failure})</span></p>`}
${view.unread === null ? '' : unreadTable(view.unread, language)}
${progressBar(view)}
${mayCancel && (isOpen || view.state === 'parked') && html`<form method="post" action="/console/imports/${view.id}/cancellation" class="acts"><button class="danger">${words.cancel}</button></form>`}
<dl class="figures">${figures}</dl>
${funnel}
<h2>${words.warnings}</h2>
${tableOf({ caption: words.warnings, columns: [words.code, { figure: words.rows }], rows: warnings, empty: words.nothingToSay })}
${view.ignoredColumns.length === 0 ? '' : html`<p>${words.ignored}${wordsIn(language).punctuation.colon}${view.ignoredColumns.join(', ')}</p>`}`,
  };
}

/** Renders the columns of an unreadable file, and its first rows without their content. */
function unreadTable(unread: NonNullable<ImportSeen['unread']>, language: Language): Html {
  const words = wordsIn(language).peoplePages.imports;
  const unknown = new Set(unread.unknown);
  const columns = unread.headings.map((heading) =>
    unknown.has(heading) ? `${heading} (${words.notUnderstood})` : heading,
  );
  const rows = unread.rows.map((cells) => unread.headings.map((_, at) => cells[at] ?? ''));
  return html`<p>${words.shape}</p>
${tableOf({ caption: words.columns, columns, rows, empty: words.noRow })}`;
}

function progressBar({ progress: { read, total } }: ImportSeen): Html {
  const share = total === 0 ? 100 : (100 * read) / total;
  return html`<svg class="bar" viewBox="0 0 100 1" preserveAspectRatio="none" aria-hidden="true"><rect width="${share}" height="1" data-share="progress.read/progress.total"/></svg>`;
}

/** Renders a remark on a file; a code without a text is shown as it is. */
function remarkIn(code: string, language: Language): Html {
  const why =
    code === 'NAME_CONFLICT'
      ? wordsIn(language).peoplePages.imports.nameConflict
      : exclusionWords(code, language).why;
  return why === code ? html`${code}` : html`${why} <span class="faint">${code}</span>`;
}
