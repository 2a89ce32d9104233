import type { z } from 'zod';
import { ConsentsShown, ContactShown, exclusionWords } from '../../people/index.ts';
import { html, joined, nothing, type Html } from '../../base/index.ts';
import { wordsIn, type Language } from '../../words/index.ts';
import { TimelineShown } from '../api/messages/timeline-entry.ts';
import { WordingShown } from '../api/people/consents.ts';
import { SuppressionShown } from '../api/people/opt-outs.ts';
import { listOf } from '../server/schema.ts';
import type { OrderQuestion } from './frame-page.ts';
import { actorsOf } from './keys.ts';
import {
  actForm,
  figureIn,
  momentIn,
  optionsOf,
  personWord,
  tableOf,
  territoryIn,
  type Reading,
} from './page-parts.ts';
import type { ConsoleRoute, Visit } from './visit.ts';

/** The pages of a person: the summary, the number in clear, and a withdrawal. */
export const peoplePages: readonly ConsoleRoute[] = [
  { method: 'get', path: '/people/:id', work: (visit) => show(visit, false) },
  { method: 'post', path: '/people/:id/number', from: '/people/:id', work: (visit) => show(visit, true) },
  { method: 'post', path: '/people/:id/withdrawal', from: '/people/:id', work: withdrawing },
  { method: 'get', path: '/people/:id/evidence', work: evidence },
];

/** Wordings that one page quotes; the evidence has all. */
const MOST_WORDINGS = 20;

/**
 * Shows a person: which messages are allowed and why, and each act of consent with its proof. Reading the number in clear
 * is audited by the API, which refuses it to readers who may not.
 */
async function show(visit: Visit, isClear: boolean): Promise<void> {
  const params = { id: visit.param('id') };
  const asked = { params, query: isClear ? { clear: 'true' } : {}, reason: visit.field('reason') };
  const contact = await visit.ask('GET /v1/contacts/{id}', ContactShown, asked);
  const { purposes, events } = await visit.ask('GET /v1/contacts/{id}/consents', ConsentsShown, { params });
  const { items: suppressions } = await visit.ask('GET /v1/suppressions', listOf(SuppressionShown), {
    query: { contactId: contact.id },
  });
  const nameOf = await actorsOf(visit);
  const wordings = await wordingsOf(visit, [...events, ...Object.values(purposes)]);
  const { language } = visit;
  const words = wordsIn(language).peoplePages.person;
  const stamps = Object.entries(purposes).map(([purpose, status]) =>
    stampOf(purpose, status, { reading: visit, wordings }),
  );
  const acts = events
    .toReversed()
    .map((act) => actLine(act, { by: nameOf(act.actor), wordings, reading: visit }));
  visit.show({
    title: `${words.title} ${contact.phone}`,
    main: html`${factsOf(contact, visit)}
${isClear ? html`<p class="note">${words.onRecord}</p>` : clearReading(contact.id, visit)}
<h2>${words.may}</h2>
<ul class="stamps">${stamps}</ul>
<h2>${words.acts}</h2>
${acts.length === 0 ? html`<p class="faint">${words.noAct}</p>` : html`<ol class="happened">${acts}</ol>`}
<h2>${words.suppressions}</h2>
${suppressionsOf(suppressions, visit)}
<h2>${words.withdraw}</h2>
${withdrawal(contact.id, language)}
<p><a href="/console/timeline?contact=${contact.id}">${words.story}</a>${visit.may('GET /v1/contacts/{id}/evidence') && html` · <a href="/console/people/${contact.id}/evidence">${words.evidence}</a>`}</p>`,
  });
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
  const [purpose, channel] = [visit.field('purpose'), visit.field('channel')];
  const asked = { body: { contactId: id, purpose, channel }, back: `/people/${encodeURIComponent(id)}` };
  await visit.orderOnceSure('POST /v1/consents/withdrawals', asked, async () => {
    const { phone } = await visit.ask('GET /v1/contacts/{id}', ContactShown, { params: { id } });
    const waiting = await messagesWaitingFor(visit, id);
    return optOutQuestion({ purpose, who: phone ?? id, waiting }, visit.language);
  });
}

/** Makes the question before an opt-out is recorded, or a number suppressed. */
export function optOutQuestion(
  {
    purpose = 'all',
    who,
    waiting,
  }: { readonly purpose: string | undefined; readonly who: string; readonly waiting?: number },
  language: Language,
): Omit<OrderQuestion, 'back'> {
  const words = wordsIn(language).sure.optOut;
  const what = personWord(purpose, language);
  return {
    title: words.title({ who, what }),
    lines: [
      purpose === 'all' ? words.ofAll : words.ofOne({ what }),
      ...(waiting === undefined ? [] : [waitingSentence(waiting, language)]),
      words.lasts,
    ],
    label: words.label,
  };
}

export const waitingSentence = (count: number, language: Language): string =>
  wordsIn(language).sure.waiting({ count: figureIn(count, language) });

/** Counts the messages that wait for a person and that the visitor may see. */
export const messagesWaitingFor = async (visit: Visit, id: string): Promise<number> =>
  (await visit.ask('GET /v1/timeline', TimelineShown, { query: { contact: id } })).next.length;

/** Sends the evidence file, which the route writes itself. */
async function evidence(visit: Visit): Promise<void> {
  await visit.order('GET /v1/contacts/{id}/evidence', { params: { id: visit.param('id') } });
}

