import type { Facts } from '../translation.ts';

/** What the console asks before something that cannot be undone. */
export const sure = {
  campaign: {
    willNotLeave: ['message ne partira pas.', 'messages ne partiront pas.'],
    haveLeft: ['est déjà parti, et reste parti.', 'sont déjà partis, et restent partis.'],
    title: ({ name }: Facts<'name'>) => `Annuler la campagne « ${name} » ?`,
    noMore: 'Elle ne reviendra plus.',
    effect: 'Une campagne annulée ne se reprend pas. Pour l’arrêter un moment, mettez-la en pause.',
    label: 'Annuler la campagne',
  },
  draft: {
    title: ({ name }: Facts<'name'>) => `Abandonner le brouillon « ${name} » ?`,
    effect: 'Il ne pourra plus être lancé. Personne n’a rien reçu.',
    label: 'Abandonner le brouillon',
  },
  import: {
    title: 'Annuler cet import ?',
    read: ['ligne est déjà lue, et reste.', 'lignes sont déjà lues, et restent.'],
    effect: 'Les autres ne seront pas lues, et le fichier n’est plus gardé.',
    ofSuppressions:
      'C’est une liste de désinscrits : on pourra de nouveau écrire à qui n’en est pas encore lu. Renvoyez d’abord le fichier corrigé, attendez qu’il soit lu, puis annulez cet import.',
    label: 'Annuler l’import',
  },
  series: {
    title: ({ reference }: Facts<'reference'>) => `Annuler les rappels de ${reference} ?`,
    willNotLeave: ['rappel ne partira pas.', 'rappels ne partiront pas.'],
    effect: 'L’événement lui-même compte comme annulé.',
    wasTold: 'La personne en a déjà été prévenue : un SMS lui dira que c’est annulé.',
    label: 'Annuler les rappels',
  },
  decisions: {
    'not-stop': [
      'Ce n’est pas un refus',
      'Ce que cette réponse avait suspendu peut de nouveau partir. Une opposition dite en clair reste.',
    ],
    stop: [
      'Inscrire un refus',
      'Les offres s’arrêtent, et les messages de l’usage auquel la personne répondait.',
    ],
    'stop-all': [
      'Inscrire un refus de tout',
      'Plus aucun message ne partira vers ce numéro, rappels de rendez-vous compris.',
    ],
  },
  decision: {
    title: ({ label, from }: Facts<'label' | 'from'>) => `${label} : ${from} ?`,
    takenBack:
      'La décision pourra être reprise depuis cette page ; une série de rappels arrêtée ne reprend pas.',
  },
  waiting: ({ count }: Facts<'count'>) => `Messages qui attendent cette personne aujourd’hui : ${count}.`,
  takeBack: {
    suspendsAgain: 'Ce qu’elle avait rendu est de nouveau suspendu jusqu’à ce que quelqu’un lise la réponse.',
    freesAgain:
      'Ce qu’elle seule empêchait peut de nouveau partir ; une opposition qui a un autre motif reste.',
    title: ({ from }: Facts<'from'>) => `Reprendre la décision : ${from} ?`,
    effect: 'La réponse attend de nouveau d’être lue.',
    label: 'Reprendre la décision',
  },
  leaving: {
    title: ({ who, what }: Facts<'who' | 'what'>) => `Inscrire l’opposition de ${who} (${what}) ?`,
    ofAll: 'Plus aucun message ne partira vers ce numéro, rappels de rendez-vous compris.',
    ofOne: ({ what }: Facts<'what'>) =>
      `Plus aucun message de cet usage (${what}) ne partira vers ce numéro.`,
    lasts: 'Une opposition ne s’efface pas : seul un nouvel accord prouvé la lève.',
    label: 'Inscrire l’opposition',
  },
  key: {
    title: ({ name }: Facts<'name'>) => `Révoquer la clé « ${name} » ?`,
    effect:
      'La personne ou l’outil qui s’en sert est refusé dès maintenant. Une clé révoquée ne revient pas.',
    lastUsed: ({ lastUsed }: Facts<'lastUsed'>) => `Dernier usage : ${lastUsed}.`,
    isOwn: 'C’est la clé par laquelle vous êtes entré : vous serez dehors.',
    isLastAdmin: 'C’est la dernière clé d’administration : plus personne ne pourra faire de clé d’ici.',
    label: 'Révoquer la clé',
  },
  form: {
    title: ({ title }: Facts<'title'>) => `Fermer le formulaire « ${title} » ?`,
    effect:
      'Son lien, aussi celui des feuilles déjà imprimées, ne prendra plus d’accord. Un formulaire fermé ne se rouvre pas.',
    label: 'Fermer le formulaire',
  },
  back: 'Ne rien changer',
} as const;
