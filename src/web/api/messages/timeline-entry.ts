import { z } from 'zod';
import type { DateTime } from 'luxon';
import { bilingual, wordsIn, type Language, type Words } from '../../../words/index.ts';
import { Refusal, type Clock, type Transaction } from '../../../platform/index.ts';
import type { TenantKeys } from '../../../crypto/index.ts';
import { ruleNamed } from '../../../law/index.ts';
import { auditEntriesAbout, haltEntries, type ListedAuditEntry } from '../../../company/index.ts';
import type { Caller } from '../../server/caller.ts';

const RuleCited = z.object({ id: z.string(), title: z.string(), level: z.string(), source: z.string() });

const Happened = z.object({
  at: z.string(),
  clock: z.enum(['law', 'machine']),
  event: z.string(),
  text: z.string(),
  actor: z.string().optional(),
  messageId: z.string().optional(),
  rules: z.array(RuleCited).readonly().optional(),
});

const Coming = z.object({
  at: z.string().nullable().describe('None when a person has to act first.'),
  text: z.string(),
  rule: RuleCited.optional().describe('What keeps it back, when that is a rule.'),
  messageId: z.string().optional(),
});

const HeldShown = z.object({
  code: z.string(),
  text: z.string(),
  until: z.string().nullable(),
  rule: RuleCited.nullable(),
});

/** The timeline of a subject: past events, the next ones, and what holds them back. */
export const TimelineShown = z
  .object({
    about: z.object({
      kind: z.enum(['message', 'contact', 'series', 'campaign']),
      id: z.string(),
      title: z.string().describe('A masked number, a name, or an external id.'),
      state: z.string(),
    }),
    happened: z.array(Happened).readonly().describe('Oldest first.'),
    next: z.array(Coming).readonly(),
    heldBy: HeldShown.nullable(),
    related: z.array(z.object({ kind: z.string(), id: z.string() })).readonly(),
    workflowId: z.string().nullable(),
  })
  .meta({ id: 'Timeline' });

export type Timeline = z.input<typeof TimelineShown>;

export type Happened = z.input<typeof Happened>;

export type HeldShown = z.input<typeof HeldShown>;

const ACTS: Readonly<Record<string, Words>> = bilingual.timeline.acts;

/** The events of any booking, in words. */
const BOOKING: Readonly<Record<string, Words>> = bilingual.timeline.booking;

const MESSAGE: Readonly<Record<string, Words>> = bilingual.timeline.message;

const STATES: Readonly<Record<string, Words>> = bilingual.timeline.states;

const CONSENT: Readonly<Record<string, Words>> = bilingual.timeline.consent;

const PURPOSES: Readonly<Record<string, Words>> = bilingual.timeline.purposes;

const PERSON_ACTS: Words = bilingual.timeline.personActs;

const said = (words: Words | undefined, code: string, language: Language): string =>
  words?.[language] ?? code;

/** Writes an entry of the audit in words, a halt with its reason; an unknown action by its name. */
export function actWords(
  action: string,
  { language, reason }: { readonly language: Language; readonly reason?: unknown },
): string {
  const words = said(ACTS[action] ?? BOOKING[action.slice(action.indexOf('.') + 1)], action, language);
  if (!/^(?:tenant|gateway)\./.test(action)) return words;
  if (typeof reason !== 'string') return `${words}.`;
  return wordsIn(language).timeline.withReason({ words, reason });
}

export const eventWords = (event: string, language: Language): string =>
  said(MESSAGE[event], event, language);

export const stateWords = (state: string, language: Language): string => said(STATES[state], state, language);

export const consentWords = (
  { kind, purpose }: { readonly kind: string; readonly purpose: string },
  language: Language,
): string => `${said(CONSENT[kind], kind, language)} (${said(PURPOSES[purpose], purpose, language)}).`;

/** Writes that a message waits, with its purpose and the reason. */
export const waitingWords = (
  { purpose, why }: { readonly purpose: string; readonly why: string },
  language: Language,
): string =>
  `SMS (${said(PURPOSES[purpose], purpose, language)})${wordsIn(language).punctuation.colon}${why}`;

/** Writes that a launched campaign would write to a person, or might. */
export function launchedWords(
  { name, isKnown }: { readonly name: string; readonly isKnown: boolean },
  language: Language,
): string {
  const words = wordsIn(language).timeline;
  return isKnown ? words.wouldWrite({ name }) : words.mayWrite({ name });
}

export const personActs = (language: Language): string => PERSON_ACTS[language];

export interface TimelineReader {
  readonly tx: Transaction;
  readonly keys: TenantKeys;
  readonly clock: Clock;
  readonly now: DateTime<true>;
  readonly language: Language;
  readonly caller: Caller;
}

/** Says whether the reader may see reminders, which a marketer may not. */
export const seesSeries = ({ caller }: TimelineReader): boolean => caller.role !== 'marketer';

export function refuseSeries(look: TimelineReader): void {
  if (seesSeries(look)) return;
  throw new Refusal('ROLE_NOT_ALLOWED', { detail: 'A marketer does not read series of reminders.' });
}

/** Entries in a timeline; older ones are in the audit. */
export const MOST_SHOWN = 100;

/** Reads what people and the system have done to a subject. */
export async function actsOn(look: TimelineReader, subject: string): Promise<Happened[]> {
  const entries = await auditEntriesAbout(look.tx, { subject, most: MOST_SHOWN });
  return entries.filter(isAnAct).map((entry) => auditLine(look, entry));
}

/** Reads the halts of everything or of one account, and their ends, between two instants. */
export async function haltsOn(
  look: TimelineReader,
  asked: { readonly accountId: string; readonly from: string; readonly to: string | null },
): Promise<Happened[]> {
  const entries = await haltEntries(look.tx, { ...asked, most: MOST_SHOWN });
  return entries.map((entry) => auditLine(look, entry));
}

const auditLine = (
  { language }: TimelineReader,
  { at, actor, action, details }: ListedAuditEntry,
): Happened => ({
  at,
  clock: 'law',
  event: action,
  text: actWords(action, { language, reason: details['reason'] }),
  actor,
});

/**
 * Says whether a timeline shows an entry of the audit: not that somebody has read, nor the outcome of a step, which
 * the step shows.
 */
const isAnAct = ({ action }: ListedAuditEntry): boolean =>
  !/-read$|exported$|^reminder\.(?:sent|skipped)$/.test(action);

/** Describes what holds a message back, with the rule. */
export function heldBy(
  { language, now }: TimelineReader,
  given: {
    readonly code: string;
    readonly text: string;
    readonly ruleId?: string | null | undefined;
    readonly until: string | null;
  },
): HeldShown {
  const { code, text, ruleId, until } = given;
  const rule = ruleId == null ? undefined : ruleNamed(ruleId, now.toISODate());
  return {
    code,
    text,
    until,
    rule:
      rule === undefined
        ? null
        : { id: rule.id, title: rule.title[language], level: rule.level, source: rule.source },
  };
}

/** Sorts events by time; law clock and machine clock are near enough for that. */
export const inOrder = (happened: readonly Happened[]): Happened[] =>
  happened.toSorted((one, other) => Date.parse(one.at) - Date.parse(other.at));
