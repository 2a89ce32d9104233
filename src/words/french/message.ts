import type { Facts } from '../translation.ts';

/** What holds messages back. */
export const message = {
  gate: {
    CLOCK_DOUBT: 'L’horloge n’est pas sûre : les envois sont suspendus.',
    SEAL_DOUBT: 'La base n’est pas encore comparée à son sceau : les envois sont suspendus.',
    JOURNAL_WAITS:
      'Le journal des oppositions n’est pas entièrement dans la base : les envois sont suspendus jusque-là.',
  },
  pace: {
    LOCAL_TIME: 'Part à l’heure choisie chez le destinataire',
    SPREAD: 'Réparti sur plusieurs jours',
  },
  rule: ({ ruleId, title, source }: Facts<'ruleId' | 'title' | 'source'>) =>
    `Règle ${ruleId} : ${title}. Source : ${source}.`,
  listUnread: 'Une liste de désinscrits est en cours de lecture.',
  listParked: ({ importId }: Facts<'importId'>) =>
    `La lecture d’une liste de désinscrits s’est arrêtée à l’une de ses lignes (import ${importId}) : renvoyez le fichier corrigé, puis annulez cet import.`,
} as const;
