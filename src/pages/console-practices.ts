import type { Language, Words } from '../law/rule.ts';
import type { MonthOfCost } from '../messages/cost.ts';
import { monthsPart } from './console-cost.ts';
import { field, onward, type Field } from './console-form.ts';
import type { ConsolePage } from './console-frame.ts';
import { tableOf } from './console-table.ts';
import { escaped } from './escaped.ts';
import { territoryIn } from './territory-words.ts';

const WORDS = {
  fr: {
    title: 'Cabinets',
    lead: 'Un cabinet est un lieu où l’on vient : son nom et son téléphone sont dans les rappels. Les rendez-vous le nomment par son nom ou par son identifiant.',
    none: 'Aucun cabinet : ajoutez le premier.',
    add: 'Ajouter un cabinet',
    make: 'Ajouter',
    save: 'Enregistrer',
    saved: 'Enregistré.',
    company: 'comme la société',
    id: 'Identifiant',
    name: 'Nom',
    sender: 'Expéditeur des SMS',
    phone: 'Téléphone',
    address: 'Adresse',
    timeZone: 'Fuseau horaire',
    territory: 'Territoire',
    reason: 'Raison du changement',
    idHint: 'Celui de votre logiciel ou de votre fichier ; il ne change plus.',
    senderHint: 'De 3 à 11 lettres et chiffres. Vide : celui de la société.',
    reasonHint: 'Demandée quand l’expéditeur change ; gardée dans le journal d’audit.',
    timeZoneHint: 'Comme Europe/Paris. Vide : celui du territoire, ou de la société.',
    back: 'Tous les cabinets',
  },
  en: {
    title: 'Practices',
    lead: 'A practice is a place where people come: its name and phone stand in the reminders. Appointments name it by its name or its identifier.',
    none: 'No practice: add the first.',
    add: 'Add a practice',
    make: 'Add',
    save: 'Save',
    saved: 'Saved.',
    company: 'as the company',
    id: 'Identifier',
    name: 'Name',
    sender: 'Sender of SMS',
    phone: 'Telephone',
    address: 'Address',
    timeZone: 'Time zone',
    territory: 'Territory',
    reason: 'Reason for the change',
    idHint: 'That of your software or file; it does not change any more.',
    senderHint: '3 to 11 letters and digits. Empty: that of the company.',
    reasonHint: 'Asked when the sender changes; kept in the audit.',
    timeZoneHint: 'Such as Europe/Paris. Empty: that of the territory, or of the company.',
    back: 'All practices',
  },
} as const satisfies Record<Language, Record<string, string>>;

/** Said at the identifier. */
export const PRACTICE_TAKEN: Words = {
  fr: 'Un cabinet a déjà cet identifiant : ouvrez-le dans la liste pour le changer.',
  en: 'A practice has that identifier already: open it in the list to change it.',
};

/** The fields of the form, in their order. */
export const PRACTICE_FIELDS = [
  'id',
  'name',
  'phone',
  'address',
  'sender',
  'territory',
  'timeZone',
  'reason',
] as const;

type PracticeField = (typeof PRACTICE_FIELDS)[number];

/** What stands in the form, and the territories to choose among. */
interface PracticeForm {
  readonly values: Partial<Readonly<Record<PracticeField, string | undefined>>>;
  readonly territories: readonly string[];
}

interface PracticeSeen {
  readonly externalId: string;
  readonly name: string;
  readonly phone?: string | undefined;
  readonly address?: string | undefined;
  readonly sender?: string | undefined;
}

/** Every practice, and the form that makes one. */
export function practicesPage(
  language: Language,
  {
    items,
    next,
    territories,
  }: {
    readonly items: readonly PracticeSeen[];
    readonly next: string | null;
    readonly territories: readonly string[];
  },
): ConsolePage {
  const words = WORDS[language];
  const columns = [words.name, words.id, words.phone, words.address, words.sender].map((head) => ({ head }));
  const rows = items.map(({ externalId, name, phone, address, sender }) => [
    `<a href="/console/practices/${escaped(encodeURIComponent(externalId))}">${escaped(name)}</a>`,
    ...[externalId, phone, address, sender].map((text) => escaped(text ?? '–')),
  ]);
  return {
    title: words.title,
    main: `<p>${words.lead}</p>
${tableOf({ caption: words.title, columns, rows, empty: words.none })}
${onward('/practices', next, language)}
<h2>${words.add}</h2>
${formOf(language, { values: {}, territories }, { action: '/console/practices', label: words.make })}`,
  };
}

/** One practice, to be changed. */
export function practicePage(
  language: Language,
  {
    id,
    isSaved,
    costs,
    ...form
  }: PracticeForm & {
    readonly id: string;
    readonly isSaved: boolean;
    readonly costs: readonly MonthOfCost[] | undefined;
  },
): ConsolePage {
  const words = WORDS[language];
  const action = `/console/practices/${encodeURIComponent(id)}`;
  return {
    title: form.values.name ?? id,
    main: `${isSaved ? `<p class="note" role="status">${words.saved}</p>` : ''}
<p>${words.id}${language === 'fr' ? ' : ' : ': '}${escaped(id)}</p>
${formOf(language, form, { action, label: words.save, isKnown: true })}
${costs === undefined ? '' : monthsPart(costs, language)}
<p><a href="/console/practices">${words.back}</a></p>`,
  };
}

interface Sent {
  readonly action: string;
  readonly label: string;
  /** Its identifier is known, and is not asked for. */
  readonly isKnown?: true;
}

function formOf(language: Language, form: PracticeForm, { action, label, isKnown }: Sent): string {
  const unasked: PracticeField = isKnown === true ? 'id' : 'reason';
  const names = PRACTICE_FIELDS.filter((name) => name !== unasked);
  const fields = names.map((name) => fieldOf(name, form, language));
  return `<form method="post" action="${escaped(action)}"><div class="fields pairs">${fields.join('')}</div>
<p class="acts"><button class="main">${label}</button></p></form>`;
}

const HINTS: Partial<
  Readonly<Record<PracticeField, 'idHint' | 'senderHint' | 'timeZoneHint' | 'reasonHint'>>
> = {
  id: 'idHint',
  sender: 'senderHint',
  timeZone: 'timeZoneHint',
  reason: 'reasonHint',
};

function fieldOf(name: PracticeField, form: PracticeForm, language: Language): string {
  if (name === 'territory') return territoryOf(language, form);
  const words = WORDS[language];
  const hint = HINTS[name];
  const asked: Field = { name, label: words[name], value: form.values[name] ?? '' };
  const isNeeded = name === 'id' || name === 'name';
  return field({
    ...asked,
    ...(isNeeded ? {} : { optional: true }),
    ...(hint === undefined ? {} : { hint: words[hint] }),
  });
}

function territoryOf(language: Language, { values, territories }: PracticeForm): string {
  const words = WORDS[language];
  const options = ['', ...territories].map((one) => {
    const label = one === '' ? words.company : territoryIn(one, language);
    return `<option value="${escaped(one)}"${one === (values.territory ?? '') ? ' selected' : ''}>${escaped(label)}</option>`;
  });
  return `<div><label for="territory">${words.territory}</label><select id="territory" name="territory">${options.join('')}</select></div>`;
}
