import type { z } from 'zod';
import { html, type Html, joined, type Part, Refusal } from '../../platform/index.ts';
import { bilingual, wordsIn, type Language, type Words } from '../../words/index.ts';
import { UncertainShown } from '../api/messages/messages.ts';
import { ReplyShown } from '../api/messages/replies.ts';
import { RightsRequestShown } from '../api/people/rights-requests.ts';
import { listOf } from '../server/schema.ts';
import type { ConsolePage } from './frame-page.ts';
import { actForm, onward, tableOf, momentIn, type Reading } from './page-parts.ts';
import { messagesWaitingFor } from './people.ts';
import { decisionAsked, isDecision, takeBackAsked } from './sure-words.ts';
import { pageAsked, readingOf, type ConsoleRoute, type Visit } from './visit.ts';

/** The pages of decisions to make: uncertain messages and doubtful replies. */
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
  const items =
    read === undefined
      ? found.items
      : await withText(visit, found.items, { id: read, route: 'GET /v1/replies/{id}', shape: ReplyShown });
  const mayDecide = visit.may('POST /v1/replies/{id}/decision');
  // An auditor gives a reason with each clear read, by the API.
  const mayRead = visit.caller.role === 'admin';
  const decided = await visit.ask('GET /v1/replies', listOf(ReplyShown), { query: LAST_DECIDED });
  const given = { items, next: found.next, decided: decided.items, mayDecide, mayRead };
  visit.show(repliesPage(readingOf(visit), given));
}

/** The latest decisions are beside the pending ones, so that a mistake is seen at once. */
const LAST_DECIDED = { decided: 'true', limit: '20' };

/** Puts the text of one item in, which a reader asked for. */
async function withText<T extends { readonly id: string }>(
  visit: Visit,
  items: readonly T[],
  { id, route, shape }: { readonly id: string; readonly route: string; readonly shape: z.ZodType<T> },
): Promise<readonly T[]> {
  if (!items.some((item) => item.id === id)) return items;
  const clear = await visit.ask(route, shape, { params: { id }, query: { clear: 'true' } });
  return items.map((item) => (item.id === id ? clear : item));
}

