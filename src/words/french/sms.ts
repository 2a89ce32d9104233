import type { Facts } from '../translation.ts';

/** Sentences on numbers, characters and what texts may say. */
export const sms = {
  answersAsked: 'Répondez OUI si vous venez, NON sinon.',
  dayHasPassed: 'Ce jour est déjà passé quand le message part.',
  admitted: ({ names }: Facts<'names'>) => `Admises : ${names}.`,
  amountOn: ({ amount, date }: Facts<'amount' | 'date'>) => `${amount} le ${date}`,
  removeIt: 'Retirez-le ou mettez une espace simple.',
  writeInstead: ({ instead }: Facts<'instead'>) => `Écrivez « ${instead} ».`,
  numbers: {
    NUMBER_LANDLINE: 'C’est un fixe : il ne reçoit pas de SMS.',
    NUMBER_VOIP: 'C’est un numéro de téléphonie par internet (09) : il ne reçoit pas de SMS.',
    NUMBER_M2M: 'C’est un numéro de machine (0700 à 0704) : personne ne le lit.',
    NUMBER_SHORT: 'C’est un numéro court : on ne lui écrit pas de campagne.',
    NUMBER_PREMIUM: 'C’est un numéro surtaxé.',
    NUMBER_TOLL_FREE: 'C’est un numéro gratuit d’entreprise.',
    NUMBER_FOREIGN: 'C’est un numéro étranger : ce moteur n’envoie qu’en France.',
    NUMBER_MONACO: 'C’est un numéro de Monaco, qui n’est pas la France.',
    NUMBER_OTHER_LINE: 'Cette ligne n’est pas un mobile : elle ne reçoit pas de SMS.',
    NUMBER_NOT_ASSIGNED: 'Aucun opérateur français n’a cette tranche, ou il manque des chiffres.',
    NUMBER_NOT_WRITTEN: 'Ce n’est pas un numéro de téléphone.',
  },
  ownCodes: ({ codes }: Facts<'codes'>) => `Le sien est ${codes} : écrivez {stop}.`,
  replyMention: 'Pour ne plus recevoir ces rappels, répondez STOP.',
  linkMention: 'Ne plus recevoir : ',
  samples: {
    weekday: 'jeu.',
    time: '14h30',
    instalments: '49,00 € le 12/08, 49,00 € le 12/09',
    firstInstalment: '49,00 € le 12/08',
    lastInstalment: '49,00 € le 12/07',
    amount: '49,00 €',
  },
} as const;

