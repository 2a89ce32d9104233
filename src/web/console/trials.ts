import { z } from 'zod';
import { mobileLine } from '../../people/index.ts';
import { Refusal } from '../../platform/index.ts';
import { trialAsked, trialPage } from './trial-page.ts';
import { maskPhone } from '../../sms/index.ts';
import { readingOf } from './reading.ts';
import type { ConsoleRoute } from './console-route.ts';
import type { Visit } from './visit.ts';
import { LatestTrial, TrialOrdered } from '../api/messages/gateway-trials.ts';
import { GatewayShown } from '../api/messages/gateways.ts';
import { parsed } from '../server/input-error.ts';

const PAGE = '/gateways/:name/trial';
const ORDER = 'POST /v1/gateways/{name}/trials';

/** The pages of a trial of an account: started, followed and answered, with one's own telephone. */
export const trialPages: readonly ConsoleRoute[] = [
  { method: 'get', path: PAGE, work: trial },
  { method: 'post', path: PAGE, from: PAGE, work: ordering },
  { method: 'post', path: '/gateways/:name/trials/:id', from: PAGE, work: answering },
  { method: 'get', path: '/trials/:id/events', work: events },
];

const pageOf = (name: string): string => `/gateways/${encodeURIComponent(name)}/trial`;

async function trial(visit: Visit): Promise<void> {
  const params = { name: visit.param('name') };
  const found = await visit.ask('GET /v1/gateways', z.array(GatewayShown));
  const account = found.find(({ name }) => name === params.name);
  if (account === undefined) throw new Refusal('NOT_FOUND');
  const latest = await visit.ask('GET /v1/gateways/{name}/trial', LatestTrial, { params });
  const mayOrder = latest.mayOrder && visit.may(ORDER);
  visit.show(
    trialPage(readingOf(visit), { name: account.name, last: account.trial, latest: latest.trial, mayOrder }),
  );
}

/** Two texts are paid for, and reach a telephone: its owner is asked for once more. */
async function ordering(visit: Visit): Promise<void> {
  const name = visit.param('name');
  const body = { phone: visit.said('phone') };
  if (!visit.isSure) {
    visit.needs(ORDER);
    const { phone } = parsed(TrialOrdered, body, { where: 'body' });
    const masked = maskPhone(mobileLine(phone).e164);
    return visit.askFirst(trialAsked({ name, masked, back: pageOf(name) }, visit.language));
  }
  await visit.order(ORDER, { params: { name }, body });
  visit.goTo(pageOf(name));
}

async function answering(visit: Visit): Promise<void> {
  const params = { name: visit.param('name'), id: visit.param('id') };
  const body = { text: visit.said('text'), shown: visit.said('shown') };
  await visit.order('POST /v1/gateways/{name}/trials/{id}/answer', { params, body });
  visit.goTo(pageOf(params.name));
}

function events(visit: Visit): Promise<void> {
  return visit.follow((asked) => visit.parts.live.trial(asked));
}
