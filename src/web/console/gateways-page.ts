import { countedTwice, type Counted } from './drift-page.ts';
import { actForm } from './form-page.ts';
import type { ConsolePage } from './frame-page.ts';
import { releaseOf, sealedSentence, type HaltSeen } from './halt-page.ts';
import { figureIn, momentIn, type Reading } from './moment-page.ts';
import { escaped } from '../page/escaped.ts';
import { wordsIn, type Catalogue, type Language } from '../../words/index.ts';

/** The words of each state that an account may be in. */
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
  readonly drift: Counted | null;
}

/** How each account is, and the switches that stop one, or everything. */
export function gatewaysPage(
  reading: Reading,
  given: Switches & { readonly gateways: readonly Gateway[] },
): ConsolePage {
  const { language } = reading;
  const cards = given.gateways.map((one) => card(one, reading, given));
  return {
    title: wordsIn(language).companyPages.gateways.gateways,
    main: `${everything(given, language)}
<ul class="stamps wide-stamps">${cards.join('')}</ul>`,
  };
}

/** What is halted, and whether its reader may change it. */
interface Switches {
  readonly halts: readonly HaltSeen[];
  /** Whether the instance is sealed after a restore. */
  readonly sealed: boolean;
  readonly mayHalt: boolean;
}

/** Whether nothing leaves, by whichever account. */
const isAllHalted = ({ halts, sealed }: Switches): boolean =>
  sealed || halts.some(({ gateway }) => gateway === null);

function card(one: Gateway, reading: Reading, switches: Switches): string {
  const { language } = reading;
  const words = wordsIn(language).companyPages.gateways;
  const isWell = !one.halted && !isAllHalted(switches) && WELL.has(one.state);
  const proven =
    one.inbound.provenAt === null && !one.fake ? words.unproven : momentIn(one.inbound.provenAt, reading);
  const facts: readonly (readonly [string, string])[] = [
    [words.rate, figureIn(one.rate, language)],
    [words.credit, escaped(one.credit ?? '–')],
    ...(one.drift === null ? [] : [[words.counted, countedTwice(one.drift, language)] as const]),
    [words.receipt, momentIn(one.inbound.lastReceiptAt, reading)],
    [words.stop, momentIn(one.inbound.lastStopAt, reading)],
    [words.proven, proven],
    ...unreadFact(one, language),
    ...(one.processor === null
      ? []
      : [[words.processor, escaped(`${one.processor.name} (${one.processor.country})`)] as const]),
  ];
  // Whoever knows the address can speak for the operator.
  const inbound =
    one.inbound.url === null
      ? ''
      : `<details><summary>${words.inbound}</summary><code>${escaped(one.inbound.url)}</code></details>`;
  return `<li class="${isWell ? 'open' : 'shut'}"><h2>${escaped(one.name)}${about(one, language)}</h2>
<p class="verdict">${stateOf(one, switches, language)}</p>
<dl class="facts">${facts.map(([name, value]) => `<div><dt>${name}</dt><dd>${value}</dd></div>`).join('')}</dl>${inbound}
<p><a href="/console/gateways/${encodeURIComponent(one.name)}/trial" aria-label="${escaped(`${words.trial} ${one.name}`)}">${words.trial}</a></p>
${halting(one, switches, language)}</li>`;
}

/** What nobody could read is for whoever runs the instance. */
function unreadFact(
  { inbound: { unread } }: Gateway,
  language: Language,
): readonly (readonly [string, string])[] {
  const words = wordsIn(language).companyPages.gateways;
  if (unread === null || unread === 0) return [];
  return [[words.unread, `${figureIn(unread, language)} – ${words.unreadHow}`]];
}

/** Not heard yet is no trouble. */
const WELL: ReadonlySet<string> = new Set(['up', 'unknown']);

function stateOf(one: Gateway, switches: Switches, language: Language): string {
  const words = wordsIn(language).companyPages.gateways;
  const state = isStated(one.state) ? words[STATES[one.state]] : words.unwell;
  if (!one.halted) return escaped(isAllHalted(switches) ? `${words.sending} ${state}` : state);
  const told = switches.halts.filter(({ gateway }) => gateway === one.name).map(({ text }) => escaped(text));
  return told.length === 0 ? words.halted : told.join('<br>');
}

function about({ kind, fake, default: isDefault }: Gateway, language: Language): string {
  const words = wordsIn(language).companyPages.gateways;
  const said = [kind, ...(isDefault ? [words.default] : []), ...(fake ? [words.fake] : [])];
  return ` <span class="faint">${escaped(said.join(', '))}</span>`;
}

/** Its own halt is lifted before another is ordered: one button at a time. */
function halting({ name, halted }: Gateway, { halts, mayHalt }: Switches, language: Language): string {
  if (!mayHalt) return '';
  const words = wordsIn(language).companyPages.gateways;
  const own = halts.find(({ gateway, forAll }) => gateway === name && !forAll);
  if (own !== undefined) return `<div class="acts">${releaseOf(own, { language })}</div>`;
  if (halted) return `<p class="faint">${words.instance}</p>`;
  const action = `/gateways/${encodeURIComponent(name)}/halt`;
  return `<div class="acts">${actForm({ action, label: words.halt, hidden: { halted: 'true' }, before: reasonFor(language, name), about: name })}</div>`;
}

/** The switch of the whole company, with what it stands at. */
function everything({ halts, sealed, mayHalt }: Switches, language: Language): string {
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
  const sentence = all === undefined ? open : escaped(all.text);
  return `<section id="halt" aria-labelledby="halt-title"><h2 id="halt-title">${words.everything}</h2>
<p${all === undefined && !sealed ? '' : ' class="alert"'}>${sentence}</p>
${mayHalt ? `<div class="acts">${button}</div>` : ''}</section>`;
}

function reasonFor(language: Language, what: string): string {
  const { reason } = wordsIn(language).companyPages.gateways;
  return `<input name="reason" aria-label="${escaped(`${reason} (${what})`)}" placeholder="${reason}" required maxlength="300">`;
}
