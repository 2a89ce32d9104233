import type { z } from 'zod';
import { nextWorkingDay } from '../../law/index.ts';
import { isTerritory, localDate } from '../../rule/index.ts';
import { Refusal } from '../../platform/index.ts';
import { html, joined, type Html, type Part } from '../../base/index.ts';
import { bilingual, wordsIn, type Language, type Words } from '../../words/index.ts';
import { Unreached } from '../api/bookings/series.ts';
import { UncertainShown } from '../../sending/index.ts';
import { ReplyShown } from '../api/messages/replies.ts';
import { RightsRequestShown } from '../api/people/rights-requests.ts';
import { wrongField } from '../server/input-error.ts';
import { listOf } from '../server/schema.ts';
import {
  actForm,
  field,
  figureIn,
  momentIn,
  momentText,
  onward,
  optionsOf,
  tableOf,
  type Reading,
} from './page-parts.ts';
import { messagesWaitingFor, waitingSentence } from './people.ts';
import type { ConsoleRoute, Visit } from './visit.ts';

/**
 * The pages of what waits for a person: people to phone, uncertain messages, doubtful replies, requests under the
 * RGPD.
 */
export const toDoPages: readonly ConsoleRoute[] = [
  { method: 'get', path: '/to-call', work: toCall },
  { method: 'get', path: '/uncertain', work: uncertain },
  { method: 'post', path: '/uncertain/:id', from: '/uncertain', work: resolving },
  { method: 'get', path: '/replies', work: replies },
  { method: 'post', path: '/replies/:id/decision', from: '/replies', work: deciding },
  { method: 'post', path: '/replies/:id/reversal', from: '/replies', work: takingBack },
  { method: 'get', path: '/rights', work: requests },
  { method: 'post', path: '/rights/:id', from: '/rights', work: answering },
];

async function uncertain(visit: Visit): Promise<void> {
  const { items, next } = await visit.list('GET /v1/uncertain', UncertainShown);
  const mayResolve = visit.may('POST /v1/messages/{id}/resolution');
  const words = wordsIn(visit.language).consolePages.uncertain;
  const rows = items.map(({ id, to, gateway, markedAt, reason }) => [
    to ?? '–',
    gateway,
    momentIn(markedAt, visit),
    reasonIn(reason, visit.language),
    html`${mayResolve && resolution(id, to ?? id, visit.language)} <a href="/console/timeline?message=${encodeURIComponent(id)}" aria-label="${words.story} ${to ?? id}">${words.story}</a>`,
  ]);
  const columns = [words.number, words.gateway, words.since, words.reason, words.say];
  visit.show({
    title: words.uncertain,
    main: html`<p>${words.uncertainLead}</p>
${tableOf({ caption: words.uncertain, columns, rows, empty: words.nothingLost })}
${onward('/uncertain', next, visit.language)}`,
  });
}

/** The reasons why an outcome is unknown, by the codes of the send path. */
const REASONS: Readonly<Record<string, Words>> = bilingual.consolePages.uncertainReasons;

function reasonIn(reason: string | null, language: Language): Part {
  if (reason === null) return '–';
  const words = REASONS[reason.toUpperCase()]?.[language];
  return words === undefined ? reason : html`${words} <span class="faint">${reason}</span>`;
}

function resolution(id: string, about: string, language: Language): Html {
  const words = wordsIn(language).consolePages.uncertain;
  const outcomes = optionsOf(['accepted', 'not-accepted'] as const, (outcome) => words[outcome]);
  return actForm({
    action: `/uncertain/${encodeURIComponent(id)}`,
    label: words.record,
    before: html`<select name="outcome" aria-label="${words.say} (${about})">${outcomes}</select><input name="evidence" aria-label="${words.proof} (${about})" placeholder="${words.proof}" required maxlength="500">`,
  });
}

async function resolving(visit: Visit): Promise<void> {
  await visit.order('POST /v1/messages/{id}/resolution', {
    params: { id: visit.param('id') },
    body: { outcome: visit.field('outcome'), evidence: visit.field('evidence') },
  });
  visit.goTo('/uncertain');
}

