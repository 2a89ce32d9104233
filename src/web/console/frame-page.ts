import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { attributes, code, html, nothing, type Html } from '../../platform/index.ts';
import { scriptPolicy } from '../page/page.ts';
import { roleName, wordsIn, bilingual, type Language, type Words } from '../../words/index.ts';
import { actForm } from './page-parts.ts';

const style = readFileSync(new URL('./console.css', import.meta.url), 'utf8');
const script = ['./reader.client.js', './console.client.js']
  .map((name) => readFileSync(new URL(name, import.meta.url), 'utf8'))
  .join('\n');

/** A page of the menu. */
export interface Door {
  /** Under `/console`. */
  readonly path: string;
  /** The endpoint whose roles may open it. */
  readonly needs: string;
  readonly words: Words;
  /** Set for the three pages that a day begins with. */
  readonly main?: true;
}

/** The data that keep a page up to date. */
interface LivePart {
  readonly events: string;
  /** The status when the page was made: another one reloads it. */
  readonly status: string;
  /** The end of the wait when the page was made: another one reloads it too. */
  readonly until?: string;
  /** True when a halt was in force: its end, and a new one, reload the page. */
  readonly isHalted?: boolean;
}

/** One page: title, content, and the stream that updates it. */
export interface ConsolePage {
  readonly title: string;
  readonly main: Html;
  /** Server-sent events, for a page with elements to update. */
  readonly live?: LivePart | undefined;
  /** True when its script has another task. */
  readonly isScripted?: true;
}

/** The reader and the address of a page. */
export interface Framing extends ConsolePage {
  readonly language: Language;
  readonly doors: readonly Door[];
  /** The name of the key. */
  readonly who: string;
  readonly role: string;
  /** The zone of the page's times; absent for a page without any. */
  readonly zone?: string;
  /** The address of this page, with its query. */
  readonly at: string;
  /** HTML above the content of every page. */
  readonly bar?: Html;
}

/** Renders a whole page of the console: nothing from anywhere else, and an optional script. */
export function consoleFrame(framing: Framing): { readonly html: Html; readonly policy: string } {
  const { language, title, main, live, isScripted } = framing;
  const nonce = randomBytes(16).toString('base64');
  const words = wordsIn(language).consolePages.frame;
  const page = html`<!doctype html>
<html lang="${language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>${title} · Bonheure</title>
${code('style', { nonce }, style)}
</head>
<body>
<a class="skip" href="#main">${words.skip}</a>
${framing.doors.length > 0 && header(framing)}
${framing.bar}<main id="main"${live && followed(live)}>
<h1>${title}</h1>
${live && isOld(framing)}${main}
</main>
<footer><a href="${inOtherLanguage(framing)}" lang="${other(language)}" hreflang="${other(language)}">${words.other}</a>${framing.zone !== undefined && html` <span class="faint">${words.hours} ${framing.zone}.</span>`}</footer>
${(live !== undefined || isScripted === true) && code('script', { nonce }, script)}
</body>
</html>
`;
  return { html: page, policy: scriptPolicy(nonce) };
}

/**
 * The element in which the script says that the page is outdated, with its text: a region that appears with its
 * text is not read aloud.
 */
const isOld = ({ language, at }: Framing): Html => {
  const { old, again } = wordsIn(language).consolePages.frame;
  return html`<div id="old" role="status"></div><template id="old-says"><p class="alert">${old} <a href="${at}">${again}</a></p></template>\n`;
};

const followed = ({ events, status, until, isHalted }: LivePart): ReturnType<typeof attributes> =>
  attributes({
    'data-events': events,
    'data-status': status,
    'data-until': until,
    'data-halted': isHalted === undefined ? undefined : String(isHalted),
  });

function header({ language, doors, who, role, at }: Framing): Html {
  const words = wordsIn(language).consolePages.frame;
  const items = doors.map((door) => {
    const href = `/console${door.path}`;
    const here = attributes({ 'aria-current': at.split('?')[0] === href && 'page' });
    return html`<li><a href="${href}"${here}>${door.words[language]}</a></li>`;
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

/** The pages of the console, in the order of a day's work; each needs the right of its API route. */
export const DOORS: readonly Door[] = [
  { path: '/imports', needs: 'POST /v1/imports', words: bilingual.consolePages.doors.imports, main: true },
  {
    path: '/campaigns/new',
    needs: 'POST /v1/campaigns',
    words: bilingual.consolePages.doors.newCampaign,
    main: true,
  },
  {
    path: '/to-call',
    needs: 'GET /v1/reminders/unreached',
    words: bilingual.consolePages.doors.toCall,
    main: true,
  },
  { path: '/campaigns', needs: 'GET /v1/campaigns', words: bilingual.consolePages.doors.campaigns },
  { path: '/series', needs: 'GET /v1/reminder-series', words: bilingual.consolePages.doors.series },
  {
    path: '/figures',
    needs: 'GET /v1/reports/sends',
    words: bilingual.consolePages.doors.figures,
  },
  { path: '/uncertain', needs: 'GET /v1/uncertain', words: bilingual.consolePages.doors.uncertain },
  { path: '/replies', needs: 'GET /v1/replies', words: bilingual.consolePages.doors.replies },
  { path: '/rights', needs: 'GET /v1/rights-requests', words: bilingual.consolePages.doors.rights },
  { path: '/agreements', needs: 'GET /v1/forms', words: bilingual.consolePages.doors.agreements },
  { path: '/suppressions', needs: 'GET /v1/suppressions', words: bilingual.consolePages.doors.suppressions },
  { path: '/gateways', needs: 'GET /v1/gateways', words: bilingual.consolePages.doors.gateways },
  { path: '/audit', needs: 'GET /v1/audit', words: bilingual.consolePages.doors.audit },
  { path: '/settings', needs: 'PATCH /v1/tenant', words: bilingual.consolePages.doors.settings },
  {
    path: '/practices',
    needs: 'PUT /v1/practices/{externalId}',
    words: bilingual.consolePages.doors.practices,
  },
  { path: '/keys', needs: 'GET /v1/keys', words: bilingual.consolePages.doors.keys },
];

/** One halt, with the API's sentence on it. */
export interface HaltSeen {
  /** The account; null for everything. */
  readonly gateway: string | null;
  readonly forAll: boolean;
  readonly text: string;
}

/** Returns the sentence that nothing is sent until an admin opens the instance. */
export const sealedSentence = (language: Language): string => wordsIn(language).companyPages.halt.sealed;

/** Shows the halts in force on every page: one line each, with the button that lifts it. */
export function haltBar(
  { sealed, halts }: { readonly sealed: boolean; readonly halts: readonly HaltSeen[] },
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

/** Renders the one button that lifts a halt; a halt of the instance for everybody has none. */
export function releaseOf(
  { gateway, forAll }: HaltSeen,
  { language, at }: { readonly language: Language; readonly at?: string },
): Html {
  const words = wordsIn(language).companyPages.halt;
  if (forAll) return nothing;
  const hidden = { halted: 'false', ...(at === undefined ? {} : { from: at }) };
  if (gateway === null) return actForm({ action: '/halt', label: words.releaseAll, hidden });
  const action = `/gateways/${encodeURIComponent(gateway)}/halt`;
  return actForm({ action, label: words.release, hidden, about: gateway });
}
