import type { Facts } from '../translation.ts';

/** Days, hours and clocks. */
export const dates = {
  /** As luxon formats it. */
  hour: "HH'h'mm",
  shortHour: "H'h'mm",
  /** An instant to the second, as luxon formats it. */
  instant: "d MMMM yyyy 'à' HH:mm:ss 'UTC'",
  days: ['lundi', 'mardi', 'mercredi', 'jeudi', 'vendredi', 'samedi', 'dimanche'],
  moment: ({ day, hour }: Facts<'day' | 'hour'>) => `${day} à ${hour}`,
  locale: 'fr',
  inFull: ({ weekday, day, month, hour }: Facts<'weekday' | 'day' | 'month' | 'hour'>) =>
    `${weekday} ${day === 1 ? '1er' : day} ${month} à ${hour}`,
  onTheClocks: ({ moment, whose }: Facts<'moment' | 'whose'>) => `${moment}, heure ${whose}`,
  elsewhere: ({ zone }: Facts<'zone'>) => `${/^[aeiou]/i.test(String(zone)) ? 'd’' : 'de '}${zone}`,
  /** The places of France's zones. */
  clocks: {
    'Europe/Paris': 'de Paris',
    'America/Guadeloupe': 'de la Guadeloupe',
    'America/Marigot': 'de Saint-Martin',
    'America/St_Barthelemy': 'de Saint-Barthélemy',
    'America/Martinique': 'de la Martinique',
    'America/Cayenne': 'de la Guyane',
    'Indian/Reunion': 'de La Réunion',
    'Indian/Mayotte': 'de Mayotte',
    'America/Miquelon': 'de Saint-Pierre-et-Miquelon',
    'Pacific/Noumea': 'de Nouvelle-Calédonie',
    'Pacific/Tahiti': 'de Tahiti',
    'Pacific/Marquesas': 'des Marquises',
    'Pacific/Gambier': 'des Gambier',
    'Pacific/Wallis': 'de Wallis-et-Futuna',
  },
  /** French units that end in e are feminine: heure, minute, seconde, semaine. */
  one: (unit: string) => (unit.endsWith('e') ? 'une ' : 'un '),
  weekdays: ['lun.', 'mar.', 'mer.', 'jeu.', 'ven.', 'sam.', 'dim.'],
} as const;

/** Signs that each language spaces in its own way. */
export const punctuation = {
  or: ', ou ',
  colon: ' : ',
  semicolon: ' ; ',
  beforeColon: ' ',
  colonEnd: ' :',
  quoted: ({ heading }: Facts<'heading'>) => `« ${heading} »`,
} as const;

/** A span after « de »: `de 2 heures`, `d’une heure`. */
export const withDe = (span: string | number): string =>
  String(span).startsWith('un') ? `d’${span}` : `de ${span}`;
