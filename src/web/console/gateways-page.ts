import { attributes, html, type Html, joined, type Part, nothing } from '../../platform/index.ts';
import { countedTwice, type DriftCounts } from './drift-page.ts';
import { actForm } from './form-page.ts';
import type { ConsolePage } from './frame-page.ts';
import { releaseOf, sealedSentence, type HaltSeen } from './halt-page.ts';
import { figureIn, momentIn, type Reading } from './moment-page.ts';
import { wordsIn, type Catalogue, type Language } from '../../words/index.ts';

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

interface Gateway {
  readonly name: string;
  readonly kind: string;
  readonly default: boolean;
  readonly fake: boolean;
  readonly state: string;
  readonly halted: boolean;
  readonly rate: number;
  readonly credit: string | null;
  readonly inbound: {
    readonly url: string | null;
    readonly lastReceiptAt: string | null;
    readonly lastStopAt: string | null;
    readonly provenAt: string | null;
    readonly unread: number | null;
  };
  readonly processor: { readonly name: string; readonly country: string } | null;
  readonly drift: DriftCounts | null;
}

/** Shows the state of each account, and the switches that halt one, or everything. */
export function gatewaysPage(
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
