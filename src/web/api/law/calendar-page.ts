import { createHash } from 'node:crypto';
import { profileNamed, territoriesOf, zonesAt } from '../../../law/index.ts';
import { calendarDays, editions, type CalendarDay, type CalendarQuestion } from './calendar-day.ts';
import { calendarStyle } from './calendar-style.ts';
import { wordsIn, type Catalogue } from '../../../words/index.ts';

const digest = createHash('sha256').update(calendarStyle).digest('base64');

/** What the page may load: its own style, and nothing else. */
export const calendarPolicy = `default-src 'none'; style-src 'sha256-${digest}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`;

/** The windows of a place as a page to read, and to print: one table a month. */
export function calendarPage(question: CalendarQuestion): string {
  const { language, locality, profile, rulesOn } = question;
  const words = wordsIn(language).publicPages.calendar;
  const months = Map.groupBy(calendarDays(question), ({ day }) => day.toFormat('yyyy-MM'));
  const place = territoriesOf(locality).map((territory) => wordsIn(language).territories[territory]);
  const title = `${words.title}${words.colon}${place.join(', ')}`;
  return `<!doctype html>
<html lang="${language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escaped(title)}</title>
<style>${calendarStyle}</style>
</head>
<body>
<main>
<h1>${escaped(title)}</h1>
<p>${escaped(words.lead)}</p>
<dl>
${term(words.profile, `${profile}${words.colon}${profileNamed(profile)?.title[language] ?? ''}`)}
${term(words.zone, zonesAt(locality).join(', '))}
${rulesOn === undefined ? '' : term(words.rulesOn, rulesOn)}
${term(words.edition, editions)}
</dl>
${[...months.values()].map((days) => monthTable(days, question)).join('\n')}
</main>
</body>
</html>
`;
}

const term = (name: string, value: string): string =>
  `<div><dt>${escaped(name)}</dt><dd>${escaped(value)}</dd></div>`;

function monthTable(days: readonly CalendarDay[], { language }: CalendarQuestion): string {
  const words = wordsIn(language).publicPages.calendar;
  const month = days[0]?.day.setLocale(words.locale).toFormat('LLLL yyyy') ?? '';
  return `<table>
<caption>${escaped(month)}</caption>
<thead><tr><th scope="col">${words.day}</th><th scope="col">${words.hours}</th><th scope="col" class="bar">0 – 24 h</th><th scope="col">${words.why}</th></tr></thead>
<tbody>
${days.map((day) => dayRow(day, words)).join('\n')}
</tbody>
</table>`;
}

function dayRow({ day, open, because }: CalendarDay, words: Catalogue['publicPages']['calendar']): string {
  const date = day.setLocale(words.locale).toFormat('ccc d LLL');
  const hours = open.map(({ opens, closes }) => `${opens} – ${closes}`).join(', ') || words.closed;
  const why = because.map(({ ruleId, text }) => `${escaped(text)} <span>(${escaped(ruleId)})</span>`);
  return `<tr class="${stateOf(open, because)}"><th scope="row"><time datetime="${day.toISODate() ?? ''}">${escaped(date)}</time></th><td class="hours">${hours}</td><td class="bar">${hoursBar(open)}</td><td class="why">${why.join(words.semicolon)}</td></tr>`;
}

function stateOf(open: CalendarDay['open'], because: CalendarDay['because']): 'open' | 'warned' | 'closed' {
  if (open.length === 0) return 'closed';
  return because.length > 0 ? 'warned' : 'open';
}

/** A day of 24 hours as a bar; the hours beside it say the same. */
function hoursBar(open: CalendarDay['open']): string {
  const light = open.map(
    ({ opens, closes }) =>
      `<rect class="light" x="${minuteOf(opens)}" width="${minuteOf(closes) - minuteOf(opens)}" height="10"/>`,
  );
  return `<svg viewBox="0 0 1440 10" preserveAspectRatio="none" aria-hidden="true"><rect class="night" width="1440" height="10"/>${light.join('')}</svg>`;
}

const minuteOf = (time: string): number => Number(time.slice(0, 2)) * 60 + Number(time.slice(3));

const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
