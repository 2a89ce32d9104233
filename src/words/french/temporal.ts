/** Summaries in Temporal's list, in French. */
export const summaries = {
  campaign: 'Fixe la liste des destinataires, envoie lieu par lieu, clôt les comptes',
  campaignShard: 'Envoie un lot à ses heures',
  reminderSeries: 'Envoie chaque rappel à son heure ; s’arrête sur un STOP',
  acknowledgements: 'Répond aux STOP, aux CONTACT et aux inscriptions',
  importContacts: 'Lit un fichier : chaque ligne est acceptée, ou refusée avec sa raison',
  housekeeping: 'Fait le ménage : ce qui a dépassé sa durée est supprimé, avec un certificat',
  erasure: 'Efface les traces d’une personne, puis écrit le certificat',
  seal: 'Garde la seconde copie du sceau',
  timeline: 'Ce qui s’est passé, et la suite',
} as const;

/** The same in another language. */
export type Summaries = Readonly<Record<keyof typeof summaries, string>>;
