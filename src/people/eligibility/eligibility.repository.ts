import { sql, type RawBuilder } from 'kysely';
import type { DateTime } from 'luxon';
import { basesOpen, basesToOpen, isMinorOn, LIVES_MONTHS, CONTACT_KEPT } from '../../law/index.ts';
import { frenchDay, type Dated } from '../../rule/index.ts';
import {
  isOpenBasis,
  CONSENT_PURPOSES,
  type ChosenBases,
  type ConsentPurpose,
  type ConsentStatus,
  clockColumn,
  clockOf,
} from '../../person/index.ts';
import type { Contact, ContactDraft } from '../contact/contact.repository.ts';
import type { ExclusionReason } from '../../words/index.ts';
import { lawOn } from '../../platform/index.ts';
import { isOutlived, isSilent } from './silence.ts';

/** The holder of the number, as far as it matters for eligibility. */
export type Holder = Pick<ContactDraft, 'place' | 'lineType' | 'adultOn' | 'lastInteractionAt'> &
  Pick<Contact, 'simulated'> & {
    readonly person: Pick<Contact['person'], 'birthDate'>;
    readonly retiredAt?: string | undefined;
  };

/** The known facts about a person and a purpose. */
export interface Known {
  /** Undefined once they are erased. */
  readonly contact: Holder | undefined;
  /** The person's consent; undefined when no act concerns the purpose. */
  readonly agreement:
    | (Pick<ConsentStatus, 'sendable' | 'why' | 'basis' | 'since' | 'wordingId'> & {
        /** ISO instant. */
        readonly until?: string | null | undefined;
      })
    | undefined;
  /** True when their number is suppressed. */
  readonly isSuppressed: boolean;
  readonly bases: ChosenBases;
  /** Brands that they agreed to, null for the tenant itself; undefined where the tenant has one at most. */
  readonly brands?: ReadonlySet<string | null> | undefined;
}

/** The purpose, instant and sender for which people's eligibility is asked. */
export interface EligibilityQuestion {
  readonly purpose: ConsentPurpose;
  /** By the law clock. */
  readonly at: DateTime;
  /** True when the account is a fake: only a fake sends to people recorded under a moved clock. */
  readonly fake: boolean;
  /** The sending brand, null for the tenant itself; undefined when any eligible brand will do. */
  readonly brandId?: string | null | undefined;
}

/** A reason for which somebody is not eligible. */
export interface ExclusionRule {
  readonly name: string;
  readonly code: ExclusionReason;
  readonly purposes: readonly ConsentPurpose[];
  /** A condition on contact `c` and its consent `k` for the purpose; words with a colon are filled in. */
  readonly sql: string;
  /** The same condition. */
  readonly holds: (known: Known, question: EligibilityQuestion) => boolean;
}

const ADVERTISING = ['marketing'] as const;

const listed = (words: readonly string[]): string => words.map((word) => `'${word}'`).join(', ');

const isAmong = (column: string, words: readonly string[]): string =>
  words.length === 0 ? 'false' : `(${column} IN (${listed(words)}))`;

/** Builds SQL from a constant of the law in force on the day of `:at`. */
const byDay = <T>(parameter: Dated<T>, said: (value: T) => string): string => lawOn(':at', parameter, said);

/** An agreement covers the brand that its wording names; a later one for another brand revokes none, an opt-out revokes all. */
const TO_ANOTHER_BRAND = `
  (SELECT count(*) > 1 FROM brand) AND k.wording_id IS NOT NULL
    AND NOT EXISTS (SELECT 1 FROM wording w WHERE w.id = k.wording_id AND w.brand_id IS NOT DISTINCT FROM :brand)
    AND NOT EXISTS (
      SELECT 1 FROM consent_event e JOIN wording w ON w.id = e.wording_id AND w.brand_id IS NOT DISTINCT FROM :brand
       WHERE e.tenant_id = c.tenant_id AND e.contact_id = c.id AND e.purpose = 'marketing' AND e.barred IS NULL
         AND e.kind IN ('granted', 'confirmed', 'reinstated')
         AND NOT EXISTS (
           SELECT 1 FROM consent_event l
            WHERE l.tenant_id = c.tenant_id AND l.contact_id = c.id AND l.purpose IN ('marketing', 'all')
              AND l.kind IN ('withdrawn', 'objected', 'expired') AND l.occurred_at >= e.occurred_at))`;

/** Matches a suppression in force that covers the purpose. */
const IN_FORCE = `x.lifted_at IS NULL AND x.scope IN ('all', :purpose)`;

/** With a limit it uses the index of one number, never a scan of the whole list. */
const ON_LIST = `
  (SELECT true FROM suppression x WHERE x.tenant_id = :tenant AND x.phone_index = c.phone_index AND ${IN_FORCE} LIMIT 1)`;

const LAST_SIGN = 'greatest(c.last_interaction_at, k.since)';

/** The reason given by the agreement itself for not being valid. */
const saidByAgreement = <Name extends string, Code extends ExclusionReason>(name: Name, code: Code) => ({
  name,
  code,
  purposes: CONSENT_PURPOSES,
  sql: `k.why = '${code}'`,
  holds: ({ agreement }: Known): boolean => agreement?.why === code,
});

