import type { Facts } from '../translation.ts';

/** Sentences on people: records, erasure, wordings, forms. */
export const contact = {
  erasure: {
    kept: {
      suppression:
        'L’empreinte à clé du numéro et la date de l’opposition, pour que le même numéro, importé à nouveau, ne reçoive rien. Le numéro ne s’en déduit pas. Gardée au moins jusqu’à cette date, et tant que le responsable fait de la publicité.',
      proof:
        'Les preuves des accords qui ont servi et des retraits, sans numéro ni nom, sous la clé d’archive : la défense d’un droit en justice (RGPD, art. 17(3)(e)).',
      event:
        'Les actes (identifiant, date, finalité, condensat salé) de la chaîne de preuves, qui ne nomment personne et ne peuvent être retirés sans la rompre.',
      message: 'La trace des messages (identifiant, état, motif, dates), sans numéro ni texte.',
      journal: 'Le journal chiffré des oppositions et les sauvegardes, jusqu’à leur fin de vie.',
    },
    removed: {
      profile: 'La fiche : numéro, nom, date de naissance, attributs ; et la clé qui l’ouvrait.',
      proofs:
        'Preuves devenues inutiles : rien n’avait été envoyé à ce titre, ou elles nommaient la personne.',
      texts: 'Textes de messages.',
      answers: 'Réponses à un STOP, à un CONTACT ou à une inscription.',
      replies: 'Réponses reçues de la personne.',
      bookings: 'Ce que disaient les rendez-vous, contrats et échéances.',
      formAnswers: 'Réponses à un formulaire, et codes de confirmation.',
      importRows: 'Mentions dans les fichiers importés.',
      rejectedRows: 'Lignes refusées d’un fichier qui portaient ce numéro.',
      requests: 'Réponses d’API gardées pour répétition.',
    },
  },
  rights: {
    stop: 'Ne plus recevoir de SMS : répondre STOP, ou le dire par n’importe quel moyen.',
    correct: 'Faire rectifier ou effacer ce qui est gardé, ou s’y opposer (RGPD, art. 16, 17 et 21).',
    complain: 'Se plaindre auprès de la CNIL (www.cnil.fr).',
  },
  sharedNumber:
    'Plusieurs personnes partagent ce numéro : demandez la part de l’une (?personRef=), ou rendez l’export en POST sans ce qui est à d’autres (leaveOut).',
  exportTitle: 'Ce que nous gardons de vous',
  askAgain: {
    name: 'Toujours d’accord ?',
    asks: '{brand} : souhaitez-vous encore nos offres par SMS ? ',
    ends: 'Sans réponse, nous cesserons. {stop}',
  },
  answerYes: 'Répondez OUI. ',
  sayItHere: 'Dites-le ici : ',
  formFindings: {
    CONFIRM_OFF:
      'Sans confirmation du numéro, n’importe qui peut inscrire le numéro d’un autre : la preuve en est plus faible.',
    CONTACT_MISSING:
      'La page ne dit pas comment vous joindre : donnez company.contact, ou complétez le tenant.',
    PROCESSOR_UNKNOWN:
      'La page ne peut pas dire qui achemine vos SMS ni où : un compte de vos routes ne déclare pas son processeur (processor).',
    TRANSFER_BASIS_UNSAID:
      'Un opérateur est hors de l’Espace économique européen et la page ne dit pas pourquoi vos données peuvent y aller : enregistrez la base (PUT /v1/gateways/{name}/transfer).',
  },
  wordingFindings: {
    CONTROLLER_NOT_NAMED: 'Ni la société ni une marque n’est nommée : écrivez qui enverra les messages.',
    BRAND_NOT_NAMED:
      'Vous avez plusieurs marques et aucune n’est indiquée : cet accord ne vaut pour les offres d’aucune d’elles, donnez « brandId ».',
    PURPOSE_NOT_SAID:
      'Le texte ne dit pas à quoi serviront les messages : nommez offres, rappels ou échéances.',
    WITHDRAWAL_NOT_SAID: 'Aucun moyen de revenir sur son accord n’est donné : ajoutez « STOP pour arrêter ».',
    TIED_TO_ANOTHER_ACT:
      'L’accord est lié à un autre acte, comme donner un numéro ou accepter des conditions : séparez-les.',
    TWO_PURPOSES: 'Une seule phrase demande deux finalités : une case et une phrase pour chacune.',
  },
} as const;

