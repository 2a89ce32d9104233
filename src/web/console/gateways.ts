import { z } from 'zod';
import { ASSUMPTION_WORDS, type AssumptionId } from '../../gateways/index.ts';
import { mobileLine } from '../../people/index.ts';
import { Refusal } from '../../platform/index.ts';
import { attributes, html, joined, nothing, type Html, type Part } from '../../base/index.ts';
import { maskPhone } from '../../sms/index.ts';
import { wordsIn, type Catalogue, type Language } from '../../words/index.ts';
import type { HaltsShown } from '../api/company/halts.ts';
import { LatestTrial, TrialOrdered } from '../api/messages/gateway-trials.ts';
import { GatewayShown } from '../api/messages/gateways.ts';
import { parsed } from '../server/input-error.ts';
import { countedTwice } from './campaign-parts.ts';
import { releaseOf, type ConsolePage } from './frame-page.ts';
import { actForm, field, figureIn, momentIn, tableOf, type Reading } from './page-parts.ts';
import type { ConsoleRoute, Visit } from './visit.ts';

const PAGE = '/gateways/:name/trial';
const ORDER = 'POST /v1/gateways/{name}/trials';

/**
 * The pages of accounts with their halts, and of their trials, which people start, follow and answer with their own
 * telephone.
 */
export const gatewayPages: readonly ConsoleRoute[] = [
  { method: 'get', path: '/gateways', work: gateways },
  { method: 'post', path: '/gateways/:name/halt', from: '/gateways', work: haltingOne },
  { method: 'post', path: '/halt', from: '/gateways', work: haltingAll },
  { method: 'get', path: PAGE, work: trial },
  { method: 'post', path: PAGE, from: PAGE, work: ordering },
  { method: 'post', path: '/gateways/:name/trials/:id', from: PAGE, work: answering },
  { method: 'get', path: '/trials/:id/events', work: events },
];

/** Shows the state of each account, and the forms that halt one of them or everything. */
async function gateways(visit: Visit): Promise<void> {
  const accounts = await visit.ask('GET /v1/gateways', z.array(GatewayShown));
  const switches = { ...visit.halts, mayHalt: visit.may('PUT /v1/halt') };
  visit.show({
    title: wordsIn(visit.language).companyPages.gateways.gateways,
    main: html`${everything(switches, visit.language)}
<ul class="stamps wide-stamps">${accounts.map((one) => card(one, visit, switches))}</ul>`,
  });
}

/** Returns the body of a halt, with the reason that the API requires. */
const haltBody = (visit: Visit): Readonly<Record<string, unknown>> => ({
  halted: visit.field('halted') === 'true',
  ...visit.fieldsOf('reason'),
});

async function haltingOne(visit: Visit): Promise<void> {
  const params = { name: visit.param('name') };
  await visit.order('PUT /v1/gateways/{name}/halt', { params, body: haltBody(visit) });
  visit.goBack();
}

async function haltingAll(visit: Visit): Promise<void> {
  await visit.order('PUT /v1/halt', { body: haltBody(visit) });
  visit.goBack();
}

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

type Switches = z.output<typeof HaltsShown> & { readonly mayHalt: boolean };

const isAllHalted = ({ halts, sealed }: Switches): boolean =>
  sealed || halts.some(({ gateway }) => gateway === null);

function card(one: Gateway, reading: Reading, switches: Switches): Html {
  const { language } = reading;
  const words = wordsIn(language).companyPages.gateways;
  const isWell = !one.halted && !isAllHalted(switches) && WELL.has(one.state);
  const { drift, inbound, processor } = one;
  const unread = inbound.unread ?? 0;
  const proven =
    inbound.provenAt === null && !one.fake ? words.unproven : momentIn(inbound.provenAt, reading);
  const facts: readonly (readonly [name: string, value: Part | null])[] = [
    [words.rate, figureIn(one.rate, language)],
    [words.credit, one.credit ?? '–'],
    [words.counted, drift && countedTwice(drift, language)],
    [words.receipt, momentIn(inbound.lastReceiptAt, reading)],
    [words.stop, momentIn(inbound.lastStopAt, reading)],
    [words.proven, proven],
    // Unreadable calls are for whoever runs the instance.
    [words.unread, unread > 0 ? `${figureIn(unread, language)} – ${words.unreadHow}` : null],
    [words.processor, processor && `${processor.name} (${processor.country})`],
  ];
  const lines = facts.map(
    ([name, value]) => value !== null && html`<div><dt>${name}</dt><dd>${value}</dd></div>`,
  );
  // Folded away, since anybody who knows the address can send calls as the operator.
  const address =
    inbound.url !== null &&
    html`<details><summary>${words.inbound}</summary><code>${inbound.url}</code></details>`;
  return html`<li class="${isWell ? 'open' : 'shut'}"><h2>${one.name}${about(one, language)}</h2>
<p class="verdict">${stateOf(one, switches, language)}</p>
<dl class="facts">${lines}</dl>${address}
<p><a href="/console/gateways/${encodeURIComponent(one.name)}/trial" aria-label="${words.trial} ${one.name}">${words.trial}</a></p>
${halting(one, switches, language)}</li>`;
}

