import { z } from 'zod';
import { exclusionWords } from '../../people/index.ts';
import { html, joined, nothing, type Html, type Part } from '../../base/index.ts';
import { bilingual, wordsIn, type Language, type Words } from '../../words/index.ts';
import { CampaignAlone, CampaignBody, ListedMessageShown } from '../api/campaigns/campaign.ts';
import { CampaignCostShown } from '../api/messages/figures.ts';
import {
  apartFromRehearsal,
  approvalPart,
  costLink,
  costPart,
  isAwaited,
  Reality,
} from './campaign-parts.ts';
import { draftOf, draftPages, peopleForeseen } from './draft.ts';
import type { ConsolePage, OrderQuestion } from './frame-page.ts';
import {
  actForm,
  figureIn,
  many,
  momentIn,
  momentThere,
  momentThereAndHere,
  onward,
  tableOf,
  territoryIn,
  type Reading,
} from './page-parts.ts';
import { unless, type ConsoleRoute, type Visit } from './visit.ts';

/** Orders to a campaign, as the API names them. */
type CampaignAction = 'launch' | 'approval' | 'pause' | 'resume' | 'cancel' | 'rehearsal';

/** The orders that each status allows; the role has to allow them too. */
const ORDERS: Readonly<Record<z.output<typeof CampaignBody>['status'], readonly CampaignAction[]>> = {
  draft: ['rehearsal', 'approval', 'launch', 'cancel'],
  scheduled: ['pause', 'cancel'],
  running: ['pause', 'cancel'],
  paused: ['resume', 'cancel'],
  parked: ['resume', 'cancel'],
  cancelled: [],
  finished: [],
};

/** The pages of campaigns: the list, a campaign with its orders, people who were not served, and a new campaign. */
export const campaignPages: readonly ConsoleRoute[] = [
  { method: 'get', path: '/campaigns', work: list },
  ...draftPages,
  { method: 'get', path: '/campaigns/:id', work: (visit) => one(visit, false) },
  { method: 'post', path: '/campaigns/:id/examples', from: '/campaigns/:id', work: readingClear },
  { method: 'get', path: '/campaigns/:id/events', work: events },
  { method: 'get', path: '/campaigns/:id/not-served', work: notServed },
  { method: 'post', path: '/campaigns/:id/:order', from: '/campaigns/:id', work: ordering },
];

/** Lists all campaigns with their progress. */
async function list(visit: Visit): Promise<void> {
  const { items, next } = await visit.list('GET /v1/campaigns', CampaignBody);
  const { language } = visit;
  const words = wordsIn(language).campaignPages.campaign;
  const rows = items.map(({ id, name, accounts, status, waitingFor }) => [
    html`<a href="/console/campaigns/${id}">${name}</a>`,
    statusIn({ status, waitingFor }, language),
    figureIn(accounts.audience, language),
    figureIn(accounts.accepted, language),
    figureIn(accounts.pending, language),
    figureIn(excludedOf(accounts), language),
  ]);
  const figured = [words.audience, words.accepted, words.pending, words.excluded];
  const columns = [words.name, words.status, ...figured.map((figure) => ({ figure }))];
  visit.show({
    title: words.title,
    main: html`${tableOf({ caption: words.title, columns, rows, empty: words.none })}${onward('/campaigns', next, language)}`,
  });
}

async function readingClear(visit: Visit): Promise<void> {
  visit.needs('GET /v1/campaigns/{id}/examples');
  await one(visit, true);
}

/** People whose cost is counted within a second: 18 µs each, measured with 300,000. */
const COUNTED_AT_ONCE = 20_000;

async function one(visit: Visit, clear: boolean): Promise<void> {
  const params = { id: visit.param('id') };
  const view = await visit.ask('GET /v1/campaigns/{id}', CampaignAlone, { params });
  // Somebody who wants to pause or cancel a large campaign should not wait for a count of its messages.
  const isCounted = view.accounts.audience <= COUNTED_AT_ONCE || visit.query('cost') !== undefined;
  const cost = isCounted
    ? await visit.ask('GET /v1/campaigns/{id}/cost', CampaignCostShown, { params })
    : undefined;
  const orders = ORDERS[view.status]
    .filter((order) => visit.may(`POST /v1/campaigns/{id}/${order}`))
    .filter((order) => hasEffect(order, view));
  visit.show(
    campaignPage({
      language: visit.language,
      zone: visit.zone,
      view,
      approval: view.approval,
      cost,
      orders,
      workflowUrl: visit.workflowUrl(view.workflowId),
      drift: view.status === 'finished' && isCounted ? await driftOf(visit, view.id) : nothing,
      draft: view.status === 'draft' ? await draftOf(visit, { view, orders, clear }) : nothing,
    }),
  );
}

