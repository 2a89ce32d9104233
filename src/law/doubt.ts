import type { Rule, Words } from './rule.ts';
import { draining, holidayRest, profileInForce, validity } from './chapters/windows.ts';
import { placeOrder, wallTimeFirst } from './chapters/recipient.ts';

/** Something needed to decide is unknown: the gate stays closed. */
export interface Doubt {
  readonly kind: 'doubt';
  readonly rule: Rule;
  readonly code: 'PLACE_UNKNOWN' | 'LAW_UNKNOWN';
  readonly about: Words;
}

const doubt =
  (rule: Rule, code: Doubt['code']) =>
  (fr: string, en: string): Doubt => ({ kind: 'doubt', rule, code, about: { fr, en } });

const place = doubt(placeOrder, 'PLACE_UNKNOWN');
const profile = doubt(profileInForce, 'LAW_UNKNOWN');
const clocks = doubt(wallTimeFirst, 'LAW_UNKNOWN');

/** Every doubt that closes the gate, with the rule that doubts. */
export const doubts = {
  territory: place('territoire inconnu', 'unknown territory'),
  zone: place('fuseau horaire inconnu', 'unknown time zone'),
  noCommonHour: place(
    'aucune heure permise à la fois dans tous les fuseaux possibles',
    'no hour is lawful in all the possible zones at once',
  ),
  year: doubt(holidayRest, 'LAW_UNKNOWN')(
    'jours fériés de cette année inconnus',
    'public holidays of that year unknown',
  ),
  purpose: profile('finalité inconnue', 'unknown purpose'),
  date: clocks('cette date n’existe pas', 'that date does not exist'),
  skippedTime: clocks(
    'cette heure n’existe pas : les horloges la sautent',
    'that hour does not exist: clocks skip it',
  ),
  doubledTime: clocks(
    'cette heure existe deux fois : donnez son décalage',
    'that hour exists twice: give its offset',
  ),
  end: doubt(validity, 'LAW_UNKNOWN')(
    'l’événement ou la date limite ne se lit pas',
    'event or limit cannot be read',
  ),
  margin: doubt(draining, 'LAW_UNKNOWN')(
    'la marge ne se lit pas, ou passe un jour',
    'the margin cannot be read, or exceeds a day',
  ),
} as const satisfies Record<string, Doubt>;

/** No profile has that name. */
export const unknownProfile = (id: string): Doubt =>
  profile(`profil inconnu, ${id}`, `unknown profile, ${id}`);

/** The profile does not stand on the date whose rules decide. */
export const profileAtRest = (id: string): Doubt =>
  profile(`le profil ${id} n’est pas en vigueur à cette date`, `profile ${id} does not stand on that date`);

/** A profile of reminders may not open a window to advertising. */
export const notForAdvertising = (id: string): Doubt =>
  profile(`le profil ${id} n’est pas pour la publicité`, `profile ${id} is not for advertising`);