/** States that are no trouble; an account that was not checked yet is `unknown`. */
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

function halting({ name, halted }: Gateway, { halts, mayHalt }: Switches, language: Language): Html {
  if (!mayHalt) return nothing;
  const words = wordsIn(language).companyPages.gateways;
  const own = halts.find(({ gateway, forAll }) => gateway === name && !forAll);
  if (own !== undefined) return html`<div class="acts">${releaseOf(own, { language })}</div>`;
  if (halted) return html`<p class="faint">${words.instance}</p>`;
  const action = `/gateways/${encodeURIComponent(name)}/halt`;
  return html`<div class="acts">${actForm({ action, label: words.halt, hidden: { halted: 'true' }, before: reasonFor(language, name), about: name })}</div>`;
}

/** Renders the form that halts the whole company, with its state. */
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
  const open = sealed
    ? wordsIn(language).companyPages.halt.sealed
    : words[halts.length === 0 ? 'open' : 'partly'];
  const sentence = all === undefined ? open : all.text;
  return html`<section id="halt" aria-labelledby="halt-title"><h2 id="halt-title">${words.everything}</h2>
<p${attributes({ class: (all !== undefined || sealed) && 'alert' })}>${sentence}</p>
${mayHalt && html`<div class="acts">${button}</div>`}</section>`;
}

function reasonFor(language: Language, what: string): Html {
  const { reason } = wordsIn(language).companyPages.gateways;
  return html`<input name="reason" aria-label="${reason} (${what})" placeholder="${reason}" required maxlength="300">`;
}

const pageOf = (name: string): string => `/gateways/${encodeURIComponent(name)}/trial`;

async function trial(visit: Visit): Promise<void> {
  const params = { name: visit.param('name') };
  const accounts = await visit.ask('GET /v1/gateways', z.array(GatewayShown));
  const account = accounts.find(({ name }) => name === params.name);
  if (account === undefined) throw new Refusal('NOT_FOUND');
  const latest = await visit.ask('GET /v1/gateways/{name}/trial', LatestTrial, { params });
  const mayOrder = latest.mayOrder && visit.may(ORDER);
  visit.show(trialPage(visit, { name: account.name, last: account.trial, latest: latest.trial, mayOrder }));
}

/** Orders a trial after a confirmation, since it sends two paid texts to a telephone. */
async function ordering(visit: Visit): Promise<void> {
  const name = visit.param('name');
  const body = { phone: visit.field('phone') };
  await visit.orderOnceSure(ORDER, { params: { name }, body, back: pageOf(name) }, () => {
    const { phone } = parsed(TrialOrdered, body, { where: 'body' });
    const words = wordsIn(visit.language).companyPages.trial;
    return {
      title: words.question(name),
      lines: [words.leaves(maskPhone(mobileLine(phone).e164)), words.yours, words.stop],
      label: words.sure,
    };
  });
}

async function answering(visit: Visit): Promise<void> {
  const params = { name: visit.param('name'), id: visit.param('id') };
  const body = { text: visit.field('text'), shown: visit.field('shown') };
  await visit.order('POST /v1/gateways/{name}/trials/{id}/answer', { params, body });
  visit.goTo(pageOf(params.name));
}

function events(visit: Visit): Promise<void> {
  return visit.follow((request) => visit.parts.live.trial(request));
}

type Trial = NonNullable<z.output<typeof LatestTrial>['trial']>;

/** Renders the trials of an account: how to start one, the one under way, and the last findings. */
export function trialPage(
  reading: Reading,
  {
    name,
    last,
    latest,
    mayOrder,
  }: {
    readonly name: string;
    /** The last finished trial. */
    readonly last: Gateway['trial'];
    /** The latest trial, finished or not. */
    readonly latest: Trial | null;
    readonly mayOrder: boolean;
  },
): ConsolePage {
  const words = wordsIn(reading.language).companyPages.trial;
  const isOn = latest !== null && isGoing(latest);
  const shown =
    latest === null || latest.state === 'ended' ? '' : unfinished(name, latest, { reading, mayOrder });
  return {
    title: `${words.title} – ${name}`,
    main: html`<p>${words.lead}</p>
<p class="faint">${words.stop}</p>
${shown}
${mayOrder && !isOn ? starting(name, reading.language) : ''}
${latest?.state === 'ended' && latest.told !== null ? html`<p class="alert">${latest.told}</p>` : ''}
${isOn ? '' : lastOf(last, reading)}
<p class="faint">${words.terminal}</p>
<pre><code>npm run account -- try ${name}</code></pre>`,
    live:
      latest !== null && isOn
        ? { events: `/console/trials/${latest.id}/events`, status: `${latest.state} ${latest.turn}` }
        : undefined,
  };
}

