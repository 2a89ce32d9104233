import type { Facts } from '../translation.ts';

/** Faults of a booking, and the outcome of its order. */
export const booking = {
  eachRowNamesOne: 'Chaque ligne nomme sa réservation.',
  deafRoutes: 'le texte des rendez-vous demande une réponse, et un de ces comptes n’en reçoit pas',
  answersUnheard:
    'Le texte demande une réponse, et ce compte n’en reçoit pas : changez le texte ou le compte.',
  skippedHour: 'les horloges y sautent cette heure',
  olderRevision: ({ known }: Facts<'known'>) => `La révision ${known} est déjà connue : rien n’a changé.`,
  staysCancelled: ({ by }: Facts<'by'>) => `Elle est annulée, et rien n’a changé ; elle revient ${by}.`,
  reopen: 'par ?reopen=true',
  revisionOrReopen: ({ revision }: Facts<'revision'>) =>
    `par une sourceRevision supérieure à ${revision}, ou par ?reopen=true`,
  beyondCalendar: 'au-delà du calendrier connu',
  nothingAhead: 'passé',
  numbersGrow: 'les numéros vont croissant, chacun une fois',
  beforeTheLast: 'vient avant l’échéance précédente',
  needsRefuseBy: 'attendu tant que le contrat se renouvelle seul',
  refuseByAfterRenewal: 'vient après le jour du renouvellement',
  noRefuseBy: 'refuseBy n’a pas de valeur',
} as const;

/** Sentences on series: waits, moves and reasons not to send. */
export const series = {
  ends: {
    DONE: 'La série est terminée.',
    COMPLETED: 'Plus aucun rappel à venir.',
    STOPPED: 'La personne a dit STOP.',
    CANCELLED: 'L’événement est annulé.',
  },
  turns: {
    sending: 'Un message part.',
    paused: 'En pause.',
    notice: 'La référence de l’avis légal manque encore (REN-02).',
  },
  stepPlanned: ({ step, at }: Facts<'step' | 'at'>) => `${step} : prévu ${at}.`,
  refused: ({ code }: Facts<'code'>) => `Refusé : ${code}.`,
  endings: {
    PAST: 'L’événement est passé.',
    STOPPED: 'La personne a dit STOP.',
    MOVED: 'L’événement a changé.',
    CANCELLED: 'L’événement est annulé.',
    PAID: 'L’échéance est payée.',
    CONFIRMED: 'La personne a confirmé.',
    DECLINED: 'La personne a répondu qu’elle ne vient pas.',
    FREQUENCY_CAP: 'Le plafond de messages de cette personne est atteint (FRQ-01).',
    SHADOW: 'À blanc : serait parti, rien ne devait partir.',
  },
  changedLate: ({ wanted }: Facts<'wanted'>) =>
    `Prévu ${wanted} ; trop tard pour cette heure, et un message est déjà parti (WIN-04).`,
  missed: ({ planned }: Facts<'planned'>) =>
    `Prévu ${planned} ; retenu, puis trop près de l’événement (WIN-04).`,
  collapsed: ({ kept }: Facts<'kept'>) => `Un seul message en douze heures : celui de ${kept} suffit.`,
  notSameDay: ({ wanted }: Facts<'wanted'>) =>
    `Prévu ${wanted} ; ne peut partir le jour même, et un autre rappel suffit (WIN-04).`,
  movedIntoNotice: ({ wanted, at, ruleId }: Facts<'wanted' | 'at' | 'ruleId'>) =>
    `Prévu ${wanted} ; déplacé à ${at} : un message dans le délai de l’avis (${ruleId}).`,
  enoughWith: ({ kept }: Facts<'kept'>) => `Trop tard pour son heure, et le message de ${kept} suffit.`,
  alreadySaid: ({ at }: Facts<'at'>) => `Déjà dit ${at}.`,
  correctionImpossible: ({ limit }: Facts<'limit'>) =>
    `Aucune heure permise avant ${limit} : téléphoner à la personne (WIN-04).`,
  notReached: {
    DECLINED: 'A répondu NON : libérez la place ou proposez une autre date.',
    ANSWER_UNCLEAR: 'Sa réponse est à lire : elle ne dit ni oui ni non, ou pas pour quel rendez-vous.',
    CORRECTION_IMPOSSIBLE: 'Ce qui a été dit est devenu faux et ne peut plus être corrigé par SMS.',
    UNDELIVERED: 'Le SMS n’est pas arrivé.',
    UNCERTAIN: 'On ne sait pas si le SMS est parti.',
    PAUSED: 'Les rappels sont en pause.',
    NOT_SENT: 'Aucun SMS n’est parti.',
  },
} as const;

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
