import type { MonthOfCost } from '../../sending/index.ts';
import { monthsPart } from './cost-page.ts';
import { field, onward, type Field } from './form-page.ts';
import type { ConsolePage } from './frame-page.ts';
import { tableOf } from './table-page.ts';
import { escaped } from '../page/escaped.ts';
import { territoryIn } from './territory-words.ts';
import { bilingual, wordsIn, type Language, type Words } from '../../words/index.ts';

/** Said at the identifier. */
export const PRACTICE_TAKEN: Words = bilingual.companyPages.practiceTaken;

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
  const words = wordsIn(language).companyPages.practices;
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
  const words = wordsIn(language).companyPages.practices;
  const action = `/console/practices/${encodeURIComponent(id)}`;
  return {
    title: form.values.name ?? id,
    main: `${isSaved ? `<p class="note" role="status">${words.saved}</p>` : ''}
<p>${words.id}${wordsIn(language).punctuation.colon}${escaped(id)}</p>
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
  const words = wordsIn(language).companyPages.practices;
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
  const words = wordsIn(language).companyPages.practices;
  const options = ['', ...territories].map((one) => {
    const label = one === '' ? words.company : territoryIn(one, language);
    return `<option value="${escaped(one)}"${one === (values.territory ?? '') ? ' selected' : ''}>${escaped(label)}</option>`;
  });
  return `<div><label for="territory">${words.territory}</label><select id="territory" name="territory">${options.join('')}</select></div>`;
}
