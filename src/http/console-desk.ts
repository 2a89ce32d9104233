import { repliesPage, uncertainPage } from '../pages/console-desk.ts';
import { pageAsked, readingOf } from './console-reading.ts';
import type { ConsoleRoute } from './console-route.ts';
import type { Visit } from './console-visit.ts';
import { UncertainShown } from './message-schema.ts';
import { ReplyShown } from './replies.ts';
import { listOf } from './schema.ts';

/** What waits for a person: fates unknown, and replies in doubt. */
export const deskPages: readonly ConsoleRoute[] = [
  { method: 'get', path: '/uncertain', work: uncertain },
  { method: 'post', path: '/uncertain/:id', from: '/uncertain', work: resolving },
  { method: 'get', path: '/replies', work: replies },
  { method: 'post', path: '/replies/:id/decision', from: '/replies', work: deciding },
];

async function uncertain(visit: Visit): Promise<void> {
  const found = await visit.ask('GET /v1/uncertain', listOf(UncertainShown), { query: pageAsked(visit) });
  const mayResolve = visit.may('POST /v1/messages/{id}/resolution');
  visit.show(uncertainPage(readingOf(visit), { ...found, mayResolve }));
}

async function resolving(visit: Visit): Promise<void> {
  await visit.order('POST /v1/messages/{id}/resolution', {
    params: { id: visit.param('id') },
    body: { outcome: visit.said('outcome'), evidence: visit.said('evidence') },
  });
  visit.goTo('/uncertain');
}

async function replies(visit: Visit): Promise<void> {
  const query = { ...pageAsked(visit), unclear: 'true' };
  const found = await visit.ask('GET /v1/replies', listOf(ReplyShown), { query });
  const read = visit.asked('read');
  const items = read === undefined ? found.items : await withText(visit, found.items, read);
  const mayDecide = visit.may('POST /v1/replies/{id}/decision');
  // An auditor gives a reason with each clear read, by the API.
  const mayRead = visit.caller.role === 'admin';
  visit.show(repliesPage(readingOf(visit), { items, next: found.next, mayDecide, mayRead }));
}

type Reply = ReturnType<typeof ReplyShown.parse>;

async function withText(visit: Visit, items: readonly Reply[], id: string): Promise<readonly Reply[]> {
  if (!items.some((reply) => reply.id === id)) return items;
  const clear = await visit.ask('GET /v1/replies/{id}', ReplyShown, {
    params: { id },
    query: { clear: 'true' },
  });
  return items.map((reply) => (reply.id === id ? clear : reply));
}

async function deciding(visit: Visit): Promise<void> {
  const params = { id: visit.param('id') };
  await visit.order('POST /v1/replies/{id}/decision', { params, body: { decision: visit.said('decision') } });
  visit.goTo('/replies');
}
