import type { Language } from '../law/rule.ts';
import { actForm } from './console-form.ts';
import { figureIn } from './console-moment.ts';
import { phone } from './console-phone.ts';
import { escaped } from './escaped.ts';

const WORDS = {
  fr: {
    title: 'Ce qu’ils liront',
    cheapest: 'Le moins cher',
    dearest: 'Le plus cher',
    none: 'Simulez la campagne : le message le moins cher et le plus cher s’affichent ici.',
    standIn: 'Ce qui est connu des personnes est remplacé par des signes de même poids.',
    read: 'Lire ces deux messages en clair',
    onRecord: 'Cette lecture est inscrite à l’audit.',
    dearer: 'Ce qui double le prix',
    inText: 'dans le texte',
    inPeople: 'dans ce qui est connu des personnes, comme leur prénom',
    people: 'personnes',
    same: 'Aucun caractère ne renchérit les messages.',
    edit: 'Modifier le texte',
  },
  en: {
    title: 'What they will read',
    cheapest: 'The cheapest',
    dearest: 'The dearest',
    none: 'Rehearse the campaign: its cheapest and its dearest message will stand here.',
    standIn: 'What is known of people is replaced by signs of the same weight.',
    read: 'Read these two messages in clear',
    onRecord: 'This reading stands in the audit.',
    dearer: 'What doubles the price',
    inText: 'in the text',
    inPeople: 'in what is known of people, such as their first name',
    people: 'people',
    same: 'No character makes the messages dearer.',
    edit: 'Change the text',
  },
} as const satisfies Record<Language, Record<string, string>>;

interface Example {
  readonly to: string;
  readonly text: string;
  readonly encoding: string;
  readonly parts: number;
  readonly units: number;
  readonly remaining: number;
  readonly offenders: readonly { readonly character: string }[];
}

/** A draft's text and the two messages between which all the others lie. */
export interface ExamplesSeen {
  readonly text: string;
  readonly sender: string;
  readonly clear: boolean;
  readonly cheapest: Example | null;
  readonly dearest: Example | null;
}

/** Characters that make messages dearer, by how many people they do it to. */
type Costly = readonly { readonly character: string; readonly people: number }[];

/** Two telephones side by side, and what makes the second dearer than the first. */
export function examplesPart(
  seen: ExamplesSeen,
  about: {
    readonly id: string;
    readonly costly: Costly;
    readonly language: Language;
    readonly mayReadClear: boolean;
  },
): string {
  const { id, costly, language, mayReadClear } = about;
  const words = WORDS[language];
  const phones = (['cheapest', 'dearest'] as const).flatMap((which) => {
    const example = seen[which];
    if (example === null) return [];
    const title = `<strong>${words[which]}</strong> · ${escaped(example.to)}`;
    const signs = example.offenders.map(({ character }) => character);
    return [phone({ ...example, title, sender: seen.sender, costly: signs }, language)];
  });
  const reader =
    mayReadClear && !seen.clear ? actForm({ action: `/campaigns/${id}/examples`, label: words.read }) : '';
  const body =
    phones.length === 0
      ? `<p class="faint">${words.none}</p>`
      : `<div class="phones">${phones.join('')}<div>${dearer(seen, costly, language)}<p class="faint">${seen.clear ? words.onRecord : words.standIn}</p>${reader}</div></div>`;
  return `<section aria-labelledby="examples"><h2 id="examples">${words.title}</h2>
${body}
<p><a href="/console/campaigns/${id}/edit">${words.edit}</a></p></section>`;
}

function dearer({ text }: ExamplesSeen, costly: Costly, language: Language): string {
  const words = WORDS[language];
  if (costly.length === 0) return `<p>${words.same}</p>`;
  const lines = costly.map(({ character, people }) => {
    const where = text.normalize('NFC').includes(character) ? words.inText : words.inPeople;
    return `<li><mark>${escaped(character)}</mark> ${where} : ${figureIn(people, language)} ${words.people}</li>`;
  });
  return `<h3>${words.dearer}</h3><ul>${lines.join('')}</ul>`;
}
