import { personPage } from './person-page.ts';
import { leavingAsked } from './sure-words.ts';
import { actorsOf } from './actors.ts';
import { readingOf } from './reading.ts';
import type { ConsoleRoute } from './console-route.ts';
import type { Visit } from './visit.ts';
import { ConsentsShown, ContactShown } from '../api/people/contact-schema.ts';
import { SuppressionShown } from '../api/people/leavings.ts';
import { listOf } from '../server/schema.ts';
import { TimelineShown } from '../api/messages/timeline-schema.ts';
import { WordingShown } from '../api/people/wordings.ts';

/** A person's passport, the clear reading of the number, and a withdrawal said to somebody. */
export const peoplePages: readonly ConsoleRoute[] = [
  { method: 'get', path: '/people/:id', work: (visit) => show(visit, {}) },
  {
    method: 'post',
    path: '/people/:id/number',
    from: '/people/:id',
    work: (visit) => show(visit, { clear: 'true' }),
  },
  { method: 'post', path: '/people/:id/withdrawal', from: '/people/:id', work: withdrawing },
  { method: 'get', path: '/people/:id/evidence', work: evidence },
];

/** Wordings that one page cites; whoever agreed more often reads the rest in the evidence. */
const MOST_WORDINGS = 20;

/** A clear reading is audited by the API, which refuses whoever may not read. */
async function show(visit: Visit, query: Readonly<Record<string, string>>): Promise<void> {
  const params = { id: visit.param('id') };
  const reason = visit.said('reason');
  const contact = await visit.ask('GET /v1/contacts/{id}', ContactShown, { params, query, reason });
  const { purposes, events } = await visit.ask('GET /v1/contacts/{id}/consents', ConsentsShown, { params });
  const { items } = await visit.ask('GET /v1/suppressions', listOf(SuppressionShown), {
    query: { contactId: contact.id },
  });
  const { role } = visit.caller;
  const nameOf = await actorsOf(visit);
  const page = personPage(
    readingOf(visit),
    {
      contact,
      purposes,
      events: events.map((event) => ({ ...event, actor: nameOf(event.actor) })),
      suppressions: items,
      isClear: query['clear'] === 'true',
      wordings: await wordingsOf(visit, [...events, ...Object.values(purposes)]),
    },
    {
      mayReadNumber: role === 'admin' || role === 'auditor' || role === 'scheduler',
      needsReason: role === 'auditor',
      mayReadEvidence: visit.may('GET /v1/contacts/{id}/evidence'),
    },
  );
  visit.show(page);
}

async function wordingsOf(
  visit: Visit,
  cited: readonly { readonly wordingId: string | null }[],
): Promise<ReadonlyMap<string, string>> {
  const ids = [...new Set(cited.flatMap(({ wordingId }) => wordingId ?? []))].slice(0, MOST_WORDINGS);
  const texts = new Map<string, string>();
  for (const id of ids)
    texts.set(id, (await visit.ask('GET /v1/wordings/{id}', WordingShown, { params: { id } })).text);
  return texts;
}

async function withdrawing(visit: Visit): Promise<void> {
  const id = visit.param('id');
  if (!visit.isSure) return askingToWithdraw(visit, id);
  const body = { contactId: id, purpose: visit.said('purpose'), channel: visit.said('channel') };
  await visit.order('POST /v1/consents/withdrawals', { body });
  visit.goTo(`/people/${encodeURIComponent(id)}`);
}

async function askingToWithdraw(visit: Visit, id: string): Promise<void> {
  visit.needs('POST /v1/consents/withdrawals');
  const { phone } = await visit.ask('GET /v1/contacts/{id}', ContactShown, { params: { id } });
  const asked = {
    purpose: visit.said('purpose') ?? 'all',
    who: phone ?? id,
    waiting: await waitingFor(visit, id),
    back: `/people/${encodeURIComponent(id)}`,
  };
  visit.askFirst(leavingAsked(asked, visit.language));
}

/** How many messages wait for a person, as far as whoever asks sees them. */
export const waitingFor = async (visit: Visit, id: string): Promise<number> =>
  (await visit.ask('GET /v1/timeline', TimelineShown, { query: { contact: id } })).next.length;

/** The route writes the file itself. */
async function evidence(visit: Visit): Promise<void> {
  await visit.order('GET /v1/contacts/{id}/evidence', { params: { id: visit.param('id') } });
}
