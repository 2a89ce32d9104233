import type { Translation } from '../translation.ts';
import type * as french from '../french/writing.ts';

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
