/** Why somebody may not be written to, and what helps. */
export const exclusion = {
  NO_BASIS: {
    why: 'Aucun accord prouvé, ni autre base.',
    cure: 'Recueillez un accord, par un formulaire.',
  },
  CONSENT_WITHDRAWN: {
    why: 'La personne a retiré son accord.',
    cure: 'Rien : elle seule peut revenir.',
  },
  CONSENT_EXPIRED: {
    why: 'L’accord est trop ancien.',
    cure: 'Demandez-le à nouveau.',
  },
  CONSENT_PENDING: {
    why: 'Le numéro n’a pas été confirmé.',
    cure: 'La personne saisit le code reçu.',
  },
  SUPPRESSED: {
    why: 'Le numéro est sur la liste d’opposition.',
    cure: 'Rien, sauf un accord nouveau et prouvé.',
  },
  BASIS_NOT_ALLOWED: {
    why: 'Cette base n’est pas ouverte pour cet usage.',
    cure: 'Un administrateur décide des bases.',
  },
  MINOR: {
    why: 'La personne est mineure.',
    cure: 'Rien.',
  },
  NUMBER_INVALID: {
    why: 'Ce n’est pas un numéro.',
    cure: 'Corrigez le numéro.',
  },
  NUMBER_NOT_MOBILE: {
    why: 'Ce numéro ne reçoit pas de SMS.',
    cure: 'Demandez un mobile.',
  },
  NUMBER_RETIRED: {
    why: 'Le numéro n’est plus à cette personne.',
    cure: 'Demandez le nouveau numéro.',
  },
  PLACE_UNKNOWN: {
    why: 'Lieu inconnu : aucune heure n’est permise.',
    cure: 'Donnez le code postal.',
  },
  FREQUENCY_CAP: {
    why: 'La personne a déjà reçu assez de messages.',
    cure: 'Attendez : le plafond est le vôtre.',
  },
  DUPLICATE: {
    why: 'Le même numéro est déjà servi.',
    cure: 'Rien.',
  },
  TEXT_CANNOT_RENDER: {
    why: 'Il manque de quoi remplir le texte.',
    cure: 'Complétez la fiche, ou le texte.',
  },
  TOO_MANY_PARTS: {
    why: 'Son texte dépasse le nombre de parties permis.',
    cure: 'Raccourcissez le texte.',
  },
  CONTENT_REFUSED: {
    why: 'Le contenu est refusé.',
    cure: 'Lisez les remarques sur le texte.',
  },
  ERASED: {
    why: 'La personne a été effacée.',
    cure: 'Rien.',
  },
  CANCELLED: {
    why: 'La campagne a été annulée avant son départ.',
    cure: 'Une autre campagne, pour ceux que celle-ci n’a pas servis.',
  },
  SIMULATED: {
    why: 'Recueilli sous une horloge déplacée.',
    cure: 'Rien : ce n’est pas une preuve.',
  },
  SHADOW: {
    why: 'À blanc : rien ne devait partir.',
    cure: 'Rien.',
  },
  ON_EXCLUSION_LIST: {
    why: 'Laissée de côté par la campagne.',
    cure: 'Rien : c’était demandé.',
  },
} as const;
