import type { Facts } from '../translation.ts';

/** Faults of a file or of its rows. */
export const importing = {
  tooManyFiles: 'Trop de fichiers sont lus à la fois : renvoyez celui-ci dans un moment.',
  foreign: {
    sentence: ({ kind, cure }: Facts<'kind' | 'cure'>) =>
      `Reçu : ${kind}. Attendu : un fichier CSV, du texte avec une ligne par personne sous une ligne de titres. ${cure}`,
    kinds: {
      xlsx: 'un classeur Excel (.xlsx)',
      xls: 'un ancien classeur Excel (.xls), ou un classeur protégé par un mot de passe',
      'xml-workbook': 'un classeur Excel en XML',
      ods: 'un classeur LibreOffice (.ods)',
      numbers: 'un classeur Numbers d’Apple',
      html: 'une page web, parfois nommée .xls par le logiciel qui l’a faite',
      docx: 'un document Word (.docx)',
      rtf: 'un document RTF',
      pdf: 'un PDF',
      picture: 'une image ou une vidéo',
      gzip: 'une archive gzip dans une archive gzip',
      archive: 'une archive (zip, 7z, rar…)',
      json: 'du JSON',
      xml: 'du XML',
      vcard: 'des cartes de visite (.vcf)',
      calendar: 'un agenda (.ics)',
      database: 'une base de données',
      binary: 'un fichier qui n’est pas du texte',
    },
    cures: {
      sheet:
        'Dans Excel : Fichier, Enregistrer sous, type « CSV UTF-8 (délimité par des virgules) ». Dans LibreOffice : Fichier, Enregistrer sous, type « Texte CSV ». Envoyez le fichier obtenu.',
      document:
        'Exportez la liste en CSV depuis le logiciel qui la tient ; une image ou une page n’en contient pas les cellules.',
      archive:
        'Décompressez-la et envoyez le CSV qu’elle contient, tel quel ou compressé une seule fois en gzip (.csv.gz).',
      data: 'Exportez la liste en CSV depuis le logiciel qui a fait ce fichier.',
    },
  },
  failures: {
    FILE_EMPTY: 'Le fichier ne contient aucune ligne.',
    HEADER_UNREADABLE: 'La ligne des titres ne se lit pas.',
    TOO_MANY_COLUMNS: 'Le fichier a trop de colonnes.',
    PHONE_COLUMN_MISSING: 'Aucune colonne n’est connue pour contenir les numéros.',
    REFERENCE_COLUMN_MISSING: 'Aucune colonne n’est connue pour contenir les références.',
    START_COLUMN_MISSING: 'Aucune colonne n’est connue pour contenir la date et l’heure.',
    MAPPED_COLUMN_MISSING: 'Une colonne que mapping nomme n’est pas dans le fichier.',
    ROW_STOPS_READER: 'Une ligne du fichier arrête sa lecture.',
  },
  expected: {
    fewerColumns: ({ line, columns, most }: Facts<'line' | 'columns' | 'most'>) =>
      `La ligne ${line} en a ${columns} ; ${most} au plus sont lues. Ne gardez que celles qui servent et renvoyez le fichier.`,
    mapped: ({ headings }: Facts<'headings'>) =>
      `Attendu, parmi eux : ${headings}. Corrigez ces titres dans mapping, ou retirez-les, et renvoyez le fichier.`,
    rows: 'Attendu : une ligne de titres, puis une ligne par personne. Vérifiez l’export qui l’a produit et renvoyez-le.',
    closedQuote: ({ line }: Facts<'line'>) =>
      `La ligne ${line} ouvre un guillemet (") que rien ne referme, ou n’en finit pas. Attendu : des titres comme telephone;prenom;nom. Corrigez cette ligne et renvoyez le fichier.`,
    phoneHeading:
      'Attendu : un titre comme telephone, portable, mobile ou phone. Renommez le vôtre, ou nommez-le : ?mapping={"Votre titre":"phone"}.',
    referenceHeading:
      'Attendu : un titre comme reference, ref ou externalId. Renommez le vôtre, ou nommez-le : ?mapping={"Votre titre":"externalId"}.',
    startHeading:
      'Attendu : un titre comme date_heure, ou deux, comme Date et Heure. Renommez les vôtres, ou nommez-les : ?mapping={"Votre titre":"startsAt"}.',
  },
  more: 'plus',
  some: 'des',
  columnsFound: ({
    columns,
    line,
    told: found,
    otherwise,
  }: Facts<'columns' | 'line' | 'told' | 'otherwise'>) =>
    `Trouvé : ${columns} titres à la ligne ${line}. ${found}${otherwise}`,
  missing: ({ missing }: Facts<'missing'>) => `Il manque : ${missing}. `,
  notUnderstood: ({ unknown }: Facts<'unknown'>) => `Colonnes non comprises : ${unknown}. `,
  heading: ({ heading }: Facts<'heading'>) => `« ${heading} »`,
  bytesRead: ({ bytes }: Facts<'bytes'>) => `${bytes} octets en ont été lus`,
  endlessFirstLine: ({ long, longest }: Facts<'long' | 'longest'>) =>
    `La première ligne ne finit pas, ou bien trop tard : ${long}. Attendu : une ligne de titres, de ${longest} octets au plus, puis une ligne par personne. Ce n’est pas un CSV, ou un guillemet (") y est resté ouvert, ou elle a trop de colonnes : enregistrez de nouveau la liste en CSV et envoyez-la.`,
  endlessLine: ({ line, long, longest }: Facts<'line' | 'long' | 'longest'>) =>
    `La ligne ${line} ne finit pas : ${long}. Attendu : une ligne par personne, de ${longest} octets au plus. Cherchez un guillemet (") resté ouvert sur la ligne ${line} ou la précédente ; sinon, enregistrez de nouveau la liste en CSV et envoyez-la.`,
  stoppedAt: ({ line }: Facts<'line'>) =>
    `La lecture s’est arrêtée plusieurs fois, la dernière à la ligne ${line}. Ce que ce rapport compte est gardé ; la suite n’est pas lue. Corrigez ou retirez cette ligne, renvoyez le fichier, puis annulez cet import.`,
  headingsElsewhere: ({ line, headingsAt }: Facts<'line' | 'headingsAt'>) =>
    `Les titres étaient attendus à la ligne ${line} et semblent être à la ligne ${headingsAt} : retirez ce qui les précède.`,
  personInstead: ({ line }: Facts<'line'>) =>
    `La ligne ${line} contient déjà un numéro : ce ne sont pas des titres. Ajoutez une première ligne de titres, comme telephone;prenom;nom.`,
  oneColumn: ({ line, otherwise }: Facts<'line' | 'otherwise'>) =>
    `Une seule colonne à la ligne ${line} : les cellules se séparent par ; ou , ou tabulation ou |. ${otherwise}`,
  fields: {
    externalId: 'la référence',
    phone: 'le numéro de mobile',
    startsAt: 'la date et l’heure',
  },
  rejectedHeads: ['ligne', 'code', 'motif'],
  rows: {
    ROW_UNREADABLE: 'Guillemet jamais refermé ou ligne trop longue.',
    CELL_TOO_LONG: 'Cellule trop longue',
    HEADER_AGAIN: 'Cette ligne répète les titres.',
    NOT_OPTED_OUT: 'Cette ligne dit que la personne n’est pas désinscrite.',
    PHONE_MISSING: 'Pas de numéro.',
    NUMBER_INVALID: 'Ce n’est pas un numéro français.',
    NUMBER_NOT_MOBILE: 'Ce numéro ne reçoit pas de SMS.',
    PHONE_AMBIGUOUS: 'Deux numéros dans une cellule : gardez celui à qui écrire.',
    PHONE_DAMAGED_BY_EXCEL: 'Le tableur a arrondi ce numéro : exportez la colonne en texte.',
    NUMBER_RETIRED: 'Ce numéro n’est plus à cette personne.',
    CONTACT_NOT_FOUND: 'Cette personne a été effacée entre-temps.',
    PLACE_UNKNOWN: 'Territoire inconnu.',
    TIME_ZONE_UNKNOWN: 'Fuseau horaire inconnu.',
    PURPOSE_UNKNOWN: 'Finalité inconnue.',
    BASIS_UNKNOWN: 'Base légale inconnue.',
    DATE_INVALID: 'Date illisible ou impossible',
    DATE_AMBIGUOUS: 'Jour et mois indiscernables (le jour vient en premier, l’année a quatre chiffres)',
    CONSENT_NOT_PROVEN: 'Consentement non prouvé, il manque',
    METHOD_UNKNOWN: 'Mode de recueil inconnu : nommez-le dans mapping.values.',
    BASIS_NOT_PROVEN: 'Base légale non prouvée, il manque',
    BASIS_NOT_ALLOWED: 'Cette base légale n’est pas ouverte pour cette finalité.',
    WORDING_NOT_FOUND: 'Ce texte de consentement n’existe pas.',
    WORDING_WEAK: 'Ce texte a des faiblesses, et vous refusez de tels textes.',
    WORDING_NOT_IN_USE: 'Ce texte n’était pas en usage à cette date, ou pas pour cette finalité.',
    PROOF_NOT_NEW: 'La personne avait dit stop : il faut une preuve nouvelle et postérieure.',
  },
  bookings: {
    EXTERNAL_ID_MISSING: 'Pas de référence',
    INVALID_REQUEST: 'Valeur absente ou impossible',
    DATE_MISSING: 'Pas de date',
    HOUR_MISSING: 'Pas d’heure',
    HOUR_INVALID: 'Heure illisible (attendu : 08:30, 8h30 ou 14 h)',
    DATE_IS_NUMBER: 'Le tableur a enregistré cette date comme un nombre : exportez-la en jj/mm/aaaa',
    STATUS_UNKNOWN:
      'Statut inconnu, donc aucun rappel : dites dans mapping.values s’il signifie planned, cancelled ou absent',
    PRACTICE_MISSING:
      'Le cabinet n’est pas indiqué, et vous n’en avez pas un seul : ajoutez une colonne « Cabinet », ou créez votre cabinet',
    NOTHING_AHEAD: 'Rien de cette ligne n’est à venir',
    DATES_CONTRADICT: 'Ces dates se contredisent',
    INSTALMENTS_UNSORTED: 'Échéances en désordre',
    BOOKING_OF_SOMEBODY_ELSE: 'Cette référence est celle d’une autre personne',
    BOOKING_CANCELLED:
      'Cette réservation est annulée ; elle revient par une révision supérieure ou par reopen',
    REVISION_SUPERSEDED: 'Une révision plus récente est connue',
    CONSENT_PROOF_INCOMPLETE: 'Il manque à l’accord ce que sa preuve demande',
    PRACTICE_NOT_FOUND: 'Ce cabinet n’existe pas',
    CONTENT_REFUSED: 'Ces mots ne peuvent être envoyés',
    OPT_OUT_IMPOSSIBLE: 'Aucun STOP ne marcherait',
    ANSWERS_IMPOSSIBLE: 'Le texte demande une réponse, et ce compte n’en reçoit pas',
    TIME_ZONE_CONTRADICTS: 'Le décalage horaire et le fuseau se contredisent',
    GATEWAY_NOT_FOUND: 'Ce compte d’opérateur n’existe pas',
    SENDER_INVALID: 'Un expéditeur a de 3 à 11 lettres et chiffres, ou c’est un numéro',
    TEXT_CANNOT_RENDER: 'Le texte nomme quelque chose dont on ne sait rien',
    TOO_MANY_PARTS: 'Le texte est trop long',
    SERIES_CANNOT_MOVE: 'L’état actuel de ces rappels ne le permet pas',
    SENDER_NOT_YOURS: 'Cet émetteur n’est pas le vôtre',
  },
  bookingFields: {
    startsOn: 'la date',
    startHour: 'l’heure',
    practice: 'le cabinet',
    status: 'le statut',
  },
} as const;
