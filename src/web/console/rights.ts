import { rightsPage } from './rights-page.ts';
import { pageAsked, readingOf } from './reading.ts';
import type { ConsoleRoute } from './console-route.ts';
import type { Visit } from './visit.ts';
import { RightsRequestShown } from '../api/people/rights-requests.ts';
import { listOf } from '../server/schema.ts';

/** Requests under the RGPD, and their answers. */
export const rightsPages: readonly ConsoleRoute[] = [
  { method: 'get', path: '/rights', work: requests },
  { method: 'post', path: '/rights/:id', from: '/rights', work: answering },
];

async function requests(visit: Visit): Promise<void> {
  const query = { ...pageAsked(visit), open: 'true' };
  const found = await visit.ask('GET /v1/rights-requests', listOf(RightsRequestShown), { query });
  const read = visit.asked('read');
  const items = read === undefined ? found.items : await withText(visit, found.items, read);
  const mayAnswer = visit.may('POST /v1/rights-requests/{id}/answer');
  // An auditor gives a reason with each clear read, by the API.
  const mayRead = visit.caller.role === 'admin';
  visit.show(rightsPage(readingOf(visit), { items, next: found.next, mayAnswer, mayRead }));
}

type Request = ReturnType<typeof RightsRequestShown.parse>;

async function withText(visit: Visit, items: readonly Request[], id: string): Promise<readonly Request[]> {
  if (!items.some((request) => request.id === id)) return items;
  const clear = await visit.ask('GET /v1/rights-requests/{id}', RightsRequestShown, {
    params: { id },
    query: { clear: 'true' },
  });
  return items.map((request) => (request.id === id ? clear : request));
}

async function answering(visit: Visit): Promise<void> {
  const note = visit.said('note');
  await visit.order('POST /v1/rights-requests/{id}/answer', {
    params: { id: visit.param('id') },
    body: { outcome: visit.said('outcome'), ...(note === undefined ? {} : { note }) },
  });
  visit.goTo('/rights');
}