async function deciding(visit: Visit): Promise<void> {
  const params = { id: visit.param('id') };
  const decision = visit.said('decision');
  if (isDecision(decision) && !visit.isSure) {
    visit.needs('POST /v1/replies/{id}/decision');
    const { from, contactId } = await visit.ask('GET /v1/replies/{id}', ReplyShown, { params });
    const waiting = contactId === null ? undefined : await messagesWaitingFor(visit, contactId);
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

type Uncertain = z.output<typeof UncertainShown>;

/** Lists uncertain messages, each with the form to resolve it. */
function uncertainPage(
  reading: Reading,
  given: { readonly items: readonly Uncertain[]; readonly next: string | null; readonly mayResolve: boolean },
): ConsolePage {
  const { language } = reading;
  const words = wordsIn(language).consolePages.uncertain;
  const rows = given.items.map((one) => [
    one.to ?? '–',
    one.gateway,
    momentIn(one.markedAt, reading),
    reasonIn(one.reason, language),
    html`${given.mayResolve ? resolution(one, language) : ''} <a href="/console/timeline?message=${encodeURIComponent(one.id)}" aria-label="${words.story} ${one.to ?? one.id}">${words.story}</a>`,
  ]);
  const columns = [words.number, words.gateway, words.since, words.reason, words.say].map((head) => ({
    head,
  }));
  return {
    title: words.uncertain,
    main: html`<p>${words.uncertainLead}</p>
${tableOf({ caption: words.uncertain, columns, rows, empty: words.nothingLost })}
${onward('/uncertain', given.next, language)}`,
  };
}

/** The reasons of the unknown outcome, by the codes of the send path. */
const REASONS: Readonly<Record<string, Words>> = bilingual.consolePages.uncertainReasons;

function reasonIn(reason: string | null, language: Language): Part {
  if (reason === null) return '–';
  const words = REASONS[reason.toUpperCase()]?.[language];
  return words === undefined ? reason : html`${words} <span class="faint">${reason}</span>`;
}

function resolution({ id, to }: Uncertain, language: Language): Html {
  const words = wordsIn(language).consolePages.uncertain;
  const about = to ?? id;
  const outcomes = (['accepted', 'not-accepted'] as const).map(
    (outcome) => html`<option value="${outcome}">${words[outcome]}</option>`,
  );
  return actForm({
    action: `/uncertain/${encodeURIComponent(id)}`,
    label: words.record,
    before: html`<select name="outcome" aria-label="${words.say} (${about})">${outcomes}</select><input name="evidence" aria-label="${words.proof} (${about})" placeholder="${words.proof}" required maxlength="500">`,
  });
}

type Reply = z.output<typeof ReplyShown>;

/** Lists doubtful replies, each with its possible meaning. */
function repliesPage(
  reading: Reading,
  given: {
    readonly items: readonly Reply[];
    readonly next: string | null;
    readonly decided: readonly Reply[];
    readonly mayDecide: boolean;
    readonly mayRead: boolean;
  },
): ConsolePage {
  const { language } = reading;
  const words = wordsIn(language).consolePages.uncertain;
  const rows = given.items.map((one) => [
    momentIn(one.receivedAt, reading),
    one.from,
    one.because?.text ?? '–',
    textCell(one, given.mayRead, language),
    given.mayDecide ? decisions(one, language) : '',
  ]);
  const columns = [words.at, words.from, words.why, words.text, words.say].map((head) => ({ head }));
  return {
    title: words.replies,
    main: html`<p>${words.repliesLead}</p>
${tableOf({ caption: words.replies, columns, rows, empty: words.noReply })}
${onward('/replies', given.next, language)}
<h2>${words.decided}</h2>
${decidedTable(given, reading)}`,
  };
}

function decidedTable(
  { decided, mayDecide }: { readonly decided: readonly Reply[]; readonly mayDecide: boolean },
  reading: Reading,
): Html {
  const { language } = reading;
  const words = wordsIn(language).consolePages.uncertain;
  const said: Readonly<Record<string, string>> = words;
  const rows = decided.map(({ id, from, decision, decidedAt }) => [
    momentIn(decidedAt, reading),
    from,
    said[decision ?? ''] ?? '–',
    mayDecide ? actForm({ action: `/replies/${id}/reversal`, label: words.takeBack, about: from }) : '',
  ]);
  const columns = [words.when, words.from, words.decision, words.say].map((head) => ({ head }));
  return tableOf({ caption: words.decided, columns, rows, empty: words.noneDecided });
}

/** A reader with the right asks for the text: the reading is on record. */
function textCell({ id, from, text }: Reply, mayRead: boolean, language: Language): Part {
  if (text !== undefined) return html`<q>${text}</q>`;
  if (!mayRead) return '–';
  const { read } = wordsIn(language).consolePages.uncertain;
  return html`<a href="/console/replies?read=${encodeURIComponent(id)}" aria-label="${read} ${from}">${read}</a>`;
}

const decisions = ({ id }: Reply, language: Language): Html =>
  joined(
    (['not-stop', 'stop', 'stop-all'] as const).map((decision) =>
      actForm({
        action: `/replies/${id}/decision`,
        label: wordsIn(language).consolePages.uncertain[decision],
        hidden: { decision },
      }),
    ),
    ' ',
  );

/** The pages of requests under the RGPD, and their answers. */
export const rightsPages: readonly ConsoleRoute[] = [
  { method: 'get', path: '/rights', work: requests },
  { method: 'post', path: '/rights/:id', from: '/rights', work: answering },
];

async function requests(visit: Visit): Promise<void> {
  const query = { ...pageAsked(visit), open: 'true' };
  const found = await visit.ask('GET /v1/rights-requests', listOf(RightsRequestShown), { query });
  const read = visit.asked('read');
  const items =
    read === undefined
      ? found.items
      : await withText(visit, found.items, {
          id: read,
          route: 'GET /v1/rights-requests/{id}',
          shape: RightsRequestShown,
        });
  const mayAnswer = visit.may('POST /v1/rights-requests/{id}/answer');
  // An auditor gives a reason with each clear read, by the API.
  const mayRead = visit.caller.role === 'admin';
  visit.show(rightsPage(readingOf(visit), { items, next: found.next, mayAnswer, mayRead }));
}

async function answering(visit: Visit): Promise<void> {
  const note = visit.said('note');
  await visit.order('POST /v1/rights-requests/{id}/answer', {
    params: { id: visit.param('id') },
    body: { outcome: visit.said('outcome'), ...(note === undefined ? {} : { note }) },
  });
  visit.goTo('/rights');
}

type RightsRequest = z.output<typeof RightsRequestShown>;

/** Lists requests under the RGPD that wait for an answer, oldest first. */
function rightsPage(
  reading: Reading,
  given: {
    readonly items: readonly RightsRequest[];
    readonly next: string | null;
    readonly mayAnswer: boolean;
    readonly mayRead: boolean;
  },
): ConsolePage {
  const { language } = reading;
  const words = wordsIn(language).peoplePages.rights;
  const rows = given.items.map((one) => [
    words[one.right],
    momentIn(one.receivedAt, reading),
    html`<time datetime="${one.answerBy}">${dayIn(one.answerBy, language)}</time> <span class="faint">${words.left(one.daysLeft ?? 0)}</span>`,
    whose(one, language),
    requestText(one, given.mayRead, language),
    given.mayAnswer ? answer(one, language) : '',
  ]);
  const columns = [words.right, words.at, words.by, words.from, words.text, words.say];
  return {
    title: words.title,
    main: html`<p>${words.lead}</p>
${tableOf({ caption: words.title, columns: columns.map((head) => ({ head })), rows, empty: words.none })}
${onward('/rights', given.next, language)}`,
  };
}

const dayIn = (day: string, language: Language): string =>
  new Intl.DateTimeFormat(language, { dateStyle: 'long', timeZone: 'UTC' }).format(
    new Date(`${day}T00:00:00Z`),
  );

function whose({ from, contactId }: RightsRequest, language: Language): Part {
  const { person } = wordsIn(language).peoplePages.rights;
  const number = from ?? '–';
  if (contactId === null) return number;
  return html`${number} <a href="/console/people/${contactId}" aria-label="${person} ${from ?? ''}">${person}</a>`;
}

/** A reader with the right asks for the text: the reading is on record. */
function requestText({ id, from, text }: RightsRequest, mayRead: boolean, language: Language): Part {
  if (text !== undefined) return html`<q>${text}</q>`;
  if (!mayRead || from === null) return '–';
  const { read } = wordsIn(language).peoplePages.rights;
  return html`<a href="/console/rights?read=${encodeURIComponent(id)}" aria-label="${read} ${from}">${read}</a>`;
}

function answer({ id, from }: RightsRequest, language: Language): Html {
  const words = wordsIn(language).peoplePages.rights;
  const about = from ?? id;
  const outcomes = (['done', 'refused', 'not-a-request'] as const).map(
    (outcome) => html`<option value="${outcome}">${words[outcome]}</option>`,
  );
  return actForm({
    action: `/rights/${encodeURIComponent(id)}`,
    label: words.record,
    before: html`<select name="outcome" aria-label="${words.outcome} (${about})">${outcomes}</select><input name="note" aria-label="${words.note} (${about})" placeholder="${words.note}" maxlength="500">`,
  });
}
