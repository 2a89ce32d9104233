import type { DateTime } from 'luxon';
import { z } from 'zod';
import { tenantOf } from '../../../company/index.ts';
import {
  calendarVersion,
  rulesInForce,
  rulesVersion,
  type ExplainedDay,
  type PrintedRule,
  type windows,
} from '../../../law/index.ts';
import { CONFIDENCES, LEVELS, localityNamed, isoText, type Locality } from '../../../rule/index.ts';
import { readContact, readHolder, mobileLine } from '../../../people/index.ts';
import { placeFromClues, type ContactPlace } from '../../../person/index.ts';
import { Refusal, type Transaction, type Vault } from '../../../platform/index.ts';
import type { Language } from '../../../words/index.ts';
import type { Caller } from '../../server/caller.ts';
import { Id, TerritoryName, TimeZone } from '../../server/schema.ts';
import { enforcement, type Enforcement } from './enforced.ts';

const EXTENTS = ['whole', 'part', 'none'] as const;

/** Returns whether this version enforces a provision wholly, in part, or not at all. */
export function extentOf({ by: enforcers, tests, partly }: Enforcement): (typeof EXTENTS)[number] {
  if (enforcers.length + tests.length === 0) return 'none';
  return partly === true ? 'part' : 'whole';
}

export function enforcedOf(id: string, language: Language) {
  const found = enforcement[id] ?? { by: [], tests: [] };
  return {
    extent: extentOf(found),
    by: found.by.map(({ file, symbol }) => `${file}#${symbol}`),
    tests: [...found.tests],
    note: found.note?.[language] ?? null,
  };
}

/** Lists the provisions that are enforced in part or not at all, with the reason. */
export const notWhole = (language: Language) =>
  Object.entries(enforcement).flatMap(([ruleId, found]) =>
    extentOf(found) === 'whole'
      ? []
      : [{ ruleId, extent: extentOf(found), note: found.note?.[language] ?? '' }],
  );

/** An answer of `POST /v1/law/decisions`, which a test compares with the real one: an advertisement on Easter Eve. */
export const decisionExample = {
  verdict: 'hold' as const,
  at: '2027-03-30T08:00:00+02:00',
  until: '2027-03-30T08:00:00+02:00',
  because: {
    code: 'OUT_OF_HOURS',
    ruleId: 'WIN-01',
    at: '2027-03-30T08:00:00.000+02:00',
    text: 'Prévu samedi 27/03 à 20h00 ; reporté à mardi 30/03 à 08h00 : pas de SMS avant 08h00 ni à partir de 20h00 (WIN-01) ; pas de SMS le dimanche (WIN-02) ; jour férié, lundi de Pâques (WIN-03).',
  },
  rules: [
    {
      id: 'WIN-01',
      title: 'Heures d’envoi de la publicité',
      level: 'SEED',
      source:
        'Octopush, « Envoi de sms en France » ; af2m, Charte Business Messaging 2026, §B.3 (plus large)',
      effect: 'bars' as const,
      until: '2027-03-30T08:00:00+02:00',
      about: 'pas de SMS avant 08h00 ni à partir de 20h00',
    },
    {
      id: 'WIN-02',
      title: 'Pas de SMS le dimanche',
      level: 'SEED',
      source: 'Octopush, « Envoi de sms en France » ; af2m, Charte Business Messaging 2026, §B.3 (conseil)',
      effect: 'bars' as const,
      until: '2027-03-29T00:00:00+02:00',
      about: 'pas de SMS le dimanche',
    },
    {
      id: 'WIN-03',
      title: 'Pas de SMS un jour férié du territoire du destinataire',
      level: 'SEED',
      source: 'Code du travail, art. L3133-1',
      effect: 'bars' as const,
      until: '2027-03-30T00:00:00+02:00',
      about: 'jour férié, lundi de Pâques',
    },
  ],
  territory: 'FR',
  timeZone: 'Europe/Paris',
  placeFrom: 'contact',
  profile: 'fr-seed-strict',
  rulesVersion,
  calendarVersion,
};

/** An answer of `GET /v1/law/windows`, from Easter Sunday to Tuesday. */
export const windowsExample = {
  timeZone: 'Europe/Paris',
  windows: [{ opensAt: '2027-03-30T08:00:00+02:00', closesAt: '2027-03-30T20:00:00+02:00' }],
  closed: [
    {
      on: '2027-03-28',
      because: [{ ruleId: 'WIN-02', title: 'Pas de SMS le dimanche', text: 'pas de SMS le dimanche' }],
    },
    {
      on: '2027-03-29',
      because: [
        {
          ruleId: 'WIN-03',
          title: 'Pas de SMS un jour férié du territoire du destinataire',
          text: 'jour férié, lundi de Pâques',
        },
      ],
    },
  ],
  warnings: [],
};

