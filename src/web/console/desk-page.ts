import { actForm, onward } from './form-page.ts';
import type { ConsolePage } from './frame-page.ts';
import { momentIn, type Reading } from './moment-page.ts';
import { tableOf } from './table-page.ts';
import { escaped } from '../page/escaped.ts';
import { bilingual, wordsIn, type Language, type Words } from '../../words/index.ts';

interface Uncertain {
  readonly id: string;
  readonly gateway: string;
  readonly reason: string | null;
  readonly markedAt: string | null;
  readonly to: string | null;
}

/** Messages whose fate somebody must find out, each with the form to say it. */
export function uncertainPage(
  reading: Reading,
  given: { readonly items: readonly Uncertain[]; readonly next: string | null; readonly mayResolve: boolean },
): ConsolePage {
  const { language } = reading;
  const words = wordsIn(language).consolePages.desk;
  const rows = given.items.map((one) => [
    escaped(one.to ?? '–'),
    escaped(one.gateway),
    momentIn(one.markedAt, reading),
    reasonIn(one.reason, language),
    `${given.mayResolve ? resolution(one, language) : ''} <a href="/console/timeline?message=${encodeURIComponent(one.id)}" aria-label="${escaped(`${words.story} ${one.to ?? one.id}`)}">${words.story}</a>`,
  ]);
  const columns = [words.number, words.gateway, words.since, words.reason, words.say].map((head) => ({
    head,
  }));
  return {
    title: words.uncertain,
    main: `<p>${words.uncertainLead}</p>
${tableOf({ caption: words.uncertain, columns, rows, empty: words.nothingLost })}
${onward('/uncertain', given.next, language)}`,
  };
}

/** Why its fate is unknown, as the send path names it. */
const REASONS: Readonly<Record<string, Words>> = bilingual.consolePages.uncertainReasons;

function reasonIn(reason: string | null, language: Language): string {
  if (reason === null) return '–';
  const words = REASONS[reason.toUpperCase()]?.[language];
  return words === undefined ? escaped(reason) : `${words} <span class="faint">${escaped(reason)}</span>`;
}

function resolution({ id, to }: Uncertain, language: Language): string {
  const words = wordsIn(language).consolePages.desk;
  const about = escaped(to ?? id);
  const outcomes = (['accepted', 'not-accepted'] as const).map(
    (outcome) => `<option value="${outcome}">${words[outcome]}</option>`,
  );
  return actForm({
    action: `/uncertain/${encodeURIComponent(id)}`,
    label: words.record,
    before: `<select name="outcome" aria-label="${words.say} (${about})">${outcomes.join('')}</select><input name="evidence" aria-label="${words.proof} (${about})" placeholder="${words.proof}" required maxlength="500">`,
  });
}

interface Reply {
  readonly id: string;
  readonly receivedAt: string;
  readonly from: string;
  readonly because: { readonly text: string } | null;
  readonly text?: string | undefined;
  readonly decision: string | null;
  readonly decidedAt: string | null;
}

/** Replies in doubt, each with what it may have meant. */
export function repliesPage(
  reading: Reading,
  given: {
    readonly items: readonly Reply[];
    readonly next: string | null;
    readonly decided: readonly Reply[];
    readonly mayDecide: boolean;
    readonly mayRead: boolean;
  },
): ConsolePage {
  const { language } = reading;
  const words = wordsIn(language).consolePages.desk;
  const rows = given.items.map((one) => [
    momentIn(one.receivedAt, reading),
    escaped(one.from),
    escaped(one.because?.text ?? '–'),
    textCell(one, given.mayRead, language),
    given.mayDecide ? decisions(one, language) : '',
  ]);
  const columns = [words.at, words.from, words.why, words.text, words.say].map((head) => ({ head }));
  return {
    title: words.replies,
    main: `<p>${words.repliesLead}</p>
${tableOf({ caption: words.replies, columns, rows, empty: words.noReply })}
${onward('/replies', given.next, language)}
<h2>${words.decided}</h2>
${decidedTable(given, reading)}`,
  };
}

function decidedTable(
  { decided, mayDecide }: { readonly decided: readonly Reply[]; readonly mayDecide: boolean },
  reading: Reading,
): string {
  const { language } = reading;
  const words = wordsIn(language).consolePages.desk;
  const said: Readonly<Record<string, string>> = words;
  const rows = decided.map(({ id, from, decision, decidedAt }) => [
    momentIn(decidedAt, reading),
    escaped(from),
    escaped(said[decision ?? ''] ?? '–'),
    mayDecide ? actForm({ action: `/replies/${id}/reversal`, label: words.takeBack, about: from }) : '',
  ]);
  const columns = [words.when, words.from, words.decision, words.say].map((head) => ({ head }));
  return tableOf({ caption: words.decided, columns, rows, empty: words.noneDecided });
}

/** Whoever may read it asks for it: the reading is on record. */
function textCell({ id, from, text }: Reply, mayRead: boolean, language: Language): string {
  if (text !== undefined) return `<q>${escaped(text)}</q>`;
  if (!mayRead) return '–';
  const { read } = wordsIn(language).consolePages.desk;
  return `<a href="/console/replies?read=${encodeURIComponent(id)}" aria-label="${escaped(`${read} ${from}`)}">${read}</a>`;
}

const decisions = ({ id }: Reply, language: Language): string =>
  (['not-stop', 'stop', 'stop-all'] as const)
    .map((decision) =>
      actForm({
        action: `/replies/${id}/decision`,
        label: wordsIn(language).consolePages.desk[decision],
        hidden: { decision },
      }),
    )
    .join(' ');
