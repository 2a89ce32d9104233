import type { Translation } from '../translation.ts';

/** The meaning of each refusal code, in French. */
export const titles = {
  INVALID_REQUEST: 'La requête n’est pas ce que cette adresse attend.',
  UNAUTHENTICATED: 'Il faut une clé valable : Authorization: Bearer <clé>.',
  SIGN_IN_REFUSED:
    'L’annuaire ne confirme pas cette connexion, ou ne la confirme plus : connectez-vous de nouveau.',
  NOT_A_MEMBER: 'L’annuaire vous connaît, mais ne vous donne aucun rôle ici.',
  EMAIL_NOT_VERIFIED:
    'L’annuaire n’a pas vérifié l’adresse e-mail qu’il donne pour vous : vérifiez-la chez lui.',
  DIRECTORY_UNAVAILABLE: 'L’annuaire ne répond pas : connectez-vous avec une clé.',
  ROLE_NOT_ALLOWED: 'Le rôle de cette clé ne le permet pas.',
  SIGNATURE_WRONG: 'La signature de cet appel n’est pas valable.',
  NOT_FOUND: 'Il n’y a rien à cette adresse.',
  METHOD_NOT_ALLOWED: 'Cette adresse ne connaît pas cette méthode.',
  REQUEST_TOO_SLOW: 'La requête n’est pas arrivée à temps.',
  BODY_TOO_LARGE: 'Le corps de la requête est plus grand que ce que cette adresse accepte.',
  MEDIA_TYPE_NOT_SUPPORTED: 'Cette adresse ne lit pas ce type de contenu.',
  HEADERS_TOO_LARGE: 'Les en-têtes sont plus grands que ce dont une requête a besoin.',
  IDEMPOTENCY_KEY_REUSED: 'Cet Idempotency-Key a déjà servi avec un autre corps de requête.',
  IDEMPOTENCY_KEY_IN_USE: 'La première requête avec cet Idempotency-Key est encore en cours.',
  REASON_NEEDED: 'Dites pourquoi dans X-Reason : cette lecture est inscrite à l’audit.',
  TOO_MANY_REQUESTS: 'Trop de demandes : réessayez un peu plus tard.',

  SEALED:
    'L’instance est scellée après une restauration : une personne qui a une clé d’administration doit l’ouvrir.',
  DATABASE_UNAVAILABLE: 'La base de données ne répond pas : rien n’a changé.',
  TEMPORAL_UNAVAILABLE: 'Temporal ne répond pas : rien n’a changé.',
  INBOX_FULL: 'Trop d’appels de cet opérateur attendent d’être lus : voir npm run unread.',
  JOURNAL_UNAVAILABLE: 'Le journal des oppositions ne peut pas être écrit : renvoyez cette demande.',
  JOURNAL_DAMAGED:
    'Des oppositions sont peut-être perdues : restaurez ces fichiers du journal, ou renoncez-y par POST /v1/journal/opening.',
  JOURNAL_READABLE:
    'Ces oppositions sont lisibles et une nouvelle tentative a lieu d’elle-même : on n’y renonce pas avant.',
  NOT_READY: 'L’instance n’est pas encore prête.',
  INTERNAL: 'Une erreur s’est produite chez nous : elle est enregistrée sous cet identifiant.',
  CLOCK_NOT_MOVABLE: 'L’horloge ne se déplace que si tous les comptes sont factices.',
  CLOCK_BUSY: 'Un message est en cours d’envoi : déplacez l’horloge dans un moment.',
  SANDBOX_LOCAL_ONLY: 'Le bac à sable ne répond que sur cette machine.',

  CONTACT_NOT_FOUND: 'Ce contact n’existe pas.',
  PERSON_NOT_FOUND: 'Aucune réservation de ce numéro ne nomme cette personne.',
  WORDING_NOT_FOUND: 'Ce texte d’accord n’existe pas.',
  CAMPAIGN_NOT_FOUND: 'Cette campagne n’existe pas.',
  IMPORT_NOT_FOUND: 'Cet import n’existe pas.',
  BRAND_NOT_FOUND: 'Cette marque n’existe pas.',
  PRACTICE_NOT_FOUND: 'Ce cabinet n’existe pas : créez-le par PUT /v1/practices/{externalId}.',
  GATEWAY_NOT_FOUND: 'Ce compte d’opérateur n’existe pas.',
  PROFILE_NOT_FOUND: 'Ce profil de règles n’existe pas.',

  NUMBER_INVALID: 'Ce n’est pas un numéro de téléphone.',
  NUMBER_NOT_MOBILE: 'Ce numéro ne reçoit pas de SMS.',
  NUMBER_ALREADY_HELD: 'Un autre contact a ce numéro.',
  NUMBER_RETIRED: 'Ce numéro n’est plus celui de ce contact.',
  PHONE_AMBIGUOUS: 'Deux numéros se trouvent là où un seul est attendu.',
  PHONE_DAMAGED_BY_EXCEL: 'Un tableur a arrondi ce numéro : exportez-le en texte.',
  PLACE_UNKNOWN: 'On ne sait pas où se trouve cette personne : aucune heure n’est permise.',
  TIME_ZONE_UNKNOWN: 'Ce n’est pas un fuseau horaire IANA.',
  TIME_ZONE_CONTRADICTS: 'Le décalage horaire et le fuseau se contredisent.',
  DATE_INVALID: 'Cette date n’existe pas.',
  DATE_AMBIGUOUS: 'On ne sait pas, dans cette date, ce qui est le jour et ce qui est le mois.',

  IDENTITY_NOT_CHECKED:
    'Vérifiez l’identité du demandeur avant d’effacer ; d’ici là, enregistrez un retrait : plus rien ne partira.',
  RIGHTS_ALREADY_ANSWERED: 'Une réponse a déjà été donnée à cette demande.',
  RIGHTS_NOT_DONE:
    'Cette personne demande à être effacée et ne l’est pas encore : d’abord POST /v1/contacts/{id}/erasure.',

  CONSENT_PROOF_INCOMPLETE: 'Il manque à la preuve de cet accord des champs que sa méthode demande.',
  CONSENT_NOT_PROVEN: 'Aucun accord n’est prouvé pour cette personne et cette finalité.',
  BASIS_NOT_PROVEN: 'Il manque à la base légale les champs qui la prouveraient.',
  BASIS_NOT_ALLOWED: 'Cette base légale n’est pas possible pour cette finalité.',
  STATEMENT_MISSING:
    'Pour de la publicité à des clients sans leur accord préalable, il faut une déclaration signée qui affirme chaque condition.',
  PROOF_NOT_NEW: 'Une personne qui a dit STOP ne revient qu’avec une preuve nouvelle.',
  WORDING_NOT_IN_USE: 'Ce texte d’accord n’était pas en usage à ce moment.',
  WORDING_WEAK:
    'Il manque quelque chose à ce texte d’accord, et le tenant refuse les textes faibles : voir les remarques.',
  WORDING_OF_ANOTHER_PURPOSE: 'Ce texte d’accord ne demande pas la finalité de sa case.',
  FORM_CLOSED: 'Ce formulaire est fermé : publiez-en un autre.',
  BOX_NOT_ON_FORM: 'Ce formulaire ne montre pas de case pour cette finalité.',
  MINOR: 'Aucune publicité à une personne mineure.',
  ERASED: 'Cette personne a été effacée.',

  BOOKING_OF_SOMEBODY_ELSE:
    'Cette réservation est celle d’une autre personne : ?replaceContact=true si c’est voulu.',
  BOOKING_CANCELLED:
    'Cette réservation est annulée : pour la rétablir, ?reopen=true ou un sourceRevision plus élevé.',
  REVISION_SUPERSEDED: 'Une révision plus récente de cette réservation est déjà connue.',
  SERIES_CANNOT_MOVE: 'L’état actuel de ces rappels ne le permet pas.',
  DATES_CONTRADICT: 'Ces dates se contredisent.',
  INSTALMENTS_UNSORTED: 'Les échéances se donnent dans l’ordre, chaque numéro une seule fois.',
  NOTHING_AHEAD: 'Rien dans ce plan n’est à venir.',

  CONTENT_REFUSED: 'Ce texte ne peut pas partir.',
  TOO_MANY_PARTS: 'Ce texte est plus long que le nombre de SMS permis.',
  TEXT_CANNOT_RENDER: 'Ce texte nomme une variable qui n’a pas de valeur.',
  OPT_OUT_IMPOSSIBLE:
    'Le moyen de dire STOP que donne ce texte ne marcherait pas avec cet expéditeur, ce compte et ce territoire.',
  ANSWERS_IMPOSSIBLE: 'Ce texte demande une réponse, et le compte par lequel il partirait n’en reçoit pas.',
  STALE_WHEN_HELD:
    'Une partie des destinataires lirait un jour déjà passé : donnez expireAt, ou dites que c’est voulu.',
  SENDER_NOT_YOURS: 'Cet expéditeur n’est pas sur la liste de ceux que vous pouvez utiliser.',
  SENDER_INVALID: 'Un expéditeur a de 3 à 11 lettres et chiffres, ou c’est un numéro.',

  IMPORT_TOO_LARGE:
    'Ce fichier est plus grand que ce qu’un import accepte : envoyez-le en plusieurs parties.',
  IMPORT_NOT_CSV: 'Ce fichier n’est pas un CSV : enregistrez la liste en CSV et envoyez-la.',
  IMPORT_LINE_TOO_LONG:
    'Une ligne de ce fichier ne finit pas : un guillemet est resté ouvert, ou ce n’est pas un CSV.',
  IMPORT_UNREADABLE:
    'Ce gzip est abîmé ou incomplet : compressez de nouveau le fichier, ou envoyez-le tel quel.',

  PAYLOAD_UNREADABLE: 'Un contenu a été modifié, ou il est chiffré avec une clé que cette instance n’a pas.',

  RECONFIRMATION_UNANSWERABLE:
    'Les personnes toujours d’accord ne pourraient pas le dire : demandez OUI là où les réponses arrivent, ou donnez un formulaire.',
  AUDIENCE_NOT_SUPPORTED: 'Ce type d’audience n’est pas pris en charge.',
  IMPORT_ENDED: 'Cet import est terminé : il n’y a plus rien à annuler.',
  SUPPRESSIONS_NOT_READ:
    'Cette liste de désinscrits n’est pas lue : renvoyez-la, et annulez cet import quand l’autre est lu. ?unread=accept si on peut leur écrire.',
  IMPORT_NOT_FINISHED: 'Un import que cette audience nomme, ou écarte, n’est pas lu jusqu’au bout.',
  CAMPAIGN_CANNOT_MOVE: 'L’état actuel de la campagne ne le permet pas.',
  EXPIRE_AT_PASSED: 'La fin de cette campagne est passée : donnez un expireAt plus tardif.',
  ACCOUNT_TRIAL_UNDER_WAY: 'Un essai de ce compte est en cours : attendez qu’il se termine.',
  ACCOUNT_TRIAL_LIMIT: 'Ce compte a été essayé trop souvent en 24 heures : attendez demain.',
  ACCOUNT_TRIAL_ASKS_NOTHING: 'L’essai n’attend pas, ou plus, cette réponse.',
  ACCOUNT_TRIAL_WITHOUT_SENDER:
    'La société n’a pas encore d’expéditeur : d’abord PATCH /v1/tenant { "sender": "…" }.',
  TRIAL_LIMIT: 'Trop de personnes pour un essai : nommez-en moins, attendez demain, ou lancez la campagne.',
  APPROVAL_BY_YOURSELF: 'Une campagne est approuvée par quelqu’un d’autre que celui qui la lance.',
  APPROVAL_OWN: 'L’auteur d’une campagne ne l’approuve pas lui-même : quelqu’un d’autre le fait.',
  APPROVAL_NEEDED: 'Cette campagne doit être approuvée avant d’être lancée.',
  IDENTITY_MISSING: 'Pour un envoi réel, dites qui vous êtes : complétez le tenant.',
  STOP_PATH_UNPROVEN: 'Aucun STOP n’est encore revenu par ce compte : prouvez d’abord ce chemin.',
  SHADOW_CAMPAIGNS_OPEN:
    'Des campagnes lancées à blanc sont encore ouvertes : terminez-les ou annulez-les avant que des messages partent.',
  PROCESSOR_UNKNOWN: 'Ce compte ne dit pas qui traite ses messages, ni où : déclarez son sous-traitant.',
  TRANSFER_BASIS_MISSING:
    'Le sous-traitant de ce compte est hors de l’Espace économique européen : enregistrez la base du transfert.',
  REPLY_ALREADY_DECIDED: 'Cette réponse n’attend plus de décision.',
  REPLY_NOT_DECIDED: 'Personne n’a décidé de cette réponse : il n’y a rien à reprendre.',
  MESSAGE_NOT_UNCERTAIN: 'Seul un envoi incertain peut être réglé.',
  TOO_MANY_WEBHOOKS: 'Vingt webhooks suffisent : supprimez-en un d’abord.',
  WEBHOOK_ADDRESS_REFUSED: 'Un webhook va vers une adresse publique, en https.',
} as const;

