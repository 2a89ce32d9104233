import { z } from 'zod';
import { html, attributes, joined, nothing, type Html, type Part } from '../../platform/index.ts';
import { optOutConfirmation } from './sure-words.ts';
import { AuditEntryShown } from '../api/company/audit.ts';
import { actorsOf } from './keys.ts';
import { pageAsked, readingOf, type ConsoleRoute, type Visit } from './visit.ts';
import { GatewayShown } from '../api/messages/gateways.ts';
import { SuppressionShown } from '../api/people/opt-outs.ts';
import { listOf } from '../server/schema.ts';
import { field, onward, tableOf, actForm, momentIn, figureIn, type Reading } from './page-parts.ts';
import { releaseOf, sealedSentence, type ConsolePage, type HaltSeen } from './frame-page.ts';
import { bilingual, wordsIn, type Language, type Words, type Catalogue } from '../../words/index.ts';
import { countedTwice } from './campaign-parts.ts';

/** The pages of records: suppressions, accounts with their switches, the audit. */
export const recordPages: readonly ConsoleRoute[] = [
  { method: 'get', path: '/suppressions', work: suppressions },
  { method: 'post', path: '/suppressions', work: suppressing },
  { method: 'get', path: '/gateways', work: gateways },
  { method: 'post', path: '/gateways/:name/halt', from: '/gateways', work: haltingOne },
  { method: 'post', path: '/halt', from: '/gateways', work: haltingAll },
  { method: 'get', path: '/audit', work: audit },
];

async function suppressions(visit: Visit): Promise<void> {
  const query = pageAsked(visit);
  const found = await visit.ask('GET /v1/suppressions', listOf(SuppressionShown), { query });
  const mayAdd = visit.may('POST /v1/suppressions');
  visit.show(suppressionsPage(readingOf(visit), { ...found, mayAdd }));
}

async function suppressing(visit: Visit): Promise<void> {
  const body = { phone: visit.said('phone'), purpose: visit.said('purpose'), source: 'console' };
  if (!visit.isSure) return askingToSuppress(visit, body);
  await visit.order('POST /v1/suppressions', { body });
  visit.goTo('/suppressions');
}

/** An impossible number is refused before anything is asked. */
async function askingToSuppress(
  visit: Visit,
  { phone, purpose = 'all' }: { readonly phone: string | undefined; readonly purpose: string | undefined },
): Promise<void> {
  visit.needs('POST /v1/suppressions');
  await visit.order('POST /v1/contacts/search', { body: { phone } });
  const asked = { purpose, who: phone ?? '', waiting: undefined, back: '/suppressions' };
  visit.askFirst(optOutConfirmation(asked, visit.language));
}

async function gateways(visit: Visit): Promise<void> {
  const found = await visit.ask('GET /v1/gateways', z.array(GatewayShown));
  const { halts, isSealed: sealed } = visit;
  const mayHalt = visit.may('PUT /v1/halt');
  visit.show(gatewaysPage(readingOf(visit), { gateways: found, halts, sealed, mayHalt }));
}

/** As the API requires it: a reason when something stops. */
const haltSaid = (visit: Visit): Readonly<Record<string, unknown>> => {
  const [halted, reason] = [visit.said('halted') === 'true', visit.said('reason')];
  return { halted, ...(reason === undefined ? {} : { reason }) };
};

async function haltingOne(visit: Visit): Promise<void> {
  const params = { name: visit.param('name') };
  await visit.order('PUT /v1/gateways/{name}/halt', { params, body: haltSaid(visit) });
  visit.goBack();
}

async function haltingAll(visit: Visit): Promise<void> {
  await visit.order('PUT /v1/halt', { body: haltSaid(visit) });
  visit.goBack();
}

async function audit(visit: Visit): Promise<void> {
  const found = await visit.ask('GET /v1/audit', listOf(AuditEntryShown), { query: pageAsked(visit, 100) });
  const verified =
    visit.asked('verify') === undefined
      ? undefined
      : await visit.ask('GET /v1/audit/verification', z.looseObject({ holds: z.boolean() }));
  const nameOf = await actorsOf(visit);
  const items = found.items.map((entry) => ({ ...entry, actor: nameOf(entry.actor) }));
  visit.show(auditPage(readingOf(visit), { items, next: found.next, holds: verified?.holds }));
}

const PURPOSES: Readonly<Record<string, Words>> = bilingual.peoplePages.purposes;

type Suppression = Pick<
  z.output<typeof SuppressionShown>,
  'purpose' | 'since' | 'source' | 'liftedAt' | 'contactId'
>;

