import type { Facts } from '../translation.ts';

/** What is wrong with a booking, and what its order met. */
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