/** The words around the boxes of a form, on screen and on paper. */
export const form = {
  asksFor: ({ asked }: Facts<'asked'>) => `demande ${asked}`,
  notInUse: 'pas en usage à ce jour',
  shown: {
    lead: ({ company }: Facts<'company'>) => `SMS de ${company} : vous choisissez ce que vous recevez.`,
    boxes: 'Je veux recevoir, par SMS',
    free: 'Cochez ce que vous voulez. Rien n’est coché d’avance et rien n’est obligatoire.',
    phone: 'Votre numéro de mobile',
    'phone-code':
      'Un mobile français, par exemple 06 12 34 56 78. Un code vous y sera envoyé par SMS, pour vérifier que ce numéro est le vôtre.',
    'phone-link':
      'Un mobile français, par exemple 06 12 34 56 78. Un lien vous y sera envoyé par SMS, pour vérifier que ce numéro est le vôtre.',
    'phone-off': 'Un mobile français, par exemple 06 12 34 56 78.',
    firstName: 'Votre prénom (facultatif)',
    adult: ({ age }: Facts<'age'>) => `J’ai ${age} ans ou plus`,
    adultWhy: 'Nous n’envoyons pas de publicité aux mineurs.',
    accept: 'Enregistrer mes choix',
    refuse: 'Ne rien accepter',
    sign: 'Date et signature',
    data: 'Ce que deviennent vos données',
    who: 'Responsable',
    why: 'Pourquoi',
    whySaid: 'Vous envoyer les SMS que vous avez cochés, et rien d’autre, parce que vous y avez consenti.',
    what: 'Ce qui est gardé',
    whatSaid:
      'Votre numéro et vos choix ; la date, l’adresse de cette page, votre adresse IP et votre navigateur, qui prouvent votre accord.',
    'whatSaid-firstName':
      'Votre numéro, votre prénom si vous le donnez et vos choix ; la date, l’adresse de cette page, votre adresse IP et votre navigateur, qui prouvent votre accord.',
    'whatSaid-paper': 'Votre numéro, vos choix et cette feuille signée, qui prouve votre accord.',
    recipients: 'Qui les reçoit',
    recipientsSaid: ({ company }: Facts<'company'>) => `${company} et l’opérateur qui achemine ses SMS.`,
    'recipientsSaid-named': ({ company, processors }: Facts<'company' | 'processors'>) =>
      `${company}, et pour acheminer ses SMS : ${processors}.`,
    officer: 'Délégué à la protection des données',
    transfers: 'Hors de l’Union',
    transfersNone: 'Vos données ne sont transmises à personne hors de l’Espace économique européen.',
    transfersSaid: ({ processors, copy }: Facts<'processors' | 'copy'>) =>
      `Hors de l’Espace économique européen : ${processors}.${copy}`,
    transfersCopy: ({ contact: how }: Facts<'contact'>) => ` Pour obtenir une copie des garanties${how}.`,
    'basis-adequacy': 'décision d’adéquation de la Commission européenne',
    'basis-standard-clauses': 'clauses contractuelles types de la Commission européenne',
    'basis-binding-rules': 'règles d’entreprise contraignantes',
    'basis-derogation': 'dérogation de l’article 49 du RGPD',
    howLong: 'Combien de temps',
    howLongSaid: ({ years, archive }: Facts<'years' | 'archive'>) =>
      `Jusqu’à ce que vous disiez STOP, et au plus ${years} ans après votre dernier signe. La preuve de votre accord est archivée ${archive} ans de plus.`,
    silence: ({ silence }: Facts<'silence'>) =>
      ` La publicité s’arrête au plus tard ${silence} après votre dernier signe de vie : réponse, achat ou visite.`,
    stop: 'Arrêter',
    stopSaid: ({ orContact }: Facts<'orContact'>) =>
      `À tout moment, sans raison à donner : STOP au numéro indiqué dans nos SMS${orContact}. C’est aussi simple que d’accepter.`,
    rights: 'Vos droits',
    rightsSaid: ({ contact: how }: Facts<'contact'>) =>
      `Consulter, corriger, effacer ou emporter vos données, en limiter l’usage ou vous y opposer${how}. Vous pouvez vous plaindre à la CNIL (cnil.fr).`,
    calls: 'Appels',
    callsSaid:
      'Vous appeler pour vous proposer quelque chose demande votre accord préalable (code de la consommation, article L223-2). Ce formulaire ne le demande pas.',
  },
  purposes: {
    marketing: 'Offres et publicité',
    appointment: 'Rappels de rendez-vous',
    renewal: 'Rappels de renouvellement',
    payment: 'Rappels d’échéances',
  },
} as const;

/** Sentences on retention: what is removed, and why. */
export const retention = {
  baseless: ({ because, notice }: Facts<'because' | 'notice'>) =>
    `Contacts qu’aucune finalité ne permet d’écrire (${because}), sans série ouverte ni litige : à reconfirmer, ou retirés ${notice} après l’annonce ; l’opposition reste.`,
  consentsExpired: ({ contact: span }: Facts<'contact'>) =>
    `Accords de prospection sans signe de la personne depuis ${span} : ils ne servent plus.`,
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
