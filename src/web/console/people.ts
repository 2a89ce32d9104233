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
import { exclusionWords } from '../../people/index.ts';
import { actForm } from './form-page.ts';
import type { ConsolePage } from './frame-page.ts';
import { momentIn, type Reading } from './moment-page.ts';
import { personWord } from './person-words.ts';
import { tableOf } from './table-page.ts';
import { escaped } from '../page/escaped.ts';
import { territoryIn } from './territory-words.ts';
import { wordsIn, type Language } from '../../words/index.ts';

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

interface Standing {
  readonly sendable: boolean;
  readonly basis: string | null;
  readonly since: string | null;
  readonly until: string | null;
  readonly wordingId: string | null;
  readonly why: string | null;
}

interface Act {
  readonly id: string;
  readonly purpose: string;
  readonly kind: string;
  readonly basis: string;
  readonly method: string | null;
  readonly channel: string | null;
  readonly wordingId: string | null;
  readonly proof: string;
  readonly occurredAt: string;
  readonly recordedAt: string;
  readonly actor: string;
  readonly barred: string | null;
  readonly simulated: boolean;
}

/** A person by a masked number, where they stand for each purpose, and by which acts. */
interface PersonSeen {
  readonly contact: {
    readonly id: string;
    /** Masked, unless its reader asked for it. */
    readonly phone: string;
    readonly territory: string;
    readonly timeZone: string;
    readonly lineType: string;
    readonly numberState: string | null;
    readonly simulated: boolean;
    readonly retiredAt: string | null;
  };
  readonly purposes: Readonly<Record<string, Standing>>;
  readonly events: readonly Act[];
  /** The words of each wording that an act cites. */
  readonly wordings: ReadonlyMap<string, string>;
  readonly suppressions: readonly {
    readonly purpose: string;
    readonly since: string;
    readonly source: string;
    readonly liftedAt: string | null;
  }[];
  /** Whether the number stands in clear. */
  readonly isClear: boolean;
}

/** What its reader may do. */
interface PersonActs {
  readonly mayReadNumber: boolean;
  /** An auditor says why. */
  readonly needsReason: boolean;
  readonly mayReadEvidence: boolean;
}

const CHANNELS = ['counter', 'phone', 'letter', 'email'] as const;

/** A person's passport: what may be sent to them, why and why not, and each act with its proof. */
function personPage(reading: Reading, seen: PersonSeen, acts: PersonActs): ConsolePage {
  const { language } = reading;
  const words = wordsIn(language).peoplePages.person;
  const { id, phone } = seen.contact;
  return {
    title: `${words.title} ${phone}`,
    main: `${whoTheyAre(seen, acts, reading)}
<h2>${words.may}</h2>
<ul class="stamps">${Object.entries(seen.purposes)
      .map(([purpose, standing]) => stampOf(purpose, standing, { reading, wordings: seen.wordings }))
      .join('')}</ul>
<h2>${words.acts}</h2>
${actsOf(seen, reading)}
<h2>${words.suppressions}</h2>
${suppressionsOf(seen, reading)}
<h2>${words.withdraw}</h2>
${withdrawal(id, language)}
<p><a href="/console/timeline?contact=${id}">${words.story}</a>${acts.mayReadEvidence ? ` · <a href="/console/people/${id}/evidence">${words.evidence}</a>` : ''}</p>`,
  };
}

function whoTheyAre({ contact, isClear }: PersonSeen, acts: PersonActs, reading: Reading): string {
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
      : `<p class="alert">${words.retired} ${momentIn(contact.retiredAt, reading)}</p>`;
  const simulated = contact.simulated ? `<p class="alert">${words.simulated}</p>` : '';
  return `<p>${escaped(facts.join(' · '))}</p>${retired}${simulated}
${isClear ? `<p class="note">${words.onRecord}</p>` : reader(contact.id, acts, language)}`;
}

function reader(id: string, acts: PersonActs, language: Language): string {
  if (!acts.mayReadNumber) return '';
  const words = wordsIn(language).peoplePages.person;
  const before = acts.needsReason
    ? `<input name="reason" aria-label="${words.reason}" placeholder="${words.reason}" required maxlength="300">`
    : '';
  return `<div class="acts">${actForm({ action: `/people/${id}/number`, label: words.number, before })}</div>`;
}