const national = { class: 'national' as const, source: 'Code du travail, art. L3133-1' };

/** An answer of `GET /v1/law/holidays`, for La Réunion in 2027. */
export const holidaysExample = [
  { on: '2027-01-01', name: '1er janvier', ...national },
  { on: '2027-03-29', name: 'lundi de Pâques', ...national },
  { on: '2027-05-01', name: '1er mai', ...national },
  { on: '2027-05-06', name: 'Ascension', ...national },
  { on: '2027-05-08', name: '8 mai', ...national },
  { on: '2027-05-17', name: 'lundi de Pentecôte', ...national },
  { on: '2027-07-14', name: '14 juillet', ...national },
  { on: '2027-08-15', name: 'Assomption', ...national },
  { on: '2027-11-01', name: 'Toussaint', ...national },
  { on: '2027-11-11', name: '11 novembre', ...national },
  {
    on: '2027-12-20',
    name: 'abolition de l’esclavage',
    class: 'local' as const,
    source: 'Code du travail, art. L3422-2',
  },
  { on: '2027-12-25', name: 'Noël', ...national },
];

/** A rule in an answer of `GET /v1/law/rules`. */
export const ruleExample = exampleOf('OPT-02');

/** Returns a rule as an example of that answer; throws when no rule with that id is in force. */
export function exampleOf(id: string): PrintedRule & { readonly enforced: ReturnType<typeof enforcedOf> } {
  const shown = rulesInForce('2026-12-01').find((rule) => rule.id === id);
  if (shown === undefined) throw new TypeError(`The example of a rule names ${id}, which is not in force.`);
  return { ...shown, enforced: enforcedOf(id, 'fr') };
}

/** The reason of a wait, a move or a refusal. */
export const becauseSchema = z
  .object({
    code: z.string(),
    ruleId: z.string().optional(),
    at: z.string().optional(),
    text: z.string(),
  })
  .meta({ id: 'Because' });

/** What one rule says. */
const RuleLine = z
  .object({
    id: z.string(),
    title: z.string(),
    level: z.string(),
    source: z.string(),
    effect: z.enum(['allows', 'bars', 'warns', 'ends', 'doubts']),
    until: z.string().optional(),
    about: z.string().optional(),
  })
  .meta({ id: 'RuleLine' });

/** A verdict with all its reasons. */
export const Decided = z
  .object({
    verdict: z.enum(['allow', 'hold', 'refuse', 'expire']).meta({
      description:
        '`allow`: now by the law clock, or then, of a moment that has passed. `hold`: at `at`, which lies ahead. `expire`: too late. `refuse`: something needed to decide is unknown.',
    }),
    at: z.string(),
    until: z.string().optional(),
    because: becauseSchema.optional(),
    rules: z.array(RuleLine),
    territory: z.string(),
    timeZone: z.string(),
    placeFrom: z.string(),
    profile: z.string(),
    rulesVersion: z.string(),
    calendarVersion: z.string(),
  })
  .meta({ id: 'Decision', example: decisionExample });

/** A day, and what the rules say of it. */
export const DayShown = z
  .object({
    on: z.string(),
    because: z.array(z.object({ ruleId: z.string(), title: z.string(), text: z.string() })),
  })
  .meta({ id: 'ToldDay' });

/** Open windows, closed days, and open days on which sending is advised against. */
export const WindowsShown = z
  .object({
    timeZone: z.string(),
    windows: z.array(z.object({ opensAt: z.string(), closesAt: z.string() })),
    closed: z.array(DayShown),
    warnings: z.array(DayShown),
  })
  .meta({ id: 'Windows', example: windowsExample });

/** Public holidays of one year. */
export const HolidayList = z
  .array(
    z
      .object({
        on: z.string(),
        name: z.string(),
        class: z.enum(['national', 'local', 'soft']),
        source: z.string(),
      })
      .meta({ id: 'Holiday' }),
  )
  .meta({ example: holidaysExample });

const Parameter = z.union([z.string(), z.number(), z.boolean(), z.array(z.string()).readonly()]);

