import type { Facts } from '../translation.ts';

/** Reasons that hold messages back. */
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

/** Sentences of the timeline, one for each event. */
export const timeline = {
  lastDeparture: 'Dernier départ prévu.',
  nextDeparture: 'Prochain départ.',
  acts: {
    'campaign.created': 'Créée.',
    'campaign.changed': 'Modifiée.',
    'campaign.approved': 'Approuvée.',
    'campaign.launched': 'Lancée.',
    'campaign.started': 'Audience figée : les lots partent à leurs heures.',
    'campaign.paused': 'Mise en pause.',
    'campaign.resumed': 'Reprise.',
    'campaign.parked': 'Arrêtée : une personne doit agir.',
    'campaign.cancelled': 'Annulée.',
    'campaign.finished': 'Terminée : les comptes sont clos.',
    'series.paused': 'Mise en pause.',
    'series.resumed': 'Reprise.',
    'series.cancelled': 'Annulée.',
    'payment-plan.paid': 'Échéance payée.',
    'tenant.halted': 'Tout est arrêté',
    'tenant.released': 'Tout repart',
    'gateway.halted': 'Son compte d’opérateur est arrêté',
    'gateway.released': 'Son compte d’opérateur repart',
    'message.resolved': 'Sort établi par une personne.',
    'contact.corrected': 'Fiche corrigée.',
    'contact.number-changed': 'Changement de numéro.',
    'contact.held': 'Conservée pour un litige.',
    'contact.released': 'N’est plus conservée pour un litige.',
  },
  booking: {
    booked: 'Réservé.',
    moved: 'Déplacé.',
    superseded: 'Remplacé par un autre.',
    cancelled: 'Annulé.',
    confirmed: 'Confirmé par la personne.',
    declined: 'La personne a répondu qu’elle ne vient pas.',
    'cancellation-requested': 'La personne demande d’annuler.',
    'reply-unclear': 'Réponse à lire : ni oui ni non, ou pas pour quel rendez-vous.',
    'no-show': 'La personne n’est pas venue.',
    undelivered: 'Le SMS n’est pas arrivé : téléphoner.',
    'correction-impossible': 'Plus d’heure permise pour corriger : téléphoner.',
    'notice-missing': 'L’avis légal manque.',
    ended: 'Série close.',
  },
  message: {
    made: 'Écrit.',
    marked: 'Dernier contrôle passé : l’appel à l’opérateur commence.',
    'first-byte': 'Sur le fil.',
    answered: 'L’opérateur a répondu.',
    accepted: 'Accepté par l’opérateur.',
    refused: 'Refusé par l’opérateur.',
    lost: 'Réponse perdue : le sort est inconnu.',
  },
  states: {
    ready: 'Attend son heure.',
    submitting: 'Est en route.',
    accepted: 'Accepté ; l’accusé n’est pas encore venu.',
    delivered: 'Arrivé sur le téléphone.',
    undelivered: 'Pas arrivé.',
    excluded: 'Pas envoyé.',
    failed: 'Refusé par l’opérateur.',
    expired: 'Trop tard pour partir.',
    uncertain: 'Envoi incertain : une personne cherche s’il est parti.',
  },
  consent: {
    pending: 'Accord donné, numéro à confirmer',
    confirmed: 'Numéro confirmé',
    granted: 'Accord',
    refused: 'Refus',
    withdrawn: 'Retrait',
    objected: 'Opposition',
    expired: 'Accord échu',
    reinstated: 'Accord nouveau',
  },
  purposes: {
    all: 'tout message',
    marketing: 'offres',
    appointment: 'rendez-vous',
    renewal: 'renouvellement',
    payment: 'échéances',
    confirmation: 'confirmation du numéro',
  },
  personActs: 'Une personne doit dire ce qu’il est devenu.',
  wouldWrite: ({ name }: Facts<'name'>) => `la campagne « ${name} » est lancée, et lui écrirait.`,
  mayWrite: ({ name }: Facts<'name'>) =>
    `la campagne « ${name} » est lancée ; ses destinataires sont choisis à son départ, et la personne en sera peut-être.`,
  withReason: ({ words, reason }: Facts<'words' | 'reason'>) => `${words} : « ${reason} ».`,
} as const;

