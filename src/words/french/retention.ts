import type { Facts } from '../translation.ts';

/** What a cleaning removes, and why. */
export const retention = {
  baseless: ({ because, notice }: Facts<'because' | 'notice'>) =>
    `Contacts qu’aucune finalité ne permet d’écrire (${because}), sans série ouverte ni litige : à reconfirmer, ou retirés ${notice} après l’annonce ; l’opposition reste.`,
  consentsExpired: ({ contact }: Facts<'contact'>) =>
    `Accords de prospection sans signe de la personne depuis ${contact} : ils ne servent plus.`,
  contactsNoticed: ({ notice }: Facts<'notice'>) =>
    `Contacts sans base, annoncés : reconfirmer d’ici ${notice}, sinon ils sont retirés.`,
  contactsRemoved: ({ notice }: Facts<'notice'>) =>
    `Contacts annoncés depuis ${notice} et restés sans base : retirés ; l’opposition reste.`,
  texts: ({ text }: Facts<'text'>) => `Textes de rappels, ${text} après l’événement.`,
  answers: ({ text }: Facts<'text'>) =>
    `Textes des réponses aux STOP, aux CONTACT et aux inscriptions, après ${text}.`,
  replies: ({ log }: Facts<'log'>) =>
    `Réponses reçues, après ${log} ; celles qui attendent une décision restent.`,
  rights: ({ proof }: Facts<'proof'>) =>
    `Demandes d’exercice de droits, ${proof} après la réponse ; celles qui attendent restent.`,
  cancellations: ({ log }: Facts<'log'>) => `Annulations arrivées avant leur réservation, après ${log}.`,
  proofs: ({ proof }: Facts<'proof'>) =>
    `Preuves de personnes désinscrites ou effacées, ${proof} après l’acte.`,
} as const;