/** The rules in force on a day. */
export const RuleList = z.array(
  z
    .object({
      id: z.string(),
      title: z.string(),
      level: z.enum(LEVELS),
      source: z.string(),
      confidence: z.enum(CONFIDENCES),
      readOn: z.string(),
      inForceFrom: z.string(),
      inForceUntil: z.string().optional(),
      purposes: z.array(z.string()).readonly(),
      parameters: z.record(z.string(), Parameter),
      text: z.string(),
      quoted: z.boolean(),
      reading: z.string(),
      enforced: z
        .object({
          extent: z.enum(EXTENTS),
          by: z.array(z.string()),
          tests: z.array(z.string()),
          note: z.string().nullable(),
        })
        .meta({
          description:
            'Whether this version enforces it: by which symbol of which file, held by which tests; of what is not, or in part, the note says why.',
        }),
    })
    .meta({ id: 'Rule', example: ruleExample }),
);

/** The fields that give a person's place; without any of them it is the tenant's. */
export const whereabouts = {
  contactId: Id.optional(),
  phone: z.string().min(4).max(40).optional(),
  territory: TerritoryName.optional(),
  postalCode: z.string().min(4).max(10).optional(),
  timeZone: TimeZone.optional(),
};

/** The values of these fields. */
type Whereabouts = { readonly [K in keyof typeof whereabouts]?: z.output<(typeof whereabouts)[K]> };

/** The locality for a decision, and where it is known from. */
export interface PlacedLocality extends ContactPlace {
  readonly locality: Locality;
}

/** Returns the locality of a place; refuses an unknown place. */
function located(known: ContactPlace): PlacedLocality {
  const locality = localityNamed(known.territory, known.timeZone);
  if (locality === undefined) throw new Refusal('PLACE_UNKNOWN');
  return { ...known, locality };
}

/** Returns the locality of the contact, or of the number, or of the given place. */
export async function placed(tx: Transaction, vault: Vault, given: Whereabouts): Promise<PlacedLocality> {
  return located(await placeKnown(tx, vault, given));
}

async function placeKnown(tx: Transaction, vault: Vault, given: Whereabouts): Promise<ContactPlace> {
  const keys = await vault.tenant(tx);
  if (given.contactId !== undefined) {
    const contact = await readContact(tx, keys, given.contactId);
    if (contact === undefined) throw new Refusal('CONTACT_NOT_FOUND');
    return contact.place;
  }
  const tenant = await tenantOf(tx);
  const home = { territory: tenant?.territory ?? 'FR', timeZone: tenant?.timeZone ?? 'Europe/Paris' };
  const { territory, timeZone, postalCode } = given;
  if (given.phone === undefined)
    return placeFromClues({ territory, timeZone, postalCode, byNumber: [] }, home);
  const line = mobileLine(given.phone, { territory });
  const holder = await readHolder(tx, keys, keys.phoneIndex(line.e164));
  return (
    holder?.place ?? placeFromClues({ territory, timeZone, postalCode, byNumber: line.territories }, home)
  );
}

/** The place of an unknown postal code, for which the tenant's place must not be taken. */
const NOWHERE = { territory: '', timeZone: '' };

/** Returns the locality in the question, or else the caller's; undefined when a contact or a number has to be read. */
export function placeGiven(given: Whereabouts, { home }: Caller): PlacedLocality | undefined {
  const { contactId, phone, territory, timeZone, postalCode } = given;
  if (contactId !== undefined || phone !== undefined) return undefined;
  const otherwise = postalCode === undefined ? home : NOWHERE;
  return located(placeFromClues({ territory, timeZone, postalCode, byNumber: [] }, otherwise));
}

/** Returns the same for a question about a place alone; refuses an unknown postal code. */
export function localityGiven(given: Whereabouts, caller: Caller): Locality {
  const place = placeGiven(given, caller);
  if (place === undefined) throw new Refusal('PLACE_UNKNOWN');
  return place.locality;
}

export const dayShown = ({ on, because }: ExplainedDay): z.input<typeof DayShown> => ({
  on,
  because: [...because],
});

export const windowShown = ({ opensAt, closesAt }: ReturnType<typeof windows>['windows'][number]) => ({
  opensAt: lawIso(opensAt),
  closesAt: lawIso(closesAt),
});

/** Writes an instant with its offset, and with milliseconds only when there are some. */
export const lawIso = (at: DateTime): string => isoText(at, { suppressMilliseconds: true });
