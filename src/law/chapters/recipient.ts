import { DateTime } from 'luxon';
import {
  dated,
  type GoodFridayChoice,
  type Dated,
  type Term,
  READ_ON,
  REMINDERS,
  SINCE_EVER,
  type Rule,
  type Provision,
} from '../../rule/index.ts';
import type { Words } from '../../words/index.ts';
import { howLong } from '../span.ts';

/** WIN-09: Good Friday is a holiday of the communes of Alsace-Moselle that have a church for it. */
const WIN_09: Provision = {
  id: 'WIN-09',
  title: {
    fr: 'Vendredi saint en Moselle, Bas-Rhin et Haut-Rhin',
    en: 'Good Friday in Moselle, Bas-Rhin and Haut-Rhin',
  },
  level: 'SEED',
  source: 'Code du travail, art. L3134-13 ; ordonnance du 16 août 1892',
  confidence: 'secondary',
  readOn: '2026-11-29',
  inForceFrom: SINCE_EVER,
  purposes: ['marketing', ...REMINDERS],
  quotation: {
    words: 'dans les communes ayant une église protestante ou une église mixte, le Vendredi Saint',
    source: 'Ordonnance du 16 août 1892, traduction citée avec la question écrite n° 15815 (Sénat, 2005)',
    readOn: '2026-11-29',
  },
};

/** The choice on Good Friday unless a tenant or a practice declares that its communes have no Protestant church. */
export const USUAL_GOOD_FRIDAY: Dated<GoodFridayChoice> = dated([WIN_09, 'closed']);

const goodFriday: Rule = {
  ...WIN_09,
  reading: {
    fr: 'Rien ne dit d’un numéro ou d’un code postal si la commune a un temple protestant ou une église mixte : le jour est fermé dans ces départements. Le responsable, ou un cabinet pour ses rendez-vous, peut dire que les communes de ses destinataires n’en ont pas (goodFriday). En Moselle le préfet peut décider pour tout le département (art. L3134-14).',
    en: 'No number or postal code tells whether a commune has a Protestant church or one shared by both confessions: the day is closed in these departments. The controller, or a practice for its appointments, may say that the communes of its people have none (goodFriday). In Moselle the prefect may decide for the whole department (art. L3134-14).',
  },
  parameters: { good_friday: USUAL_GOOD_FRIDAY },
};

/** TZ-01: which place decides, and that its origin is kept. */
const TZ_01: Provision = {
  id: 'TZ-01',
  title: { fr: 'Le lieu du destinataire décide', en: 'The recipient’s place decides' },
  level: 'HOUSE',
  source: 'House policy, after the principle of Code de la consommation, art. D223-9 (calls)',
  confidence: 'read',
  readOn: READ_ON,
  inForceFrom: SINCE_EVER,
  purposes: ['marketing', ...REMINDERS],
};

/** The sources of a person's place, most reliable first. */
export const PLACE_ORDER = ['contact', 'postalCode', 'number', 'tenant'] as const;

const PLACE_WORDS: Readonly<Record<(typeof PLACE_ORDER)[number], Words>> = {
  contact: { fr: 'le fuseau et le territoire indiqués', en: 'the zone and territory given' },
  postalCode: { fr: 'l’adresse', en: 'the address' },
  number: { fr: 'le numéro', en: 'the number' },
  tenant: { fr: 'l’expéditeur', en: 'the sender' },
};

const places: Words = {
  fr: PLACE_ORDER.map((source) => PLACE_WORDS[source].fr).join(', sinon '),
  en: PLACE_ORDER.map((source) => PLACE_WORDS[source].en).join(', else '),
};

export const placeOrder: Rule = {
  ...TZ_01,
  reading: {
    fr: `Ce qui dit le lieu : ${places.fr}. Un lieu inconnu ferme. Qui peut être en plusieurs lieux ne reçoit rien tant que l’heure n’est permise dans chacun : sans île connue, tous les fuseaux de la Polynésie.`,
    en: `What tells the place: ${places.en}. An unknown place closes. Whoever may be in several places receives nothing unless the hour is lawful in each: all zones of Polynesia where no island is known.`,
  },
  parameters: { order: dated([TZ_01, PLACE_ORDER]) },
};

