import { retentionRules } from '../../law/index.ts';
import type { Figures, RegisterBasis, OperatorUsed, RegisterPeriod } from './register.repository.ts';
import { wordsIn, type Language, bilingual, type Words } from '../../words/index.ts';

/** The company behind an account, from the configuration. */
export interface Processor {
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

/** The register's entry for one purpose, for any controller. */
interface Activity {
  readonly title: Words;
  readonly people: Words;
  readonly data: Words;
}

const NUMBER: Words = bilingual.register.number;

/** The purposes, by their names in a register. */
const ACTIVITIES: Readonly<Record<string, Activity>> = {
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
