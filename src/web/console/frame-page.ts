import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { z } from 'zod';
import { attributes, code, html, inLines, nothing, type Html } from '../../base/index.ts';
import { scriptPolicy, wholePage, type FramedPage } from '../page/page.ts';
import { bilingual, roleName, wordsIn, type Catalogue, type Language } from '../../words/index.ts';
import type { HaltsShown } from '../api/company/halts.ts';
import { actForm, hiddenFields } from './page-parts.ts';

const style = readFileSync(new URL('./console.css', import.meta.url), 'utf8');
const script = ['./reader.client.js', './console.client.js']
  .map((name) => readFileSync(new URL(name, import.meta.url), 'utf8'))
  .join('\n');

/** A page in the menu. */
export interface Door {
  /** The path under `/console`. */
  readonly path: string;
  /** The route of the API whose roles may open the page. */
  readonly needs: string;
  readonly name: keyof Catalogue['consolePages']['doors'];
  /** True for the three pages with which a day begins. */
  readonly main?: true;
}

/** A page: its title, its content, and the stream that updates it. */
export interface ConsolePage {
  readonly title: string;
  readonly main: Html;
  /** The server-sent events of a page with elements to update. */
  readonly live?:
    | {
        readonly events: string;
        /** The status when the page was made; another one reloads it. */
        readonly status: string;
        /** The end of the wait when the page was made; another one reloads it too. */
        readonly until?: string;
        /** True when a halt was in force; its end, or a new halt, reloads the page. */
        readonly isHalted?: boolean;
      }
    | undefined;
  /** True when the page needs the script for something else. */
  readonly isScripted?: true;
}

interface Framing extends ConsolePage {
  readonly language: Language;
  readonly doors: readonly Door[];
  /** The name of the key. */
  readonly who: string;
  readonly role: string;
  /** The time zone of the page's times; absent for a page without times. */
  readonly zone?: string;
  /** The address of this page, with its query. */
  readonly at: string;
  /** Markup above the content. */
  readonly bar?: Html;
}

/** Renders a whole page of the console, which loads nothing from other sites; its script is optional. */
export function consoleFrame(framing: Framing): FramedPage {
  const { language, title, main, live, isScripted } = framing;
  const nonce = randomBytes(16).toString('base64');
  const words = wordsIn(language).consolePages.frame;
  const followed = attributes({
    'data-events': live?.events,
    'data-status': live?.status,
    'data-until': live?.until,
    'data-halted': live?.isHalted === undefined ? undefined : String(live.isHalted),
  });
  const body = html`<a class="skip" href="#main">${words.skip}</a>
${framing.doors.length > 0 && header(framing)}
${framing.bar}<main id="main"${followed}>
<h1>${title}</h1>
${live && isOld(framing)}${main}
</main>
<footer><a href="${inOtherLanguage(framing)}" lang="${other(language)}" hreflang="${other(language)}">${words.other}</a>${framing.zone !== undefined && html` <span class="faint">${words.hours} ${framing.zone}.</span>`}</footer>
${(live !== undefined || isScripted === true) && code('script', { nonce }, script)}`;
  const page = wholePage({ language, title: `${title} · Bonheure`, nonce, style }, body);
  return { html: page, policy: scriptPolicy(nonce) };
}

/**
 * Renders the element in which the script says that the page is outdated, and its text apart: screen readers do not read
 * a region that appears together with its text.
 */
const isOld = ({ language, at }: Framing): Html => {
  const { old, again } = wordsIn(language).consolePages.frame;
  return html`<div id="old" role="status"></div><template id="old-says"><p class="alert">${old} <a href="${at}">${again}</a></p></template>\n`;
};

function header({ language, doors, who, role, at }: Framing): Html {
  const words = wordsIn(language).consolePages.frame;
  const items = doors.map((door) => {
    const href = `/console${door.path}`;
    const here = attributes({ 'aria-current': at.split('?')[0] === href && 'page' });
    return html`<li><a href="${href}"${here}>${wordsIn(language).consolePages.doors[door.name]}</a></li>`;
  });
  return html`<header>
<a class="brand" href="/console">Bonheure</a>
<form class="find" method="post" action="/console/search" role="search"><input name="what" aria-label="${words.find}" placeholder="${words.find}" autocomplete="off" maxlength="200" required><button>${words.go}</button></form>
<form class="leave" method="post" action="/console/leave"><span class="who">${who} (${roleName(role, language)})</span> <button>${words.leave}</button></form>
<nav aria-label="${words.menu}"><ul>${items}</ul></nav>
</header>`;
}

