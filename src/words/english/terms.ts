import type { Translation } from '../translation.ts';
import type * as french from '../french/terms.ts';
import type { Roles, Summaries } from '../french/terms.ts';

/** Faults of fields, wherever they appear. */
export const englishRequest: Translation<typeof french.request> = {
  missing: 'missing',
  notFound: 'not found',
  unknownKey: 'Unrecognized key:',
  reasonMissing: 'This change needs a reason.',
  oneBrand: 'brand or brandId, not both',
  unknown: 'unknown',
};

/** Expectations on fields of the console. */
export const englishWanted: Translation<typeof french.wanted> = {
  fields: {
    address: '200 characters at most, on one line.',
    approval: 'A whole number, or nothing.',
    audience: 'A choice of the list.',
    bases: 'A choice of the list.',
    box: 'Choose at least one wording, in one of the boxes.',
    brand: '1 to 60 characters, on one line.',
    channel: 'A choice of the list.',
    company: '1 to 200 characters, on one line.',
    contact: 'Give at least one way: telephone, e-mail, address or site.',
    'contact.phone': 'A phone number, such as 04 78 00 00 00.',
    'contact.email': 'An e-mail address, such as hello@maison-lumiere.fr.',
    'contact.address': '300 characters at most, on one line.',
    'contact.url': 'The address of a site, such as https://www.maison-lumiere.fr.',
    confirm: 'A choice of the list.',
    domains: 'Sites such as maison-lumiere.fr, between commas, twenty at most.',
    evidence: '1 to 500 characters, on one line.',
    expireAt: 'A date and a time to come, after the start.',
    file: 'A CSV file.',
    frequency: 'A whole number from 1 to 1,000, or nothing.',
    from: 'A day, and not after the last one.',
    id: '1 to 200 characters.',
    legalName: '1 to 200 characters, on one line.',
    name: '1 to 100 characters, on one line.',
    note: '1 to 500 characters, on one line. A refusal needs one.',
    outcome: 'A choice of the list.',
    phone: 'A phone number, such as 04 78 00 00 00.',
    plans: 'Times such as 2 days or 2 hours, between commas, ten at most.',
    publicUrl: 'An address such as https://forms.maison-lumiere.fr.',
    purpose: 'A choice of the list.',
    reason: '1 to 300 characters, on one line.',
    role: 'A choice of the list.',
    sender: '3 to 11 letters and digits, or a number.',
    slug: 'Small letters, digits and hyphens, 40 characters at most.',
    source: 'Letters, digits, dots and hyphens, 60 at most.',
    startAt: 'A date and a time.',
    text: 'A text of 1 to 2,000 characters.',
    texts: '1,000 characters at most.',
    timeZone: 'A time zone, such as Europe/Paris.',
    title: '1 to 120 characters, on one line.',
    to: 'A day, and not before the first one.',
    what: 'A phone number, a reference or a message.',
  },
  said: {
    empty: 'To be filled in.',
    other: 'This is not what is expected here.',
    located: 'Nothing has changed: correct what is pointed out. What you typed is kept.',
    file: 'Nothing has changed: correct what is pointed out. Choose the file again.',
    nothing: 'Nothing has changed.',
  },
};

/** The roles of keys in English. */
export const englishRoles: Roles = {
  admin: 'administration',
  marketer: 'marketing',
  scheduler: 'front desk',
  operator: 'operations',
  auditor: 'audit',
  instance: 'instance',
};

/** Summaries in Temporal's list, in English. */
export const englishSummaries: Summaries = {
  campaign: 'Fixes the list of recipients, sends place by place, closes the counts',
  campaignShard: 'Sends a batch in its hours',
  reminderSeries: 'Sends each reminder at its hour; stops on a STOP',
  acknowledgements: 'Answers STOP, CONTACT and sign-ups',
  importContacts: 'Reads a file: each row is accepted, or refused with its reason',
  housekeeping: 'Cleans up: what has passed its time is removed, with a certificate',
  erasure: 'Erases the traces of a person, then writes the certificate',
  seal: 'Keeps the second copy of the seal',
  timeline: 'What happened, and what comes next',
};

/** Days, hours and clocks. */
export const englishDates: Translation<typeof french.dates> = {
  /** As luxon formats it. */
  hour: 'HH:mm',
  shortHour: 'HH:mm',
  /** An instant to the second, as luxon formats it. */
  instant: "d MMMM yyyy 'at' HH:mm:ss 'UTC'",
  days: ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'],
  moment: ({ day, hour }) => `${day} at ${hour}`,
  locale: 'en-GB',
  inFull: ({ weekday, day, month, hour }) => `${weekday} ${day} ${month} at ${hour}`,
  onTheClocks: ({ moment, whose }) => `${moment}, ${whose} time`,
  elsewhere: ({ zone }) => String(zone),
  /** The places of France's zones. */
  clocks: {
    'Europe/Paris': 'Paris',
    'America/Guadeloupe': 'Guadeloupe',
    'America/Marigot': 'Saint Martin',
    'America/St_Barthelemy': 'Saint Barthélemy',
    'America/Martinique': 'Martinique',
    'America/Cayenne': 'French Guiana',
    'Indian/Reunion': 'Réunion',
    'Indian/Mayotte': 'Mayotte',
    'America/Miquelon': 'Saint Pierre and Miquelon',
    'Pacific/Noumea': 'New Caledonia',
    'Pacific/Tahiti': 'Tahiti',
    'Pacific/Marquesas': 'Marquesas',
    'Pacific/Gambier': 'Gambier',
    'Pacific/Wallis': 'Wallis and Futuna',
  },
  one: () => 'one ',
  weekdays: ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'],
};

/** Signs that each language spaces in its own way. */
export const englishPunctuation: Translation<typeof french.punctuation> = {
  or: ', or ',
  colon: ': ',
  semicolon: '; ',
  beforeColon: '',
  colonEnd: ':',
  quoted: ({ heading }) => `“${heading}”`,
};
