/**
 * Faults of a request, keyed by their English, with the same in French. A sentence that is missing here does not
 * compile where a refusal would use it; `{…}` are facts that it gives.
 */
export const faults = {
  'a BCP 47 tag, such as fr-FR': 'une étiquette BCP 47, comme fr-FR',
  'a currency of ISO 4217, such as EUR': 'une monnaie ISO 4217, comme EUR',
  'a decimal number in a string, such as "12.34"': 'un nombre décimal entre guillemets, comme "12.34"',
  'a decimal string, such as 49.00': 'un nombre décimal entre guillemets, comme "49.00"',
  'a hundred names at most': 'cent noms au plus',
  'a month, such as "2027-04"': 'un mois, comme "2027-04"',
  'a name of letters, digits and _': 'un nom fait de lettres, de chiffres et de _',
  'a number between 1 and 500': 'un nombre entre 1 et 500',
  'a phone number': 'un numéro de téléphone',
  'a span before the event, such as P2D or PT2H, a year at most':
    'une durée avant le rendez-vous, comme P2D ou PT2H, un an au plus',
  'a wall time without offset': 'une heure locale, sans décalage',
  'a wall time, such as 2027-10-23T11:00, with or without offset':
    'une heure locale, comme 2027-10-23T11:00, avec ou sans décalage',
  'a year whose holidays are known': 'une année dont les jours fériés sont connus',
  'an hour on the recipient’s clocks, such as "10:00"':
    'une heure aux horloges du destinataire, comme "10:00"',
  'an hour, such as "10:00"': 'une heure, comme "10:00"',
  'an hour, such as 18:00': 'une heure, comme 18:00',
  'an ISO 4217 currency, such as "EUR"': 'une monnaie ISO 4217, comme "EUR"',
  'an ISO 8601 duration, such as P2D': 'une durée ISO 8601, comme P2D',
  'an ISO country, such as FR or RE': 'un pays ISO, comme FR ou RE',
  'at least one of phone, email, address, url': 'au moins un de phone, email, address, url',
  'at most 30 fields': '30 champs au plus',
  'at most 50 attributes': '50 attributs au plus',
  'at most four accounts': 'quatre comptes au plus',
  'days or hours, such as "P3D" or "PT8H"': 'des jours ou des heures, comme "P3D" ou "PT8H"',
  'each account once': 'chaque compte une seule fois',
  'fr or en, with or without a country': 'fr ou en, avec ou sans pays',
  'more than nothing': 'plus que zéro',
  'no box is ticked: there is nothing to record': 'aucune case n’est cochée : il n’y a rien à enregistrer',
  'no control characters': 'pas de caractère de contrôle',
  'no such day': 'ce jour n’existe pas',
  'no such field: see the columns of imports': 'ce champ n’existe pas : voyez les colonnes des imports',
  'no such moment': 'cet instant n’existe pas',
  'no such profile of rules': 'ce profil de règles n’existe pas',
  'not an IANA time zone': 'ce n’est pas un fuseau IANA',
  'one box for each purpose': 'une case par finalité',
  'one of message, contact, series, campaign': 'un seul de message, contact, series, campaign',
  'small letters, digits and hyphens': 'des minuscules, des chiffres et des tirets',
  'such as https://www.maison-lumiere.fr': 'comme https://www.maison-lumiere.fr',
  'such as maison-lumiere.fr': 'comme maison-lumiere.fr',
  'such as P2D or PT2H': 'comme P2D ou PT2H',
  'the id of a message': 'l’identifiant d’un message',
  'this is not JSON': 'ce n’est pas du JSON',
  'whole days, weeks or months before dueOn, such as P3D; after it with a minus, such as -P5D':
    'des jours, semaines ou mois entiers avant dueOn, comme P3D ; après, avec un moins, comme -P5D',
  'whole days, weeks or months before refuseBy, such as P2M':
    'des jours, semaines ou mois entiers avant refuseBy, comme P2M',
  'whole days, weeks or months, such as "P1W"': 'des jours, semaines ou mois entiers, comme "P1W"',

  // Details and fields of refusals.
  'A marketer does not read messages of reminders.':
    'Le rôle communication ne lit pas les messages des rappels.',
  'A marketer does not read series of reminders.': 'Le rôle communication ne lit pas les séries de rappels.',
  'A marketer reads figures of advertising only.':
    'Le rôle communication ne lit que les chiffres de la publicité.',
  'A scheduler may order series made by a key of the same source.':
    'Le rôle secrétariat n’agit que sur les séries créées par une clé de la même source.',
  'Only an admin opens a notice outside the window.':
    'Seul le rôle administration autorise un avis hors des heures permises.',
  'Only an admin takes such a name in spite of the guard.':
    'Seul le rôle administration peut garder un tel nom malgré cette alerte.',
  'This role does not see texts in clear.': 'Ce rôle ne voit pas les textes en clair.',
  'This role resolves messages of its own system only.':
    'Ce rôle ne règle que les messages de son propre système.',
  'This role sees masked numbers only.': 'Ce rôle ne voit que des numéros masqués.',
  'This role sees stand-ins for what is known of people.':
    'Ce rôle voit des exemples à la place des données des personnes.',
  'There are several tenants: accounts are tried by `npm run account -- try`.':
    'Cette instance a plusieurs tenants : un compte s’y essaie par `npm run account -- try`.',
  'There are several tenants: this is opened with the key of the instance.':
    'Cette instance a plusieurs tenants : cette ouverture demande la clé de l’instance.',
  'An api process walks one chain at a time: ask again once that verification is done.':
    'Un processus api ne vérifie qu’une chaîne à la fois : redemandez quand cette vérification est finie.',
  'Opt-outs of the journal wait for the database: ask again in a moment.':
    'Des oppositions du journal attendent la base de données : redemandez dans un moment.',
  'Nobody holds this number here: to leave it alone for good, POST /v1/suppressions.':
    'Personne n’a ce numéro ici : pour ne plus jamais lui écrire, POST /v1/suppressions.',
  'It was never rehearsed.': 'Cette campagne n’a jamais été simulée.',
  'It was clear from the start. A person who leaves: POST /v1/consents/withdrawals.':
    'Cette réponse était claire dès le départ. Pour une personne qui se désinscrit : POST /v1/consents/withdrawals.',
  'It could not be read, and names nobody: send it again.':
    'Ce fichier n’a pas pu être lu et ne nomme personne : renvoyez-le.',
  'One of its rows stops its reading: correct that row, send the file again, then cancel this import.':
    'Une de ses lignes arrête la lecture : corrigez-la, renvoyez le fichier, puis annulez cet import.',
  'It was cancelled before its last row was read: send it again.':
    'Cet import a été annulé avant la dernière ligne : renvoyez le fichier.',
  'The gzip stream is damaged, incomplete, or followed by something else.':
    'Le flux gzip est abîmé, incomplet, ou suivi d’autre chose.',
  'The body is not JSON.': 'Le corps de la requête n’est pas du JSON.',
  'The body is not JSON in UTF-8.': 'Le corps de la requête n’est pas du JSON en UTF-8.',
  'The body is not an array.': 'Le corps de la requête n’est pas un tableau.',
  'The body did not arrive whole.': 'Le corps de la requête n’est pas arrivé en entier.',
  'The body cannot be read: it is malformed or cut.':
    'Le corps de la requête est illisible : mal formé ou coupé.',
  'The file did not arrive whole.': 'Le fichier n’est pas arrivé en entier.',
  'The form did not arrive whole.': 'Le formulaire n’est pas arrivé en entier.',
  'The form has no boundary.': 'Le formulaire n’a pas de « boundary ».',
  'The form holds no file: send one part with a file name, as curl -F file=@contacts.csv does.':
    'Le formulaire ne contient pas de fichier : envoyez une partie avec un nom de fichier, comme curl -F file=@contacts.csv.',
  'The form holds several files: send them one by one.':
    'Le formulaire contient plusieurs fichiers : envoyez-les un par un.',
  'Send the file as it is, or in gzip.': 'Envoyez le fichier tel quel, ou en gzip.',
  'Send application/json in UTF-8.': 'Envoyez du application/json en UTF-8.',
  'Send application/x-ndjson, or a JSON array.': 'Envoyez du application/x-ndjson, ou un tableau JSON.',
  'Send gzip, deflate, br or no encoding, and text in UTF-8.':
    'Envoyez en gzip, deflate, br ou sans encodage, le texte en UTF-8.',
  'Idempotency-Key is 1 to 200 printable characters.':
    'Idempotency-Key compte de 1 à 200 caractères imprimables.',
  'This name or text cannot be kept.': 'Ce nom ou ce texte ne peut pas être enregistré.',
  'This is not the external id of the address.': 'Ce n’est pas l’identifiant externe de l’adresse.',
  'There are several brands: PUT /v1/brands/:externalId.':
    'Il y a plusieurs marques : PUT /v1/brands/:externalId.',
  'It goes with bases.marketing: "legitimate_interest".':
    'Elle va avec bases.marketing : "legitimate_interest".',
  'Give an address that begins with https://.': 'Donnez une adresse qui commence par https://.',
  'Leave user and password out of the address.': 'N’écrivez ni utilisateur ni mot de passe dans l’adresse.',
  'This address is not one of the internet.': 'Cette adresse n’est pas sur Internet.',
  'Give purpose, or purposes.': 'Donnez purpose, ou purposes.',
  'Give purpose (or "all"), or purposes.': 'Donnez purpose (ou "all"), ou purposes.',
  'Give contactId, or phone.': 'Donnez contactId, ou phone.',
  'Give contactId, or contact.': 'Donnez contactId, ou contact.',
  'Give at, localTime or lead, one of them.': 'Donnez un seul de « at », « localTime » ou « lead ».',
  'lead counts back from eventAt.': 'lead se compte à rebours depuis eventAt.',
  'to comes before from.': '« to » précède « from ».',
  'comes before inUseFrom': 'précède inUseFrom',
  'not before from': 'pas avant « from »',
  'must not be before the first day': 'pas avant le premier jour',
  'an instant to come': 'un instant à venir',
  'admin only': 'administration seulement',
  'No public address is set: give BONHEURE_PUBLIC_URL, or publicUrl by PATCH /v1/tenant.':
    'Aucune adresse publique n’est définie : donnez BONHEURE_PUBLIC_URL, ou publicUrl par PATCH /v1/tenant.',
  missing: 'manquant',
  unknown: 'introuvable',
  'no account has this name': 'aucun compte ne porte ce nom',
  'several have that name': 'plusieurs portent ce nom',
  'offset and zone differ': 'le décalage et le fuseau se contredisent',
  'no sender: name one for the booking, the practice or the tenant':
    'pas d’expéditeur : donnez-en un pour la réservation, le cabinet ou le tenant',
  'of 1 to 200 characters': 'de 1 à 200 caractères',
  'a cancelled booking cannot be confirmed': 'une réservation annulée ne se confirme pas',
  'a cancelled booking was not missed': 'personne n’a manqué une réservation annulée',
  'the appointment has not begun': 'le rendez-vous n’a pas commencé',
  'a campaign or a gateway, so that nobody settles everything by mistake':
    'une campagne ou un compte, pour que personne ne règle tout par erreur',
  'a refusal says why': 'un refus dit pourquoi',
  'A campaign that is {status} cannot {order}; one that is {allowed} can.':
    'Une campagne à l’état « {status} » ne peut pas recevoir l’ordre « {order} » ; il faut l’état « {allowed} ».',
  'A campaign that is {status} is not changed any more.':
    'Une campagne à l’état « {status} » ne se modifie plus.',
  'A campaign that is {status} is not tried any more.':
    'Une campagne à l’état « {status} » ne s’essaie plus.',
  'Once launched only {fields} may change.': 'Une fois la campagne lancée, seuls {fields} se modifient.',
  'Asked for {people} people, tried on {before} in the last 24 hours; at most {call} a call and {day} in 24 hours.':
    '{people} personnes demandées, {before} essais dans les dernières 24 heures ; au plus {call} par appel et {day} en 24 heures.',
  '{bytes} bytes were announced; one import takes {most} at most.':
    '{bytes} octets annoncés ; un import en accepte {most} au plus.',
  'More than {most} lines came, which are the most that one import takes.':
    'Plus de {most} lignes sont arrivées ; un import n’en accepte pas davantage.',
  'More than {most} bytes of text came, which are the most that one import takes.':
    'Plus de {most} octets de texte sont arrivés ; un import n’en accepte pas davantage.',
  'It unpacks to more than {times} times its size, as no list of people does: send the CSV as it is.':
    'Décompressé, ce fichier dépasse {times} fois sa taille, ce qu’aucune liste de personnes ne fait : envoyez le CSV tel quel.',
  'This key is of role {role}; needed: {roles}.': 'Cette clé a le rôle {role} ; il faut : {roles}.',
  'Reading stops at line {line}.': 'La lecture s’arrête à la ligne {line}.',
  'At most {longest} characters.': '{longest} caractères au plus.',
  'At most {most} bytes.': '{most} octets au plus.',
  'A line has at most {most} bytes.': 'Une ligne compte {most} octets au plus.',
  'An array has at most {most} bytes; send lines instead.':
    'Un tableau compte {most} octets au plus ; envoyez plutôt des lignes.',
  'With an Idempotency-Key, send at most {lines} bookings in {most} bytes.':
    'Avec un Idempotency-Key, envoyez au plus {lines} réservations en {most} octets.',
  'The body is nested more than {deepest} deep.':
    'Le corps de la requête est imbriqué sur plus de {deepest} niveaux.',
  'Ask for {days} days at most.': 'Demandez {days} jours au plus.',
  'from and to in order, {days} days at most': '« from » puis « to », {days} jours au plus',
  'from and to in order, {months} months at most': '« from » puis « to », {months} mois au plus',
  'A key follows {key} things at once, an api process {all}: close a stream first.':
    'Une clé suit {key} choses à la fois, un processus api {all} : fermez d’abord un flux.',
  'A marketer may {order} campaigns made by a key of the same source.':
    'Le rôle communication ne donne l’ordre « {order} » qu’aux campagnes créées par une clé de la même source.',
  'The clocks of {territory} are those of {zones}.': 'Le territoire {territory} est à l’heure de {zones}.',
  'It was decided: {decision}.': 'Décision déjà prise : « {decision} ».',
  'Content-Type found: {found}. Expected: multipart/form-data, or one of {types}; a workbook is saved as CSV first.':
    'Content-Type reçu : {found}. Attendu : multipart/form-data, ou {types} ; un classeur s’enregistre d’abord en CSV.',
  'More than {most} appointments: close a shorter time.':
    'Plus de {most} rendez-vous : fermez une période plus courte.',
  'A series that is {state} cannot {order}.':
    'Une série à l’état « {state} » ne peut pas recevoir l’ordre « {order} ».',
  '{field} takes {values}': '{field} accepte {values}',
  'true or false': 'true ou false',
  needed: 'obligatoire',
  'a number of days': 'un nombre de jours',
  'one value': 'une seule valeur',
  'a list': 'une liste',
  'one of {names}': 'un de {names}',
  'an IANA time zone, as Europe/Paris': 'un fuseau IANA, comme Europe/Paris',
  'a date or an instant, as 2026-03-01': 'une date ou un instant, comme 2026-03-01',
  'the id of a campaign': 'l’identifiant d’une campagne',
  'not before eventFrom': 'pas avant « eventFrom »',
} as const;

/** A sentence about a request, in English. */
export type FaultSentence = keyof typeof faults;

/** A sentence without facts. */
export type BareFault = Exclude<FaultSentence, `${string}{${string}}${string}`>;
