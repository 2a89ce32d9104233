import { z } from 'zod';
import { html, type Html } from '../../platform/index.ts';
import { gatewaysPage } from './gateways-page.ts';
import { optOutConfirmation } from './sure-words.ts';
import { AuditEntryShown } from '../api/company/audit.ts';
import { actorsOf } from './actors.ts';
import { pageAsked, readingOf } from './reading.ts';
import type { ConsoleRoute } from './console-route.ts';
import type { Visit } from './visit.ts';
import { GatewayShown } from '../api/messages/gateways.ts';
import { SuppressionShown } from '../api/people/opt-outs.ts';
import { listOf } from '../server/schema.ts';
import { field, onward } from './form-page.ts';
import type { ConsolePage } from './frame-page.ts';
import { momentIn, type Reading } from './moment-page.ts';
import { tableOf } from './table-page.ts';
import { bilingual, wordsIn, type Language, type Words } from '../../words/index.ts';

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
  visit.goBack('/gateways');
}

async function haltingAll(visit: Visit): Promise<void> {
  await visit.order('PUT /v1/halt', { body: haltSaid(visit) });
  visit.goBack('/gateways');
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

interface Suppression {
  readonly purpose: string;
  readonly since: string;
  readonly source: string;
  readonly liftedAt: string | null;
  readonly contactId: string | null;
}

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

interface Entry {
  readonly at: string;
  readonly actor: string;
  readonly action: string;
  readonly subject: string | null;
}

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
