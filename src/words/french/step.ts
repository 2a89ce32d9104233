/** Steps of a series, and spans before an event. */
export const step = {
  units: {
    months: ['mois', 'mois'],
    weeks: ['semaine', 'semaines'],
    days: ['jour', 'jours'],
    hours: ['heure', 'heures'],
    minutes: ['minute', 'minutes'],
  },
  named: {
    moved: 'Correction (déplacé)',
    cancelled: 'Correction (annulé)',
    schedule: 'Échéancier',
  },
  reminder: 'Rappel',
  instalment: 'Échéance',
  side: {
    before: 'avant',
    after: 'après',
  },
  states: {
    planned: 'prévu',
    sent: 'parti',
    skipped: 'pas envoyé',
    cancelled: 'annulé',
    failed: 'refusé par l’opérateur',
    expired: 'trop tard',
    uncertain: 'incertain',
  },
} as const;