/** Shows suppressed numbers without digits; none is ever removed. */
function suppressionsPage(
  reading: Reading,
  given: { readonly items: readonly Suppression[]; readonly next: string | null; readonly mayAdd: boolean },
): ConsolePage {
  const { language } = reading;
  const words = wordsIn(language).peoplePages.records;
  const rows = given.items.map(({ since, purpose, source, liftedAt, contactId }) => [
    momentIn(since, reading),
    PURPOSES[purpose]?.[language] ?? purpose,
    source,
    liftedAt === null ? '–' : momentIn(liftedAt, reading),
    contactId === null ? '–' : html`<a href="/console/people/${contactId}">${words.see}</a>`,
  ]);
  const columns = [words.since, words.purpose, words.source, words.lifted, words.person].map((head) => ({
    head,
  }));
  return {
    title: words.suppressions,
    main: html`<p>${words.suppressionsLead}</p>
${given.mayAdd ? adding(language) : ''}
${tableOf({ caption: words.suppressions, columns, rows, empty: words.nobody })}
${onward('/suppressions', given.next, language)}`,
  };
}

function adding(language: Language): Html {
  const words = wordsIn(language).peoplePages.records;
  const purposes = ['all', 'marketing', 'appointment', 'renewal', 'payment'].map(
    (purpose) => html`<option value="${purpose}">${PURPOSES[purpose]?.[language] ?? purpose}</option>`,
  );
  return html`<form method="post" action="/console/suppressions" class="acts" aria-label="${words.add}">${field({ name: 'phone', label: words.phone, type: 'tel' })}<div><label for="purpose">${words.purpose}</label> <select id="purpose" name="purpose">${purposes}</select></div><button>${words.record}</button></form>`;
}

type Entry = Pick<z.output<typeof AuditEntryShown>, 'at' | 'actor' | 'action' | 'subject'>;

/** The page of the audit; it says whether the chains hold, when that was asked. */
function auditPage(
  reading: Reading,
  given: {
    readonly items: readonly Entry[];
    readonly next: string | null;
    readonly holds?: boolean | undefined;
  },
): ConsolePage {
  const { language } = reading;
  const words = wordsIn(language).peoplePages.records;
  const rows = given.items.map(({ at, actor, action, subject }) => [
    momentIn(at, reading),
    actor,
    action,
    subject ?? '–',
  ]);
  const columns = [words.at, words.actor, words.action, words.subject].map((head) => ({ head }));
  const verified =
    given.holds === undefined
      ? html`<p class="acts"><a class="button" href="/console/audit?verify=1">${words.verify}</a></p>`
      : html`<p class="${given.holds ? 'note' : 'alert'}" role="status">${given.holds ? words.holds : words.broken}</p>`;
  return {
    title: words.audit,
    main: html`${verified}
${tableOf({ caption: words.audit, columns, rows, empty: words.none })}
${onward('/audit', given.next, language)}`,
  };
}

/** The words of each state of an account. */
const STATES = {
  up: 'up',
  unknown: 'unknown',
  down: 'down',
  unreachable: 'unreachable',
  unreadable: 'unreadable',
  config: 'config',
  credit: 'empty',
  throttled: 'throttled',
} as const satisfies Record<string, keyof Catalogue['companyPages']['gateways']>;

const isStated = (state: string): state is keyof typeof STATES => Object.hasOwn(STATES, state);

type Gateway = z.output<typeof GatewayShown>;

/** Shows the state of each account, and the switches that halt one, or everything. */
function gatewaysPage(
  reading: Reading,
  given: Switches & { readonly gateways: readonly Gateway[] },
): ConsolePage {
  const { language } = reading;
  const cards = given.gateways.map((one) => card(one, reading, given));
  return {
    title: wordsIn(language).companyPages.gateways.gateways,
    main: html`${everything(given, language)}
<ul class="stamps wide-stamps">${cards}</ul>`,
  };
}

/** The halts, and whether the reader may change them. */
interface Switches {
  readonly halts: readonly HaltSeen[];
  /** True when the instance is sealed after a restore. */
  readonly sealed: boolean;
  readonly mayHalt: boolean;
}

/** Says whether nothing is sent, by whichever account. */
const isAllHalted = ({ halts, sealed }: Switches): boolean =>
  sealed || halts.some(({ gateway }) => gateway === null);