/**
 * The reasons for which a person is not eligible, for a purpose, a brand and an account at an instant. The first
 * that applies is reported: the person's own acts, then their number, their age, the faults of their agreement, and
 * their place.
 */
export const EXCLUSION_RULES = [
  {
    name: 'erased',
    code: 'ERASED',
    purposes: CONSENT_PURPOSES,
    sql: 'c.id IS NULL',
    holds: ({ contact }) => contact === undefined,
  },
  saidByAgreement('withdrew', 'CONSENT_WITHDRAWN'),
  saidByAgreement('objected', 'SUPPRESSED'),
  {
    name: 'on the list',
    code: 'SUPPRESSED',
    purposes: CONSENT_PURPOSES,
    sql: ':listed',
    holds: ({ isSuppressed }) => isSuppressed,
  },
  {
    name: 'number retired',
    code: 'NUMBER_RETIRED',
    purposes: CONSENT_PURPOSES,
    sql: 'c.retired_at IS NOT NULL',
    holds: ({ contact }) => contact?.retiredAt !== undefined,
  },
  {
    name: 'not a mobile',
    code: 'NUMBER_NOT_MOBILE',
    purposes: CONSENT_PURPOSES,
    sql: `c.line_type <> 'mobile'`,
    holds: ({ contact }) => contact !== undefined && contact.lineType !== 'mobile',
  },
  {
    name: 'recorded under a moved clock',
    code: 'SIMULATED',
    purposes: CONSENT_PURPOSES,
    sql: 'c.simulated AND NOT :fake',
    holds: ({ contact }, { fake }) => contact?.simulated === true && !fake,
  },
  {
    name: 'under age',
    code: 'MINOR',
    purposes: ADVERTISING,
    // The zone of an adult is not looked up: 3 µs a person.
    sql: `c.adult_on IS NOT NULL AND c.adult_on > (:at AT TIME ZONE ${clockColumn('c.time_zone')})::date`,
    holds: ({ contact }, { at }) => contact !== undefined && isMinor(contact, at),
  },
  saidByAgreement('agreed too young', 'MINOR'),
  saidByAgreement('unconfirmed', 'CONSENT_PENDING'),
  saidByAgreement('agreement ended', 'CONSENT_EXPIRED'),
  {
    name: 'no agreement',
    code: 'NO_BASIS',
    purposes: CONSENT_PURPOSES,
    sql: 'k.sendable IS NOT TRUE',
    holds: ({ agreement }) => agreement?.sendable !== true,
  },
  {
    name: 'agreement over',
    code: 'CONSENT_EXPIRED',
    purposes: CONSENT_PURPOSES,
    sql: 'k.until <= :at',
    holds: ({ agreement }, { at }) =>
      agreement?.until != null && Date.parse(agreement.until) <= at.toMillis(),
  },
  {
    name: 'agreement not renewed',
    code: 'CONSENT_EXPIRED',
    purposes: ADVERTISING,
    sql: `${LAST_SIGN} < :at - ${byDay(CONTACT_KEPT, (kept) => `interval '${kept}'`)}`,
    holds: ({ contact, agreement }, { at }) =>
      contact !== undefined && agreement !== undefined && isOutlived(contact, { since: agreement.since, at }),
  },
  {
    name: 'basis not open',
    code: 'BASIS_NOT_ALLOWED',
    purposes: ADVERTISING,
    sql: `NOT ${byDay(basesOpen('marketing'), (bases) => isAmong('k.basis', bases))} AND NOT (${byDay(basesToOpen('marketing'), (bases) => isAmong('k.basis', bases))}
      AND (SELECT y.settings #>> '{bases,marketing}' FROM tenant y WHERE y.id = :tenant) IS NOT DISTINCT FROM k.basis)`,
    holds: ({ agreement, bases }, { purpose, at }) =>
      agreement !== undefined && !isOpenBasis({ purpose, basis: agreement.basis, on: frenchDay(at) }, bases),
  },
  {
    name: 'agreed to another brand',
    code: 'NO_BASIS',
    purposes: ADVERTISING,
    sql: TO_ANOTHER_BRAND,
    holds: ({ agreement, brands }, { brandId }) =>
      brandId !== undefined && brands !== undefined && agreement?.wordingId != null && !brands.has(brandId),
  },
  {
    name: 'number without a sign of life',
    code: 'NUMBER_RETIRED',
    purposes: ADVERTISING,
    sql: `c.last_interaction_at IS NOT NULL AND ${LAST_SIGN} < :at - ${byDay(LIVES_MONTHS, (months) => `interval '${months} months'`)}`,
    holds: ({ contact, agreement }, { at }) =>
      contact !== undefined && agreement !== undefined && isSilent(contact, { since: agreement.since, at }),
  },
  {
    name: 'place unknown',
    code: 'PLACE_UNKNOWN',
    purposes: CONSENT_PURPOSES,
    sql: `c.place_from = 'unknown'`,
    holds: ({ contact }) => contact?.place.placeFrom === 'unknown',
  },
] as const satisfies readonly ExclusionRule[];