/** The same in another language. */
export type Titles = Translation<typeof titles>;

/** The name of a refusal: each has its title. */
export type RefusalName = keyof typeof titles;

/** The same for readers of a page: without names of fields, headers or addresses of the API. */
export const onPages = {
  INVALID_REQUEST: 'Quelque chose manque, ou n’est pas ce qui est attendu.',
  ROLE_NOT_ALLOWED:
    'Le rôle de cette clé ne le permet pas : demandez-le à une personne qui a une clé d’administration.',
  REASON_NEEDED: 'Dites pourquoi : cette lecture est inscrite à l’audit.',
  BODY_TOO_LARGE: 'C’est plus long que ce que cette page accepte.',
  JOURNAL_UNAVAILABLE: 'Le journal des oppositions ne peut pas être écrit : recommencez.',
  JOURNAL_DAMAGED: 'Des oppositions sont peut-être perdues : prévenez la personne qui administre l’instance.',
  PRACTICE_NOT_FOUND: 'Ce cabinet n’existe pas : créez-le dans « Cabinets ».',
  PHONE_DAMAGED_BY_EXCEL: 'Un tableur a arrondi ce numéro : recopiez-le en entier.',
  TIME_ZONE_UNKNOWN: 'Ce fuseau horaire est inconnu : écrivez-le comme Europe/Paris.',
  TIME_ZONE_CONTRADICTS: 'Ce fuseau horaire ne correspond pas à ce territoire.',
  RIGHTS_NOT_DONE: 'Cette personne demande à être effacée et ne l’est pas encore : effacez-la d’abord.',
  WORDING_WEAK: 'Il manque quelque chose à ce texte d’accord, et votre société refuse les textes faibles.',
  BOOKING_OF_SOMEBODY_ELSE: 'Cette réservation est celle d’une autre personne.',
  BOOKING_CANCELLED: 'Cette réservation est annulée.',
  TEXT_CANNOT_RENDER: 'Ce texte contient un champ qui n’a pas de valeur.',
  STALE_WHEN_HELD:
    'Une partie des destinataires lirait un jour déjà passé : donnez une fin à l’envoi, ou dites que c’est voulu.',
  IMPORT_TOO_LARGE:
    'Ce fichier, une fois décompressé s’il l’est, est plus grand que ce qu’un import accepte : envoyez-le en plusieurs parties.',
  SUPPRESSIONS_NOT_READ:
    'Cette liste de désinscrits n’est pas lue : renvoyez le fichier, puis annulez cet import quand l’autre est lu.',
  IMPORT_NOT_FINISHED: 'Un fichier que cette audience nomme, ou écarte, n’est pas encore lu.',
  EXPIRE_AT_PASSED: 'La fin de cette campagne est passée : donnez-lui une fin plus tardive.',
  ACCOUNT_TRIAL_WITHOUT_SENDER:
    'Votre société n’a pas encore d’expéditeur : donnez-lui-en un dans les réglages.',
  IDENTITY_MISSING: 'Pour un envoi réel, complétez la page Société.',
} as const satisfies Partial<Record<RefusalName, string>>;

