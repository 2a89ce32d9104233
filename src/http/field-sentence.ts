/** What is asked of a field that a pattern or a rule of ours refuses, as schemas say it, and the same in French. */
const FRENCH: Readonly<Record<string, string>> = {
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
};

/** What is wrong with a field, in the language of whoever asks; what the library says already is. */
export const fieldSentence = (message: string, language: 'fr' | 'en'): string =>
  language === 'fr' ? (FRENCH[message] ?? message) : message;
