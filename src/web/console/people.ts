import type { z } from 'zod';
import { html, type Html, joined, nothing } from '../../platform/index.ts';
import { optOutConfirmation } from './sure-words.ts';
import { actorsOf } from './keys.ts';
import { readingOf, type ConsoleRoute, type Visit } from './visit.ts';
import { ConsentsShown, ContactShown, exclusionWords } from '../../people/index.ts';
import { SuppressionShown } from '../api/people/opt-outs.ts';
import { listOf } from '../server/schema.ts';
import { TimelineShown } from '../api/messages/timeline-entry.ts';
import { WordingShown } from '../api/people/consents.ts';
import { actForm, tableOf, momentIn, territoryIn, personWord, type Reading } from './page-parts.ts';
import type { ConsolePage } from './frame-page.ts';
import { wordsIn, type Language } from '../../words/index.ts';

/** The pages of a person: summary, clear reading of the number, withdrawal. */
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

/** Wordings cited on one page; the evidence has the rest. */
const MOST_WORDINGS = 20;

/** A clear reading is audited by the API, which refuses readers without the right. */
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
    waiting: await messagesWaitingFor(visit, id),
    back: `/people/${encodeURIComponent(id)}`,
  };
  visit.askFirst(optOutConfirmation(asked, visit.language));
}

/** Counts the messages that wait for a person, as far as the visitor may see them. */
export const messagesWaitingFor = async (visit: Visit, id: string): Promise<number> =>
  (await visit.ask('GET /v1/timeline', TimelineShown, { query: { contact: id } })).next.length;

/** The route writes the file itself. */
async function evidence(visit: Visit): Promise<void> {
  await visit.order('GET /v1/contacts/{id}/evidence', { params: { id: visit.param('id') } });
}

type Consents = z.output<typeof ConsentsShown>;
type ConsentStatus = Consents['purposes']['marketing'];
type Act = Consents['events'][number];

/** A person by a masked number, their consents by purpose, and the acts behind them. */
interface PersonSeen {
  /** Its number is masked, unless its reader asked for it. */
  readonly contact: Pick<
    z.output<typeof ContactShown>,
    'id' | 'phone' | 'territory' | 'timeZone' | 'lineType' | 'numberState' | 'simulated' | 'retiredAt'
  >;
  readonly purposes: Readonly<Record<string, ConsentStatus>>;
  readonly events: readonly Act[];
  /** The text of each wording that an act cites. */
  readonly wordings: ReadonlyMap<string, string>;
  readonly suppressions: readonly Pick<
    z.output<typeof SuppressionShown>,
    'purpose' | 'since' | 'source' | 'liftedAt'
  >[];
  /** True when the number is shown in full. */
  readonly isClear: boolean;
}

/** The acts that the reader may do. */
interface PersonActs {
  readonly mayReadNumber: boolean;
  /** True for an auditor, who needs a reason. */
  readonly needsReason: boolean;
  readonly mayReadEvidence: boolean;
}

const CHANNELS = ['counter', 'phone', 'letter', 'email'] as const;

/** Shows a person's summary: the allowed messages, the reasons, and each act with its proof. */
function personPage(reading: Reading, seen: PersonSeen, acts: PersonActs): ConsolePage {
  const { language } = reading;
  const words = wordsIn(language).peoplePages.person;
  const { id, phone } = seen.contact;
  return {
    title: `${words.title} ${phone}`,
    main: html`${whoTheyAre(seen, acts, reading)}
<h2>${words.may}</h2>
<ul class="stamps">${Object.entries(seen.purposes).map(([purpose, status]) =>
      stampOf(purpose, status, { reading, wordings: seen.wordings }),
    )}</ul>
<h2>${words.acts}</h2>
${actsOf(seen, reading)}
<h2>${words.suppressions}</h2>
${suppressionsOf(seen, reading)}
<h2>${words.withdraw}</h2>
${withdrawal(id, language)}
<p><a href="/console/timeline?contact=${id}">${words.story}</a>${acts.mayReadEvidence ? html` · <a href="/console/people/${id}/evidence">${words.evidence}</a>` : ''}</p>`,
  };
}

function whoTheyAre({ contact, isClear }: PersonSeen, acts: PersonActs, reading: Reading): Html {
  const { language } = reading;
  const words = wordsIn(language).peoplePages.person;
  const facts = [
    `${words.place}${wordsIn(language).punctuation.colon}${territoryIn(contact.territory, language)} (${contact.timeZone})`,
    `${words.line}${wordsIn(language).punctuation.colon}${personWord(contact.lineType, language)}`,
    ...(contact.numberState === null ? [] : [exclusionWords(contact.numberState, language).why]),
  ];
  const retired =
    contact.retiredAt === null
      ? ''
      : html`<p class="alert">${words.retired} ${momentIn(contact.retiredAt, reading)}</p>`;
  const simulated = contact.simulated ? html`<p class="alert">${words.simulated}</p>` : '';
  return html`<p>${facts.join(' · ')}</p>${retired}${simulated}
${isClear ? html`<p class="note">${words.onRecord}</p>` : reader(contact.id, acts, language)}`;
}