/** Sentences of findings on texts, names and senders. */
export const finding = {
  TEXT_EMPTY: 'Le texte est vide : rien ne serait envoyé.',
  VARIABLE_UNKNOWN: 'Variable inconnue ou non admise ici : %s.',
  VARIABLE_MALFORMED: 'Une variable s’écrit {nom} ou {nom|à défaut} : %s.',
  BRACE_ALONE: 'Accolade seule : %s.',
  CLAUSE_MAY_VANISH:
    'Sans valeur pour %s, ce membre de phrase disparaît ; donnez une alternative : {nom|à défaut}.',
  NOT_GSM7: 'Le caractère « %s » fait passer tout le message en UCS-2 : 70 caractères au lieu de 160.',
  TOO_MANY_PARTS: 'Message en %s parties, plus que permis : raccourcissez-le, ou relevez la limite.',
  STOP_MENTION_ADDED: 'Aucun moyen de dire stop dans ce texte publicitaire : « %s » sera ajouté à la fin.',
  OPT_OUT_IMPOSSIBLE:
    'Aucun moyen de dire stop ne fonctionne avec cet expéditeur, ce compte et ce territoire : prenez un compte à numéro court, un expéditeur qui reçoit, ou donnez une adresse publique aux liens.',
  STOP_CODE_NOT_YOURS: 'Le numéro court %s n’est pas celui de ce compte : un STOP s’y perdrait.',
  REPLY_IMPOSSIBLE: '« %s » : cet expéditeur ne reçoit pas de réponse ; écrivez {stop} à la place.',
  ANSWERS_IMPOSSIBLE:
    '« %s » demande une réponse, et ce compte n’en reçoit pas : retirez-la, ou prenez un compte qui en reçoit.',
  PROMOTION_IN_FUNCTIONAL:
    '« %s » est publicitaire : un message de service qui en contient devient de la prospection. Retirez-le, ou envoyez-le en campagne à ceux qui ont dit oui aux offres.',
  SERVICE_IN_MARKETING:
    '« %s » est un message de service : en publicité il attend lundi et n’atteint que ceux qui ont dit oui aux offres. Envoyez-le sous sa propre finalité.',
  TRADE_BARRED:
    '« %s » : la prospection par SMS est interdite pour le compte formation, la rénovation énergétique et l’adaptation du logement.',
  SECTOR_BARRED:
    'Votre secteur ne peut pas prospecter par SMS : seul un message lié à un contrat en cours part, sous sa propre finalité.',
  ADDRESSED_TO_MINORS:
    '« %s » : aucune publicité ne part vers un mineur ; adressez l’offre à l’adulte qui y a consenti.',
  HEALTH_WORD:
    '« %s » renseigne sur la santé : ni spécialité, ni motif, ni examen dans un SMS ; « rendez-vous » suffit.',
  PRACTITIONER_NAMED:
    '« %s » : un annuaire public donne la spécialité d’un praticien nommé ; le nom du cabinet suffit.',
  PREMIUM_NUMBER: '« %s » est surtaxé : donnez un numéro au prix d’un appel ou d’un SMS ordinaire.',
  LINK_SHORTENED: '« %s » cache où il mène : donnez une adresse de votre propre domaine.',
  LINK_NOT_YOURS: '« %s » mène hors de vos domaines : liez le vôtre, ou ajoutez celui-ci s’il est à vous.',
  STALE_WHEN_HELD:
    '« %s » devient faux pour qui reçoit le message plus tard : donnez une fin à l’envoi, ou une date plus lointaine.',
  BRAND_NOT_FIRST: 'Le message doit s’ouvrir sur qui écrit : commencez par « %s ».',
  SENDER_MALFORMED: 'Expéditeur « %s » : 3 à 11 lettres et chiffres sans accent ni espace, dont une lettre.',
  SENDER_GENERIC: 'Expéditeur « %s » : un mot générique ne dit pas qui écrit, les opérateurs le bloquent.',
  SENDER_MOBILE:
    'Expéditeur « %s » : un numéro mobile est interdit aux envois automatisés (Arcep 2018-0881).',
} as const;

/** The readings of replies, and their reasons. */
export const reply = {
  heard: {
    stop: 'Demande d’arrêt',
    'stop-all': 'Demande d’arrêt de tout',
    contact: 'Question sur qui écrit',
    start: 'Demande de revenir',
    confirm: 'Confirmation',
    cancel: 'Annulation',
    decline: 'Refus',
    objection: 'Opposition probable, à lire',
    other: 'Aucune demande reconnue',
  },
  why: {
    WHOLE_REPLY: 'toute la réponse est « %s »',
    FIRST_WORD: 'elle commence par « %s »',
    FIRST_WORD_OF_FEW: 'courte, elle commence par « %s »',
    AMONG_FEW_WORDS: '« %s » parmi peu de mots',
    TYPO_OF_STOP: 'faute de frappe de « %s »',
    SAID_BY_OPERATOR: 'l’opérateur l’a reçue comme un STOP',
    TURN_OF_PHRASE: 'tournure « %s »',
    WHOLE_WORDS: 'elle ne dit que « %s »',
    QUESTION: 'c’est une question',
    NOTHING_MATCHED: 'aucun mot des listes',
  },
} as const;
