import type { DateTime } from 'luxon';
import type { Language, Words } from './rule.ts';

/** Whose clocks a zone of France is. */
const clocks: Readonly<Record<string, Words>> = {
  'Europe/Paris': { fr: 'de Paris', en: 'Paris' },
  'America/Guadeloupe': { fr: 'de la Guadeloupe', en: 'Guadeloupe' },
  'America/Marigot': { fr: 'de Saint-Martin', en: 'Saint Martin' },
  'America/St_Barthelemy': { fr: 'de Saint-Barthélemy', en: 'Saint Barthélemy' },
  'America/Martinique': { fr: 'de la Martinique', en: 'Martinique' },
  'America/Cayenne': { fr: 'de la Guyane', en: 'French Guiana' },
  'Indian/Reunion': { fr: 'de La Réunion', en: 'Réunion' },
  'Indian/Mayotte': { fr: 'de Mayotte', en: 'Mayotte' },
  'America/Miquelon': { fr: 'de Saint-Pierre-et-Miquelon', en: 'Saint Pierre and Miquelon' },
  'Pacific/Noumea': { fr: 'de Nouvelle-Calédonie', en: 'New Caledonia' },
  'Pacific/Tahiti': { fr: 'de Tahiti', en: 'Tahiti' },
  'Pacific/Marquesas': { fr: 'des Marquises', en: 'Marquesas' },
  'Pacific/Gambier': { fr: 'des Gambier', en: 'Gambier' },
  'Pacific/Wallis': { fr: 'de Wallis-et-Futuna', en: 'Wallis and Futuna' },
};

/** A local moment in full, with whose clocks: `mardi 30 mars 2027 à 09h30, heure de Paris`. */
export function instantInWords(at: DateTime, language: Language): string {
  const local = at.setLocale(language === 'fr' ? 'fr' : 'en-GB');
  const zone = at.zoneName ?? 'UTC';
  const whose = clocks[zone]?.[language] ?? zone;
  if (language === 'en') return `${local.toFormat("cccc d LLLL yyyy 'at' HH:mm")}, ${whose} time`;
  const day = local.day === 1 ? '1er' : String(local.day);
  const words = `${local.toFormat('cccc')} ${day} ${local.toFormat("LLLL yyyy 'à' HH'h'mm")}`;
  return `${words}, heure ${zone in clocks ? whose : `${/^[aeiou]/i.test(whose) ? 'd’' : 'de '}${whose}`}`;
}