/** Sentences of the doctor of accounts: assumptions, findings, questions at a terminal. */
export const doctor = {
  terminal: {
    phone: 'Le numéro de VOTRE téléphone (entrée vide : ne rien envoyer) : ',
    sure: (masked: string) =>
      `Deux SMS partent vers ${masked}, facturés comme tout autre. C’est votre téléphone ? Tapez oui : `,
    shown: (text: string) =>
      `Le téléphone doit montrer exactement :\n  ${text}\noui, non (autre chose), ou rien (pas arrivé) : `,
    typeStop: (how: string) =>
      `${how}\nCe STOP est vrai : votre numéro ne recevra plus de publicité, jusqu’à ce que vous le leviez.\nEntrée quand c’est fait (ou pour passer) : `,
    lift: 'Votre numéro est désormais laissé tranquille. Pour lever ce STOP : POST /v1/consents avec une nouvelle preuve.',
    busy: (most: number) =>
      `Un essai de ce compte est en cours, ou il y en a eu trop en 24 heures (${most}).`,
    transcript: (file: string, calls: number) =>
      `Transcription (${calls} appels, sans numéro ni secret) : ${file}\nEnvoyez-la au projet : elle devient un exemple de test/gateways/samples.`,
    withheld: (calls: number) => `${calls} appels en sont absents : ils montreraient un numéro ou un secret.`,
    change: 'À changer',
  },
  verdicts: { held: 'tenu', failed: 'faux', 'not-seen': 'pas vu' },
  assumptions: {
    reached: {
      what: 'L’opérateur répond.',
      change: 'Vérifiez baseUrl, le réseau, le pare-feu et le certificat.',
    },
    credentials: {
      what: 'Les identifiants sont acceptés.',
      change: 'Vérifiez credentials, les droits de la clé et les adresses IP autorisées chez l’opérateur.',
    },
    'credit-told': {
      what: 'Le crédit se lit.',
      change:
        'La réponse sur le crédit n’a pas la forme attendue : signalez-le au projet. Les alertes de crédit bas ne marcheront pas.',
    },
    'credit-left': {
      what: 'Il reste du crédit.',
      change: 'Rechargez le compte.',
    },
    'stop-list': {
      what: 'La liste des STOP de l’opérateur se lit.',
      change: 'Donnez à la clé le droit de lire /sms/*/blacklists.',
    },
    sender: {
      what: 'L’expéditeur est accepté.',
      change: 'Faites valider cet expéditeur chez l’opérateur, ou changez celui de la société.',
    },
    'answer-id': {
      what: 'La réponse à un envoi porte un identifiant.',
      change:
        'Sans identifiant, un accusé ne retrouve pas son message : envoyez la transcription au projet avant d’utiliser ce compte.',
    },
    'parts-told': {
      what: 'L’opérateur compte autant de parties que nous.',
      change:
        'L’opérateur ajoute des mots ou change l’encodage : comparez les textes reçus, et demandez-lui pourquoi.',
    },
    accents: {
      what: 'Les accents et le signe € arrivent tels quels.',
      change:
        'En SMPP, essayez un autre « alphabet ». Ailleurs, cherchez dans l’espace client une option qui simplifie les textes, et désactivez-la.',
    },
    'two-parts': {
      what: 'Un texte de deux parties arrive entier, en un seul SMS.',
      change:
        'En SMPP, essayez une autre valeur de « longTexts ». Ailleurs, demandez à l’opérateur s’il coupe les textes longs.',
    },
    callback: {
      what: 'L’opérateur atteint l’adresse des rappels depuis l’extérieur.',
      change:
        'Donnez l’adresse de « inbound.url » à l’opérateur ; elle doit être joignable d’Internet en HTTPS (BONHEURE_PUBLIC_URL, proxy, pare-feu). Regardez ensuite le journal des rappels de l’opérateur.',
    },
    session: {
      what: 'Accusés et réponses arrivent sur notre session.',
      change:
        'Demandez à l’opérateur si les accusés sont activés, et si la session doit être une paire (« bind »: « pair »).',
    },
    signature: {
      what: 'La signature des rappels est juste.',
      change:
        'BONHEURE_PUBLIC_URL doit être l’adresse exacte que l’opérateur appelle, et authToken celui du compte principal.',
    },
    'receipt-id': {
      what: 'L’accusé porte l’identifiant de la réponse à l’envoi.',
      change:
        'En SMPP, essayez une autre valeur de « messageIds ». Ailleurs, envoyez la transcription au projet.',
    },
    'receipt-reference': {
      what: 'Notre identifiant revient dans l’adresse de l’accusé.',
      change:
        'L’opérateur appelle une autre adresse que celle donnée avec le message : supprimez l’adresse fixe de son interface, ou vérifiez qu’un proxy garde la requête (?m=…).',
    },
    'receipt-state': {
      what: 'L’accusé final d’un SMS reçu dit « remis ».',
      change:
        'Le code de l’accusé n’est pas connu, ou veut dire autre chose : envoyez la transcription au projet.',
    },
    'receipt-parts': {
      what: 'Un texte de deux parties a un seul accusé final (en SMPP, un pour chacune).',
      change: 'Les accusés des textes longs seront mal comptés : envoyez la transcription au projet.',
    },
    'receipt-clock': {
      what: 'Les dates de l’opérateur sont à l’heure française.',
      change: 'Vérifiez l’horloge de cette machine (NTP), puis le fuseau horaire réglé dans l’espace client.',
    },
    'look-up': {
      what: 'Un envoi se retrouve par une recherche chez l’opérateur.',
      change:
        'Donnez à la clé le droit de lire les envois ; sinon, la recherche a changé de forme : signalez-le au projet.',
    },
    'reply-number': {
      what: 'Une réponse porte le numéro de la personne.',
      change:
        '« npm run unread » montre ce qui n’a pas pu être lu : envoyez la transcription au projet. N’utilisez pas ce compte : un STOP s’y perdrait.',
    },
    'reply-words': {
      what: 'Le mot STOP se lit dans la réponse.',
      change:
        'N’utilisez pas ce compte : un STOP s’y perdrait. En SMPP, essayez un autre « alphabet » ; ailleurs, envoyez la transcription au projet.',
    },
    'calls-read': {
      what: 'Tout ce que l’opérateur a dit pendant l’essai a été lu.',
      change: '« npm run unread » montre le reste ; envoyez la transcription au projet.',
    },
  },
  stopHow: {
    page: 'Répondez STOP depuis ce téléphone, sur la page du bac à sable.',
    reply: 'Répondez STOP depuis ce téléphone.',
    senderOrCode: 'Depuis ce téléphone, envoyez STOP à l’expéditeur ou au numéro court de votre compte.',
    code: ({ account }: Facts<'account'>) =>
      `Depuis ce téléphone, envoyez STOP au numéro court de votre compte ${account}.`,
    knownCode: ({ account, code }: Facts<'account' | 'code'>) =>
      `Depuis ce téléphone, envoyez STOP au numéro court de votre compte ${account} (${code}).`,
    codeOr: ({ account, code }: Facts<'account' | 'code'>) =>
      `Depuis ce téléphone, envoyez STOP au ${code} ou au numéro court de votre compte ${account}.`,
    codeOfAdvertising: ({ account }: Facts<'account'>) =>
      `Depuis ce téléphone, envoyez STOP au numéro court d’une publicité de votre compte ${account}.`,
  },
  news: {
    answers: 'L’opérateur répond.',
    silent: 'L’opérateur ne répond pas comme attendu :',
    sent: { accents: 'SMS avec accents :', 'two-parts': 'SMS de deux parties :' },
    accepted: 'accepté',
    waiting: { receipt: 'En attente de l’accusé…', reply: 'En attente de la réponse…' },
  },
  bounds: {
    SEALED: 'Rien ne part : l’instance est scellée après une restauration.',
    JOURNAL_WAITS: 'Rien ne part : des oppositions attendent encore dans le journal.',
    HALTED: 'Rien ne part : ce compte, ou la société, est arrêté. Levez l’arrêt d’abord.',
    SUPPRESSED:
      'Rien ne part : ce numéro a dit STOP. Levez-le par POST /v1/consents avec une nouvelle preuve, ou prenez un autre téléphone.',
  },
  trialTexts: {
    accents: 'Essai de Bonheure : à é è ù ò, É Ç Ä ñ ö ü, 10 €.',
    'two-parts':
      'Essai de Bonheure en deux parties : ce texte est plus long que ce qui tient dans un seul SMS. Il arrive en une fois, sans coupure ni mot perdu, et finit par le mot qui suit, marguerite.',
  },
} as const;
