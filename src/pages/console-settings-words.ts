import type { Language, Words } from '../law/rule.ts';
import { territoryIn } from './territory-words.ts';

/** What the page of the company says. */
export const settingsWords = {
  fr: {
    title: 'Société',
    missing: 'Avant un envoi réel, complétez :',
    identity: 'Qui vous êtes pour ceux qui vous lisent',
    officer: 'Délégué à la protection des données',
    officerLead:
      'Si vous en avez un : vos formulaires, vos feuilles à signer et le registre disent comment le joindre.',
    where: 'Où et comment',
    rules: 'Vos règles',
    reminders: 'Rappels',
    remindersLead:
      'Vide : le texte et les délais par défaut. Délais avant l’événement, séparés par des virgules : 7 jours, 2 jours, 2 heures.',
    bases: 'Bases légales',
    basesLead: 'Une base autre que l’accord se change avec une raison, inscrite à l’audit.',
    unchosen: 'par défaut',
    yes: 'oui',
    no: 'non',
    save: 'Enregistrer',
    saved: 'Enregistré.',
    reason: 'Raison du changement (base, horaires, expéditeur, texte)',
  },
  en: {
    title: 'Company',
    missing: 'A real account still asks for:',
    identity: 'Who you are to those who read you',
    officer: 'Data protection officer',
    officerLead: 'If you have one: your forms, your sheets to sign and the register say how to reach them.',
    where: 'Where and how',
    rules: 'Your rules',
    reminders: 'Reminders',
    remindersLead:
      'Empty: the default text and times. Times before the event, between commas: 7 days, 2 days, 2 hours.',
    bases: 'Legal bases',
    basesLead: 'A basis other than consent is changed with a reason, which stands in the audit.',
    unchosen: 'default',
    yes: 'yes',
    no: 'no',
    save: 'Save',
    saved: 'Saved.',
    reason: 'Reason of the change (basis, hours, sender, text)',
  },
} as const satisfies Record<Language, Record<string, string>>;

const FIELDS: Readonly<Record<string, Words>> = {
  name: { fr: 'Nom affiché dans la console', en: 'Name shown in the console' },
  legalName: { fr: 'Raison sociale', en: 'Legal name' },
  brand: { fr: 'Marque', en: 'Brand' },
  'contact.phone': { fr: 'Téléphone', en: 'Telephone' },
  'contact.email': { fr: 'E-mail', en: 'E-mail' },
  'contact.address': { fr: 'Adresse', en: 'Address' },
  'contact.url': { fr: 'Site', en: 'Site' },
  'dataProtectionOfficer.phone': { fr: 'Téléphone du délégué', en: 'Officer’s telephone' },
  'dataProtectionOfficer.email': { fr: 'E-mail du délégué', en: 'Officer’s e-mail' },
  'dataProtectionOfficer.address': { fr: 'Adresse du délégué', en: 'Officer’s address' },
  'dataProtectionOfficer.url': { fr: 'Page du délégué', en: 'Officer’s page' },
  sender: { fr: 'Expéditeur des SMS', en: 'Sender of SMS' },
  sector: { fr: 'Secteur', en: 'Sector' },
  profile: { fr: 'Profil de règles', en: 'Profile of rules' },
  territory: { fr: 'Territoire', en: 'Territory' },
  timeZone: { fr: 'Fuseau horaire', en: 'Time zone' },
  locale: { fr: 'Langue des messages', en: 'Language of messages' },
  domains: { fr: 'Vos sites (virgules)', en: 'Your sites (commas)' },
  publicUrl: { fr: 'Adresse publique de vos formulaires', en: 'Public address of your forms' },
  weakWordings: { fr: 'Textes d’accord faibles', en: 'Weak wordings' },
  undeliveredTwice: { fr: 'Deux rappels non arrivés de suite', en: 'Two reminders in a row not arrived' },
  onDecline: { fr: 'Quand la personne répond NON', en: 'When the person answers NO' },
  nothing: { fr: 'ses rappels continuent', en: 'their reminders go on' },
  cancel: {
    fr: 'ses rappels s’arrêtent, le rendez-vous reste',
    en: 'their reminders end, the appointment stands',
  },
  ifLate: {
    fr: 'Un rappel réservé trop tard pour son heure',
    en: 'A reminder booked too late for its hour',
  },
  'next-lawful': {
    fr: 'part au prochain moment permis s’il est encore utile',
    en: 'leaves at the next lawful moment if that still helps',
  },
  skip: { fr: 'ne part pas : la personne est à appeler', en: 'is skipped: the person is to be called' },
  goodFriday: {
    fr: 'Vendredi saint en Moselle, Bas-Rhin et Haut-Rhin',
    en: 'Good Friday in Moselle, Bas-Rhin and Haut-Rhin',
  },
  closed: { fr: 'fermé', en: 'closed' },
  open: {
    fr: 'ouvert : les communes de vos destinataires n’ont ni temple ni église mixte',
    en: 'open: the communes of your people have no Protestant or shared church',
  },
  confirmationSkips: {
    fr: 'Un rendez-vous confirmé n’est plus rappelé',
    en: 'Stop reminders once confirmed',
  },
  appointmentReplies: {
    fr: 'OUI confirme, NON refuse, ANNULER demande l’annulation',
    en: 'OUI confirms, NON declines, ANNULER asks to cancel',
  },
  'frequency.perDay': {
    fr: 'Offres par personne et par jour, au plus',
    en: 'Offers a person a day, at most',
  },
  'frequency.perMonth': {
    fr: 'Offres par personne en trente jours, au plus',
    en: 'Offers a person in thirty days, at most',
  },
  approval: {
    fr: 'Une seconde personne approuve au-delà de (destinataires)',
    en: 'A second person approves beyond (recipients)',
  },
  plans: { fr: 'Délais', en: 'Times' },
  texts: { fr: 'Texte', en: 'Text' },
  kept: { fr: 'gardés, avec une remarque', en: 'kept, with a finding' },
  refused: { fr: 'refusés', en: 'refused' },
  'goes-on': { fr: 'on continue', en: 'goes on' },
  paused: { fr: 'on met en pause', en: 'paused' },
  consent: { fr: 'accord', en: 'consent' },
  contract: { fr: 'contrat', en: 'contract' },
  legitimate_interest: { fr: 'intérêt légitime', en: 'legitimate interest' },
  general: { fr: 'général', en: 'general' },
  health: { fr: 'santé', en: 'health' },
  finance: { fr: 'finance', en: 'finance' },
  services: { fr: 'services', en: 'services' },
  retail: { fr: 'commerce', en: 'retail' },
  public: { fr: 'service public', en: 'public service' },
  cpf: { fr: 'formation (CPF)', en: 'training (CPF)' },
  'energy-renovation': { fr: 'rénovation énergétique', en: 'energy renovation' },
  'home-adaptation': { fr: 'adaptation du logement', en: 'adaptation of homes' },
  fr: { fr: 'français', en: 'French' },
  en: { fr: 'anglais', en: 'English' },
};

/** The name of a setting, or of one of its values. */
export const settingName = (name: string, language: Language): string =>
  FIELDS[name]?.[language] ?? territoryIn(name, language);
