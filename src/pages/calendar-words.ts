import type { Language } from '../law/rule.ts';

/** What the calendar of windows says of itself. */
export const calendarWords = {
  fr: {
    title: 'Quand un SMS peut partir',
    lead: 'Heures locales du destinataire. L’heure de fermeture est fermée.',
    open: 'ouvert',
    closed: 'fermé',
    day: 'Jour',
    hours: 'Heures',
    why: 'Pourquoi',
    zone: 'Fuseau',
    profile: 'Profil',
    edition: 'Édition des règles',
    locale: 'fr-FR',
  },
  en: {
    title: 'When an SMS may leave',
    lead: 'Local time of the recipient. The closing hour is closed.',
    open: 'open',
    closed: 'closed',
    day: 'Day',
    hours: 'Hours',
    why: 'Why',
    zone: 'Time zone',
    profile: 'Profile',
    edition: 'Edition of the rules',
    locale: 'en-GB',
  },
} as const satisfies Record<Language, Record<string, string>>;
