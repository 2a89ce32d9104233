import { z } from 'zod';
import { html, type Html, nothing } from '../../platform/index.ts';
import { holdsBookings } from '../../reminders/index.ts';
import { importPage, importsPage, notSendablePage, type ImportKindShown } from './imports-page.ts';
import { cancelImportAsked } from './sure-words.ts';
import { pageAsked, readingOf, type ConsoleRoute, type Visit } from './visit.ts';
import { FunnelShown, NotSendable } from '../api/people/import-funnel.ts';
import { ImportShown } from '../api/people/import-schema.ts';
import { listOf } from '../server/schema.ts';
import { exclusionWords } from '../../people/index.ts';
import { place, tableOf } from './page-parts.ts';
import { figureIn } from './page-words.ts';
import { wordsIn, type Language } from '../../words/index.ts';

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
  { method: 'get', path: '/imports/:id', work: one },
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

async function one(visit: Visit): Promise<void> {
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

interface Lost {
  readonly code: string;
  readonly rows: number;
  readonly text: string;
}

/** The rows of a file that remain at each step. */
interface FunnelSeen {
  readonly rows: number;
  readonly readable: number;
  readonly proven: number;
  readonly unreadable: readonly Lost[];
  readonly unproven: readonly Lost[];
  readonly people: number | null;
  readonly sendable: number | null;
  readonly notSendable: Readonly<Record<string, number>>;
}

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
