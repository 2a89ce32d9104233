import { z } from 'zod';
import { mobileLine } from '../../people/index.ts';
import { Refusal, attributes, html, nothing, type Html, type Part } from '../../platform/index.ts';
import { maskPhone } from '../../sms/index.ts';
import { readingOf, type ConsoleRoute, type Visit } from './visit.ts';
import { LatestTrial, TrialOrdered } from '../api/messages/gateway-trials.ts';
import { GatewayShown } from '../api/messages/gateways.ts';
import { parsed } from '../server/input-error.ts';
import { ASSUMPTION_WORDS, type AssumptionId } from '../../gateways/index.ts';
import { actForm, field, tableOf, momentIn, type Reading } from './page-parts.ts';
import type { ConsolePage } from './frame-page.ts';
import type { OrderQuestion } from './sure-words.ts';
import { wordsIn, type Language } from '../../words/index.ts';

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
  const accounts = await visit.ask('GET /v1/gateways', z.array(GatewayShown));
  const account = accounts.find(({ name }) => name === params.name);
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
  return visit.follow((request) => visit.parts.live.trial(request));
}

type Trial = Omit<NonNullable<z.output<typeof LatestTrial>['trial']>, 'endedAt'>;
type Found = Trial['findings'][number];

interface Account {
  readonly name: string;
  /** The last finished trial. */
  readonly last: { readonly endedAt: string; readonly findings: readonly Found[] } | null;
  /** The latest, finished or not. */
  readonly latest: Trial | null;
  readonly mayOrder: boolean;
}

/** Shows the trials of an account: how to start one, the one under way, and the last findings. */
export function trialPage(reading: Reading, account: Account): ConsolePage {
  const words = wordsIn(reading.language).companyPages.trial;
  const { name, last, latest, mayOrder } = account;
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

/** Asks for the telephone before two texts are sent. */
function trialAsked(
  { name, masked, back }: { readonly name: string; readonly masked: string; readonly back: string },
  language: Language,
): OrderQuestion {
  const words = wordsIn(language).companyPages.trial;
  return {
    back,
    title: words.question(name),
    lines: [words.leaves(masked), words.yours, words.stop],
    label: words.sure,
  };
}

const isGoing = ({ state }: Trial): boolean => state === 'ordered' || state === 'under-way';

const pathOf = (name: string): string => `/gateways/${encodeURIComponent(name)}`;

function starting(name: string, language: Language): Html {
  const words = wordsIn(language).companyPages.trial;
  const before = field({ name: 'phone', label: words.phone, hint: words.hint, type: 'tel' });
  return html`<div class="acts">${actForm({ action: `${pathOf(name)}/trial`, label: words.start, before, isMain: true })}</div>`;
}

/** Shows a trial under way, or an unfinished one: its progress, its question, and its findings so far. */
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
    ? html`<p><a class="button" href="/console${pathOf(name)}/trial">${words.refresh}</a></p>`
    : '';
  return html`<section aria-labelledby="now"><h2 id="now">${title} (${momentIn(underWay.startedAt, reading)})</h2>
<p role="status"${attributes({ class: !isOn && 'alert' })}>${words[underWay.state]}</p>
${sentence}${asked(name, underWay, { language, mayOrder })}
${found(title, underWay.findings, { language, empty: words.none, isOn })}
${again}</section>`;
}

/** The telephone's display is reported by a button; STOP is typed on the telephone. */
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
      action: `${pathOf(name)}/trials/${encodeURIComponent(id)}`,
      label: words[shown],
      hidden: { text: asks.what, shown },
    }),
  );
  return html`<p class="alert">${words.shows}</p>
<blockquote>${asks.text}</blockquote>
${mayOrder ? html`<div class="acts">${buttons}</div>` : ''}`;
}

function lastOf(last: Account['last'], reading: Reading): Html {
  const words = wordsIn(reading.language).companyPages.trial;
  const when =
    last === null
      ? ''
      : html`<p>${words.last}${wordsIn(reading.language).punctuation.colon}${momentIn(last.endedAt, reading)}</p>`;
  return html`${when}
${found(words.last, last?.findings ?? [], { language: reading.language, empty: words.never, isOn: false })}`;
}

interface Telling {
  readonly language: Language;
  /** An observation still missing may come later. */
  readonly isOn: boolean;
}

function found(
  caption: string,
  findings: readonly Found[],
  { empty, ...how }: Telling & { readonly empty: string },
): Html {
  const words = wordsIn(how.language).companyPages.trial;
  return tableOf({
    caption,
    columns: [{ head: words.what }, { head: words.verdict }, { head: words.change }],
    rows: findings.flatMap((finding) => rowOf(finding, how)),
    empty,
  });
}

const isKnown = (id: string): id is AssumptionId => Object.hasOwn(ASSUMPTION_WORDS, id);

/** An assumption of another version has no words any more. */
function rowOf({ id, verdict, detail }: Found, { language, isOn }: Telling): readonly (readonly Part[])[] {
  if (!isKnown(id)) return [];
  const { what, change } = ASSUMPTION_WORDS[id];
  const said = detail !== undefined && html` <span class="faint">(${detail})</span>`;
  return [
    [
      what[language],
      [wordsIn(language).doctor.verdicts[verdict], said],
      verdict === 'held' || (isOn && verdict === 'not-seen') ? '–' : change[language],
    ],
  ];
}
