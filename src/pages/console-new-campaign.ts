import type { Language } from '../law/rule.ts';
import { field } from './console-form.ts';
import type { ConsolePage } from './console-frame.ts';
import { escaped } from './escaped.ts';

const WORDS = {
  fr: {
    title: 'Nouvelle campagne',
    lead: 'Rien ne part d’ici : la campagne est un brouillon, que vous répétez puis lancez.',
    name: 'Nom',
    text: 'Texte du SMS',
    textHint: 'La mention STOP est ajoutée si elle manque. {firstName|} met le prénom quand il est connu.',
    sender: 'Expéditeur',
    senderHint: '3 à 11 lettres ou chiffres ; vide : celui du compte.',
    audience: 'À qui',
    everybody: 'Tous ceux qui ont dit oui',
    file: 'Les personnes d’un fichier importé',
    startAt: 'Pas avant',
    expireAt: 'Plus après',
    local: 'Heure de votre société.',
    make: 'Faire le brouillon',
  },
  en: {
    title: 'New campaign',
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
    make: 'Make the draft',
  },
} as const satisfies Record<Language, Record<string, string>>;

/** A file whose people may be written to. */
interface Imported {
  readonly id: string;
  readonly createdAt: string;
  readonly accepted: number;
}

/** Where a campaign is written. */
export function newCampaignPage(language: Language, imports: readonly Imported[]): ConsolePage {
  const words = WORDS[language];
  const files = imports.map(
    ({ id, createdAt, accepted }) =>
      `<option value="${id}">${escaped(`${words.file} : ${createdAt.slice(0, 10)} (${accepted})`)}</option>`,
  );
  return {
    title: words.title,
    main: `<p>${words.lead}</p>
<form method="post" action="/console/campaigns" class="fields">
${field({ name: 'name', label: words.name })}
<div><label for="text">${words.text}</label><textarea id="text" name="text" maxlength="2000" required aria-describedby="text-hint"></textarea><span class="faint" id="text-hint">${words.textHint}</span></div>
${field({ name: 'sender', label: words.sender, hint: words.senderHint, optional: true })}
<div><label for="audience">${words.audience}</label><select id="audience" name="audience"><option value="all">${words.everybody}</option>${files.join('')}</select></div>
${field({ name: 'startAt', label: words.startAt, hint: words.local, type: 'datetime-local', optional: true })}
${field({ name: 'expireAt', label: words.expireAt, hint: words.local, type: 'datetime-local', optional: true })}
<p><button>${words.make}</button></p>
</form>`,
  };
}