/** The same in another language. */
export type OnPages = Translation<typeof onPages>;

/** The planners' sentences in French; `{…}` are facts that they give. */
export const reasons = {
  nothingToSend: 'Rien à envoyer.',
  allLeft: 'Tout est parti ou exclu.',
  accountMissing: 'Le compte opérateur {account} n’est pas configuré là d’où partent les messages.',
  uncertainFirst: 'Des envois incertains sont à vérifier d’abord.',
  uncertainLeft: '{count} envois incertains attendent un accusé de réception ou la décision de quelqu’un.',
  uncertainAsked: '{count} envois incertains : l’opérateur est interrogé.',
  halted: 'Arrêté à la main : {reason}',
  paused: 'En pause.',
  parked: 'À l’arrêt : voir la campagne.',
  cancelled: 'Annulée : le décompte final est en cours.',
  askedToWait: 'L’opérateur a demandé d’attendre.',
  operatorFails: 'L’opérateur répond mal : l’envoi reprend avec un seul message à la fois.',
  budgetReserved: 'Le reste du budget est réservé par un autre lot.',
  accountRefused:
    'L’opérateur refuse le compte ou sa configuration, et aucun autre compte de la route ne convient.',
  creditGone: 'Plus de crédit chez l’opérateur, et aucun autre compte de la route ne convient.',
  budgetReached: 'Le budget de la campagne est atteint.',
  placeUnknown: 'Le lieu est inconnu : aucune heure n’est permise.',
  open: 'Les heures d’envoi sont ouvertes.',
  closing: 'Les heures d’envoi se terminent.',
  gateClosed: 'Les envois ont été suspendus en cours de route.',
  elsewhere: 'Les personnes qui restent vivent là où les heures d’envoi sont fermées.',
  unreadable: 'Les données d’une personne ne peuvent pas être lues : vérifiez les clés.',
  batchGone: 'Ce lot n’existe plus.',
  seriesGone: 'Cette série n’existe plus.',
  answersSent: 'Toutes les réponses sont parties.',
  trialsWait: 'Des essais attendent leur tour.',
  trialFailed: 'L’essai a échoué ({fault}) ; nouvel essai dans une minute.',
  reading: 'Le fichier est en cours de lecture.',
  readingPace: '{rows} lignes lues, {pace} par seconde, encore {seconds} s environ.',
  fileRead: 'Le fichier est lu.',
  fileOver: 'L’import est terminé.',
  fileUnreadable: 'Le fichier est illisible.',
  rowStops: 'La ligne {line} arrête la lecture.',
  operatorCode: 'Code de l’opérateur : {code}.',
  erased: 'La personne est effacée.',
  erasureWaits: 'Une réponse est encore chez l’opérateur : on attend de savoir si elle est partie.',
} as const;

/** The same sentences in another language: none is missing, none is left over. */
export type Reasons = Readonly<Record<keyof typeof reasons, string>>;