/**
 * Says whether an order would have an effect: not an approval that is not needed or would not count, nor a launch
 * that lacks one.
 */
function hasEffect(order: CampaignAction, { approval }: z.output<typeof CampaignAlone>): boolean {
  if (order === 'approval') return approval !== null && approval.needed && approval.mayApprove;
  return order !== 'launch' || approval === null || !approval.needed || approval.mayLaunch;
}

const Ended = z.looseObject({ reality: Reality.nullable() });

/** Renders the differences from the rehearsal; empty without one, or for readers who may not read it. */
async function driftOf(visit: Visit, id: string): Promise<Html> {
  const name = 'GET /v1/campaigns/{id}/rehearsal';
  if (!visit.may(name)) return nothing;
  const seen = await visit.ask(name, Ended, { params: { id } }).catch(unless('NOT_FOUND'));
  return seen?.reality == null ? nothing : apartFromRehearsal(seen.reality, visit.language);
}

async function ordering(visit: Visit): Promise<void> {
  const [id, order] = [visit.param('id'), visit.param('order')];
  const [name, params] = [`POST /v1/campaigns/{id}/${order}`, { id }];
  const back = `/campaigns/${encodeURIComponent(id)}`;
  if (order === 'cancel')
    return visit.orderOnceSure(name, { params, body: {}, back }, () => cancelQuestion(visit, id));
  const acknowledged = visit.field('acknowledge');
  const body = order === 'launch' && acknowledged !== undefined ? { acknowledge: [acknowledged] } : {};
  await visit.order(name, { params, body });
  return visit.goTo(back);
}

/** Makes the question before a campaign is cancelled, with the number of people. */
async function cancelQuestion(visit: Visit, id: string): Promise<Omit<OrderQuestion, 'back'>> {
  const { name, status, accounts, recurrence } = await visit.ask('GET /v1/campaigns/{id}', CampaignBody, {
    params: { id },
  });
  const { language } = visit;
  // Before the freeze, the number comes from the rehearsal, if there was one.
  const foreseen = accounts.audience === 0 ? await peopleForeseen(visit, id) : undefined;
  const { draft, campaign: words } = wordsIn(language).sure;
  if (status === 'draft') return { title: draft.title({ name }), lines: [draft.effect], label: draft.label };
  return {
    title: words.title({ name }),
    lines: [
      many(Math.max(accounts.pending, foreseen ?? 0), language, words.willNotLeave),
      ...(accounts.accepted > 0 ? [many(accounts.accepted, language, words.haveLeft)] : []),
      ...(recurrence === null ? [] : [words.noMore]),
      words.effect,
    ],
    label: words.label,
  };
}

/** Shows the people of a campaign who were not served, with masked numbers and reasons. */
async function notServed(visit: Visit): Promise<void> {
  const params = { id: visit.param('id') };
  const { name } = await visit.ask('GET /v1/campaigns/{id}', CampaignBody, { params });
  const about = { state: 'excluded', ...visit.queryOf('state', 'reason') };
  const asked = { params, query: about };
  const { items, next } = await visit.list('GET /v1/campaigns/{id}/messages', ListedMessageShown, asked);
  const { language } = visit;
  const words = wordsIn(language).campaignPages.campaign;
  const rows = items.map(({ id, state, reason, to, territory }) => [
    to ?? '–',
    territoryIn(territory, language),
    reason === null ? state : exclusionWords(reason, language).why,
    html`<a href="/console/timeline?message=${encodeURIComponent(id)}" aria-label="${words.story} ${to ?? id}">${words.story}</a>`,
  ]);
  const columns = [words.number, words.territory, words.why, words.timeline];
  const path = `/campaigns/${params.id}/not-served?${new URLSearchParams(about).toString()}`;
  visit.show({
    title: `${name}${words.colon} ${words.notServed.toLowerCase()}`,
    main: html`${tableOf({ caption: words.notServed, columns, rows, empty: words.everybody })}${onward(path, next, language)}`,
  });
}