interface Within {
  readonly reading: Reading;
  readonly wordings: ReadonlyMap<string, string>;
}

function stampOf(purpose: string, standing: Standing, { reading, wordings }: Within): string {
  const { language } = reading;
  const words = wordsIn(language).peoplePages.person;
  const { sendable, basis, since, until, wordingId, why } = standing;
  const lines = [
    ...(basis === null
      ? []
      : [`${words.basis}${wordsIn(language).punctuation.colon}${escaped(personWord(basis, language))}`]),
    ...(since === null ? [] : [`${words.since} ${momentIn(since, reading)}`]),
    ...(until === null ? [] : [`${words.until} ${momentIn(until, reading)}`]),
  ];
  return `<li class="${sendable ? 'open' : 'shut'}"><h3>${escaped(personWord(purpose, language))}</h3><p class="verdict">${sendable ? words.yes : words.no}</p>${because(why, language)}<p class="faint">${lines.join('<br>')}</p>${wordingOf(wordingId, wordings, words.wording)}</li>`;
}

function because(why: string | null, language: Language): string {
  if (why === null) return '';
  const said = exclusionWords(why, language);
  return `<p>${escaped(said.why)} <strong>${escaped(said.cure)}</strong></p>`;
}

function wordingOf(id: string | null, wordings: ReadonlyMap<string, string>, summary: string): string {
  const text = id === null ? undefined : wordings.get(id);
  if (text === undefined) return '';
  return `<details><summary>${summary}</summary><blockquote>${escaped(text)}</blockquote></details>`;
}

function actsOf({ events, wordings }: PersonSeen, reading: Reading): string {
  const { language } = reading;
  const words = wordsIn(language).peoplePages.person;
  if (events.length === 0) return `<p class="faint">${words.noAct}</p>`;
  const lines = events.toReversed().map((act) => {
    const how = [act.method, act.channel].flatMap((word) =>
      word === null ? [] : [personWord(word, language)],
    );
    const flags = [
      ...(act.barred === null ? [] : [words.barred]),
      ...(act.simulated ? [words.simulated] : []),
    ];
    return `<li class="${act.kind}">${momentIn(act.occurredAt, reading)} · <strong>${escaped(personWord(act.kind, language))}</strong> (${escaped(personWord(act.purpose, language))})${how.length === 0 ? '' : ` · ${escaped([...new Set(how)].join(', '))}`}${proofOf(act, language)}
<br><span class="faint">${words.recorded} ${momentIn(act.recordedAt, reading)} ${words.by} ${escaped(act.actor)}</span>${flags.map((flag) => `<br><span class="warned">${flag}</span>`).join('')}${wordingOf(act.wordingId, wordings, words.wording)}</li>`;
  });
  return `<ol class="happened">${lines.join('')}</ol>`;
}

const proofOf = ({ proof }: Act, language: Language): string =>
  proof === 'none'
    ? ''
    : ` · ${wordsIn(language).peoplePages.person.proof} <span class="badge ${escaped(proof)}">${escaped(personWord(proof, language))}</span>`;

function suppressionsOf({ suppressions }: PersonSeen, reading: Reading): string {
  const words = wordsIn(reading.language).peoplePages.person;
  const rows = suppressions.map(({ since, purpose, source, liftedAt }) => [
    momentIn(since, reading),
    escaped(personWord(purpose, reading.language)),
    escaped(source),
    momentIn(liftedAt, reading),
  ]);
  const columns = [words.since, words.purpose, words.source, words.lifted].map((head) => ({ head }));
  return tableOf({ caption: words.suppressions, columns, rows, empty: words.none });
}

function withdrawal(id: string, language: Language): string {
  const words = wordsIn(language).peoplePages.person;
  const option = (word: string): string =>
    `<option value="${word}">${escaped(personWord(word, language))}</option>`;
  const purposes = ['all', 'marketing', 'appointment', 'renewal', 'payment'].map(option);
  return `<p>${words.withdrawLead}</p>
<form method="post" action="/console/people/${id}/withdrawal" class="acts"><label for="purpose">${words.purpose}</label><select id="purpose" name="purpose">${purposes.join('')}</select><label for="channel">${words.channel}</label><select id="channel" name="channel">${CHANNELS.map(option).join('')}</select><button>${words.record}</button></form>`;
}