const isGoing = ({ state }: Trial): boolean => state === 'ordered' || state === 'under-way';

function starting(name: string, language: Language): Html {
  const words = wordsIn(language).companyPages.trial;
  const before = field({ name: 'phone', label: words.phone, hint: words.hint, type: 'tel' });
  return html`<div class="acts">${actForm({ action: pageOf(name), label: words.start, before, isMain: true })}</div>`;
}

/** Renders a trial that is under way, or was not finished: its progress, its question, and its findings so far. */
function unfinished(
  name: string,
  underWay: Trial,
  { reading, mayOrder }: { readonly reading: Reading; readonly mayOrder: boolean },
): Html {
  const { language } = reading;
  const words = wordsIn(language).companyPages.trial;
  const isOn = isGoing(underWay);
  const title = isOn ? words.now : words.cut;
  const sentence = underWay.told === null ? '' : html`<p>${underWay.told}</p>`;
  const again = isOn
    ? html`<p><a class="button" href="/console${pageOf(name)}">${words.refresh}</a></p>`
    : '';
  return html`<section aria-labelledby="now"><h2 id="now">${title} (${momentIn(underWay.startedAt, reading)})</h2>
<p role="status"${attributes({ class: !isOn && 'alert' })}>${words[underWay.state]}</p>
${sentence}${asked(name, underWay, { language, mayOrder })}
${found(title, underWay.findings, { language, empty: words.none, isOn })}
${again}</section>`;
}

/** Renders what a trial asks for: a button that says what the telephone shows, or a STOP to be typed on it. */
function asked(
  name: string,
  { id, asks }: Trial,
  { language, mayOrder }: { readonly language: Language; readonly mayOrder: boolean },
): Html {
  const words = wordsIn(language).companyPages.trial;
  if (asks === null) return nothing;
  if (asks.what === 'stop')
    return html`<p class="alert">${words.typeStop} ${asks.text}</p>
<p>${words.stop} ${words.waits}</p>`;
  const buttons = (['as-sent', 'otherwise', 'nothing'] as const).map((shown) =>
    actForm({
      action: `/gateways/${encodeURIComponent(name)}/trials/${encodeURIComponent(id)}`,
      label: words[shown],
      hidden: { text: asks.what, shown },
    }),
  );
  return html`<p class="alert">${words.shows}</p>
<blockquote>${asks.text}</blockquote>
${mayOrder ? html`<div class="acts">${buttons}</div>` : ''}`;
}

function lastOf(last: Gateway['trial'], reading: Reading): Html {
  const words = wordsIn(reading.language).companyPages.trial;
  const when =
    last === null
      ? ''
      : html`<p>${words.last}${wordsIn(reading.language).punctuation.colon}${momentIn(last.endedAt, reading)}</p>`;
  return html`${when}
${found(words.last, last?.findings ?? [], { language: reading.language, empty: words.never, isOn: false })}`;
}

function found(
  caption: string,
  findings: Trial['findings'],
  {
    language,
    empty,
    isOn,
  }: {
    readonly language: Language;
    readonly empty: string;
    /** True while the trial runs, so that a missing observation may still come. */
    readonly isOn: boolean;
  },
): Html {
  const words = wordsIn(language).companyPages.trial;
  const rows = findings.flatMap(({ id, verdict, detail }): Part[][] => {
    // Findings of an earlier version may have no words any more.
    if (!isKnown(id)) return [];
    const { what, change } = ASSUMPTION_WORDS[id];
    const said = detail !== undefined && html` <span class="faint">(${detail})</span>`;
    const isWell = verdict === 'held' || (isOn && verdict === 'not-seen');
    return [
      [what[language], [wordsIn(language).doctor.verdicts[verdict], said], isWell ? '–' : change[language]],
    ];
  });
  return tableOf({ caption, columns: [words.what, words.verdict, words.change], rows, empty });
}

const isKnown = (id: string): id is AssumptionId => Object.hasOwn(ASSUMPTION_WORDS, id);