function events(visit: Visit): Promise<void> {
  return visit.follow((asked) => visit.parts.live.campaign(asked));
}

/** A campaign, and what its reader may do. */
export interface CampaignShown extends Reading {
  readonly view: Omit<
    z.output<typeof CampaignBody>,
    'purpose' | 'workflowId' | 'recurrence' | 'recurrenceOf'
  >;
  /** The approval that it needs; null when it needs none. */
  readonly approval: z.output<typeof CampaignAlone>['approval'];
  /** Undefined when counting would take long, so that it is only done on request. */
  readonly cost: z.output<typeof CampaignCostShown> | undefined;
  readonly orders: readonly CampaignAction[];
  readonly workflowUrl: string;
  /** The differences from the rehearsal; empty without any, or before the campaign has ended. */
  readonly drift: Html;
  /** The text of a draft, its rehearsal and its launch button; empty once it was launched. */
  readonly draft: Html;
}

const STATUS: Readonly<Record<string, Words>> = bilingual.campaignPages.status;

/** Writes a status; that of a halted campaign is the halt. */
const statusIn = (
  { status, waitingFor }: Pick<CampaignShown['view'], 'status' | 'waitingFor'>,
  language: Language,
): string =>
  isHalted(waitingFor) ? bilingual.campaignPages.halted[language] : (STATUS[status]?.[language] ?? status);

/** Says whether the tenant or the account of a campaign is halted. */
const isHalted = (waitingFor: CampaignShown['view']['waitingFor']): boolean => waitingFor?.code === 'HALTED';

/** Renders a campaign: live counts, the reason why it waits, the people who were not served, and its orders. */
export function campaignPage(shown: CampaignShown): ConsolePage {
  const { view, language, orders, workflowUrl } = shown;
  const words = wordsIn(language).campaignPages.campaign;
  const isDraft = view.status === 'draft';
  const acts = orders
    .filter((order) => order !== 'launch')
    .map((order) =>
      actForm({
        action: `/campaigns/${view.id}/${order}`,
        label: isDraft && order === 'cancel' ? words.discard : words[order],
      }),
    );
  // Only for waits of the law: those for an operator come and go, and should not reload the page.
  const until = view.waitingFor?.ruleId == null ? null : view.waitingFor.until;
  return {
    title: view.name,
    live: isOpen(view)
      ? {
          events: `/console/campaigns/${view.id}/events`,
          status: view.status,
          until: until ?? '',
          isHalted: isHalted(view.waitingFor),
        }
      : undefined,
    main: html`<p>${joined([html`<strong>${statusIn(view, language)}</strong>${isAwaited(shown.approval) ? html` · <strong>${wordsIn(language).campaignPages.approval.awaited}</strong>` : ''}`, ...bounds(shown)], ' · ')}</p>
${isDraft ? '' : figures(shown)}
${waiting(shown)}
${approvalPart(shown.approval, shown)}
<div class="acts">${acts}</div>
${forecast(shown)}
${shown.cost === undefined ? costLink(`/console/campaigns/${view.id}`, language) : costPart(shown.cost, language)}
${shown.drift}
${isDraft ? shown.draft : html`<h2>${words.notServed}</h2>${notServedTable(shown)}`}
<p><a href="/console/timeline?campaign=${view.id}">${words.timeline}</a> · <a href="${workflowUrl}" rel="noreferrer">${words.temporal}</a></p>`,
  };
}

/** Renders the requested start and end. */
function bounds({ view: { startAt, expireAt }, ...reading }: CampaignShown): readonly Html[] {
  const words = wordsIn(reading.language).campaignPages.campaign;
  return [
    ...(startAt === null ? [] : [html`${words.notBefore} ${momentIn(startAt, reading)}`]),
    ...(expireAt === null ? [] : [html`${words.notAfter} ${momentIn(expireAt, reading)}`]),
  ];
}

const isOpen = ({ status }: CampaignShown['view']): boolean =>
  status !== 'finished' && status !== 'cancelled';

const excludedOf = ({ excluded }: CampaignShown['view']['accounts']): number =>
  Object.values(excluded).reduce((sum, count) => sum + count, 0);

