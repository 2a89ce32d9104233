import type { Transaction } from '../../platform/index.ts';
import { recordAudits, servesHealth } from '../../company/index.ts';
import { proofText, type ProofText } from '../consent/consent-account.ts';
import { readProofs } from '../consent/consent.repository.ts';
import {
  lockContacts,
  updateContacts,
  type Contact,
  type ContactDeps,
} from '../contact/contact.repository.ts';
import {
  actsAfter,
  contactsAfter,
  lockCutting,
  noteCutting,
  replaceProofs,
  type Cutting,
  type PlacedProof,
} from './cut-reasons.repository.ts';
import { isReasonOfVisit, withoutReasons } from '../contact/reason-of-visit.ts';

/** True when rows remain to look through, and what was removed now. */
export interface ReasonsCut {
  readonly isDone: boolean;
  readonly attributes: number;
  readonly proofs: number;
}

const NOTHING: ReasonsCut = { isDone: true, attributes: 0, proofs: 0 };
/** A transaction of half a second at most. */
const AT_ONCE = 500;

/**
 * Removes one page of reasons of visits, where people come for their health. Earlier versions kept them, and a
 * tenant may serve health from some day on. A finished tenant costs one query.
 */
export async function cutSomeReasons(tx: Transaction, deps: ContactDeps): Promise<ReasonsCut> {
  if (!(await servesHealth(tx))) {
    await noteCutting(tx, undefined);
    return NOTHING;
  }
  const cutting = await lockCutting(tx);
  if (cutting.stage === 'done') return NOTHING;
  const { next, ...cut } =
    cutting.stage === 'contacts'
      ? await cutAttributes(tx, deps, cutting.after)
      : await cutProofs(tx, deps, cutting.after);
  await noteCutting(tx, next);
  return { ...cut, isDone: next.stage === 'done' };
}

type Page = Omit<ReasonsCut, 'isDone'> & { readonly next: Cutting };

const tells = (record: Readonly<Record<string, unknown>>): boolean =>
  Object.keys(record).some((name) => isReasonOfVisit(name));

async function cutAttributes(tx: Transaction, { keys, clock }: ContactDeps, after: string): Promise<Page> {
  const ids = await contactsAfter(tx, { after, most: AT_ONCE });
  const last = ids.at(-1);
  if (last === undefined) return { attributes: 0, proofs: 0, next: { stage: 'proofs', after: 0 } };
  const telling = (await lockContacts(tx, keys, ids)).filter(({ person }) => tells(person.attributes));
  const changed = telling.map((contact) => ({ contact, draft: harmless(contact) }));
  await updateContacts(tx, changed, clock.now().toISO());
  const cut = changed.map(({ contact }) => audited('contact.reasons-cut', contact.id));
  await recordAudits(tx, cut, { at: clock.now().toISO(), machineMs: clock.machine() });
  return { attributes: changed.length, proofs: 0, next: { stage: 'contacts', after: last } };
}

const audited = (action: string, subject: string) => ({ actor: 'system', action, subject });

const harmless = (contact: Contact): Contact => ({
  ...contact,
  person: { ...contact.person, attributes: withoutReasons(contact.person.attributes) },
});

async function cutProofs(tx: Transaction, deps: ContactDeps, after: number): Promise<Page> {
  const acts = await actsAfter(tx, { after, most: AT_ONCE });
  const last = acts.at(-1);
  if (last === undefined) return { attributes: 0, proofs: 0, next: { stage: 'done' } };
  const cut = await harmlessProofs(tx, deps, acts);
  const at = deps.clock.now().toISO();
  await replaceProofs(tx, cut, at);
  const entries = cut.map(({ eventId }) => audited('consent.proof-cut', eventId));
  await recordAudits(tx, entries, { at, machineMs: deps.clock.machine() });
  return { attributes: 0, proofs: cut.length, next: { stage: 'proofs', after: last.position } };
}

/** Reseals the proofs that contained a reason of visit without it, under the same key. */
async function harmlessProofs(
  tx: Transaction,
  { keys }: ContactDeps,
  acts: readonly PlacedProof[],
): Promise<{ readonly eventId: string; readonly sealed: Buffer }[]> {
  const people = [...new Set(acts.flatMap(({ contactId }) => contactId ?? []))];
  // Locked before their proofs are read: an erasure meanwhile waits, and then removes the rest too.
  const held = new Map((await lockContacts(tx, keys, people)).map((contact) => [contact.id, contact]));
  const sealed = await readProofs(
    tx,
    acts.map(({ eventId }) => eventId),
  );
  return acts.flatMap(({ eventId, contactId }) => {
    const proof = sealed.get(eventId);
    if (proof === undefined) return [];
    const place = { table: 'consent_proof', column: 'sealed', row: eventId };
    const key = contactId === null ? undefined : held.get(contactId)?.key;
    const opened = key === undefined ? keys.open(place, proof, 'archive') : key.open(place, proof);
    // The recorder of the act sealed a proof text here.
    const recordedProof = JSON.parse(opened.toString('utf8')) as ProofText;
    if (!tells(recordedProof.evidence)) return [];
    const text = proofText({ ...recordedProof, evidence: withoutReasons(recordedProof.evidence) });
    return [
      { eventId, sealed: key === undefined ? keys.seal(place, text, 'archive') : key.seal(place, text) },
    ];
  });
}