const other = (language: Language): Language => (language === 'fr' ? 'en' : 'fr');

function inOtherLanguage({ at, language }: Framing): string {
  const [path = '', query = ''] = at.split('?');
  const asked = new URLSearchParams(query);
  asked.set('lang', other(language));
  return `${path}?${asked.toString()}`;
}

/** The pages of the menu, in the order of a day's work. */
export const DOORS: readonly Door[] = [
  { path: '/imports', needs: 'POST /v1/imports', name: 'imports', main: true },
  { path: '/campaigns/new', needs: 'POST /v1/campaigns', name: 'newCampaign', main: true },
  { path: '/to-call', needs: 'GET /v1/reminders/unreached', name: 'toCall', main: true },
  { path: '/campaigns', needs: 'GET /v1/campaigns', name: 'campaigns' },
  { path: '/series', needs: 'GET /v1/reminder-series', name: 'series' },
  { path: '/figures', needs: 'GET /v1/reports/sends', name: 'figures' },
  { path: '/uncertain', needs: 'GET /v1/uncertain', name: 'uncertain' },
  { path: '/replies', needs: 'GET /v1/replies', name: 'replies' },
  { path: '/rights', needs: 'GET /v1/rights-requests', name: 'rights' },
  { path: '/agreements', needs: 'GET /v1/forms', name: 'agreements' },
  { path: '/suppressions', needs: 'GET /v1/suppressions', name: 'suppressions' },
  { path: '/gateways', needs: 'GET /v1/gateways', name: 'gateways' },
  { path: '/audit', needs: 'GET /v1/audit', name: 'audit' },
  { path: '/settings', needs: 'PATCH /v1/tenant', name: 'settings' },
  { path: '/practices', needs: 'PUT /v1/practices/{externalId}', name: 'practices' },
  { path: '/keys', needs: 'GET /v1/keys', name: 'keys' },
];

/** Renders the halts in force, which every page shows: a line each, with the button that lifts it. */
export function haltBar(
  { sealed, halts }: z.output<typeof HaltsShown>,
  reader: { readonly language: Language; readonly mayRelease: boolean; readonly at: string },
): Html {
  if (!sealed && halts.length === 0) return nothing;
  const words = wordsIn(reader.language).companyPages.halt;
  const lines = [
    ...(sealed ? [html`<p>${words.sealed}</p>`] : []),
    ...halts.map((halt) => html`<p>${halt.text}</p>${reader.mayRelease ? releaseOf(halt, reader) : ''}`),
  ];
  return html`<section aria-label="${words.region}">${lines.map((line) => html`<div class="halt-bar">${line}</div>`)}</section>
`;
}

/** Renders the button that lifts a halt; a halt of the instance for everybody has none. */
export function releaseOf(
  { gateway, forAll }: z.output<typeof HaltsShown>['halts'][number],
  { language, at }: { readonly language: Language; readonly at?: string },
): Html {
  const words = wordsIn(language).companyPages.halt;
  if (forAll) return nothing;
  const hidden = { halted: 'false', ...(at !== undefined && { from: at }) };
  if (gateway === null) return actForm({ action: '/halt', label: words.releaseAll, hidden });
  const action = `/gateways/${encodeURIComponent(gateway)}/halt`;
  return actForm({ action, label: words.release, hidden, about: gateway });
}

/** The question before an order, which shows its effect. */
export interface OrderQuestion {
  readonly title: string;
  /** The consequences, with the number of people first. */
  readonly lines: readonly string[];
  /** The text of the button that gives the order, which names its effect. */
  readonly label: string;
  /** The path under `/console` to go back to without the order. */
  readonly back: string;
}

/** Renders the question before an irreversible order. */
export function surePage(
  language: Language,
  { title, lines, label, back }: OrderQuestion,
  order: { readonly action: string; readonly fields: Readonly<Record<string, string>> },
): ConsolePage {
  const hidden = hiddenFields({ ...order.fields, sure: 'yes' });
  return {
    title,
    main: html`${inLines(lines.map((line, index) => html`<p${attributes({ class: index === 0 && 'alert' })}>${line}</p>`))}
<div class="acts"><form method="post" action="${order.action}">${hidden}<button class="danger">${label}</button></form><a class="button" href="/console${back}">${bilingual.sure.back[language]}</a></div>`,
  };
}
