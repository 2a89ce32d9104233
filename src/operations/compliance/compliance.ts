import { DateTime } from 'luxon';
import {
  ALARM_SECONDS,
  CEILING_HOURS,
  ANSWER_WITHIN,
  howLong,
  strictestClose,
  TERRITORIES_OF_SEVERAL_ZONES,
  retentionRules,
} from '../../law/index.ts';
import { type Day, isTerritory } from '../../rule/index.ts';
import type { Transaction } from '../../platform/index.ts';
import { purposeNamed } from '../../sending/index.ts';
import { bilingual, type Language, type Words, wordsIn } from '../../words/index.ts';
import {
  attemptsIn,
  cleanedIn,
  decidedPlacesIn,
  endedIn,
  holdsIn,
  optOutDelaysIn,
  messagesIn,
  movedIn,
  rightsRequestsIn,
  sourcesIn,
  stopDelayIn,
  type basesNow,
  type figuresNow,
  type OperatorUsed,
  type RegisterPeriod,
} from './compliance.repository.ts';

type Counts = Readonly<Record<string, number>>;

/** Computes the compliance report of a period. */
export async function complianceOf(tx: Transaction, period: RegisterPeriod) {
  const attempts = await attemptsIn(tx, period, await strictClosesIn(tx, period));
  const messages = await messagesIn(tx, period);
  return {
    period,
    attempts,
    attemptsOutsideWindow: sum(attempts.map(({ outsideWindow }) => outsideWindow)),
    attemptsWithoutDecision: sum(attempts.map(({ withoutDecision }) => withoutDecision)),
    messages,
    held: await holdsIn(tx, period),
    refused: byReason(messages),
    remindersMoved: await movedIn(tx, period),
    stopDelay: await stopDelayIn(tx, period),
    leavings: await optOutDelaysIn(tx, period),
    consentsBySource: await sourcesIn(tx, period),
    uncertain: {
      openNow: sum(messages.filter(({ state }) => state === 'uncertain').map((one) => one.messages)),
      calls: sumOf(attempts.map(({ uncertain }) => uncertain)),
      ended: await endedIn(tx, period),
    },
    retention: await cleanedIn(tx, period),
    rights: await rightsRequestsIn(tx, period),
  };
}

/** Computes, for decisions in territories of several zones, when each ceased to hold in the zone that closes first. */
async function strictClosesIn(tx: Transaction, period: RegisterPeriod) {
  const decided = await decidedPlacesIn(tx, period, TERRITORIES_OF_SEVERAL_ZONES);
  return decided.map(({ id, purpose, territory, timeZones, at, ...rest }) => {
    const [zone, ...others] = timeZones ?? [];
    const close = isTerritory(territory)
      ? strictestClose({
          ...rest,
          purpose: purposeNamed(purpose),
          territory,
          at: DateTime.fromISO(at),
          timeZones: zone === undefined ? undefined : [zone, ...others],
        })
      : DateTime.fromISO(at);
    return { id, closesAt: close.toUTC().toISO() ?? at };
  });
}

/** The parts of a report that may need a person's attention. */
type AlertFacts = Pick<
  Awaited<ReturnType<typeof complianceOf>>,
  'attemptsOutsideWindow' | 'attemptsWithoutDecision' | 'stopDelay' | 'leavings' | 'uncertain' | 'rights'
>;

/** Lists what a person must look at in a report; the law is that of the day `on`. */
export function alertsOf(
  report: AlertFacts,
  { language, on }: { readonly language: Language; readonly on: Day },
): readonly string[] {
  return checksOn(on)
    .filter(({ fails }) => fails(report))
    .map(({ says }) => says[language]);
}

function checksOn(
  on: Day,
): readonly { readonly fails: (report: AlertFacts) => boolean; readonly says: Words }[] {
  const [most, ceiling] = [ALARM_SECONDS.on(on), howLong({ hours: CEILING_HOURS.on(on) })];
  const words = bilingual.compliance;
  return [
    { fails: ({ attemptsOutsideWindow }) => attemptsOutsideWindow > 0, says: words.outsideWindow },
    { fails: ({ attemptsWithoutDecision }) => attemptsWithoutDecision > 0, says: words.withoutDecision },
    // Requests of people that took longer than the law allows.
    {
      fails: ({ stopDelay: { maxMs } }) => maxMs !== null && maxMs > most * 1_000,
      says: words.stopTooSlow({ alarm: howLong({ seconds: most }) }),
    },
    {
      fails: ({ leavings }) => sum(leavings.map(({ lateWhileSendable }) => lateWhileSendable)) > 0,
      says: words.recordedLate({ ceiling }),
    },
    { fails: ({ uncertain }) => uncertain.openNow > 0, says: words.uncertain },
    {
      fails: ({ rights }) => rights.erasuresLate > 0,
      says: words.rightsOverdue({ answer: howLong(ANSWER_WITHIN.on(on)) }),
    },
  ];
}

/** Counts messages that were never sent, by reason. */
function byReason(messages: Awaited<ReturnType<typeof messagesIn>>): Counts {
  return sumOf(
    messages
      .filter(({ state, reason }) => reason !== null && NEVER_SENT.has(state))
      .map(({ reason, messages: many }) => ({ [reason ?? '']: many })),
  );
}

const NEVER_SENT = new Set(['excluded', 'failed', 'expired']);

