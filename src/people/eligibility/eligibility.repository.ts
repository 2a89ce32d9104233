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

/** The fields of a contact that decide about eligibility. */
export type Holder = Pick<ContactDraft, 'place' | 'lineType' | 'adultOn' | 'lastInteractionAt'> &
  Pick<Contact, 'simulated'> & {
    readonly person: Pick<Contact['person'], 'birthDate'>;
    readonly retiredAt?: string | undefined;
  };

/** What is known of a person for one purpose. */
export interface Known {
  /** Undefined once the person is erased. */
  readonly contact: Holder | undefined;
  /** The person's consent; undefined when no act concerns the purpose. */
  readonly agreement:
    | (Pick<ConsentStatus, 'sendable' | 'why' | 'basis' | 'since' | 'wordingId'> & {
        /** ISO instant. */
        readonly until?: string | null | undefined;
      })
    | undefined;
  readonly isSuppressed: boolean;
  readonly bases: ChosenBases;
  /** Brands that the person agreed to, null for the tenant itself; undefined where the tenant has one at most. */
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

/** One reason of exclusion, as a condition in SQL and as the same condition in the program. */
export interface ExclusionRule {
  readonly name: string;
  readonly code: ExclusionReason;
  readonly purposes: readonly ConsentPurpose[];
  /** A condition on contact `c` and its consent `k` for the purpose; the names of `Names` are written with a colon. */
  readonly sql: string;
  readonly holds: (known: Known, question: EligibilityQuestion) => boolean;
}

const ADVERTISING = ['marketing'] as const;

const listed = (words: readonly string[]): string => words.map((word) => `'${word}'`).join(', ');

const isAmong = (column: string, words: readonly string[]): string =>
  words.length === 0 ? 'false' : `(${column} IN (${listed(words)}))`;

/** Builds SQL that reads a parameter of the law as it is in force on the day of `:at`. */
const byDay = <T>(parameter: Dated<T>, sqlOf: (value: T) => string): string => lawOn(':at', parameter, sqlOf);

/**
 * Matches a person who agreed to other brands only. An agreement covers the brand that its wording names; a later
 * agreement to another brand revokes none, an opt-out revokes all.
 */
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

/** Says whether the number is suppressed. The limit makes PostgreSQL use the index instead of a scan of the list. */
const ON_LIST = `
  (SELECT true FROM suppression x WHERE x.tenant_id = :tenant AND x.phone_index = c.phone_index AND ${IN_FORCE} LIMIT 1)`;

const LAST_SIGN = 'greatest(c.last_interaction_at, k.since)';

/** Makes the rule for a consent whose own `why` is this code. */
const agreementRule = <Name extends string, Code extends ExclusionReason>(name: Name, code: Code) => ({
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
  agreementRule('withdrew', 'CONSENT_WITHDRAWN'),
  agreementRule('objected', 'SUPPRESSED'),
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
  agreementRule('agreed too young', 'MINOR'),
  agreementRule('unconfirmed', 'CONSENT_PENDING'),
  agreementRule('agreement ended', 'CONSENT_EXPIRED'),
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

/** Decides by the birth date where it is known; else by `adultOn`, which only the row of a minor has. */
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

/** What stands in a statement for each name with a colon in the conditions. */
export interface Names<T> {
  readonly at: T;
  readonly purpose: T;
  readonly fake: T;
  readonly tenant: T;
  /** Null for the tenant itself; absent where any brand may send. */
  readonly brand?: T | undefined;
  /** Says whether the number is suppressed, where the statement joins `listedNumbers`; else each number is looked up. */
  readonly listed?: T | undefined;
}

/** Matches a name to fill in; two colons are a cast. */
const NAME = /(?<!:):(at|purpose|fake|tenant|brand|listed)\b/;

/** Builds the branches of a CASE over contact `c` and consent `k`, in the order of the reasons. */
function branches(names: Names<unknown>, rules: readonly ExclusionRule[]): string {
  const applicable = rules.filter((rule) => names.brand !== undefined || !rule.sql.includes(':brand'));
  const lines = applicable.map(({ purposes, sql: condition, code }) => {
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

/** Builds the same branches as `exclusionCaseText`, with bound values. */
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

function bound(text: string, names: Partial<Names<RawBuilder<unknown>>>): RawBuilder<unknown> {
  return sql.join(
    filled(text, names, (piece) => sql.raw(piece)),
    sql.raw(''),
  );
}

/** Splits a text at its names: returns the converted pieces of text, with what stands for a name between each two. */
function filled<T>(text: string, names: Partial<Names<T>>, convert: (piece: string) => T): T[] {
  return text.split(NAME).map((piece, index) => {
    if (index % 2 === 0) return convert(piece);
    // The pattern names the keys alone.
    const found = names[piece as keyof Names<T>];
    if (found === undefined) throw new NameMissing(`nothing stands for :${piece}`);
    return found;
  });
}

class NameMissing extends Error {
  override readonly name = 'NameMissing';
}

/** The instant and the accounts for which a campaign's reach is computed. */
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
