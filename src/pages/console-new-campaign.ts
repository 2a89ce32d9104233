import type { Language } from '../law/rule.ts';
import { field } from './console-form.ts';
import type { ConsolePage } from './console-frame.ts';
import { phone } from './console-phone.ts';
import { escaped } from './escaped.ts';

const WORDS = {
  fr: {
    title: 'Nouvelle campagne',
    change: 'Modifier',
    lead: 'Rien ne part d’ici : la campagne est un brouillon, à simuler puis à lancer.',
    name: 'Nom',
    text: 'Texte du SMS',
    textHint: 'La mention STOP est ajoutée si elle manque. {firstName|} met le prénom quand il est connu.',
    sender: 'Expéditeur',
    senderHint: '3 à 11 lettres ou chiffres ; vide : celui du compte.',
    audience: 'À qui',
    everybody: 'Tous ceux qui ont dit oui',
    file: 'Les personnes d’un fichier importé',
    startAt: 'Début de l’envoi',
    expireAt: 'Fin de l’envoi',
    local: 'Heure de votre société.',
    look: 'Voir sur le téléphone',
    make: 'Créer le brouillon et simuler l’envoi',
    keep: 'Enregistrer et simuler',
    phone: 'Sur le téléphone',
    sample: 'Sans prénom connu',
    empty: 'Écrivez : le téléphone montre ce qui partirait, et ce que cela pèse.',
    dearer: 'Ce qui double le prix',
    instead: 'écrivez',
    nothing: 'rien à la place',
    cheaper: 'Le même texte, moins cher :',
    findings: 'Remarques',
  },
  en: {
    title: 'New campaign',
    change: 'Change',
    lead: 'Nothing leaves from here: the campaign is a draft, which you rehearse and then launch.',
    name: 'Name',
    text: 'Text of the SMS',
    textHint:
      'The STOP notice is added when it is missing. {firstName|} puts the first name when it is known.',
    sender: 'Sender',
    senderHint: '3 to 11 letters or digits; empty: that of the account.',
    audience: 'To whom',
    everybody: 'Everybody who said yes',
    file: 'The people of an imported file',
    startAt: 'Not before',
    expireAt: 'Not after',
    local: 'Time of your company.',
    look: 'See it on the telephone',
    make: 'Make the draft and rehearse it',
    keep: 'Save and rehearse',
    phone: 'On the telephone',
    sample: 'Without a known first name',
    empty: 'Write: the telephone shows what would leave, and what it weighs.',
    dearer: 'What doubles the price',
    instead: 'write',
    nothing: 'nothing instead',
    cheaper: 'The same text, cheaper:',
    findings: 'Findings',
  },
} as const satisfies Record<Language, Record<string, string>>;

/** A file whose people may be written to. */
interface Imported {
  readonly id: string;
  readonly createdAt: string;
  readonly accepted: number;
}

/** What a text weighs, as the API judges it. */
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

/** What was written so far, by the names of the fields. */
export type Written = Readonly<Partial<Record<string, string>>>;

/** Where a campaign is written, beside what its text would look like. */
export function newCampaignPage(
  language: Language,
  given: {
    readonly imports: readonly Imported[];
    readonly written: Written;
    readonly judged: TextJudged | undefined;
    /** The draft that is changed; a new one when absent. */
    readonly draft?: string | undefined;
  },
): ConsolePage {
  const { written, judged, draft } = given;
  const words = WORDS[language];
  const action = draft === undefined ? '/console/campaigns' : `/console/campaigns/${draft}/edit`;
  const look = draft === undefined ? '/console/campaigns/preview' : `/console/campaigns/${draft}/preview`;
  return {
    title: draft === undefined ? words.title : `${words.change} : ${written['name'] ?? ''}`,
    isScripted: true,
    main: `<p>${words.lead}</p>
<div class="beside"><form method="post" action="${action}" class="fields" data-preview="${look}">
${field({ name: 'name', label: words.name, value: written['name'] ?? '' })}
<div><label for="text">${words.text}</label><textarea id="text" name="text" maxlength="2000" required aria-describedby="text-hint">${escaped(written['text'] ?? '')}</textarea><span class="faint" id="text-hint">${words.textHint}</span></div>
${field({ name: 'sender', label: words.sender, hint: words.senderHint, value: written['sender'] ?? '', optional: true })}
${draft === undefined ? whom(given, language) : ''}
${when(written, language)}
<p class="acts"><button class="main">${draft === undefined ? words.make : words.keep}</button><button formaction="${look}" formnovalidate>${words.look}</button></p>
</form>
<section aria-labelledby="phone-title"><h2 id="phone-title">${words.phone}</h2><div id="phone">${onPhone(judged, written, language)}</div></section></div>`,
  };
}

function whom(
  { imports, written }: { readonly imports: readonly Imported[]; readonly written: Written },
  language: Language,
): string {
  const words = WORDS[language];
  const files = imports.map(({ id, createdAt, accepted }) => {
    const chosen = written['audience'] === id ? ' selected' : '';
    return `<option value="${id}"${chosen}>${escaped(`${words.file} : ${createdAt.slice(0, 10)} (${accepted})`)}</option>`;
  });
  return `<div><label for="audience">${words.audience}</label><select id="audience" name="audience"><option value="all">${words.everybody}</option>${files.join('')}</select></div>`;
}

const when = (written: Written, language: Language): string =>
  (['startAt', 'expireAt'] as const)
    .map((name) =>
      field({
        name,
        label: WORDS[language][name],
        hint: WORDS[language].local,
        type: 'datetime-local',
        value: written[name] ?? '',
        optional: true,
      }),
    )
    .join('\n');

function onPhone(judged: TextJudged | undefined, written: Written, language: Language): string {
  const words = WORDS[language];
  if (judged === undefined) return `<p class="faint">${words.empty}</p>`;
  const { final, offenders } = judged;
  const costly = [...new Set(offenders.map(({ character }) => character))];
  const shown = { ...final, title: words.sample, sender: written['sender'] ?? '…', costly };
  return `${phone(shown, language)}
${dearer(judged, language)}
${findings(judged, language)}`;
}

function dearer({ offenders, rewrite }: TextJudged, language: Language): string {
  if (offenders.length === 0) return '';
  const words = WORDS[language];
  const once = new Map(offenders.map(({ character, instead }) => [character, instead]));
  const lines = [...once].map(
    ([character, instead]) =>
      `<li><mark>${escaped(character)}</mark> ${instead === null || instead === '' ? words.nothing : `${words.instead} <code>${escaped(instead)}</code>`}</li>`,
  );
  const cheaper = rewrite === undefined ? '' : `<p>${words.cheaper} <q>${escaped(rewrite)}</q></p>`;
  return `<h3>${words.dearer}</h3><ul>${lines.join('')}</ul>${cheaper}`;
}

function findings({ findings: found }: TextJudged, language: Language): string {
  if (found.length === 0) return '';
  const lines = found.map(
    ({ severity, message, ruleId }) =>
      `<li${severity === 'error' ? ' class="warned"' : ''}>${escaped(`${message} (${ruleId})`)}</li>`,
  );
  return `<h3>${WORDS[language].findings}</h3><ul>${lines.join('')}</ul>`;
}
