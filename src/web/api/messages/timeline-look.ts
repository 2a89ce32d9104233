import type { DateTime } from 'luxon';
import { type Clock, type Transaction, type TenantKeys, Refusal } from '../../../platform/index.ts';
import { ruleNamed } from '../../../law/index.ts';
import { auditEntriesAbout, haltEntries, type ListedAuditEntry } from '../../../company/index.ts';
import type { Caller } from '../../server/caller.ts';
import type { Happened, HeldShown } from './timeline-schema.ts';
import { actWords } from './timeline-words.ts';
import type { Language } from '../../../words/index.ts';

/** The reader of a timeline, and the dependencies. */
export interface TimelineReader {
  readonly tx: Transaction;
  readonly keys: TenantKeys;
  readonly clock: Clock;
  readonly now: DateTime<true>;
  readonly language: Language;
  readonly caller: Caller;
}

/** A marketer does not see reminders. */
export const seesSeries = ({ caller }: TimelineReader): boolean => caller.role !== 'marketer';

/** Refuses readers without access to series. */
export function refuseSeries(look: TimelineReader): void {
  if (seesSeries(look)) return;
  throw new Refusal('ROLE_NOT_ALLOWED', { detail: 'A marketer does not read series of reminders.' });
}

/** Maximum number of entries on a page; older ones are in the audit. */
export const MOST_SHOWN = 100;

/** Reads the acts of people and the system on one subject. */
export async function actsOn(look: TimelineReader, subject: string): Promise<Happened[]> {
  const entries = await auditEntriesAbout(look.tx, { subject, most: MOST_SHOWN });
  return entries.filter(isAnAct).map((entry) => auditLine(look, entry));
}

/** Reads the halts and their ends, of everything or of one account, between two instants. */
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

/** Reads are the audit's own, and the outcome of a step is shown by the step. */
const isAnAct = ({ action }: ListedAuditEntry): boolean =>
  !/-read$|exported$|^reminder\.(?:sent|skipped)$/.test(action);

/** Describes a hold with the rule behind it. */
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

/** Sorts by time; two clocks of one machine are near enough. */
export const inOrder = (happened: readonly Happened[]): Happened[] =>
  happened.toSorted((one, other) => Date.parse(one.at) - Date.parse(other.at));
