import { attributes, html, type Html, inLines, nothing } from '../../platform/index.ts';
import { field } from './form-page.ts';
import type { ConsolePage } from './frame-page.ts';
import { phone } from './phone-page.ts';
import { wordsIn, type Language } from '../../words/index.ts';

/** A file whose people may be written to. */
interface Imported {
  readonly id: string;
  readonly createdAt: string;
  readonly accepted: number;
}

/** The size of a text, from the API. */
export interface TextJudged {
  readonly offenders: readonly { readonly character: string; readonly instead: string | null }[];
  readonly rewrite?: string | undefined;
  readonly findings: readonly {
    readonly severity: string;
    readonly message: string;
    readonly ruleId: string;
  }[];
  readonly final: {
    readonly text: string;
    readonly encoding: string;
    readonly parts: number;
    readonly units: number;
    readonly remaining: number;
  };
}

/** The values typed so far, by field name. */
export type CampaignFields = Readonly<Partial<Record<string, string>>>;

/** The page that writes a campaign, with a preview of its text. */
export function newCampaignPage(
  language: Language,
  given: {
    readonly imports: readonly Imported[];
    readonly written: CampaignFields;
    readonly judged: TextJudged | undefined;
    /** The draft to change; a new one when absent. */
    readonly draft?: string | undefined;
  },
): ConsolePage {
  const { written, judged, draft } = given;
  const words = wordsIn(language).campaignPages.draft;
  const action = draft === undefined ? '/console/campaigns' : `/console/campaigns/${draft}/edit`;
  const look = draft === undefined ? '/console/campaigns/preview' : `/console/campaigns/${draft}/preview`;
  return {
    title:
      draft === undefined
        ? words.title
        : `${words.change}${wordsIn(language).punctuation.colon}${written['name'] ?? ''}`,
    isScripted: true,
    main: html`<p>${words.lead}</p>
<div class="beside"><form method="post" action="${action}" class="fields" data-preview="${look}">
${field({ name: 'name', label: words.name, value: written['name'] ?? '' })}
<div><label for="text">${words.text}</label><textarea id="text" name="text" maxlength="2000" required aria-describedby="text-hint">${written['text'] ?? ''}</textarea><span class="faint" id="text-hint">${words.textHint}</span></div>
${field({ name: 'sender', label: words.sender, hint: words.senderHint, value: written['sender'] ?? '', optional: true })}
${draft === undefined ? whom(given, language) : ''}
${when(written, language)}
<p class="acts"><button class="main">${draft === undefined ? words.make : words.keep}</button><button formaction="${look}" formnovalidate>${words.look}</button></p>
</form>
<section aria-labelledby="phone-title"><h2 id="phone-title">${words.phone}</h2><div id="phone">${onPhone(judged, written, language)}</div></section></div>`,
  };
}

function whom(
  { imports, written }: { readonly imports: readonly Imported[]; readonly written: CampaignFields },
  language: Language,
): Html {
  const words = wordsIn(language).campaignPages.draft;
  const files = imports.map(({ id, createdAt, accepted }) => {
    const chosen = attributes({ selected: written['audience'] === id });
    return html`<option value="${id}"${chosen}>${words.file}${wordsIn(language).punctuation.colon}${createdAt.slice(0, 10)} (${accepted})</option>`;
  });
  return html`<div><label for="audience">${words.audience}</label><select id="audience" name="audience"><option value="all">${words.everybody}</option>${files}</select></div>`;
}

const when = (written: CampaignFields, language: Language): Html =>
  inLines(
    (['startAt', 'expireAt'] as const).map((name) =>
      field({
        name,
        label: wordsIn(language).campaignPages.draft[name],
        hint: wordsIn(language).campaignPages.draft.local,
        type: 'datetime-local',
        value: written[name] ?? '',
        optional: true,
      }),
    ),
  );

function onPhone(judged: TextJudged | undefined, written: CampaignFields, language: Language): Html {
  const words = wordsIn(language).campaignPages.draft;
  if (judged === undefined) return html`<p class="faint">${words.empty}</p>`;
  const { final, offenders } = judged;
  const costly = [...new Set(offenders.map(({ character }) => character))];
  const shown = { ...final, title: words.sample, sender: written['sender'] ?? '…', costly };
  return html`${phone(shown, language)}
${dearer(judged, language)}
${findings(judged, language)}`;
}

function dearer({ offenders, rewrite }: TextJudged, language: Language): Html {
  if (offenders.length === 0) return nothing;
  const words = wordsIn(language).campaignPages.draft;
  const once = new Map(offenders.map(({ character, instead }) => [character, instead]));
  const lines = [...once].map(
    ([character, instead]) =>
      html`<li><mark>${character}</mark> ${instead === null || instead === '' ? words.nothing : html`${words.instead} <code>${instead}</code>`}</li>`,
  );
  const cheaper = rewrite === undefined ? '' : html`<p>${words.cheaper} <q>${rewrite}</q></p>`;
  return html`<h3>${words.dearer}</h3><ul>${lines}</ul>${cheaper}`;
}

function findings({ findings: found }: TextJudged, language: Language): Html {
  if (found.length === 0) return nothing;
  const lines = found.map(
    ({ severity, message, ruleId }) =>
      html`<li${attributes({ class: severity === 'error' && 'warned' })}>${message} (${ruleId})</li>`,
  );
  return html`<h3>${wordsIn(language).campaignPages.draft.findings}</h3><ul>${lines}</ul>`;
}