function card(one: Gateway, reading: Reading, switches: Switches): Html {
  const { language } = reading;
  const words = wordsIn(language).companyPages.gateways;
  const isWell = !one.halted && !isAllHalted(switches) && WELL.has(one.state);
  const proven =
    one.inbound.provenAt === null && !one.fake ? words.unproven : momentIn(one.inbound.provenAt, reading);
  const facts: readonly (readonly [string, Part])[] = [
    [words.rate, figureIn(one.rate, language)],
    [words.credit, one.credit ?? '–'],
    ...(one.drift === null ? [] : [[words.counted, countedTwice(one.drift, language)] as const]),
    [words.receipt, momentIn(one.inbound.lastReceiptAt, reading)],
    [words.stop, momentIn(one.inbound.lastStopAt, reading)],
    [words.proven, proven],
    ...unreadFact(one, language),
    ...(one.processor === null
      ? []
      : [[words.processor, `${one.processor.name} (${one.processor.country})`] as const]),
  ];
  // Anybody who knows the address can speak for the operator.
  const inbound =
    one.inbound.url !== null &&
    html`<details><summary>${words.inbound}</summary><code>${one.inbound.url}</code></details>`;
  return html`<li class="${isWell ? 'open' : 'shut'}"><h2>${one.name}${about(one, language)}</h2>
<p class="verdict">${stateOf(one, switches, language)}</p>
<dl class="facts">${facts.map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>${inbound}
<p><a href="/console/gateways/${encodeURIComponent(one.name)}/trial" aria-label="${words.trial} ${one.name}">${words.trial}</a></p>
${halting(one, switches, language)}</li>`;
}

/** Unreadable calls concern whoever runs the instance. */
function unreadFact(
  { inbound: { unread } }: Gateway,
  language: Language,
): readonly (readonly [string, string])[] {
  const words = wordsIn(language).companyPages.gateways;
  if (unread === null || unread === 0) return [];
  return [[words.unread, `${figureIn(unread, language)} – ${words.unreadHow}`]];
}

/** An account that was not checked yet is no trouble. */
const WELL: ReadonlySet<string> = new Set(['up', 'unknown']);

function stateOf(one: Gateway, switches: Switches, language: Language): Part {
  const words = wordsIn(language).companyPages.gateways;
  const state = isStated(one.state) ? words[STATES[one.state]] : words.unwell;
  if (!one.halted) return isAllHalted(switches) ? `${words.sending} ${state}` : state;
  const halts = switches.halts.filter(({ gateway }) => gateway === one.name).map(({ text }) => text);
  return halts.length === 0 ? words.halted : joined(halts, html`<br>`);
}

function about({ kind, fake, default: isDefault }: Gateway, language: Language): Html {
  const words = wordsIn(language).companyPages.gateways;
  const said = [kind, ...(isDefault ? [words.default] : []), ...(fake ? [words.fake] : [])];
  return html` <span class="faint">${said.join(', ')}</span>`;
}

/** Its own halt is lifted before another is ordered: one button at a time. */
function halting({ name, halted }: Gateway, { halts, mayHalt }: Switches, language: Language): Html {
  if (!mayHalt) return nothing;
  const words = wordsIn(language).companyPages.gateways;
  const own = halts.find(({ gateway, forAll }) => gateway === name && !forAll);
  if (own !== undefined) return html`<div class="acts">${releaseOf(own, { language })}</div>`;
  if (halted) return html`<p class="faint">${words.instance}</p>`;
  const action = `/gateways/${encodeURIComponent(name)}/halt`;
  return html`<div class="acts">${actForm({ action, label: words.halt, hidden: { halted: 'true' }, before: reasonFor(language, name), about: name })}</div>`;
}

/** Renders the switch of the whole company, with its state. */
function everything({ halts, sealed, mayHalt }: Switches, language: Language): Html {
  const words = wordsIn(language).companyPages.gateways;
  const all = halts.find(({ gateway }) => gateway === null);
  const button =
    all === undefined
      ? actForm({
          action: '/halt',
          label: words.haltAll,
          hidden: { halted: 'true' },
          before: reasonFor(language, words.everything),
        })
      : releaseOf(all, { language });
  const open = sealed ? sealedSentence(language) : words[halts.length === 0 ? 'open' : 'partly'];
  const sentence = all === undefined ? open : all.text;
  return html`<section id="halt" aria-labelledby="halt-title"><h2 id="halt-title">${words.everything}</h2>
<p${attributes({ class: (all !== undefined || sealed) && 'alert' })}>${sentence}</p>
${mayHalt && html`<div class="acts">${button}</div>`}</section>`;
}

function reasonFor(language: Language, what: string): Html {
  const { reason } = wordsIn(language).companyPages.gateways;
  return html`<input name="reason" aria-label="${reason} (${what})" placeholder="${reason}" required maxlength="300">`;
}
