import { DateTime, Duration } from 'luxon';
import type { Transaction } from '../../platform/index.ts';
import { spentMarks, type DatedProof } from '../consent/consent-event.ts';
import type { Contact, ContactDeps } from '../contact/contact.repository.ts';
import { namesPerson } from '../contact/person.ts';
import {
  destroyPerson,
  purposesServed,
  readProofsOf,
  removeProofs,
  resealProofs,
  spendProofs,
  type PersonProof,
} from './person-removal.repository.ts';
import { LOG_KEPT, PROOF_KEPT, SUPPRESSION_KEPT, frenchDay, isoText } from '../../law/index.ts';
import { bilingual, type Language, type Words } from '../../words/index.ts';

/** Counts of immediate removals, by name in the certificate. */
export type RemovedAtOnce = {
  readonly profile: number;
  readonly proofs: number;
};

/** Acts of opting out: the evidence that they were respected is kept for a complaint. */
const OPT_OUT_KINDS = new Set(['refused', 'withdrawn', 'objected']);

/**
 * Removes a person in the caller's transaction: key, number, attributes, and the proofs without a defensive use.
 * Proofs that a claim may need are resealed under the archive key. All else sealed for the person can no longer be
 * opened.
 */
export async function removePerson(
  tx: Transaction,
  { keys }: Pick<ContactDeps, 'keys'>,
  contact: Contact,
): Promise<RemovedAtOnce> {
  const served = await purposesServed(tx, contact.id);
  const needless: string[] = [];
  const marks: string[] = [];
  const archived: { readonly eventId: string; readonly sealed: Buffer }[] = [];
  for (const proof of await readProofsOf(tx, contact.id)) {
    const place = { table: 'consent_proof', column: 'sealed', row: proof.eventId };
    const text = contact.key.open(place, proof.sealed).toString('utf8');
    // The person's own key opens a sealed proof text.
    marks.push(...spentMarks(keys, JSON.parse(text) as DatedProof));
    if (defends(proof, served) && !namesPerson(contact.person, text))
      archived.push({ eventId: proof.eventId, sealed: keys.seal(place, text, 'archive') });
    else needless.push(proof.eventId);
  }
  if (archived.length > 0) await resealProofs(tx, archived);
  await spendProofs(tx, contact.phoneIndex, marks);
  const proofs = await removeProofs(tx, needless);
  await destroyPerson(tx, contact.id);
  return { profile: 1, proofs };
}

/** Says whether somebody may ever have to show the proof: the person opted out, or was written to for that purpose. */
const defends = ({ kind, purpose }: PersonProof, served: ReadonlySet<string>): boolean =>
  OPT_OUT_KINDS.has(kind) || served.has(purpose);

/** The remaining records of a person, counted when the erasure ends. */
export interface Remains {
  readonly suppressions: number;
  readonly proofs: number;
  readonly events: number;
  readonly messages: number;
  /** ISO instant of the last message handed to an operator; null when there was none. */
  readonly lastMessageAt: string | null;
}

/** One kind of remaining records, with its rule and its end. */
export interface KeptLine {
  readonly what: 'suppression' | 'proof' | 'event' | 'message' | 'journal';
  readonly count: number;
  readonly ruleId: string;
  /** ISO instant; null for as long as its chain. */
  readonly until: string | null;
}

/** Lists the records that stay and the rule behind each; a kind without records is left out. */
export function keptLines(remains: Remains, now: DateTime, journalDays: number): KeptLine[] {
  const lastMessage = remains.lastMessageAt === null ? now : DateTime.fromISO(remains.lastMessageAt);
  const lines: KeptLine[] = [
    {
      what: 'suppression',
      count: remains.suppressions,
      ruleId: 'RET-02',
      until: after(now, SUPPRESSION_KEPT.on(frenchDay(now))),
    },
    {
      what: 'proof',
      count: remains.proofs,
      ruleId: 'RET-03',
      until: after(now, PROOF_KEPT.on(frenchDay(now))),
    },
    { what: 'event', count: remains.events, ruleId: 'RET-05', until: null },
    {
      what: 'message',
      count: remains.messages,
      ruleId: 'RET-04',
      until: after(lastMessage, LOG_KEPT.on(frenchDay(now))),
    },
    { what: 'journal', count: 1, ruleId: 'RET-05', until: now.plus({ days: journalDays }).toISO() },
  ];
  return lines.filter(({ count }) => count > 0);
}

const after = (from: DateTime, period: string): string => isoText(from.plus(Duration.fromISO(period)));

/** Words each remaining kind and the reason. */
export const keptBecause = (what: KeptLine['what'], language: Language): string => KEPT[what][language];

/** Words each removed kind. */
export const removedWhat = (what: string, language: Language): string => REMOVED[what]?.[language] ?? what;

const KEPT: Readonly<Record<KeptLine['what'], Words>> = bilingual.contact.erasure.kept;

const REMOVED: Readonly<Record<string, Words>> = bilingual.contact.erasure.removed;