/** The birth date decides for any day; the row keeps the 18th birthday of a minor alone. */
function isMinor({ person: { birthDate }, adultOn, place }: Holder, at: DateTime): boolean {
  const today = at.setZone(clockOf(place)).toFormat('yyyy-MM-dd');
  return birthDate === undefined ? adultOn !== undefined && adultOn > today : isMinorOn(birthDate, today);
}

/** Returns the reason why somebody is not eligible; null when they are. */
export const whyNot = (
  known: Known,
  question: EligibilityQuestion,
  rules: readonly ExclusionRule[] = EXCLUSION_RULES,
): ExclusionReason | null =>
  rules.find(({ purposes, holds }) => purposes.includes(question.purpose) && holds(known, question))?.code ??
  null;

/**
 * The SQL for each word with a colon, each with its type: the brand is null for the tenant itself, and left out
 * where any may send.
 */
export interface Names<T> {
  readonly at: T;
  readonly purpose: T;
  readonly fake: T;
  readonly tenant: T;
  readonly brand?: T | undefined;
  /** True when the number is suppressed, where the statement has joined `listedNumbers`; queried number by number otherwise. */
  readonly listed?: T | undefined;
}

/** The names to fill in; two colons are a cast. */
const NAME = /(?<!:):(at|purpose|fake|tenant|brand|listed)\b/;

/** Builds the branches of a CASE over contact `c` and consent `k`, in the order of the reasons. */
function branches(names: Names<unknown>, rules: readonly ExclusionRule[]): string {
  const asked = rules.filter((ground) => names.brand !== undefined || !ground.sql.includes(':brand'));
  const lines = asked.map(({ purposes, sql: condition, code }) => {
    const about = purposes.length === CONSENT_PURPOSES.length ? '' : `:purpose IN (${listed(purposes)}) AND `;
    return `WHEN ${about}(${condition}) THEN '${code}'`;
  });
  const text = lines.join('\n       ');
  return names.listed === undefined ? text.replace(':listed', ON_LIST) : text;
}

/** Builds the branches of a CASE that gives the reason of exclusion, as text over the parameters of a statement. */
export const exclusionCaseText = (
  names: Names<string>,
  rules: readonly ExclusionRule[] = EXCLUSION_RULES,
): string => filled(branches(names, rules), names, (piece) => piece).join('');

/** Builds the same with bound values. */
export const exclusionCase = (
  names: Names<RawBuilder<unknown>>,
  rules: readonly ExclusionRule[] = EXCLUSION_RULES,
): RawBuilder<unknown> => bound(branches(names, rules), names);

/** Builds the condition of one reason, for statements that look for the people it excludes. */
export const conditionOf = (
  name: (typeof EXCLUSION_RULES)[number]['name'],
  names: Partial<Names<RawBuilder<unknown>>>,
): RawBuilder<unknown> => {
  const rule = EXCLUSION_RULES.find((one) => one.name === name);
  return bound(rule?.sql ?? 'false', names);
};

/** Selects the suppressed numbers for a purpose, each once: for joins over a million people. */
export const listedNumbers = (purpose: RawBuilder<unknown>): RawBuilder<unknown> =>
  sql`SELECT DISTINCT x.phone_index FROM suppression x WHERE ${bound(IN_FORCE, { purpose })}`;

/** Binds the values of a condition. */
function bound(text: string, names: Partial<Names<RawBuilder<unknown>>>): RawBuilder<unknown> {
  return sql.join(
    filled(text, names, (piece) => sql.raw(piece)),
    sql.raw(''),
  );
}

/** Splits a text into pieces and replacements of its names, alternating. */
function filled<T>(text: string, names: Partial<Names<T>>, made: (piece: string) => T): T[] {
  return text.split(NAME).map((piece, turn) => {
    if (turn % 2 === 0) return made(piece);
    // The pattern names the keys alone.
    const found = names[piece as keyof Names<T>];
    if (found === undefined) throw new NameMissing(`nothing stands for :${piece}`);
    return found;
  });
}

/** Thrown for a condition with a name that its statement lacks. */
class NameMissing extends Error {
  override readonly name = 'NameMissing';
}

/** The terms by which a campaign's reach is computed. */
export interface ReachTerms {
  /** ISO instant of the law clock. */
  readonly at: string;
  /** Purposes whose account is a fake: only a fake sends to people recorded under a moved clock. */
  readonly fakeFor: readonly ConsentPurpose[];
}

/** Returns the reason why no campaign of any brand would write to contact `c` for the purpose of consent `k`; null when one would. */
export const unreached = ({ at, fakeFor }: ReachTerms): RawBuilder<string | null> => sql`
  CASE ${exclusionCase({
    at: sql`${at}::timestamptz`,
    purpose: sql`k.purpose`,
    fake: sql`(k.purpose = ANY(${fakeFor}::text[]))`,
    tenant: sql`c.tenant_id`,
  })} END`;
