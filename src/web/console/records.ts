import { z } from 'zod';
import { gatewaysPage } from './gateways-page.ts';
import { auditPage, suppressionsPage } from './records-page.ts';
import { leavingAsked } from './sure-words.ts';
import { AuditEntryShown } from '../api/company/audit.ts';
import { actorsOf } from './actors.ts';
import { pageAsked, readingOf } from './reading.ts';
import type { ConsoleRoute } from './console-route.ts';
import type { Visit } from './visit.ts';
import { GatewayShown } from '../api/messages/gateways.ts';
import { SuppressionShown } from '../api/people/leavings.ts';
import { listOf } from '../server/schema.ts';

/** What is kept: suppressions, accounts with their switches, the audit. */
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

/** A number that cannot be one is refused before anything is asked. */
async function askingToSuppress(
  visit: Visit,
  { phone, purpose = 'all' }: { readonly phone: string | undefined; readonly purpose: string | undefined },
): Promise<void> {
  visit.needs('POST /v1/suppressions');
  await visit.order('POST /v1/contacts/search', { body: { phone } });
  const asked = { purpose, who: phone ?? '', waiting: undefined, back: '/suppressions' };
  visit.askFirst(leavingAsked(asked, visit.language));
}

async function gateways(visit: Visit): Promise<void> {
  const found = await visit.ask('GET /v1/gateways', z.array(GatewayShown));
  const { halts, isSealed: sealed } = visit;
  const mayHalt = visit.may('PUT /v1/halt');
  visit.show(gatewaysPage(readingOf(visit), { gateways: found, halts, sealed, mayHalt }));
}

/** As the API asks for it: a reason when something stops. */
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
