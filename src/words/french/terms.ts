import type { Facts } from '../translation.ts';

/** Faults of fields, wherever they appear. */
export const request = {
  missing: 'manquant',
  notFound: 'introuvable',
  unknownKey: 'Clé non reconnue :',
  reasonMissing: 'Ce changement demande une raison.',
  oneBrand: 'brand ou brandId, pas les deux',
  unknown: 'introuvable',
} as const;

/** Expectations on fields of the console. */
export const wanted = {
  fields: {
    address: '200 caractères au plus, sur une ligne.',
    approval: 'Un nombre entier, ou rien.',
    audience: 'Un choix de la liste.',
    bases: 'Un choix de la liste.',
    box: 'Choisissez au moins un texte, dans l’une des cases.',
    brand: 'De 1 à 60 caractères, sur une ligne.',
    channel: 'Un choix de la liste.',
    company: 'De 1 à 200 caractères, sur une ligne.',
    contact: 'Donnez au moins un moyen : téléphone, e-mail, adresse ou site.',
    'contact.phone': 'Un numéro de téléphone, comme 04 78 00 00 00.',
    'contact.email': 'Une adresse e-mail, comme bonjour@maison-lumiere.fr.',
    'contact.address': '300 caractères au plus, sur une ligne.',
    'contact.url': 'Une adresse de site, comme https://www.maison-lumiere.fr.',
    confirm: 'Un choix de la liste.',
    domains: 'Des sites comme maison-lumiere.fr, séparés par des virgules, vingt au plus.',
    evidence: 'De 1 à 500 caractères, sur une ligne.',
    expireAt: 'Une date et une heure à venir, après le début.',
    file: 'Un fichier CSV.',
    frequency: 'Un nombre entier de 1 à 1 000, ou rien.',
    from: 'Un jour, et pas après le dernier.',
    id: 'De 1 à 200 caractères.',
    legalName: 'De 1 à 200 caractères, sur une ligne.',
    name: 'De 1 à 100 caractères, sur une ligne.',
    note: 'De 1 à 500 caractères, sur une ligne. Un refus en demande une.',
    outcome: 'Un choix de la liste.',
    phone: 'Un numéro de téléphone, comme 04 78 00 00 00.',
    plans: 'Des délais comme 2 jours ou 2 heures, séparés par des virgules, dix au plus.',
    publicUrl: 'Une adresse comme https://formulaires.maison-lumiere.fr.',
    purpose: 'Un choix de la liste.',
    reason: 'De 1 à 300 caractères, sur une ligne.',
    role: 'Un choix de la liste.',
    sender: 'De 3 à 11 lettres et chiffres, ou un numéro.',
    slug: 'De petites lettres, des chiffres et des tirets, 40 caractères au plus.',
    source: 'Des lettres, des chiffres, des points et des tirets, 60 au plus.',
    startAt: 'Une date et une heure.',
    text: 'Un texte de 1 à 2 000 caractères.',
    texts: '1 000 caractères au plus.',
    timeZone: 'Un fuseau horaire, comme Europe/Paris.',
    title: 'De 1 à 120 caractères, sur une ligne.',
    to: 'Un jour, et pas avant le premier.',
    what: 'Un numéro de téléphone, une référence ou un message.',
  },
  said: {
    empty: 'À remplir.',
    other: 'Ce n’est pas ce qui est attendu ici.',
    located: 'Rien n’a changé : corrigez ce qui est signalé. Ce que vous avez écrit est gardé.',
    file: 'Rien n’a changé : corrigez ce qui est signalé. Choisissez le fichier de nouveau.',
    nothing: 'Rien n’a changé.',
  },
} as const;

/** The roles of keys in French. */
export const roles = {
  admin: 'administration',
  marketer: 'communication',
  scheduler: 'secrétariat',
  operator: 'exploitation',
  auditor: 'contrôle',
  instance: 'instance',
} as const;

/** The same names in another language: none is missing, none is left over. */
export type Roles = Readonly<Record<keyof typeof roles, string>>;

/** Summaries in Temporal's list, in French. */
export const summaries = {
  campaign: 'Fixe la liste des destinataires, envoie lieu par lieu, clôt les comptes',
  campaignShard: 'Envoie un lot à ses heures',
  reminderSeries: 'Envoie chaque rappel à son heure ; s’arrête sur un STOP',
  acknowledgements: 'Répond aux STOP, aux CONTACT et aux inscriptions',
  importContacts: 'Lit un fichier : chaque ligne est acceptée, ou refusée avec sa raison',
  housekeeping: 'Fait le ménage : ce qui a dépassé sa durée est supprimé, avec un certificat',
  erasure: 'Efface les traces d’une personne, puis écrit le certificat',
  seal: 'Garde la seconde copie du sceau',
  timeline: 'Ce qui s’est passé, et la suite',
} as const;

/** The same in another language. */
export type Summaries = Readonly<Record<keyof typeof summaries, string>>;

/** Days, hours and clocks. */
export const dates = {
  /** As luxon formats it. */
  hour: "HH'h'mm",
  shortHour: "H'h'mm",
  /** An instant to the second, as luxon formats it. */
  instant: "d MMMM yyyy 'à' HH:mm:ss 'UTC'",
  days: ['lundi', 'mardi', 'mercredi', 'jeudi', 'vendredi', 'samedi', 'dimanche'],
  moment: ({ day, hour }: Facts<'day' | 'hour'>) => `${day} à ${hour}`,
  locale: 'fr',
  inFull: ({ weekday, day, month, hour }: Facts<'weekday' | 'day' | 'month' | 'hour'>) =>
    `${weekday} ${day === 1 ? '1er' : day} ${month} à ${hour}`,
  onTheClocks: ({ moment, whose }: Facts<'moment' | 'whose'>) => `${moment}, heure ${whose}`,
  elsewhere: ({ zone }: Facts<'zone'>) => `${/^[aeiou]/i.test(String(zone)) ? 'd’' : 'de '}${zone}`,
  /** The places of France's zones. */
  clocks: {
    'Europe/Paris': 'de Paris',
    'America/Guadeloupe': 'de la Guadeloupe',
    'America/Marigot': 'de Saint-Martin',
    'America/St_Barthelemy': 'de Saint-Barthélemy',
    'America/Martinique': 'de la Martinique',
    'America/Cayenne': 'de la Guyane',
    'Indian/Reunion': 'de La Réunion',
    'Indian/Mayotte': 'de Mayotte',
    'America/Miquelon': 'de Saint-Pierre-et-Miquelon',
    'Pacific/Noumea': 'de Nouvelle-Calédonie',
    'Pacific/Tahiti': 'de Tahiti',
    'Pacific/Marquesas': 'des Marquises',
    'Pacific/Gambier': 'des Gambier',
    'Pacific/Wallis': 'de Wallis-et-Futuna',
  },
  /** French units that end in e are feminine: heure, minute, seconde, semaine. */
  one: (unit: string) => (unit.endsWith('e') ? 'une ' : 'un '),
  weekdays: ['lun.', 'mar.', 'mer.', 'jeu.', 'ven.', 'sam.', 'dim.'],
} as const;

/** Signs that each language spaces in its own way. */
export const punctuation = {
  or: ', ou ',
  colon: ' : ',
  semicolon: ' ; ',
  beforeColon: ' ',
  colonEnd: ' :',
  quoted: ({ heading }: Facts<'heading'>) => `« ${heading} »`,
} as const;

/** A span after « de »: `de 2 heures`, `d’une heure`. */
export const withDe = (span: string | number): string =>
  String(span).startsWith('un') ? `d’${span}` : `de ${span}`;
