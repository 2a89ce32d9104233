import { REMINDERS, SINCE_EVER, type Rule } from '../rule.ts';

/** Whether Good Friday is a holiday in the communes of Moselle, Bas-Rhin and Haut-Rhin where somebody’s people live. */
export const GOOD_FRIDAY_CHOICES = ['closed', 'open'] as const;

/** One of them. */
export type GoodFridayChoice = (typeof GOOD_FRIDAY_CHOICES)[number];

/** While nobody said that those communes have no Protestant church, the day is closed. */
export const USUAL_GOOD_FRIDAY: GoodFridayChoice = 'closed';

/** WIN-09: Good Friday is a holiday of the communes of Alsace-Moselle that have a church for it. */
export const goodFriday: Rule = {
  id: 'WIN-09',
  title: {
    fr: 'Vendredi saint en Moselle, Bas-Rhin et Haut-Rhin',
    en: 'Good Friday in Moselle, Bas-Rhin and Haut-Rhin',
  },
  level: 'SEED',
  source: 'Code du travail, art. L3134-13 ; ordonnance du 16 août 1892',
  confidence: 'secondary',
  readOn: '2026-11-29',
  inForceFrom: SINCE_EVER,
  purposes: ['marketing', ...REMINDERS],
  quotation: {
    words: 'dans les communes ayant une église protestante ou une église mixte, le Vendredi Saint',
    source: 'Ordonnance du 16 août 1892, traduction citée avec la question écrite n° 15815 (Sénat, 2005)',
    readOn: '2026-11-29',
  },
  reading: {
    fr: 'Rien ne dit d’un numéro ou d’un code postal si la commune a un temple protestant ou une église mixte : le jour est fermé dans les trois départements. Le responsable, ou un cabinet pour ses rendez-vous, peut dire que les communes de ses destinataires n’en ont pas (goodFriday). En Moselle le préfet peut décider pour tout le département (art. L3134-14).',
    en: 'No number or postal code tells whether a commune has a Protestant church or one shared by both confessions: the day is closed in the three departments. The controller, or a practice for its appointments, may say that the communes of its people have none (goodFriday). In Moselle the prefect may decide for the whole department (art. L3134-14).',
  },
  parameters: { good_friday: USUAL_GOOD_FRIDAY },
};
