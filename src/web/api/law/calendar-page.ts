import { createHash } from 'node:crypto';
import {
  calendarDays,
  editions,
  profileNamed,
  type CalendarDay,
  type CalendarQuestion,
} from '../../../law/index.ts';
import { territoriesOf, zonesAt, localDate } from '../../../rule/index.ts';
import { code, html, type Html, inLines, joined } from '../../../base/index.ts';
import { wordsIn, type Catalogue } from '../../../words/index.ts';

/** The style of the printable calendar, for light and dark screens and for paper. */
const calendarStyle = `
:root { color-scheme: light dark; --ink: #16202b; --paper: #fff; --soft: #5a6673; --line: #d5dbe1; --open: #1d7a4f; --shut: #f2f4f6; --warn: #8a5a00; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e8edf2; --paper: #12181f; --soft: #9fabb8; --line: #2e3945; --open: #4fc38a; --shut: #1a222b; --warn: #e0a94a; }
}
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 2rem 1.25rem; max-width: 60rem; background: var(--paper); color: var(--ink); font: 1rem/1.45 system-ui, sans-serif; }
h1 { margin: 0 0 .25rem; font-size: 1.5rem; }
p { margin: 0 0 .75rem; color: var(--soft); }
dl { display: flex; flex-wrap: wrap; gap: .25rem 1.5rem; margin: 0 0 1.25rem; color: var(--soft); font-size: .875rem; }
dl div { display: flex; flex-wrap: wrap; gap: 0 .4rem; }
dd { margin: 0; color: var(--ink); overflow-wrap: anywhere; }
table { width: 100%; border-collapse: collapse; }
caption { padding: 1.25rem 0 .5rem; text-align: left; font-weight: 600; font-size: 1.125rem; }
th, td { padding: .35rem .5rem; border-bottom: 1px solid var(--line); text-align: left; vertical-align: middle; }
thead th { color: var(--soft); font-weight: 500; font-size: .875rem; }
tbody th { width: 7.5rem; font-weight: 500; white-space: nowrap; }
tr.closed { background: var(--shut); }
tr.closed td { color: var(--soft); }
tr.warned svg .light { fill: var(--warn); }
th.bar, td.bar { width: 28%; }
.why span { white-space: nowrap; }
tr.warned .why { color: var(--warn); }
.hours { width: 8rem; white-space: nowrap; font-variant-numeric: tabular-nums; }
svg { display: block; width: 100%; height: .7rem; }
svg .night { fill: var(--line); }
svg .light { fill: var(--open); }
@media (max-width: 40rem) {
  body { padding: 1rem .75rem; font-size: .875rem; }
  th.bar, td.bar { display: none; }
  th, td { padding: .35rem .2rem; }
  tbody th, .hours { width: auto; }
  .why span { white-space: normal; }
}
@media print {
  :root { --ink: #000; --paper: #fff; --soft: #333; --line: #999; --open: #000; --shut: #eee; --warn: #555; }
  body { max-width: none; padding: 0; font-size: 9pt; }
  th, td { padding: .12rem .3rem; }
  table { break-after: page; }
  table:last-of-type { break-after: auto; }
  svg .night { fill: #e2e2e2; }
  tr.warned svg .light { fill: #8c8c8c; }
  svg, tr.closed { print-color-adjust: exact; }
}
`;

const digest = createHash('sha256').update(calendarStyle).digest('base64');

/** The content security policy of the page, which allows its own style alone. */
export const calendarPolicy = `default-src 'none'; style-src 'sha256-${digest}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`;

/** Renders the open hours of a place as a page to read and to print, with a table for each month. */
export function calendarPage(question: CalendarQuestion): Html {
  const { language, locality, profile, rulesOn } = question;
  const words = wordsIn(language).publicPages.calendar;
  const months = Map.groupBy(calendarDays(question), ({ day }) => day.toFormat('yyyy-MM'));
  const place = territoriesOf(locality).map((territory) => wordsIn(language).territories[territory]);
  const title = `${words.title}${words.colon}${place.join(', ')}`;
  return html`<!doctype html>
<html lang="${language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
${code('style', {}, calendarStyle)}
</head>
<body>
<main>
<h1>${title}</h1>
<p>${words.lead}</p>
<dl>
${term(words.profile, `${profile}${words.colon}${profileNamed(profile)?.title[language] ?? ''}`)}
${term(words.zone, zonesAt(locality).join(', '))}
${rulesOn !== undefined && term(words.rulesOn, rulesOn)}
${term(words.edition, editions)}
</dl>
${inLines([...months.values()].map((days) => monthTable(days, question)))}
</main>
</body>
</html>
`;
}

const term = (name: string, value: string): Html => html`<div><dt>${name}</dt><dd>${value}</dd></div>`;

function monthTable(days: readonly CalendarDay[], { language }: CalendarQuestion): Html {
  const words = wordsIn(language).publicPages.calendar;
  const month = days[0]?.day.setLocale(words.locale).toFormat('LLLL yyyy') ?? '';
  return html`<table>
<caption>${month}</caption>
<thead><tr><th scope="col">${words.day}</th><th scope="col">${words.hours}</th><th scope="col" class="bar">0 – 24 h</th><th scope="col">${words.why}</th></tr></thead>
<tbody>
${inLines(days.map((day) => dayRow(day, words)))}
</tbody>
</table>`;
}

function dayRow({ day, open, because }: CalendarDay, words: Catalogue['publicPages']['calendar']): Html {
  const date = day.setLocale(words.locale).toFormat('ccc d LLL');
  const hours = open.map(({ opens, closes }) => `${opens} – ${closes}`).join(', ') || words.closed;
  const why = because.map(({ ruleId, text }) => html`${text} <span>(${ruleId})</span>`);
  return html`<tr class="${stateOf(open, because)}"><th scope="row"><time datetime="${localDate(day)}">${date}</time></th><td class="hours">${hours}</td><td class="bar">${hoursBar(open)}</td><td class="why">${joined(why, words.semicolon)}</td></tr>`;
}

function stateOf(open: CalendarDay['open'], because: CalendarDay['because']): 'open' | 'warned' | 'closed' {
  if (open.length === 0) return 'closed';
  return because.length > 0 ? 'warned' : 'open';
}

/** Draws the open hours of a day as a bar; the hours are also written beside it. */
function hoursBar(open: CalendarDay['open']): Html {
  const light = open.map(
    ({ opens, closes }) =>
      html`<rect class="light" x="${minuteOf(opens)}" width="${minuteOf(closes) - minuteOf(opens)}" height="10"/>`,
  );
  return html`<svg viewBox="0 0 1440 10" preserveAspectRatio="none" aria-hidden="true"><rect class="night" width="1440" height="10"/>${light}</svg>`;
}

const minuteOf = (time: string): number => Number(time.slice(0, 2)) * 60 + Number(time.slice(3));
