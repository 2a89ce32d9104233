/** What is kept of people, erased, found in their wordings and forms, and told to them. */
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