type Consents = z.output<typeof ConsentsShown>;

function factsOf(contact: z.output<typeof ContactShown>, reading: Reading): Html {
  const { language } = reading;
  const words = wordsIn(language).peoplePages.person;
  const { colon } = wordsIn(language).punctuation;
  const facts = [
    `${words.place}${colon}${territoryIn(contact.territory, language)} (${contact.timeZone})`,
    `${words.line}${colon}${personWord(contact.lineType, language)}`,
    ...(contact.numberState === null ? [] : [exclusionWords(contact.numberState, language).why]),
  ];
  const retired =
    contact.retiredAt !== null &&
    html`<p class="alert">${words.retired} ${momentIn(contact.retiredAt, reading)}</p>`;
  return html`<p>${facts.join(' · ')}</p>${retired}${contact.simulated && html`<p class="alert">${words.simulated}</p>`}`;
}

/** Renders the form that shows the number in clear, for which an auditor gives a reason. */
function clearReading(id: string, { caller: { role }, language }: Visit): Html {
  if (role !== 'admin' && role !== 'auditor' && role !== 'scheduler') return nothing;
  const words = wordsIn(language).peoplePages.person;
  const before =
    role === 'auditor'
      ? html`<input name="reason" aria-label="${words.reason}" placeholder="${words.reason}" required maxlength="300">`
      : undefined;
  return html`<div class="acts">${actForm({ action: `/people/${id}/number`, label: words.number, before })}</div>`;
}

interface Within {
  readonly reading: Reading;
  readonly wordings: ReadonlyMap<string, string>;
}

function stampOf(
  purpose: string,
  status: Consents['purposes']['marketing'],
  { reading, wordings }: Within,
): Html {
  const { language } = reading;
  const words = wordsIn(language).peoplePages.person;
  const { sendable, basis, since, until, wordingId, why } = status;
  const lines = [
    ...(basis === null
      ? []
      : [html`${words.basis}${wordsIn(language).punctuation.colon}${personWord(basis, language)}`]),
    ...(since === null ? [] : [html`${words.since} ${momentIn(since, reading)}`]),
    ...(until === null ? [] : [html`${words.until} ${momentIn(until, reading)}`]),
  ];
  const said = why === null ? undefined : exclusionWords(why, language);
  const because = said && html`<p>${said.why} <strong>${said.cure}</strong></p>`;
  return html`<li class="${sendable ? 'open' : 'shut'}"><h3>${personWord(purpose, language)}</h3><p class="verdict">${sendable ? words.yes : words.no}</p>${because}<p class="faint">${joined(lines, html`<br>`)}</p>${wordingOf(wordingId, wordings, words.wording)}</li>`;
}

function wordingOf(id: string | null, wordings: ReadonlyMap<string, string>, summary: string): Html {
  const text = id === null ? undefined : wordings.get(id);
  if (text === undefined) return nothing;
  return html`<details><summary>${summary}</summary><blockquote>${text}</blockquote></details>`;
}

function actLine(
  act: Consents['events'][number],
  { by, reading, wordings }: Within & { readonly by: string },
): Html {
  const { language } = reading;
  const words = wordsIn(language).peoplePages.person;
  const ways = [act.method, act.channel].flatMap((word) =>
    word === null ? [] : [personWord(word, language)],
  );
  const flags = [...(act.barred === null ? [] : [words.barred]), ...(act.simulated ? [words.simulated] : [])];
  const proof =
    act.proof !== 'none' &&
    html` · ${words.proof} <span class="badge ${act.proof}">${personWord(act.proof, language)}</span>`;
  return html`<li class="${act.kind}">${momentIn(act.occurredAt, reading)} · <strong>${personWord(act.kind, language)}</strong> (${personWord(act.purpose, language)})${ways.length > 0 && html` · ${[...new Set(ways)].join(', ')}`}${proof}
<br><span class="faint">${words.recorded} ${momentIn(act.recordedAt, reading)} ${words.by} ${by}</span>${flags.map((flag) => html`<br><span class="warned">${flag}</span>`)}${wordingOf(act.wordingId, wordings, words.wording)}</li>`;
}

function suppressionsOf(suppressions: readonly z.output<typeof SuppressionShown>[], reading: Reading): Html {
  const words = wordsIn(reading.language).peoplePages.person;
  const rows = suppressions.map(({ since, purpose, source, liftedAt }) => [
    momentIn(since, reading),
    personWord(purpose, reading.language),
    source,
    momentIn(liftedAt, reading),
  ]);
  const columns = [words.since, words.purpose, words.source, words.lifted];
  return tableOf({ caption: words.suppressions, columns, rows, empty: words.none });
}

/** Renders the options of what can be ended: everything, or one purpose. */
export const purposesToEnd = (language: Language): readonly Html[] =>
  optionsOf(['all', 'marketing', 'appointment', 'renewal', 'payment'], (one) => personWord(one, language));

function withdrawal(id: string, language: Language): Html {
  const words = wordsIn(language).peoplePages.person;
  const channels = optionsOf(['counter', 'phone', 'letter', 'email'], (one) => personWord(one, language));
  return html`<p>${words.withdrawLead}</p>
<form method="post" action="/console/people/${id}/withdrawal" class="acts"><label for="purpose">${words.purpose}</label><select id="purpose" name="purpose">${purposesToEnd(language)}</select><label for="channel">${words.channel}</label><select id="channel" name="channel">${channels}</select><button>${words.record}</button></form>`;
}
