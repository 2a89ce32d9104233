import { html, type Html, type Part } from '../../platform/index.ts';
import { pageAsked, readingOf, type ConsoleRoute, type Visit } from './visit.ts';
import { RightsRequestShown } from '../api/people/rights-requests.ts';
import { listOf } from '../server/schema.ts';
import type { Right } from '../../sms/index.ts';
import { actForm, onward, tableOf } from './page-parts.ts';
import type { ConsolePage } from './frame-page.ts';
import { momentIn, type Reading } from './page-words.ts';
import { wordsIn, type Language } from '../../words/index.ts';

/** The pages of requests under the RGPD, and their answers. */
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

interface RightsRequest {
  readonly id: string;
  readonly right: Right;
  readonly receivedAt: string;
  readonly answerBy: string;
  readonly daysLeft: number | null;
  readonly from: string | null;
  readonly contactId: string | null;
  readonly text?: string | undefined;
}

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
    textCell(one, given.mayRead, language),
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
function textCell({ id, from, text }: RightsRequest, mayRead: boolean, language: Language): Part {
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