function figures({ view: { accounts, status }, language }: CampaignShown): Html {
  const words = wordsIn(language).campaignPages.campaign;
  const counted = [
    'audience',
    'accepted',
    'delivered',
    'undelivered',
    'pending',
    'excluded',
    'failed',
    'expired',
    'uncertain',
  ] as const;
  const cells = counted.map((name) => {
    const count = name === 'excluded' ? excludedOf(accounts) : accounts[name];
    return html`<div><dt>${words[name]}</dt><dd data-value="accounts.${name}">${figureIn(count, language)}</dd></div>`;
  });
  const share = accounts.audience === 0 ? 0 : (100 * accounts.accepted) / accounts.audience;
  const live = status === 'running' || status === 'scheduled' ? html`<p class="faint">${words.live}</p>` : '';
  return html`<svg class="bar" viewBox="0 0 100 1" preserveAspectRatio="none" aria-hidden="true"><rect width="${share}" height="1" data-share="accounts.accepted/accounts.audience"/></svg>
<dl class="figures">${cells}</dl>${live}`;
}

function waiting({ view: { waitingFor, nextDepartureAt }, ...reading }: CampaignShown): Html {
  if (waitingFor === null) return nothing;
  const words = wordsIn(reading.language).campaignPages.campaign;
  const rows = waitingFor.byTerritory.map((place) => [
    territoryIn(place.territory, reading.language),
    figureIn(place.count, reading.language),
    momentThere(place.until, reading),
  ]);
  const columns = [words.territory, { figure: words.count }, words.untilThere];
  return html`<p class="note"><strong>${words.waits}</strong>${untilFirst(waitingFor, reading)} · <span data-value="waitingFor.text">${waitingFor.text}</span>${isHalted(waitingFor) ? html` <a href="/console/gateways#halt">${words.halted}</a>` : ''}${nextDepartureAt === null ? '' : html`<br>${words.next} ${momentIn(nextDepartureAt, reading)}`}</p>
${tableOf({ caption: words.places, columns, rows, empty: '–' })}`;
}

/** Renders the end of a wait in the zone of the territory that opens first, as the sentence beside it does. */
function untilFirst(
  { until, byTerritory }: NonNullable<CampaignShown['view']['waitingFor']>,
  reading: Reading,
): Html {
  if (until === null) return nothing;
  const { language } = reading;
  const first = byTerritory.find((place) => place.until === until)?.territory;
  const place = first === undefined ? '' : territoryIn(first, language);
  return html` ${wordsIn(language).campaignPages.campaign.until} ${momentThereAndHere(until, reading, place)}`;
}

function forecast({ view: { forecast: foreseen }, ...reading }: CampaignShown): Html {
  if (foreseen === null) return nothing;
  const words = wordsIn(reading.language).campaignPages.campaign;
  const last =
    foreseen.lastDepartureAt === null
      ? words.unknownEnd
      : html`${words.last} ${momentIn(foreseen.lastDepartureAt, reading)}`;
  return html`<h2>${words.forecast}</h2><p>${words.next} ${momentIn(foreseen.firstDepartureAt, reading)} · ${last}</p>`;
}

function notServedTable({ view: { id, accounts }, language }: CampaignShown): Html {
  const words = wordsIn(language).campaignPages.campaign;
  const rows = Object.entries(accounts.excluded).map(([reason, count]): Part[] => {
    const { why, cure } = exclusionWords(reason, language);
    const where = `/console/campaigns/${id}/not-served?state=excluded&reason=${encodeURIComponent(reason)}`;
    return [html`<a href="${where}">${why}</a>`, figureIn(count, language), cure];
  });
  const { uncertain, ...afterwards } = wordsIn(language).campaignPages.afterwards;
  const remedies = { ...afterwards, uncertain: html`<a href="/console/uncertain">${uncertain}</a>` };
  for (const state of ['failed', 'expired', 'uncertain', 'undelivered'] as const)
    if (accounts[state] > 0)
      rows.push([
        html`<a href="/console/campaigns/${id}/not-served?state=${state}">${words[state]}</a>`,
        figureIn(accounts[state], language),
        remedies[state],
      ]);
  const columns = [words.why, { figure: words.count }, words.cure];
  return tableOf({ caption: words.notServed, columns, rows, empty: words.everybody });
}