function sumOf(counts: readonly Counts[]): Counts {
  const total = new Map<string, number>();
  for (const [name, many] of counts.flatMap((one) => Object.entries(one)))
    total.set(name, (total.get(name) ?? 0) + many);
  return Object.fromEntries(total);
}

const sum = (counts: readonly number[]): number => counts.reduce((total, many) => total + many, 0);

/** What the drafts of a register and of an impact assessment are made from. */
export interface RegisterFacts {
  readonly madeAt: string;
  readonly language: Language;
  readonly period: RegisterPeriod;
  readonly controller: {
    readonly name: string;
    readonly legalName: string;
    readonly contact: unknown;
    readonly dataProtectionOfficer: unknown;
    readonly sector: string;
    readonly profile: string;
  };
  readonly operators: readonly OperatorUsed[];
  /** Returns the company behind an account, from the configuration. */
  readonly processorOf: (account: string) => { readonly name: string; readonly country: string } | undefined;
  readonly bases: Awaited<ReturnType<typeof basesNow>>;
  readonly figures: Awaited<ReturnType<typeof figuresNow>>;
}

/** Drafts a register of processing (GDPR, art. 30) from what the instance did in a period. */
export function registerOf(facts: RegisterFacts) {
  const { language, controller, madeAt, period, bases, operators } = facts;
  const used = new Set([...bases, ...operators].map(({ purpose }) => purpose));
  return {
    notice: bilingual.register.draft[language],
    madeAt,
    period,
    controller: { ...controller, representative: null },
    activities: Object.keys(ACTIVITIES)
      .filter((purpose) => used.has(purpose))
      .map((purpose) => activityOf(facts, purpose)),
    operators: operators.map((one) => operatorOf(facts, one)),
    retention: retentionRules.map(({ id, reading, source }) => ({
      ruleId: id,
      reading: reading[language],
      source,
    })),
    security: everyEntry(bilingual.register.security, language),
    blanks: everyEntry(bilingual.register.blanks, language),
  };
}

function activityOf(facts: RegisterFacts, purpose: string) {
  const { language, bases, operators } = facts;
  const words = ACTIVITIES[purpose];
  return {
    purpose,
    title: words?.title[language] ?? purpose,
    people: words?.people[language] ?? null,
    data: words?.data[language] ?? null,
    bases: bases.filter((basis) => basis.purpose === purpose).map(({ basis, people }) => ({ basis, people })),
    recipients: operators.filter((one) => one.purpose === purpose).map(({ name }) => name),
    internalRecipients: null,
  };
}

const operatorOf = ({ processorOf }: RegisterFacts, { name, kind, fake, ...used }: OperatorUsed) => ({
  account: name,
  kind,
  fake,
  company: processorOf(name)?.name ?? null,
  country: processorOf(name)?.country ?? null,
  contract: null,
  ...used,
});

/** People from which processing counts as large-scale. The criterion names no number: this one makes somebody look. */
const LARGE_SCALE = 10_000;

/** Drafts the start of an impact assessment (GDPR, art. 35) from what the instance does. */
export function dpiaOf(facts: RegisterFacts) {
  const { language, controller, madeAt, period, figures, bases } = facts;
  const criteria = criteriaOf(facts);
  const met = criteria.filter((one) => one.met).length;
  return {
    notice: bilingual.register.draft[language],
    madeAt,
    period,
    controller,
    instance: { ...figures, bases },
    criteria,
    suggested: met >= 2,
    risks: Object.values(bilingual.register.risks).map(({ risk, measures }) => ({
      risk: risk[language],
      measures: measures[language],
      severity: null,
      likelihood: null,
    })),
    security: everyEntry(bilingual.register.security, language),
    blanks: everyEntry(bilingual.register.dpiaBlanks, language),
  };
}

function criteriaOf({ language, controller, figures }: RegisterFacts) {
  const { criteria } = wordsIn(language).register;
  return [
    {
      criterion: criteria.sensitive,
      met: controller.sector === 'health',
      because: criteria.sector({ sector: controller.sector }),
    },
    {
      criterion: criteria.largeScale,
      met: figures.contacts >= LARGE_SCALE,
      because: criteria.people({ contacts: figures.contacts, largeScale: LARGE_SCALE }),
    },
    {
      criterion: criteria.vulnerable,
      met: controller.sector === 'health' || figures.minors > 0,
      because: criteria.minors({ minors: figures.minors }),
    },
    {
      criterion: criteria.profiling,
      met: false,
      because: criteria.none,
    },
  ];
}

const { number: NUMBER, activities: PURPOSES } = bilingual.register;

/** What a register says of each purpose. */
const ACTIVITIES: Readonly<
  Record<string, { readonly title: Words; readonly people: Words; readonly data: Words }>
> = {
  marketing: { ...PURPOSES.marketing, data: NUMBER },
  appointment: { ...PURPOSES.appointment, data: PURPOSES.appointment.data({ number: NUMBER }) },
  renewal: { ...PURPOSES.renewal, data: PURPOSES.renewal.data({ number: NUMBER }) },
  payment: { ...PURPOSES.payment, data: PURPOSES.payment.data({ number: NUMBER }) },
};

/** Returns every entry of a catalogue in one language. */
const everyEntry = (words: Readonly<Record<string, Words>>, language: Language): string[] =>
  Object.values(words).map((one) => one[language]);