async function replies(visit: Visit): Promise<void> {
  const unclear = { query: { unclear: 'true' } };
  const { items, next } = await visit.list('GET /v1/replies', ReplyShown, unclear);
  const shown = await withText(visit, items, ['GET /v1/replies/{id}', ReplyShown]);
  const mayDecide = visit.may('POST /v1/replies/{id}/decision');
  const decided = await visit.ask('GET /v1/replies', listOf(ReplyShown), { query: LAST_DECIDED });
  const words = wordsIn(visit.language).consolePages.uncertain;
  const rows = shown.map((one) => [
    momentIn(one.receivedAt, visit),
    one.from,
    one.because?.text ?? '–',
    textCell(one, { page: '/replies', label: words.read, visit }),
    mayDecide && decisions(one.id, visit.language),
  ]);
  const columns = [words.at, words.from, words.why, words.text, words.say];
  visit.show({
    title: words.replies,
    main: html`<p>${words.repliesLead}</p>
${tableOf({ caption: words.replies, columns, rows, empty: words.noReply })}
${onward('/replies', next, visit.language)}
<h2>${words.decided}</h2>
${decidedTable(decided.items, mayDecide, visit)}`,
  });
}

/** The query for the latest decisions, which are shown with the pending ones so that mistakes are noticed. */
const LAST_DECIDED = { decided: 'true', limit: '20' };

/** Returns the items, with the text of the one that the reader wants to read. */
async function withText<T extends { readonly id: string }>(
  visit: Visit,
  items: readonly T[],
  [route, shape]: readonly [string, z.ZodType<T>],
): Promise<readonly T[]> {
  const id = visit.query('read');
  if (id === undefined || !items.some((item) => item.id === id)) return items;
  const clear = await visit.ask(route, shape, { params: { id }, query: { clear: 'true' } });
  return items.map((item) => (item.id === id ? clear : item));
}

/** Renders a text that was requested, or the link that requests it, for readers who may; reading it is audited. */
function textCell(
  {
    id,
    from,
    text,
  }: { readonly id: string; readonly from: string | null; readonly text?: string | undefined },
  { page, label, visit }: { readonly page: string; readonly label: string; readonly visit: Visit },
): Part {
  if (text !== undefined) return html`<q>${text}</q>`;
  // Not for auditors, who read texts by the API with a reason.
  if (visit.caller.role !== 'admin' || from === null) return '–';
  return html`<a href="/console${page}?read=${encodeURIComponent(id)}" aria-label="${label} ${from}">${label}</a>`;
}

function decidedTable(
  decided: readonly z.output<typeof ReplyShown>[],
  mayDecide: boolean,
  reading: Reading,
): Html {
  const words = wordsIn(reading.language).consolePages.uncertain;
  const said: Readonly<Record<string, string>> = words;
  const rows = decided.map(({ id, from, decision, decidedAt }) => [
    momentIn(decidedAt, reading),
    from,
    said[decision ?? ''] ?? '–',
    mayDecide && actForm({ action: `/replies/${id}/reversal`, label: words.takeBack, about: from }),
  ]);
  const columns = [words.when, words.from, words.decision, words.say];
  return tableOf({ caption: words.decided, columns, rows, empty: words.noneDecided });
}

const decisions = (id: string, language: Language): Html =>
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

const DECISIONS = bilingual.sure.decisions;

const isDecision = (said: string | undefined): said is keyof typeof DECISIONS =>
  said !== undefined && Object.hasOwn(DECISIONS, said);

async function deciding(visit: Visit): Promise<void> {
  const params = { id: visit.param('id') };
  const decision = visit.field('decision');
  const name = 'POST /v1/replies/{id}/decision';
  const asked = { params, body: { decision } };
  if (!isDecision(decision)) {
    await visit.order(name, asked);
    return visit.goTo('/replies');
  }
  return visit.orderOnceSure(name, { ...asked, back: '/replies' }, async () => {
    const { from, contactId } = await visit.ask('GET /v1/replies/{id}', ReplyShown, { params });
    const waiting = contactId === null ? undefined : await messagesWaitingFor(visit, contactId);
    const { language } = visit;
    const words = wordsIn(language).sure.decision;
    const [label, effect] = DECISIONS[decision][language];
    const count =
      waiting === undefined || decision === 'not-stop' ? [] : [waitingSentence(waiting, language)];
    return { title: words.title({ label, from }), lines: [effect, ...count, words.takenBack], label };
  });
}

