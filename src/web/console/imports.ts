import { z } from 'zod';
import { holdsBookings } from '../../reminders/index.ts';
import { funnelPart } from './funnel-page.ts';
import { importPage, importsPage, notSendablePage, type ImportKind } from './imports-page.ts';
import { cancelImportAsked } from './sure-words.ts';
import { pageAsked, readingOf } from './reading.ts';
import type { ConsoleRoute } from './console-route.ts';
import type { Visit } from './visit.ts';
import { FunnelShown, NotSendable } from '../api/people/import-funnel.ts';
import { ImportShown } from '../api/people/import-schema.ts';
import { listOf } from '../server/schema.ts';

const KINDS: readonly ImportKind[] = [
  'suppressions',
  'contacts',
  'appointments',
  'subscriptions',
  'payment-plans',
];

/** Files: dropped, followed, their refused rows given back. */
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
function kindsFor(visit: Visit): readonly ImportKind[] {
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
    : '';
  const mayCancel = visit.may('DELETE /v1/imports/{id}');
  visit.show(importPage(readingOf(visit), { view, funnel, mayCancel }));
}

async function cancelling(visit: Visit): Promise<void> {
  const params = { id: visit.param('id') };
  if (visit.isSure) {
    // The question told what becomes of people who left and are not read.
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