function reader(id: string, acts: PersonActs, language: Language): Html {
  if (!acts.mayReadNumber) return nothing;
  const words = wordsIn(language).peoplePages.person;
  const before = acts.needsReason
    ? html`<input name="reason" aria-label="${words.reason}" placeholder="${words.reason}" required maxlength="300">`
    : undefined;
  return html`<div class="acts">${actForm({ action: `/people/${id}/number`, label: words.number, before })}</div>`;
}

interface Within {
  readonly reading: Reading;
  readonly wordings: ReadonlyMap<string, string>;
}

function stampOf(purpose: string, status: ConsentStatus, { reading, wordings }: Within): Html {
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
  return html`<li class="${sendable ? 'open' : 'shut'}"><h3>${personWord(purpose, language)}</h3><p class="verdict">${sendable ? words.yes : words.no}</p>${because(why, language)}<p class="faint">${joined(lines, html`<br>`)}</p>${wordingOf(wordingId, wordings, words.wording)}</li>`;
}

function because(why: string | null, language: Language): Html {
  if (why === null) return nothing;
  const said = exclusionWords(why, language);
  return html`<p>${said.why} <strong>${said.cure}</strong></p>`;
}

function wordingOf(id: string | null, wordings: ReadonlyMap<string, string>, summary: string): Html {
  const text = id === null ? undefined : wordings.get(id);
  if (text === undefined) return nothing;
  return html`<details><summary>${summary}</summary><blockquote>${text}</blockquote></details>`;
}

function actsOf({ events, wordings }: PersonSeen, reading: Reading): Html {
  const { language } = reading;
  const words = wordsIn(language).peoplePages.person;
  if (events.length === 0) return html`<p class="faint">${words.noAct}</p>`;
  const lines = events.toReversed().map((act) => {
    const how = [act.method, act.channel].flatMap((word) =>
      word === null ? [] : [personWord(word, language)],
    );
    const flags = [
      ...(act.barred === null ? [] : [words.barred]),
      ...(act.simulated ? [words.simulated] : []),
    ];
    return html`<li class="${act.kind}">${momentIn(act.occurredAt, reading)} · <strong>${personWord(act.kind, language)}</strong> (${personWord(act.purpose, language)})${how.length === 0 ? '' : html` · ${[...new Set(how)].join(', ')}`}${proofOf(act, language)}
<br><span class="faint">${words.recorded} ${momentIn(act.recordedAt, reading)} ${words.by} ${act.actor}</span>${flags.map((flag) => html`<br><span class="warned">${flag}</span>`)}${wordingOf(act.wordingId, wordings, words.wording)}</li>`;
  });
  return html`<ol class="happened">${lines}</ol>`;
}

const proofOf = ({ proof }: Act, language: Language): Html =>
  proof === 'none'
    ? nothing
    : html` · ${wordsIn(language).peoplePages.person.proof} <span class="badge ${proof}">${personWord(proof, language)}</span>`;

function suppressionsOf({ suppressions }: PersonSeen, reading: Reading): Html {
  const words = wordsIn(reading.language).peoplePages.person;
  const rows = suppressions.map(({ since, purpose, source, liftedAt }) => [
    momentIn(since, reading),
    personWord(purpose, reading.language),
    source,
    momentIn(liftedAt, reading),
  ]);
  const columns = [words.since, words.purpose, words.source, words.lifted].map((head) => ({ head }));
  return tableOf({ caption: words.suppressions, columns, rows, empty: words.none });
}

function withdrawal(id: string, language: Language): Html {
  const words = wordsIn(language).peoplePages.person;
  const option = (word: string): Html => html`<option value="${word}">${personWord(word, language)}</option>`;
  const purposes = ['all', 'marketing', 'appointment', 'renewal', 'payment'].map(option);
  return html`<p>${words.withdrawLead}</p>
<form method="post" action="/console/people/${id}/withdrawal" class="acts"><label for="purpose">${words.purpose}</label><select id="purpose" name="purpose">${purposes}</select><label for="channel">${words.channel}</label><select id="channel" name="channel">${CHANNELS.map(option)}</select><button>${words.record}</button></form>`;
}
