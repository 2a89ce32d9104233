import type { Language, Words } from '../law/rule.ts';

/** What the pages of campaigns say. */
export const campaignWords = {
  fr: {
    title: 'Campagnes',
    none: 'Aucune campagne encore.',
    name: 'Nom',
    status: 'État',
    audience: 'Audience',
    accepted: 'Partis',
    delivered: 'Arrivés',
    undelivered: 'Pas arrivés',
    pending: 'À venir',
    excluded: 'Exclus',
    failed: 'Refusés',
    expired: 'Trop tard',
    uncertain: 'Incertains',
    waits: 'Attend',
    until: 'jusqu’à',
    untilThere: 'Jusqu’à (heure du lieu)',
    colon: ' :',
    halted: 'Voir ce qui est arrêté, et pourquoi',
    notBefore: 'pas avant',
    notAfter: 'plus après',
    next: 'Prochain départ',
    last: 'Dernier départ prévu',
    forecast: 'Prévision',
    unknownEnd: 'Fin encore inconnue : le rythme n’est pas mesuré, ou une partie ne partira pas.',
    places: 'Par territoire',
    territory: 'Territoire',
    count: 'Messages',
    why: 'Pourquoi',
    cure: 'Que faire',
    notServed: 'Exclus, et pourquoi',
    everybody: 'Tout le monde est servi, ou le sera.',
    number: 'Numéro',
    story: 'Pourquoi ?',
    timeline: 'Ce qui s’est passé, et la suite',
    temporal: 'Dans Temporal',
    launch: 'Lancer',
    pause: 'Mettre en pause',
    resume: 'Reprendre',
    cancel: 'Annuler la campagne',
    discard: 'Abandonner le brouillon',
    approval: 'Approuver',
    rehearsal: 'Simuler',
    live: 'Ces chiffres suivent l’envoi d’eux-mêmes.',
  },
  en: {
    title: 'Campaigns',
    none: 'No campaign yet.',
    name: 'Name',
    status: 'State',
    audience: 'Audience',
    accepted: 'Sent',
    delivered: 'Arrived',
    undelivered: 'Did not arrive',
    pending: 'To come',
    excluded: 'Excluded',
    failed: 'Refused',
    expired: 'Too late',
    uncertain: 'Uncertain',
    waits: 'Waits',
    until: 'until',
    untilThere: 'Until (local time)',
    colon: ':',
    halted: 'See what is halted, and why',
    notBefore: 'not before',
    notAfter: 'not after',
    next: 'Next departure',
    last: 'Last departure foreseen',
    forecast: 'Forecast',
    unknownEnd: 'No rate is known, or a part will not leave.',
    places: 'By territory',
    territory: 'Territory',
    count: 'Messages',
    why: 'Why',
    cure: 'What to do',
    notServed: 'Excluded, and why',
    everybody: 'Everybody is served, or will be.',
    number: 'Number',
    story: 'Why?',
    timeline: 'What happened, and what comes next',
    temporal: 'In Temporal',
    launch: 'Launch',
    pause: 'Pause',
    resume: 'Resume',
    cancel: 'Cancel the campaign',
    discard: 'Discard the draft',
    approval: 'Approve',
    rehearsal: 'Rehearse',
    live: 'These figures follow the sending by themselves.',
  },
} as const satisfies Record<Language, Record<string, string>>;

/** What may be done about those who were ready and whom nothing reached. */
export const afterwards = {
  fr: {
    failed: 'Voyez pourquoi, un par un : l’opérateur a dit non.',
    expired: 'Une autre campagne, avec une fin plus tardive : celle-ci a fini avant leurs heures.',
    uncertain: '<a href="/console/uncertain">Dites ce qu’il en est.</a>',
    undelivered: 'Rien n’est renvoyé : le numéro est peut-être coupé.',
  },
  en: {
    failed: 'See why, one by one: the operator said no.',
    expired: 'Another campaign, with a later end: this one ended before their hours.',
    uncertain: '<a href="/console/uncertain">Say what became of them.</a>',
    undelivered: 'Nothing is sent again: the number may be cut off.',
  },
} as const satisfies Record<Language, Record<string, string>>;

const STATUS: Readonly<Record<string, Words>> = {
  draft: { fr: 'brouillon', en: 'draft' },
  scheduled: { fr: 'prévue', en: 'scheduled' },
  running: { fr: 'en cours', en: 'running' },
  paused: { fr: 'en pause', en: 'paused' },
  parked: { fr: 'arrêtée : une personne doit agir', en: 'parked: a person must act' },
  cancelled: { fr: 'annulée', en: 'cancelled' },
  finished: { fr: 'terminée', en: 'finished' },
};

const HALTED: Words = { fr: 'arrêtée', en: 'halted' };

/** A status in words; what somebody halted stands still, whatever its status. */
export const statusIn = (
  { status, waitingFor }: { readonly status: string; readonly waitingFor: { readonly code: string } | null },
  language: Language,
): string => (isHalted(waitingFor) ? HALTED[language] : (STATUS[status]?.[language] ?? status));

/** Whether somebody halted the tenant or the account of a campaign. */
export const isHalted = (waitingFor: { readonly code: string } | null): boolean =>
  waitingFor?.code === 'HALTED';
