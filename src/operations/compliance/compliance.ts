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
  type Rights,
  type MessageStateCount,
  type StrictClose,
} from './compliance.repository.ts';
import type { RegisterPeriod, Figures, RegisterBasis, OperatorUsed } from './register.repository.ts';

type Counts = Readonly<Record<string, number>>;

/** Computes the compliance report of a period from the rows that evidence is made of. */
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
      calls: added(attempts.map(({ uncertain }) => uncertain)),
      ended: await endedIn(tx, period),
    },
    retention: await cleanedIn(tx, period),
    rights: await rightsRequestsIn(tx, period),
  };
}

/** Computes, for each decision about a place of several zones, the moment at which it ceased to hold in the first of them. */
async function strictClosesIn(tx: Transaction, period: RegisterPeriod): Promise<StrictClose[]> {
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

type Compliance = Awaited<ReturnType<typeof complianceOf>>;

/** The parts of a report that may call for a person. */
type Alarming = Pick<
  Compliance,
  'attemptsOutsideWindow' | 'attemptsWithoutDecision' | 'stopDelay' | 'leavings' | 'uncertain' | 'rights'
>;

/** Lists the points that a person must look at; empty when there are none. */
export function alertsOf(report: Alarming, { language, on }: ReportTerms): readonly string[] {
  return checksOn(on)
    .filter(({ fails }) => fails(report))
    .map(({ says }) => says[language]);
}

/** The language of a report, and the day of its law. */
interface ReportTerms {
  readonly language: Language;
  readonly on: Day;
}

interface Check {
  readonly fails: (report: Alarming) => boolean;
  readonly says: Words;
}

const checksOn = (on: Day): readonly Check[] => [...HANDED_OVER, ...lateOptOutChecks(on), ...openOn(on)];

const HANDED_OVER: readonly Check[] = [
  {
    fails: ({ attemptsOutsideWindow }) => attemptsOutsideWindow > 0,
    says: bilingual.compliance.outsideWindow,
  },
  {
    fails: ({ attemptsWithoutDecision }) => attemptsWithoutDecision > 0,
    says: bilingual.compliance.withoutDecision,
  },
];

/** Checks requests of people that took longer than the law allows. */
function lateOptOutChecks(on: Day): readonly Check[] {
  const [most, ceiling] = [ALARM_SECONDS.on(on), howLong({ hours: CEILING_HOURS.on(on) })];
  return [
    {
      fails: ({ stopDelay: { maxMs } }) => maxMs !== null && maxMs > most * 1_000,
      says: bilingual.compliance.stopTooSlow({ alarm: howLong({ seconds: most }) }),
    },
    {
      fails: ({ leavings }) => sum(leavings.map(({ lateWhileSendable }) => lateWhileSendable)) > 0,
      says: bilingual.compliance.recordedLate({ ceiling }),
    },
  ];
}

const openOn = (on: Day): readonly Check[] => [
  {
    fails: ({ uncertain }) => uncertain.openNow > 0,
    says: bilingual.compliance.uncertain,
  },
  {
    fails: ({ rights }) => isLate(rights),
    says: bilingual.compliance.rightsOverdue({ answer: howLong(ANSWER_WITHIN.on(on)) }),
  },
];

const isLate = ({ erasuresLate }: Rights): boolean => erasuresLate > 0;

/** Counts messages never handed to an operator, by reason. */
function byReason(messages: readonly MessageStateCount[]): Counts {
  return added(
    messages
      .filter(({ state, reason }) => reason !== null && NEVER_SENT.has(state))
      .map(({ reason, messages: many }) => ({ [reason ?? '']: many })),
  );
}

const NEVER_SENT = new Set(['excluded', 'failed', 'expired']);

function added(counts: readonly Counts[]): Counts {
  const total = new Map<string, number>();
  for (const [name, many] of counts.flatMap((one) => Object.entries(one)))
    total.set(name, (total.get(name) ?? 0) + many);
  return Object.fromEntries(total);
}

const sum = (counts: readonly number[]): number => counts.reduce((total, many) => total + many, 0);

/** The company behind an account, from the configuration. */
interface Processor {
  readonly name: string;
  readonly country: string;
}

/** The facts of both drafts. */
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
  readonly processorOf: (account: string) => Processor | undefined;
  readonly bases: readonly RegisterBasis[];
  readonly figures: Figures;
}

/** Drafts a register of processing (GDPR, art. 30) from what the instance did in a period. */
export function registerOf(facts: RegisterFacts) {
  const { language, controller, madeAt, period, bases, operators } = facts;
  const used = new Set([...bases, ...operators].map(({ purpose }) => purpose));
  return {
    notice: DRAFT[language],
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
    security: inOne(SECURITY, language),
    blanks: inOne(REGISTER_BLANKS, language),
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
    bases: bases
      .filter((ground) => ground.purpose === purpose)
      .map(({ basis, people }) => ({ basis, people })),
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

/** Many people: the threshold that the criterion leaves to judgement; ours only makes somebody look. */
const LARGE_SCALE = 10_000;

/** Drafts the start of an impact assessment (GDPR, art. 35) from what the instance does. */
export function dpiaOf(facts: RegisterFacts) {
  const { language, controller, madeAt, period, figures, bases } = facts;
  const criteria = criteriaOf(facts);
  const met = criteria.filter((one) => one.met).length;
  return {
    notice: DRAFT[language],
    madeAt,
    period,
    controller,
    instance: { ...figures, bases },
    criteria,
    suggested: met >= 2,
    risks: RISKS.map(({ risk, measures }) => ({
      risk: risk[language],
      measures: measures[language],
      severity: null,
      likelihood: null,
    })),
    security: inOne(SECURITY, language),
    blanks: inOne(DPIA_BLANKS, language),
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

const NUMBER: Words = bilingual.register.number;

/** The purposes, by their names in a register. */
const ACTIVITIES: Readonly<
  Record<string, { readonly title: Words; readonly people: Words; readonly data: Words }>
> = {
  marketing: {
    title: bilingual.register.activities.marketing.title,
    people: bilingual.register.activities.marketing.people,
    data: NUMBER,
  },
  appointment: {
    title: bilingual.register.activities.appointment.title,
    people: bilingual.register.activities.appointment.people,
    data: bilingual.register.activities.appointment.data({ number: NUMBER }),
  },
  renewal: {
    title: bilingual.register.activities.renewal.title,
    people: bilingual.register.activities.renewal.people,
    data: bilingual.register.activities.renewal.data({ number: NUMBER }),
  },
  payment: {
    title: bilingual.register.activities.payment.title,
    people: bilingual.register.activities.payment.people,
    data: bilingual.register.activities.payment.data({ number: NUMBER }),
  },
};

/** Measures that the software takes by itself. */
const SECURITY: readonly Words[] = Object.values(bilingual.register.security);

/** The blanks of the register that only the controller can fill. */
const REGISTER_BLANKS: readonly Words[] = Object.values(bilingual.register.blanks);

/** The further blanks of an assessment, for people to fill. */
const DPIA_BLANKS: readonly Words[] = Object.values(bilingual.register.dpiaBlanks);

/** Risks to weigh, and the software's measures against each. */
const RISKS: readonly { readonly risk: Words; readonly measures: Words }[] = Object.values(
  bilingual.register.risks,
);

/** The opening of every draft. */
const DRAFT: Words = bilingual.register.draft;

/** Returns words in one language. */
const inOne = (words: readonly Words[], language: Language): string[] => words.map((one) => one[language]);