async function takingBack(visit: Visit): Promise<void> {
  const params = { id: visit.param('id') };
  const asked = { params, back: '/replies' };
  await visit.orderOnceSure('DELETE /v1/replies/{id}/decision', asked, async () => {
    const { from, decision } = await visit.ask('GET /v1/replies/{id}', ReplyShown, { params });
    if (decision === null) throw new Refusal('REPLY_NOT_DECIDED');
    const words = wordsIn(visit.language).sure.takeBack;
    const effect = decision === 'not-stop' ? words.suspendsAgain : words.freesAgain;
    return { title: words.title({ from }), lines: [effect, words.effect], label: words.label };
  });
}

/** Shows requests under the RGPD that wait for an answer, the oldest first. */
async function requests(visit: Visit): Promise<void> {
  const open = { query: { open: 'true' } };
  const { items, next } = await visit.list('GET /v1/rights-requests', RightsRequestShown, open);
  const shown = await withText(visit, items, ['GET /v1/rights-requests/{id}', RightsRequestShown]);
  const mayAnswer = visit.may('POST /v1/rights-requests/{id}/answer');
  const { language } = visit;
  const words = wordsIn(language).peoplePages.rights;
  const rows = shown.map((one) => [
    words[one.right],
    momentIn(one.receivedAt, visit),
    html`<time datetime="${one.answerBy}">${dayIn(one.answerBy, language)}</time> <span class="faint">${words.left(one.daysLeft ?? 0)}</span>`,
    whose(one, language),
    textCell(one, { page: '/rights', label: words.read, visit }),
    mayAnswer && answer(one, language),
  ]);
  const columns = [words.right, words.at, words.by, words.from, words.text, words.say];
  visit.show({
    title: words.title,
    main: html`<p>${words.lead}</p>
${tableOf({ caption: words.title, columns, rows, empty: words.none })}
${onward('/rights', next, language)}`,
  });
}

async function answering(visit: Visit): Promise<void> {
  await visit.order('POST /v1/rights-requests/{id}/answer', {
    params: { id: visit.param('id') },
    body: { outcome: visit.field('outcome'), ...visit.fieldsOf('note') },
  });
  visit.goTo('/rights');
}

const dayIn = (day: string, language: Language): string =>
  new Intl.DateTimeFormat(language, { dateStyle: 'long', timeZone: 'UTC' }).format(
    new Date(`${day}T00:00:00Z`),
  );

function whose({ from, contactId }: z.output<typeof RightsRequestShown>, language: Language): Part {
  const { person } = wordsIn(language).peoplePages.rights;
  const number = from ?? '–';
  if (contactId === null) return number;
  return html`${number} <a href="/console/people/${contactId}" aria-label="${person} ${from ?? ''}">${person}</a>`;
}

function answer({ id, from }: z.output<typeof RightsRequestShown>, language: Language): Html {
  const words = wordsIn(language).peoplePages.rights;
  const about = from ?? id;
  const outcomes = optionsOf(['done', 'refused', 'not-a-request'] as const, (outcome) => words[outcome]);
  return actForm({
    action: `/rights/${encodeURIComponent(id)}`,
    label: words.record,
    before: html`<select name="outcome" aria-label="${words.outcome} (${about})">${outcomes}</select><input name="note" aria-label="${words.note} (${about})" placeholder="${words.note}" maxlength="500">`,
  });
}

const Listed = listOf(Unreached);

/** The people whom no message reaches, from one day to another, both inclusive; days as `YYYY-MM-DD`. */
interface CallList {
  readonly from: string;
  readonly to: string;
  /** The soonest first. */
  readonly items: readonly z.output<typeof Unreached>[];
  /** False when there are more series than one page of the console reads. */
  readonly isWhole: boolean;
}

/** How many pages of the API one page of the console reads, and how many series each has. */
const [MOST_PAGES, LIMIT] = [20, '500'];

/** Reads everybody to call on those days. */
export async function callList(
  visit: Visit,
  days: Pick<CallList, 'from' | 'to'>,
  more: Readonly<Record<string, string>> = {},
): Promise<CallList> {
  const items: z.output<typeof Unreached>[] = [];
  let after: string | null = null;
  for (let page = 0; page < MOST_PAGES; page += 1) {
    const query = { ...more, ...days, limit: LIMIT, ...(after !== null && { after }) };
    const found: z.output<typeof Listed> = await visit.ask('GET /v1/reminders/unreached', Listed, { query });
    items.push(...found.items);
    after = found.next;
    if (after === null) break;
  }
  const soonestFirst = items.toSorted((one, other) => momentOf(one) - momentOf(other));
  return { ...days, items: soonestFirst, isWhole: after === null };
}

