/** What a text, a name or a sender does that a rule speaks of. */
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
