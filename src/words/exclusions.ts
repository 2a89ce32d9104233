import type { Words } from './translation.ts';

/** The reasons of exclusion, each with its explanation and its remedy. */
export const exclusions = {
  NO_BASIS: {
    why: { fr: 'Aucun accord prouvé, ni autre base.', en: 'No proven consent, and no other basis.' },
    cure: { fr: 'Recueillez un accord, par un formulaire.', en: 'Ask for consent, with a form.' },
  },
  CONSENT_WITHDRAWN: {
    why: { fr: 'La personne a retiré son accord.', en: 'The person withdrew their consent.' },
    cure: { fr: 'Rien : elle seule peut revenir.', en: 'Nothing: only they can come back.' },
  },
  CONSENT_EXPIRED: {
    why: { fr: 'L’accord est trop ancien.', en: 'The consent is too old.' },
    cure: { fr: 'Demandez-le à nouveau.', en: 'Ask for it again.' },
  },
  CONSENT_PENDING: {
    why: { fr: 'Le numéro n’a pas été confirmé.', en: 'The number was not confirmed.' },
    cure: { fr: 'La personne saisit le code reçu.', en: 'The person types the code they received.' },
  },
  SUPPRESSED: {
    why: { fr: 'Le numéro est sur la liste d’opposition.', en: 'The number is on the suppression list.' },
    cure: {
      fr: 'Rien, sauf un accord nouveau et prouvé.',
      en: 'Nothing, unless they agree anew with a proof.',
    },
  },
  BASIS_NOT_ALLOWED: {
    why: {
      fr: 'Cette base n’est pas ouverte pour cet usage.',
      en: 'This basis is not open for this purpose.',
    },
    cure: { fr: 'Un administrateur décide des bases.', en: 'An admin decides on bases.' },
  },
  MINOR: {
    why: { fr: 'La personne est mineure.', en: 'The person is a minor.' },
    cure: { fr: 'Rien.', en: 'Nothing.' },
  },
  NUMBER_INVALID: {
    why: { fr: 'Ce n’est pas un numéro.', en: 'This is not a number.' },
    cure: { fr: 'Corrigez le numéro.', en: 'Correct the number.' },
  },
  NUMBER_NOT_MOBILE: {
    why: { fr: 'Ce numéro ne reçoit pas de SMS.', en: 'This number receives no SMS.' },
    cure: { fr: 'Demandez un mobile.', en: 'Ask for a mobile number.' },
  },
  NUMBER_RETIRED: {
    why: { fr: 'Le numéro n’est plus à cette personne.', en: 'The number is no longer this person’s.' },
    cure: { fr: 'Demandez le nouveau numéro.', en: 'Ask for the new number.' },
  },
  PLACE_UNKNOWN: {
    why: { fr: 'Lieu inconnu : aucune heure n’est permise.', en: 'Place unknown: no hour is lawful.' },
    cure: { fr: 'Donnez le code postal.', en: 'Give the postal code.' },
  },
  FREQUENCY_CAP: {
    why: { fr: 'La personne a déjà reçu assez de messages.', en: 'The person has had enough messages.' },
    cure: { fr: 'Attendez : le plafond est le vôtre.', en: 'Wait: the cap is yours.' },
  },
  DUPLICATE: {
    why: { fr: 'Le même numéro est déjà servi.', en: 'The same number is served already.' },
    cure: { fr: 'Rien.', en: 'Nothing.' },
  },
  TEXT_CANNOT_RENDER: {
    why: { fr: 'Il manque de quoi remplir le texte.', en: 'What would fill the text is missing.' },
    cure: { fr: 'Complétez la fiche, ou le texte.', en: 'Complete the contact, or the text.' },
  },
  TOO_MANY_PARTS: {
    why: { fr: 'Son texte dépasse le nombre de parties permis.', en: 'Their text has too many parts.' },
    cure: { fr: 'Raccourcissez le texte.', en: 'Shorten the text.' },
  },
  CONTENT_REFUSED: {
    why: { fr: 'Le contenu est refusé.', en: 'The content is refused.' },
    cure: { fr: 'Lisez les remarques sur le texte.', en: 'Read the findings on the text.' },
  },
  ERASED: {
    why: { fr: 'La personne a été effacée.', en: 'The person was erased.' },
    cure: { fr: 'Rien.', en: 'Nothing.' },
  },
  CANCELLED: {
    why: {
      fr: 'La campagne a été annulée avant son départ.',
      en: 'The campaign was cancelled before it left.',
    },
    cure: {
      fr: 'Une autre campagne, pour ceux que celle-ci n’a pas servis.',
      en: 'Another campaign, for those whom this one did not serve.',
    },
  },
  SIMULATED: {
    why: { fr: 'Recueilli sous une horloge déplacée.', en: 'Recorded under a moved clock.' },
    cure: { fr: 'Rien : ce n’est pas une preuve.', en: 'Nothing: this is no proof.' },
  },
  SHADOW: {
    why: { fr: 'À blanc : rien ne devait partir.', en: 'In shadow: nothing was meant to leave.' },
    cure: { fr: 'Rien.', en: 'Nothing.' },
  },
  ON_EXCLUSION_LIST: {
    why: { fr: 'Laissée de côté par la campagne.', en: 'Left out by the campaign.' },
    cure: { fr: 'Rien : c’était demandé.', en: 'Nothing: it was asked.' },
  },
} as const satisfies Readonly<Record<string, Readonly<Record<'why' | 'cure', Words>>>>;

/** The code of a reason of exclusion, as the API shows it. */
export type ExclusionReason = keyof typeof exclusions;
