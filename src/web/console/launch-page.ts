import { DateTime } from 'luxon';
import { html, type Html, nothing } from '../../platform/index.ts';
import { actForm } from './form-page.ts';
import { figureIn, momentIn, type Reading } from './moment-page.ts';
import { wordsIn } from '../../words/index.ts';

/** A word of the text that passes before part of the audience is written to. */
export interface StaleSeen {
  readonly words: string;
  readonly count: number;
  readonly trueUntil: string;
}

/** The rehearsals of the present draft. */
export type Rehearsed = 'never' | 'unfinished' | 'current';

const SAID = { never: 'unrehearsed', unfinished: 'unfinished', current: 'lead' } as const satisfies Record<
  Rehearsed,
  string
>;

/** The reason why nobody of a draft could be written to: its end has passed, or comes before the first lawful moment. */
export interface NoTimeLeft {
  readonly why: 'ended' | 'tooSoon';
  readonly at: string;
}

/** A draft with the facts its reader must see before the launch. */
export interface LaunchShown {
  readonly id: string;
  readonly stale: readonly StaleSeen[];
  readonly rehearsed: Rehearsed;
  readonly noTimeLeft?: NoTimeLeft | undefined;
  /** Open days that the default closes, each with the default's reason. */
  readonly opened?: readonly OpenedSeen[] | undefined;
}

/** An open day that the default closes. */
interface OpenedSeen {
  readonly on: string;
  readonly because: readonly { readonly text: string }[];
}

/** Renders the launch button; where nobody could be written to, the necessary change instead. */
export function launchPart(shown: LaunchShown, reading: Reading): Html {
  const { id, stale, rehearsed, noTimeLeft, opened = [] } = shown;
  const words = wordsIn(reading.language).campaignPages.launch;
  if (noTimeLeft !== undefined)
    return html`<section class="launch" aria-labelledby="launch"><h2 id="launch">${words.title}</h2>
<p class="alert">${words[noTimeLeft.why]} ${momentIn(noTimeLeft.at, reading)}.</p>
<p><a href="/console/campaigns/${id}/edit">${words.mend}</a></p></section>`;
  const form = actForm({
    action: `/campaigns/${id}/launch`,
    label: words.launch,
    isMain: true,
    before: html`${openedPart(opened, reading)}${stale.length === 0 ? '' : acknowledgement(stale, reading)}`,
  });
  return html`<section class="launch" aria-labelledby="launch"><h2 id="launch">${words.title}</h2>
<p>${words[SAID[rehearsed]]}</p>
${form}</section>`;
}

function openedPart(opened: readonly OpenedSeen[], { language }: Reading): Html {
  if (opened.length === 0) return nothing;
  const days = opened.map(
    ({ on, because }) =>
      html`<li>${DateTime.fromISO(on, { locale: language }).toLocaleString(DateTime.DATE_HUGE)} · ${because.map(({ text }) => text).join(', ')}</li>`,
  );
  return html`<div class="alert"><p>${wordsIn(language).campaignPages.launch.opened}</p><ul>${days}</ul></div>`;
}

function acknowledgement(stale: readonly StaleSeen[], reading: Reading): Html {
  const words = wordsIn(reading.language).campaignPages.launch;
  const lines = stale.map(
    ({ words: said, trueUntil, count }) =>
      html`<li><q>${said}</q> ${words.after} ${momentIn(trueUntil, reading)} · ${figureIn(count, reading.language)} ${words.late}</li>`,
  );
  return html`<div class="alert"><p id="stale">${words.stale}</p><ul>${lines}</ul><label><input type="checkbox" name="acknowledge" value="STALE_WHEN_HELD" required aria-describedby="stale"> ${words.agree}</label></div>`;
}
