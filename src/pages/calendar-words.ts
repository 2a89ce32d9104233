import type { Language } from '../law/rule.ts';

/** What the calendar of windows says of itself. */
export const calendarWords = {
  fr: {
    title: 'Quand un SMS peut partir',
    lead: 'Heures locales du destinataire. L’heure de fermeture est fermée.',
    open: 'ouvert',
    warned: 'permis, déconseillé',
    closed: 'fermé',
    day: 'Jour',
    hours: 'Heures',
    why: 'Pourquoi',
    rulesOn: 'Règles du',
    zone: 'Fuseau',
    profile: 'Profil',
    edition: 'Édition des règles',
    colon: ' : ',
    semicolon: ' ; ',
    locale: 'fr-FR',
  },
  en: {
    title: 'When an SMS may leave',
    lead: 'Local time of the recipient. The closing hour is closed.',
    open: 'open',
    warned: 'allowed, advised against',
    closed: 'closed',
    day: 'Day',
    hours: 'Hours',
    why: 'Why',
    rulesOn: 'Rules of',
    zone: 'Time zone',
    profile: 'Profile',
    edition: 'Edition of the rules',
    colon: ': ',
    semicolon: '; ',
    locale: 'en-GB',
  },
} as const satisfies Record<Language, Record<string, string>>;
