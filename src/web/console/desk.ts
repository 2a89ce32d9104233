import { Refusal } from '../../platform/index.ts';
import { repliesPage, uncertainPage } from './desk-page.ts';
import { decisionAsked, isDecision, takeBackAsked } from './sure-words.ts';
import { waitingFor } from './people.ts';
import { pageAsked, readingOf } from './reading.ts';
import type { ConsoleRoute } from './console-route.ts';
import type { Visit } from './visit.ts';
import { UncertainShown } from '../api/messages/message-schema.ts';
import { ReplyShown } from '../api/messages/replies.ts';
import { listOf } from '../server/schema.ts';

/** What waits for a person: fates unknown, and replies in doubt. */
export const undecidedPages: readonly ConsoleRoute[] = [
  { method: 'get', path: '/uncertain', work: uncertain },
  { method: 'post', path: '/uncertain/:id', from: '/uncertain', work: resolving },
  { method: 'get', path: '/replies', work: replies },
  { method: 'post', path: '/replies/:id/decision', from: '/replies', work: deciding },
  { method: 'post', path: '/replies/:id/reversal', from: '/replies', work: takingBack },
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
  const decided = await visit.ask('GET /v1/replies', listOf(ReplyShown), { query: LAST_DECIDED });
  const given = { items, next: found.next, decided: decided.items, mayDecide, mayRead };
  visit.show(repliesPage(readingOf(visit), given));
}

/** What was decided lately stands beside what waits: a mistake is seen at once. */
const LAST_DECIDED = { decided: 'true', limit: '20' };

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
  const decision = visit.said('decision');
  if (isDecision(decision) && !visit.isSure) {
    visit.needs('POST /v1/replies/{id}/decision');
    const { from, contactId } = await visit.ask('GET /v1/replies/{id}', ReplyShown, { params });
    const waiting = contactId === null ? undefined : await waitingFor(visit, contactId);
    visit.askFirst(decisionAsked({ decision, from, waiting }, visit.language));
    return;
  }
  await visit.order('POST /v1/replies/{id}/decision', { params, body: { decision } });
  visit.goTo('/replies');
}

async function takingBack(visit: Visit): Promise<void> {
  const params = { id: visit.param('id') };
  if (!visit.isSure) {
    visit.needs('DELETE /v1/replies/{id}/decision');
    const { from, decision } = await visit.ask('GET /v1/replies/{id}', ReplyShown, { params });
    if (decision === null) throw new Refusal('REPLY_NOT_DECIDED');
    visit.askFirst(takeBackAsked({ from, decision }, visit.language));
    return;
  }
  await visit.order('DELETE /v1/replies/{id}/decision', { params });
  visit.goTo('/replies');
}