/** TZ-02: local times are computed in the zone of the place, with that date's offset. */
export const wallTimeFirst: Rule = {
  id: 'TZ-02',
  title: { fr: 'Heure locale calculée à la date visée', en: 'Local time computed at the date meant' },
  level: 'HOUSE',
  source: 'House policy',
  confidence: 'read',
  readOn: READ_ON,
  inForceFrom: SINCE_EVER,
  purposes: ['marketing', ...REMINDERS],
  reading: {
    fr: 'L’heure au mur d’abord, l’instant ensuite. Une heure demandée que les horloges sautent, ou montrent deux fois, est refusée : on demande son décalage. L’ouverture et la fermeture d’une fenêtre n’y tombent jamais.',
    en: 'Wall time first, then the instant. An hour asked for that clocks skip, or show twice, is refused: its offset is asked for. No window opens or closes in one.',
  },
  parameters: {},
};

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;

/** Recent instants, since zone computations are slow and every rule asks about the same day. */
const recentInstants = new Map<string, DateTime>();
const MOST_REMEMBERED = 1_000;

/** Returns the instant of `HH:MM` on that date in `day`'s zone; 24:00 is the next midnight. */
export function wallTime(day: DateTime, time: string): DateTime {
  const key = `${day.zone.name} ${day.year} ${day.ordinal} ${time}`;
  const known = recentInstants.get(key);
  if (known) return known;
  if (recentInstants.size >= MOST_REMEMBERED) recentInstants.clear();
  const instant = readWallTime(day, time);
  recentInstants.set(key, instant);
  return instant;
}

function readWallTime({ year, month, day, zone }: DateTime, time: string): DateTime {
  const asUtc = Date.UTC(year, month - 1, day, Number(time.slice(0, 2)), Number(time.slice(3, 5)));
  const offset = zone.offset(asUtc - DAY_MS);
  if (offset === zone.offset(asUtc + DAY_MS))
    return DateTime.fromMillis(asUtc - offset * MINUTE_MS, { zone });
  const local = DateTime.fromMillis(asUtc, { zone: 'utc' }).setZone(zone, { keepLocalTime: true });
  return local.getPossibleOffsets()[0] ?? local;
}

/** NUM-01: only a valid mobile number is written to. */
const NUM_01: Provision = {
  id: 'NUM-01',
  title: { fr: 'Des numéros mobiles valides seulement', en: 'Valid mobile numbers only' },
  level: 'HOUSE',
  source: 'House policy; libphonenumber, max metadata',
  confidence: 'read',
  readOn: READ_ON,
  inForceFrom: SINCE_EVER,
  purposes: ['marketing', ...REMINDERS],
};

/** The regions in which a national number is read. */
export const NUMBERING_REGIONS = ['FR', 'GP', 'MQ', 'GF', 'RE', 'YT', 'PM', 'NC', 'PF', 'WF'] as const;

const mobileNumber: Rule = {
  ...NUM_01,
  reading: {
    fr: 'Un numéro national se lit dans chaque région française ; s’il n’en reste pas un seul, il ne reçoit rien.',
    en: 'A national number is read in every French region; unless exactly one reading stands, it receives nothing.',
  },
  parameters: { regions: dated([NUM_01, NUMBERING_REGIONS]) },
};

const NUM_02_TERM: Term = { id: 'NUM-02', inForceFrom: SINCE_EVER };

/** Months without a sign of life after which an operator may have assigned the number to somebody else. */
export const LIVES_MONTHS = dated([NUM_02_TERM, 24]);

const lives = howLong({ months: LIVES_MONTHS.on(NUM_02_TERM.inForceFrom) });

/** NUM-02: a number without a sign of life from its person may belong to another by now. */
const NUM_02: Provision = {
  ...NUM_02_TERM,
  title: {
    fr: `Pas de numéro sans signe de vie depuis ${lives.fr}`,
    en: `No number without a sign of life for ${lives.en}`,
  },
  level: 'HOUSE',
  source: 'House policy; numbers that are given back are given out again',
  confidence: 'read',
  readOn: READ_ON,
  purposes: ['marketing'],
};

const livingNumber: Rule = {
  ...NUM_02,
  reading: {
    fr: 'Un signe de vie est une réponse, un clic, un achat, une visite ou un accord, jamais un accusé de réception. Tant qu’aucun n’a été dit, la date est inconnue et rien n’est exclu à ce titre.',
    en: 'A sign of life is a reply, a click, a purchase, a visit or an agreement, never a receipt. While none was told the date is unknown, and nobody is excluded for it.',
  },
  parameters: { lives_months: LIVES_MONTHS },
};

/** The rules on the place and the number of a person. */
export const recipientRules: readonly Rule[] = [
  goodFriday,
  placeOrder,
  wallTimeFirst,
  mobileNumber,
  livingNumber,
];
