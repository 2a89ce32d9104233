import type { Language } from '../law/rule.ts';
import type { Territory } from '../law/territory.ts';

/** How people call each territory. */
export const territoryWords = {
  fr: {
    FR: 'France métropolitaine',
    'FR-57': 'Moselle',
    'FR-67': 'Bas-Rhin',
    'FR-68': 'Haut-Rhin',
    GP: 'Guadeloupe',
    MF: 'Saint-Martin',
    BL: 'Saint-Barthélemy',
    MQ: 'Martinique',
    GF: 'Guyane',
    RE: 'La Réunion',
    YT: 'Mayotte',
    PM: 'Saint-Pierre-et-Miquelon',
    NC: 'Nouvelle-Calédonie',
    PF: 'Polynésie française',
    WF: 'Wallis-et-Futuna',
  },
  en: {
    FR: 'mainland France',
    'FR-57': 'Moselle',
    'FR-67': 'Bas-Rhin',
    'FR-68': 'Haut-Rhin',
    GP: 'Guadeloupe',
    MF: 'Saint Martin',
    BL: 'Saint Barthélemy',
    MQ: 'Martinique',
    GF: 'French Guiana',
    RE: 'Réunion',
    YT: 'Mayotte',
    PM: 'Saint Pierre and Miquelon',
    NC: 'New Caledonia',
    PF: 'French Polynesia',
    WF: 'Wallis and Futuna',
  },
} as const satisfies Record<Language, Record<Territory, string>>;

/** A territory as people call it; its code where it is not known. */
export const territoryIn = (territory: string, language: Language): string => {
  const words: Readonly<Record<string, string>> = territoryWords[language];
  return words[territory] ?? territory;
};
