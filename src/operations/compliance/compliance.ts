import { DateTime } from 'luxon';
import type { Transaction } from '../../platform/index.ts';
import {
  ALARM_SECONDS,
  CEILING_HOURS,
  ANSWER_WITHIN,
  type Day,
  howLong,
  strictestClose,
  TERRITORIES_OF_SEVERAL_ZONES,
  isTerritory,
} from '../../law/index.ts';
import { purposeNamed } from '../../sending/index.ts';
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
import type { RegisterPeriod } from './register.repository.ts';
import { bilingual, type Language, type Words } from '../../words/index.ts';

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

/** The counted part of a report. */
export type Compliance = Awaited<ReturnType<typeof complianceOf>>;

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
