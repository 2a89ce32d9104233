import { z } from 'zod';
import { Refusal } from '../../platform/index.ts';
import { timelinePage } from './timeline-page.ts';
import { SeriesShown } from '../api/bookings/booking-schema.ts';
import { actorsOf } from './actors.ts';
import { readingOf } from './reading.ts';
import type { ConsoleRoute } from './console-route.ts';
import type { Visit } from './visit.ts';
import { listOf } from '../server/schema.ts';
import { TimelineShown } from '../api/messages/timeline-schema.ts';
import { bilingual } from '../../words/index.ts';

const KINDS = ['message', 'contact', 'series', 'campaign'] as const;
/** Where an external id may be known. */
const BOOKINGS = ['appointments', 'subscriptions', 'payment-plans'] as const;
const Found = listOf(z.object({ id: z.string() }));

/** What happened to one thing, and the search that leads there. */
export const timelinePages: readonly ConsoleRoute[] = [
  { method: 'get', path: '/timeline', work: timeline },
  { method: 'post', path: '/search', from: '/', work: search },
];

async function timeline(visit: Visit): Promise<void> {
  const query = Object.fromEntries(
    KINDS.flatMap((kind) => {
      const id = visit.asked(kind);
      return id === undefined ? [] : [[kind, id]];
    }),
  );
  const told = await visit.ask('GET /v1/timeline', TimelineShown, { query });
  const workflowUrl = told.workflowId === null ? undefined : visit.workflowUrl(told.workflowId);
  const nameOf = await actorsOf(visit);
  const happened = told.happened.map((each) =>
    each.actor === undefined ? each : { ...each, actor: nameOf(each.actor) },
  );
  visit.show(timelinePage(readingOf(visit), { timeline: { ...told, happened }, workflowUrl }));
}

const NOBODY = bilingual.consolePages.nobodyFits;

/** A number or a reference; it travels in a body, and no address ever holds it. */
async function search(visit: Visit): Promise<void> {
  const what = visit.said('what') ?? '';
  if (/^msg_|^ack_/.test(what)) return visit.goTo(`/timeline?message=${encodeURIComponent(what)}`);
  const series = await booked(visit, what);
  if (series !== undefined) return visit.goTo(`/timeline?series=${series}`);
  const contact = await held(visit, what);
  if (contact === undefined)
    throw new Refusal('NOT_FOUND', { errors: [{ in: 'body', pointer: '/what', message: NOBODY }] });
  return visit.goTo(`/people/${contact}`);
}

async function booked(visit: Visit, externalId: string): Promise<string | undefined> {
  for (const kind of BOOKINGS) {
    const name = `GET /v1/${kind}/{externalId}`;
    if (!visit.may(name)) continue;
    const answer = await visit.order(name, { params: { externalId } }).catch(unlessRefused);
    const parsed = SeriesShown.safeParse(answer);
    if (parsed.success) return parsed.data.id;
  }
  return undefined;
}

async function held(visit: Visit, phone: string): Promise<string | undefined> {
  const answer = await visit.order('POST /v1/contacts/search', { body: { phone } }).catch(unlessRefused);
  const parsed = Found.safeParse(answer);
  return parsed.success ? parsed.data.items[0]?.id : undefined;
}

/** What was typed is no number, or no reference of that kind. */
function unlessRefused(error: unknown): undefined {
  if (!(error instanceof Refusal) || error.status >= 500) throw error;
}
