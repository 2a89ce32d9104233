import { DateTime } from 'luxon';
import type { SampleRow } from '../sample-contracts.ts';
import {
  appointmentSaid,
  instalmentSaid,
  isOpen,
  renewalSaid,
  scheduleSaid,
  type RestDays,
  type Said,
} from './date-oracle.ts';

/** An appointment of the agenda that a practice exports. */
export interface AgendaRow {
  readonly externalId: string;
  readonly contact: { readonly phone: string; readonly postalCode: string };
  readonly startsAt: string;
  readonly timeZone: string;
  readonly consent: object | null;
}

/** A message that a person is owed by the oracle. */
export interface Owed {
  /** Booking and step, for whoever reads a failure. */
  readonly name: string;
  /** The last nine digits: alike however the number was typed. */
  readonly line: string;
  readonly zone: string;
  readonly rest: RestDays;
  /** Epoch milliseconds of the minute at which it is sent. */
  readonly at: number;
  /** Epoch milliseconds before which it must be sent. */
  readonly before: number;
  /** Words of it that name the event. */
  readonly words: string;
}

/** When the filing is done, by the clocks of Paris. */
export interface Filed {
  readonly wall: string;
  readonly restOf: (postalCode: string) => RestDays;
}

/** The reminder of an appointment, two days before. */
export function owedBefore(row: AgendaRow, filed: Filed): Owed[] {
  const { externalId, contact, startsAt, timeZone } = row;
  if (row.consent === null) return [];
  const person = personAt(contact, filed);
  const said = appointmentSaid(startsAt, nowAt(filed, person.zone), person.rest);
  const words = `rappel de votre rendez-vous ${weekdayOf(startsAt)} ${dayMonth(startsAt)} à ${hourOf(startsAt)},`;
  const before = instantOf(startsAt, timeZone);
  return message(said, { ...person, name: `${externalId} P2D`, before, words });
}

/** The one reminder of a contract that renews. */
export function owedOfContract(row: SampleRow, filed: Filed): Owed[] {
  if (row.consentement_le === '') return [];
  const { fin_contrat: renewsOn, date_limite_refus: refuseBy } = row;
  const person = personAt({ phone: row.telephone, postalCode: row.code_postal }, filed);
  const said = renewalSaid(refuseBy, nowAt(filed, person.zone), person.rest);
  const words = `se renouvelle le ${dayMonth(renewsOn)}. Vous pouvez le refuser jusqu'au ${dayMonth(refuseBy)} `;
  const before = instantOf(`${refuseBy}T00:00`, person.zone);
  return message(said, { ...person, name: `${row.reference} P2M`, before, words });
}

/** The schedule of a payment plan, and a reminder of each date that lies ahead. */
export function owedOfPlan(row: SampleRow, filed: Filed): Owed[] {
  const dates = row.echeances.split('|');
  const person = personAt({ phone: row.telephone, postalCode: row.code_postal }, filed);
  const now = nowAt(filed, person.zone);
  const told = scheduleSaid(now, person.rest);
  const ahead = dates.filter((on) => on >= told.slice(0, 10));
  if (row.consentement_le === '' || ahead.length === 0) return [];
  const listed = ahead.map((on) => `${moneyOf(row)} le ${dayMonth(on)}`).join(', ');
  const until = (on = ''): number => instantOf(`${on}T00:00`, person.zone);
  const schedule = { before: until(ahead.at(-1)), words: `vos échéances : ${listed}. ` };
  return [
    ...message(told, { ...person, name: `${row.reference} schedule`, ...schedule }),
    ...dates.flatMap((on, turn) =>
      message(instalmentSaid(on, now, person.rest), {
        ...person,
        name: `${row.reference} ${turn + 1}/P3D`,
        before: until(on),
        words: `échéance de ${moneyOf(row)} le ${dayMonth(on)}. `,
      }),
    ),
  ];
}

/** Says whether a reminder is lawful at an instant on its person's clock. */
export function mayLeave({ zone, rest }: Owed, instant: string): boolean {
  const wall = DateTime.fromISO(instant, { zone }).toFormat("yyyy-MM-dd'T'HH:mm");
  return isOpen(Date.parse(`${wall}:00Z`) / 60_000, rest);
}

type Person = Pick<Owed, 'line' | 'zone' | 'rest'>;

/** Nothing when the step is skipped. */
const message = (said: Said, about: Omit<Owed, 'at'>): Owed[] =>
  /T\d\d:\d\d$/.test(said) ? [{ ...about, at: instantOf(said, about.zone) }] : [];

const ZONES: Readonly<Record<string, string>> = {
  '971': 'America/Guadeloupe',
  '972': 'America/Martinique',
  '974': 'Indian/Reunion',
};

const personAt = (
  { phone, postalCode }: { readonly phone: string; readonly postalCode: string },
  { restOf }: Filed,
): Person => ({
  line: lineOf(phone),
  zone: ZONES[postalCode.slice(0, 3)] ?? 'Europe/Paris',
  rest: restOf(postalCode),
});

/** The last nine digits of a number. */
export const lineOf = (phone: string): string => phone.replace(/\D/g, '').slice(-9);

const nowAt = ({ wall }: Filed, zone: string): string =>
  DateTime.fromISO(wall, { zone: 'Europe/Paris' }).setZone(zone).toFormat("yyyy-MM-dd'T'HH:mm");

const instantOf = (wall: string, zone: string): number => DateTime.fromISO(wall, { zone }).toMillis();

const dayMonth = (wall: string): string => `${wall.slice(8, 10)}/${wall.slice(5, 7)}`;

const hourOf = (wall: string): string => `${Number(wall.slice(11, 13))}h${wall.slice(14, 16)}`;

const weekday = new Intl.DateTimeFormat('fr-FR', { weekday: 'short', timeZone: 'UTC' });
const weekdayOf = (wall: string): string => weekday.format(Date.parse(`${wall}:00Z`));

const money = new Intl.NumberFormat('fr-FR', { style: 'currency', currency: 'EUR' });
const moneyOf = ({ montant }: SampleRow): string =>
  money.format(Number(montant)).replace(/[\u{a0}\u{202f}]/gu, ' ');
