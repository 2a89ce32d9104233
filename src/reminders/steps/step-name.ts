import { Duration } from 'luxon';
import type { StepState } from './step.ts';
import { bilingual, type Language, type Words } from '../../words/index.ts';

type Unit = 'months' | 'weeks' | 'days' | 'hours' | 'minutes';

/** Each unit of a lead, for one and for several. */
const UNITS: Readonly<Record<Unit, Readonly<Record<Language, readonly [one: string, several: string]>>>> =
  bilingual.step.units;

const NAMED: Readonly<Record<string, Words>> = bilingual.step.named;

const REMINDER: Words = bilingual.step.reminder;
const INSTALMENT: Words = bilingual.step.instalment;
const SIDE = bilingual.step.side;

/** The states of a step, in words. */
export const STEP_STATES: Readonly<Record<StepState, Words>> = bilingual.step.states;

/** Names a step: `Rappel, 2 jours avant`, `Échéance 2, 3 jours après`, or the event it corrects. */
export function stepName(step: string, language: Language): string {
  const known = NAMED[step]?.[language];
  if (known !== undefined) return known;
  const [, number, side, lead = ''] = /^(?:(\d+)\/)?(-?)(P\w{1,19})$/.exec(step) ?? [];
  const name = number === undefined ? REMINDER[language] : `${INSTALMENT[language]} ${number}`;
  const said = leadInWords(lead, language);
  if (said === '') return `${name} ${step}`;
  return `${name}, ${said} ${SIDE[side === '-' ? 'after' : 'before'][language]}`;
}

/** Words a lead: `2 jours`, `1 month 2 weeks`; empty for an invalid duration. */
export function leadInWords(lead: string, language: Language): string {
  const span = Duration.fromISO(lead);
  if (!span.isValid) return '';
  const parts = Object.entries(span.toObject()).flatMap(([unit, value]) =>
    isUnit(unit) && value !== 0 ? [`${value} ${UNITS[unit][language][value > 1 ? 1 : 0]}`] : [],
  );
  return parts.join(' ');
}

const isUnit = (name: string): name is Unit => Object.hasOwn(UNITS, name);

const LETTERS: Readonly<Record<Unit, string>> = {
  months: 'M',
  weeks: 'W',
  days: 'D',
  hours: 'H',
  minutes: 'M',
};

/** Parses leads between commas, in words of either language or in ISO 8601; the latter may also be separated by spaces. */
export const leadsFromWords = (text: string): readonly string[] =>
  text
    .split(',')
    .flatMap((part) => {
      const pieces = part.trim().split(/\s+/);
      return pieces.every((piece) => piece.startsWith('P')) ? pieces : [leadFromWords(part)];
    })
    .filter((lead) => lead !== '');

/** Parses a lead in words of either language to `P2D`; returns the words themselves where they are none. */
function leadFromWords(words: string): string {
  const parts = [...words.trim().matchAll(/(\d{1,4})\s*(\p{L}+)\s*/guy)];
  const read = parts.map(([, value = '', name = '']) => ({ value, unit: unitNamed(name.toLowerCase()) }));
  const isWhole = parts.reduce((length, [all]) => length + all.length, 0) === words.trim().length;
  if (read.length === 0 || !isWhole || read.some(({ unit }) => unit === undefined)) return words.trim();
  const said = (units: readonly Unit[]): string =>
    units
      .flatMap((unit) =>
        read.filter((part) => part.unit === unit).map(({ value }) => `${value}${LETTERS[unit]}`),
      )
      .join('');
  const time = said(['hours', 'minutes']);
  return `P${said(['months', 'weeks', 'days'])}${time === '' ? '' : `T${time}`}`;
}

const unitNamed = (name: string): Unit | undefined =>
  (Object.keys(UNITS) as Unit[]).find(
    (unit) => [UNITS[unit].fr, UNITS[unit].en].flat().includes(name) || (unit === 'hours' && name === 'h'),
  );
