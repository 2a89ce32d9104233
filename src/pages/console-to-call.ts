import type { Language } from '../law/rule.ts';
import { field, onward } from './console-form.ts';
import type { ConsolePage } from './console-frame.ts';
import { momentIn, type Reading } from './console-moment.ts';
import { tableOf } from './console-table.ts';
import { escaped } from './escaped.ts';

const WORDS = {
  fr: {
    title: 'À appeler',
    lead: 'Personne ne les a prévenus, et aucun SMS ne partira : téléphonez-leur.',
    from: 'Du',
    to: 'au',
    show: 'Voir',
    empty: 'Personne : tout le monde est prévenu, ou le sera.',
    when: 'Quand',
    phone: 'Téléphone',
    practice: 'Lieu',
    reference: 'Référence',
    why: 'Pourquoi',
    call: 'Téléphoner à',
  },
  en: {
    title: 'To call',
    lead: 'Nobody told them, and no SMS will: phone them.',
    from: 'From',
    to: 'to',
    show: 'Show',
    empty: 'Nobody: everybody was told, or will be.',
    when: 'When',
    phone: 'Phone',
    practice: 'Place',
    reference: 'Reference',
    why: 'Why',
    call: 'Phone',
  },
} as const satisfies Record<Language, Record<string, string>>;

/** Somebody whom nobody told. */
interface Unreached {
  readonly seriesId: string;
  readonly externalId: string | null;
  readonly startsAt?: string | undefined;
  readonly refuseBy?: string | null | undefined;
  readonly practice: string | null;
  readonly phone: string | null;
  readonly because: { readonly text: string };
}

/** Whom to phone, and why; it is made to be printed. */
export function toCallPage(
  reading: Reading,
  given: {
    readonly items: readonly Unreached[];
    readonly next: string | null;
    readonly from: string;
    readonly to: string;
    readonly path: string;
  },
): ConsolePage {
  const { language } = reading;
  const words = WORDS[language];
  const columns = [words.when, words.phone, words.practice, words.reference, words.why].map((head) => ({
    head,
  }));
  return {
    title: words.title,
    main: `<p>${words.lead}</p>
<form method="get" action="/console/to-call" class="acts">${field({ name: 'from', label: words.from, type: 'date', value: given.from })}${field({ name: 'to', label: words.to, type: 'date', value: given.to })}<button>${words.show}</button></form>
${tableOf({ caption: words.title, columns, rows: given.items.map((one) => rowOf(one, reading)), empty: words.empty })}
${onward(given.path, given.next, language)}`,
  };
}

function rowOf(one: Unreached, reading: Reading): readonly string[] {
  const { seriesId, externalId, startsAt, refuseBy, practice, phone, because } = one;
  return [
    momentIn(startsAt ?? refuseBy, reading),
    phoneCell(phone, reading.language),
    escaped(practice ?? '–'),
    `<a href="/console/series/${seriesId}">${escaped(externalId ?? '–')}</a>`,
    escaped(because.text),
  ];
}

/** A masked number calls nobody. */
function phoneCell(phone: string | null, language: Language): string {
  if (phone === null) return '–';
  if (!/^\+\d+$/.test(phone)) return escaped(phone);
  return `<a href="tel:${phone}" aria-label="${WORDS[language].call} ${phone}">${phone}</a>`;
}
