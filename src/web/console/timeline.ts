import { z } from 'zod';
import { Refusal } from '../../platform/index.ts';
import { html, joined, nothing, type Html } from '../../base/index.ts';
import { bilingual, wordsIn, type Language, type Words } from '../../words/index.ts';
import { SeriesShown } from '../api/bookings/booking-schema.ts';
import { TimelineShown } from '../api/messages/timeline-entry.ts';
import { listOf } from '../server/schema.ts';
import type { ConsolePage } from './frame-page.ts';
import { actorsOf } from './keys.ts';
import { momentIn, momentThereAndHere, type Reading } from './page-parts.ts';
import { unlessRefused, type ConsoleRoute, type Visit } from './visit.ts';

/** The kinds of bookings in which an external id may be known. */
const BOOKINGS = ['appointments', 'subscriptions', 'payment-plans'] as const;
const Found = listOf(z.object({ id: z.string() }));

/** The pages of timelines and their search. */
export const timelinePages: readonly ConsoleRoute[] = [
  { method: 'get', path: '/timeline', work: showTimeline },
  { method: 'post', path: '/search', from: '/', work: search },
];

async function showTimeline(visit: Visit): Promise<void> {
  const query = visit.queryOf('message', 'contact', 'series', 'campaign');
  const timeline = await visit.ask('GET /v1/timeline', TimelineShown, { query });
  const nameOf = await actorsOf(visit);
  const happened = timeline.happened.map((each) => ({
    ...each,
    actor: each.actor === undefined ? undefined : nameOf(each.actor),
  }));
  const workflowUrl = timeline.workflowId === null ? undefined : visit.workflowUrl(timeline.workflowId);
  visit.show(timelinePage(visit, { timeline: { ...timeline, happened }, workflowUrl }));
}

/** Searches a number or a reference, which is sent in the body so that no address contains it. */
async function search(visit: Visit): Promise<void> {
  const what = visit.field('what') ?? '';
  if (/^msg_|^ack_/.test(what)) return visit.goTo(`/timeline?message=${encodeURIComponent(what)}`);
  const series = await booked(visit, what);
  if (series !== undefined) return visit.goTo(`/timeline?series=${series}`);
  const contact = await held(visit, what);
  if (contact === undefined)
    throw new Refusal('NOT_FOUND', {
      errors: [{ in: 'body', pointer: '/what', message: bilingual.consolePages.nobodyFits }],
    });
  return visit.goTo(`/people/${contact}`);
}

async function booked(visit: Visit, externalId: string): Promise<string | undefined> {
  for (const kind of BOOKINGS) {
    const name = `GET /v1/${kind}/{externalId}`;
    if (!visit.may(name)) continue;
    // A refusal means that the text is no reference of that kind.
    const answer = await visit.order(name, { params: { externalId } }).catch(unlessRefused);
    const parsed = SeriesShown.safeParse(answer);
    if (parsed.success) return parsed.data.id;
  }
  return undefined;
}

async function held(visit: Visit, phone: string): Promise<string | undefined> {
  // A refusal means that the text is no number.
  const answer = await visit.order('POST /v1/contacts/search', { body: { phone } }).catch(unlessRefused);
  const parsed = Found.safeParse(answer);
  return parsed.success ? parsed.data.items[0]?.id : undefined;
}

const KIND_WORDS: Readonly<Record<string, Words>> = bilingual.consolePages.timelineKinds;

type Timeline = Omit<z.output<typeof TimelineShown>, 'workflowId'>;

/** Renders the past events of one subject, the next ones, and the rule for which it waits. */
export function timelinePage(
  reading: Reading,
  { timeline, workflowUrl }: { readonly timeline: Timeline; readonly workflowUrl: string | undefined },
): ConsolePage {
  const words = wordsIn(reading.language).consolePages.timeline;
  const { about, next, related } = timeline;
  const links = related.map(
    ({ kind, id }) => html`<a href="${addressOf(kind, id)}">${kindOf(kind, reading.language)}</a>`,
  );
  if (workflowUrl !== undefined)
    links.push(html`<a href="${workflowUrl}" rel="noreferrer">${words.temporal}</a>`);
  return {
    title: `${kindOf(about.kind, reading.language)} ${about.title}`,
    main: html`${heldNote(timeline, reading)}
<h2>${words.next}</h2>
${next.length === 0 ? html`<p class="faint">${words.nothing}</p>` : html`<ul class="happened">${next.map((one) => comingLine(one, about.id, reading))}</ul>`}
<h2>${words.happened}</h2>
${past(timeline, reading)}
${links.length === 0 ? '' : html`<p>${words.related}${wordsIn(reading.language).punctuation.colon}${joined(links, ' · ')}</p>`}`,
  };
}

const kindOf = (kind: string, language: Language): string => KIND_WORDS[kind]?.[language] ?? kind;

const addressOf = (kind: string, id: string): string => `/console/timeline?${kind}=${encodeURIComponent(id)}`;

/** Renders an event to come, at its moment in the recipient's zone; another message links to its own page. */
function comingLine(
  { at, text, rule, messageId }: Timeline['next'][number],
  shownId: string,
  reading: Reading,
): Html {
  const words = wordsIn(reading.language).consolePages.timeline;
  const isElsewhere = messageId !== undefined && messageId !== shownId;
  const linkedText = isElsewhere ? linked(messageId, text) : text;
  return html`<li>${at === null ? words.nobody : momentThereAndHere(at, reading)} · ${linkedText}${cited(rule && [rule], words.rule, reading.language)}</li>`;
}

const linked = (messageId: string, text: string): Html =>
  html`<a href="${addressOf('message', messageId)}">${text}</a>`;

function heldNote({ heldBy }: Timeline, reading: Reading): Html {
  if (heldBy === null) return nothing;
  const words = wordsIn(reading.language).consolePages.timeline;
  const until =
    heldBy.until === null ? words.nobody : html`${words.until} ${momentThereAndHere(heldBy.until, reading)}`;
  const { colon } = wordsIn(reading.language).punctuation;
  const rule =
    heldBy.rule !== null &&
    html`<br>${heldBy.rule.id}${colon}${heldBy.rule.title}<br><span class="faint">${words.source}${colon}${heldBy.rule.source}</span>`;
  return html`<p class="note"><strong>${words.held}</strong> ${until}<br>${heldBy.text}${rule}</p>`;
}

function past({ happened }: Timeline, reading: Reading): Html {
  const words = wordsIn(reading.language).consolePages.timeline;
  if (happened.length === 0) return html`<p class="faint">${words.notYet}</p>`;
  const lines = happened.map(({ at, text, actor, messageId, rules }) => {
    const by = actor !== undefined && html` <span class="faint">${words.by} ${actor}</span>`;
    const linkedText = messageId === undefined ? text : linked(messageId, text);
    return html`<li>${momentIn(at, reading)} · ${linkedText}${by}${cited(rules, words.rules, reading.language)}</li>`;
  });
  return html`<ol class="happened">${lines}</ol>`;
}

const cited = (rules: Timeline['happened'][number]['rules'], summary: string, language: Language): Html =>
  rules === undefined || rules.length === 0
    ? nothing
    : html`<details><summary>${summary}</summary><ul>${rules.map(({ id, title, source }) => html`<li>${id}${wordsIn(language).punctuation.colon}${title} <span class="faint">${source}</span></li>`)}</ul></details>`;