/** Returns the moment by which entries are sorted; an entry without one comes last. */
const momentOf = ({ startsAt, refuseBy }: CallList['items'][number]): number => {
  const at = startsAt ?? refuseBy;
  return at == null ? Number.MAX_SAFE_INTEGER : Date.parse(at);
};

/** Days that are examined before the page says that nobody is to be called. */
const DAYS_AHEAD = 14;

/** Shows the people to phone from today to the next working day, or on the requested days. */
async function toCall(visit: Visit): Promise<void> {
  const { home } = visit.caller;
  const today = visit.parts.api.clock.now().setZone(home.timeZone);
  const [from, to] = [visit.query('from'), visit.query('to')];
  const territories = home.territory.split('+').filter((word) => isTerritory(word));
  const usual = {
    from: localDate(today),
    to: localDate(nextWorkingDay(today, { territories, goodFriday: undefined })),
  };
  const days = { from: from ?? to ?? usual.from, to: to ?? from ?? usual.to };
  if (days.to < days.from) throw wrongField('/to', 'not before from', { where: 'query' });
  const list = await callList(visit, days);
  const isUsual = from === undefined && to === undefined;
  const ahead = { from: usual.from, to: localDate(today.plus({ days: DAYS_AHEAD })) };
  const later = isUsual && list.items.length === 0 ? await callList(visit, ahead) : undefined;
  showCallList(visit, list, later);
}

/** Rows that are shown; further ones are only counted. */
const MOST_ROWS = 500;

/**
 * Shows the people to phone, with reasons, on a page that can be printed. `later` has the days that follow, when nobody
 * is to be called on the usual ones.
 */
function showCallList(visit: Visit, list: CallList, later: CallList | undefined): void {
  const words = wordsIn(visit.language).consolePages.toCall;
  const shown = later ?? list;
  const columns = [words.when, words.phone, words.practice, words.reference, words.why];
  const rows = shown.items
    .slice(0, MOST_ROWS)
    .map((one) => [
      momentIn(one.startsAt ?? one.refuseBy, visit),
      phoneCell(one.phone, visit.language),
      one.practice ?? '–',
      html`<a href="/console/series/${one.seriesId}">${one.externalId ?? '–'}</a>`,
      one.because.text,
    ]);
  const rest = shown.items.length - rows.length;
  const following =
    later !== undefined &&
    rows.length > 0 &&
    html`<p class="note">${nobodyUntil(list.to, visit)}. ${words.following} ${momentIn(later.to, visit)}.</p>`;
  visit.show({
    title: words.title,
    main: html`<p>${words.lead}</p>
<form method="get" action="/console/to-call" class="acts">${field({ name: 'from', label: words.from, type: 'date', value: list.from })}${field({ name: 'to', label: words.to, type: 'date', value: list.to })}<button>${words.show}</button></form>
${!shown.isWhole && html`<p class="alert">${words.partly}</p>`}
${following}
${tableOf({ caption: words.title, columns, rows, empty: nobodySaid(list, later, visit) })}
${rest > 0 && html`<p class="note">${words.rest} ${figureIn(rest, visit.language)}.</p>`}`,
  });
}

function nobodyUntil(to: string, reading: Reading): string {
  const words = wordsIn(reading.language).consolePages.toCall;
  return `${words.nobody} ${words.until} ${momentText(to, reading)}`;
}

/** Writes on which days nobody is to be called, which must have been examined completely. */
function nobodySaid({ from, to }: CallList, later: CallList | undefined, reading: Reading): string {
  const words = wordsIn(reading.language).consolePages.toCall;
  const colon = wordsIn(reading.language).punctuation.colonEnd;
  if (later?.isWhole === true) return `${nobodyUntil(later.to, reading)}${colon} ${words.everyoneNotified}`;
  const days = [words.from, momentText(from, reading), words.to, momentText(to, reading)].join(' ');
  return `${words.nobody}, ${days.charAt(0).toLowerCase()}${days.slice(1)}.`;
}

/** Renders a phone number, as a link unless it is masked. */
function phoneCell(phone: string | null, language: Language): Part {
  if (phone === null) return '–';
  if (!/^\+\d+$/.test(phone)) return phone;
  return html`<a href="tel:${phone}" aria-label="${wordsIn(language).consolePages.toCall.call} ${phone}">${phone}</a>`;
}
