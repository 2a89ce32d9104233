import type { Facts } from '../translation.ts';
import { withDe } from './writing.ts';

/** Halts, and the statement about sales. */
export const tenant = {
  halt: {
    all: 'Tout est arrêté',
    account: ({ gateway }: Facts<'gateway'>) => `Le compte ${gateway} est arrêté`,
    accountForAll: ({ gateway }: Facts<'gateway'>) =>
      `Le compte ${gateway} est arrêté pour toutes les sociétés de cette instance`,
    since: ({ moment }: Facts<'moment'>) => ` depuis ${moment}`,
    by: ({ name }: Facts<'name'>) => `, par ${name}`,
    because: ({ reason }: Facts<'reason'>) => ` : « ${reason} »`,
  },
  sale: {
    'sold-by-us':
      'Chaque numéro vient d’une vente ou d’un service réels de notre société, jamais d’un compte, d’un devis ou d’une autre société.',
    'given-by-the-person': 'La personne a donné elle-même son numéro.',
    'told-at-collection': 'En le donnant, elle a été informée qu’il servirait à des offres par SMS.',
    'refusal-offered': 'Elle a pu refuser simplement et sans frais à ce moment, et le peut à chaque message.',
    'similar-products': 'Les offres portent sur des produits ou services analogues à ceux qu’elle a achetés.',
  },
} as const;

/** Sentences of the compliance report. */
export const compliance = {
  title: 'Rapport de conformité',
  calm: 'Rien à corriger dans ce qui suit.',
  outsideWindow:
    'Des remises à l’opérateur ont eu lieu hors de l’horaire que permettait leur décision, ou le plus strict des lieux possibles : arrêtez les envois et cherchez pourquoi.',
  withoutDecision:
    'Des remises à l’opérateur n’ont pas de décision conservée : arrêtez les envois et cherchez pourquoi.',
  stopTooSlow: ({ alarm }: Facts<'alarm'>) => `Un STOP a mis plus ${withDe(alarm)} à prendre effet.`,
  recordedLate: ({ ceiling }: Facts<'ceiling'>) =>
    `Un retrait a été enregistré plus ${withDe(ceiling)} après la parole de la personne, à qui l’on pouvait encore écrire : enregistrez les retraits le jour même.`,
  uncertain: 'Des envois restent incertains : décidez à GET /v1/uncertain.',
  rightsOverdue: ({ answer }: Facts<'answer'>) =>
    `Une demande d’effacement a dépassé son délai ${withDe(answer)}.`,
} as const;

/** The register of processing and the impact assessment. */
export const register = {
  title: 'Registre des traitements (brouillon)',
  dpiaTitle: 'Analyse d’impact (brouillon)',
  number:
    'numéro de mobile, prénom et nom s’ils sont connus, lieu, date de naissance (jamais pour viser : pour ne pas écrire aux mineurs)',
  activities: {
    marketing: {
      title: 'Prospection par SMS',
      people: 'Clients et prospects qui l’ont accepté',
    },
    appointment: {
      title: 'Rappels de rendez-vous par SMS',
      people: 'Personnes qui ont pris rendez-vous',
      data: ({ number }: Facts<'number'>) =>
        `${number} ; date, heure et lieu du rendez-vous, jamais son motif`,
    },
    renewal: {
      title: 'Rappels d’échéance de contrat',
      people: 'Abonnés',
      data: ({ number }: Facts<'number'>) => `${number} ; contrat et dates`,
    },
    payment: {
      title: 'Rappels de paiement',
      people: 'Personnes qui paient en plusieurs fois',
      data: ({ number }: Facts<'number'>) => `${number} ; échéances et montants`,
    },
  },
  security: {
    encrypted:
      'Numéros, noms et textes chiffrés au repos (AES-256-GCM), une clé par responsable et par personne, hors de la base.',
    fingerprint: 'Recherche par empreinte à clé : sans la clé, nul ne retrouve un numéro par essais.',
    apart: 'Cloisonnement des responsables par la base elle-même (sécurité au niveau des lignes).',
    recorded: 'Rôles, lectures en clair enregistrées, journal d’audit chaîné.',
    optOut: 'Opposition effective avant l’envoi suivant, journal des oppositions hors de la base.',
    erasure: 'Effacement par destruction de la clé, avec certificat ; nettoyage planifié, avec certificat.',
  },
  blanks: {
    officer: 'Délégué à la protection des données, représentant, responsables conjoints',
    contracts: 'Contrat de sous-traitance (art. 28) avec chaque opérateur',
    transfers: 'Transferts hors de l’Union et leurs garanties',
    recipients: 'Destinataires internes',
    hosting: 'Hébergement et sauvegardes',
  },
  dpiaBlanks: {
    necessity: 'Nécessité et proportionnalité : pourquoi par SMS, pourquoi ces personnes',
    views: 'Avis des personnes concernées, ou de leurs représentants',
    advice: 'Avis du délégué à la protection des données',
    severity: 'Gravité et vraisemblance de chaque risque, après les mesures',
    decision: 'Décision, date, signature',
  },
  risks: {
    reads: {
      risk: 'Un tiers lit des numéros ou des textes',
      measures: 'Chiffrement, clés hors de la base, lectures en clair enregistrées',
    },
    health: {
      risk: 'Un message révèle un état de santé',
      measures: 'Lexique interdit, variables limitées, motif jamais gardé dans le secteur de la santé',
    },
    refused: {
      risk: 'Une personne reçoit ce qu’elle a refusé',
      measures: 'Consentement relu à chaque envoi, opposition durable, preuve nouvelle exigée pour revenir',
    },
    reassigned: {
      risk: 'Un numéro réattribué reçoit le message d’une autre personne',
      measures: 'Numéros sans signe de vie retirés, rebonds suivis',
    },
    outlived: {
      risk: 'Les données durent plus que leur utilité',
      measures: 'Durées par finalité, nettoyage planifié et certifié',
    },
  },
  draft:
    'Brouillon tiré de ce que fait l’instance. Il n’est ni complet ni validé : les blancs sont au responsable du traitement.',
  criteria: {
    sensitive: 'Données sensibles (santé)',
    sector: ({ sector }: Facts<'sector'>) => `secteur déclaré : ${sector}`,
    largeScale: 'Grande échelle',
    people: ({ contacts, largeScale }: Facts<'contacts' | 'largeScale'>) =>
      `${contacts} personnes ; seuil d’attention : ${largeScale}`,
    vulnerable: 'Personnes vulnérables (patients, mineurs)',
    minors: ({ minors }: Facts<'minors'>) => `${minors} mineurs connus`,
    profiling: 'Évaluation, profilage, décision automatique',
    none: 'le logiciel n’en fait pas',
  },
} as const;
