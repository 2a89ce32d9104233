import type { Language } from '../law/rule.ts';
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
    refused: 'Rien n’est enregistré : corrigez ce qui est signalé.',
    company: 'comme la société',
    id: 'Identifiant',
    name: 'Nom',
    sender: 'Expéditeur des SMS',
    phone: 'Téléphone',
    address: 'Adresse',
    timeZone: 'Fuseau horaire',
    territory: 'Territoire',
    idHint: 'Celui de votre logiciel ou de votre fichier ; il ne change plus.',
    senderHint: 'De 3 à 11 lettres et chiffres. Vide : celui de la société.',
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
    refused: 'Nothing is saved: correct what is pointed out.',
    company: 'as the company',
    id: 'Identifier',
    name: 'Name',
    sender: 'Sender of SMS',
    phone: 'Telephone',
    address: 'Address',
    timeZone: 'Time zone',
    territory: 'Territory',
    idHint: 'That of your software or file; it does not change any more.',
    senderHint: '3 to 11 letters and digits. Empty: that of the company.',
    timeZoneHint: 'Such as Europe/Paris. Empty: that of the territory, or of the company.',
    back: 'All practices',
  },
} as const satisfies Record<Language, Record<string, string>>;

/** What is asked of each field, said where it is not what was typed. */
const WANTED = {
  fr: {
    id: 'De 1 à 200 caractères.',
    name: 'De 1 à 100 caractères, sur une ligne.',
    sender: 'De 3 à 11 lettres et chiffres, ou un numéro.',
    phone: 'Un numéro de téléphone, comme 04 78 00 00 00.',
    address: '200 caractères au plus, sur une ligne.',
    timeZone: 'Un fuseau horaire, comme Europe/Paris.',
    territory: 'Un territoire de la liste.',
    taken: 'Un cabinet a déjà cet identifiant : ouvrez-le dans la liste pour le changer.',
    contradicts: 'Ce fuseau horaire n’est pas de ce territoire.',
  },
  en: {
    id: '1 to 200 characters.',
    name: '1 to 100 characters, on one line.',
    sender: '3 to 11 letters and digits, or a number.',
    phone: 'A phone number, such as 04 78 00 00 00.',
    address: '200 characters at most, on one line.',
    timeZone: 'A time zone, such as Europe/Paris.',
    territory: 'A territory of the list.',
    taken: 'A practice has that identifier already: open it in the list to change it.',
    contradicts: 'That time zone is not of that territory.',
  },
} as const satisfies Record<Language, Record<string, string>>;

/** The fields of the form, in their order. */
export const PRACTICE_FIELDS = ['id', 'name', 'phone', 'address', 'sender', 'territory', 'timeZone'] as const;

/** A field of the form. */
export type PracticeField = (typeof PRACTICE_FIELDS)[number];

/** What is asked of a field, or why what was typed there cannot be. */
export const practiceWanted = (what: PracticeField | 'taken' | 'contradicts', language: Language): string =>
  WANTED[language][what];

/** The form as it was typed, and what is wrong with it. */
export interface PracticeForm {
  readonly values: Partial<Readonly<Record<PracticeField, string | undefined>>>;
  readonly errors: Partial<Readonly<Record<PracticeField, string>>>;
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
    form,
  }: {
    readonly items: readonly PracticeSeen[];
    readonly next: string | null;
    readonly form: PracticeForm;
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
${formOf(language, form, { action: '/console/practices', label: words.make })}`,
  };
}

/** One practice, to be changed. */
export function practicePage(
  language: Language,
  { id, form, isSaved }: { readonly id: string; readonly form: PracticeForm; readonly isSaved: boolean },
): ConsolePage {
  const words = WORDS[language];
  const action = `/console/practices/${encodeURIComponent(id)}`;
  return {
    title: form.values.name ?? id,
    main: `${isSaved ? `<p class="note" role="status">${words.saved}</p>` : ''}
<p>${words.id}${language === 'fr' ? ' : ' : ': '}${escaped(id)}</p>
${formOf(language, form, { action, label: words.save, isKnown: true })}
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
  const names = PRACTICE_FIELDS.filter((name) => name !== 'id' || isKnown !== true);
  const wrong = names.filter((name) => form.errors[name] !== undefined);
  const fields = names.map((name) => fieldOf(name, { language, form, isFirst: name === wrong[0] }));
  const alert = wrong.length === 0 ? '' : `<p class="alert" role="alert">${WORDS[language].refused}</p>`;
  return `${alert}<form method="post" action="${escaped(action)}"><div class="fields pairs">${fields.join('')}</div>
<p class="acts"><button class="main">${label}</button></p></form>`;
}

const HINTS: Partial<Readonly<Record<PracticeField, 'idHint' | 'senderHint' | 'timeZoneHint'>>> = {
  id: 'idHint',
  sender: 'senderHint',
  timeZone: 'timeZoneHint',
};

function fieldOf(
  name: PracticeField,
  {
    language,
    form,
    isFirst,
  }: { readonly language: Language; readonly form: PracticeForm; readonly isFirst: boolean },
): string {
  if (name === 'territory') return territoryOf(language, form);
  const words = WORDS[language];
  const [hint, error] = [HINTS[name], form.errors[name]];
  const isNeeded = name === 'id' || name === 'name';
  const asked: Field = {
    name,
    label: words[name],
    value: form.values[name] ?? '',
    ...(isNeeded ? {} : { optional: true }),
    ...(hint === undefined ? {} : { hint: words[hint] }),
    ...(error === undefined ? {} : { error, isFirst }),
  };
  return field(asked);
}

function territoryOf(language: Language, { values, territories }: PracticeForm): string {
  const words = WORDS[language];
  const options = ['', ...territories].map((one) => {
    const label = one === '' ? words.company : territoryIn(one, language);
    return `<option value="${escaped(one)}"${one === (values.territory ?? '') ? ' selected' : ''}>${escaped(label)}</option>`;
  });
  return `<div><label for="territory">${words.territory}</label><select id="territory" name="territory">${options.join('')}</select></div>`;
}
