import type { Transaction } from '../../platform/index.ts';
import { readPhone } from '../../sms/index.ts';
import type { DatedProof } from '../consent/consent-proof.ts';
import { isoInstant } from '../consent/consent-event.ts';
import { readProofs, readRecord } from '../consent/consent.repository.ts';
import { readContact, type Contact, type ContactDeps } from '../contact/contact.repository.ts';
import { endAnswer, type WaitingAnswer } from './form-answer.repository.ts';
import type { FormOrigin } from './form-evidence.ts';
import { wordingIdIn, type Form } from './form-terms.ts';
import type { Grant } from '../consent/grant-grounds.ts';
import { CONSENT_PURPOSES, type ConsentPurpose } from '../consent/purpose.ts';
import { refuseConsents } from '../consent/refuse-consents.ts';
import { recordConsents } from '../consent/record-consents.ts';
import { upsertContacts } from '../contact/upsert-contacts.ts';

/** The result of a number's confirmation: the consents now given, and the opt-outs still in force. */
export interface ConfirmedAnswer {
  readonly kind: 'confirmed';
  readonly agreed: readonly ConsentPurpose[];
  readonly blocked: readonly ConsentPurpose[];
}

/** A confirmation and its origin. */
export interface Confirmation extends FormOrigin {
  readonly form: Form;
  readonly answer: WaitingAnswer;
  readonly by: 'code' | 'link';
}

/** Turns ticked boxes into agreements, with the proof of both moments; repeating changes nothing. */
export async function confirmAnswer(
  tx: Transaction,
  deps: ContactDeps,
  given: Confirmation,
): Promise<ConfirmedAnswer | { readonly kind: 'wrong' }> {
  const { answer } = given;
  const contact = await readContact(tx, deps.keys, answer.contactId);
  if (contact === undefined || contact.retiredAt !== undefined) return { kind: 'wrong' };
  const grants = await confirmedGrants(tx, deps, { ...given, contact });
  await noteInteraction(tx, deps, { contact, firstName: grants[0]?.evidence['firstName'] });
  const recorded = await recordConsents(tx, deps, grants);
  await refuseEmptyBoxes(tx, deps, { form: given.form, grants });
  await endAnswer(tx, answer.id);
  const stands = grants.map(({ purpose }, turn) => {
    const one = recorded[turn];
    return { purpose, sendable: one !== undefined && one.kind !== 'refused' && one.sendable };
  });
  return {
    kind: 'confirmed',
    agreed: stands.filter(({ sendable }) => sendable).map(({ purpose }) => purpose),
    blocked: stands.filter(({ sendable }) => !sendable).map(({ purpose }) => purpose),
  };
}

async function confirmedGrants(
  tx: Transaction,
  { clock }: ContactDeps,
  given: Confirmation & { readonly contact: Contact },
): Promise<Grant[]> {
  const { answer, contact } = given;
  const { events } = await readRecord(tx, { contactIds: [contact.id], indexes: [] });
  const proofs = await readProofs(tx, answer.events);
  const at = clock.now().toISO();
  return events.flatMap((event) => {
    const sealed = proofs.get(event.id);
    if (sealed === undefined || !answer.events.includes(event.id) || event.purpose === 'all') return [];
    const place = { table: 'consent_proof', column: 'sealed', row: event.id };
    // The person's own key opens a sealed proof text.
    const { evidence } = JSON.parse(contact.key.open(place, sealed).toString('utf8')) as DatedProof;
    const tickedAt = isoInstant(event.occurredAt);
    return [
      {
        contactId: contact.id,
        purpose: event.purpose,
        method: 'web_form',
        wordingId: event.wordingId ?? undefined,
        grantedAt: at,
        evidence: {
          ...evidence,
          tickedAt,
          pendingEvent: event.id,
          confirmedBy: given.by,
          confirmedFrom: given.ip,
          ...(given.userAgent === '' ? {} : { confirmedWith: given.userAgent }),
        },
        channel: 'form',
        actor: 'person',
        seen: { step: 'confirmed', tickedAt },
      },
    ];
  });
}

/** Boxes that the holder of the number saw and left empty are a refusal, where nothing was agreed. */
async function refuseEmptyBoxes(
  tx: Transaction,
  deps: ContactDeps,
  { form, grants }: { readonly form: Form; readonly grants: readonly Grant[] },
): Promise<void> {
  const [firstGrant] = grants;
  if (firstGrant === undefined) return;
  const { contactId, evidence, grantedAt, actor } = firstGrant;
  const boxes = (evidence['boxes'] ?? '').split(' ');
  const empty = CONSENT_PURPOSES.filter((purpose) => boxes.includes(`${purpose}=empty`));
  // Boxes of another version asked in other words.
  const seen = evidence['formVersion'] === String(form.version) ? form.terms.purposes : [];
  const wordings = Object.fromEntries(
    seen.map((box) => [box.purpose, wordingIdIn(box, evidence['language'] === 'en' ? 'en' : 'fr')]),
  );
  const act = { occurredAt: grantedAt, channel: 'form' as const, method: 'web_form', evidence, actor };
  await refuseConsents(tx, deps, { contactId, purposes: empty, wordings, ...act });
}

/** A confirmation is a sign of life, and may give a name. */
async function noteInteraction(
  tx: Transaction,
  deps: ContactDeps,
  { contact, firstName }: { readonly contact: Contact; readonly firstName: string | undefined },
): Promise<void> {
  const line = readPhone(contact.person.phone);
  if (line.kind === 'unreadable') return;
  const lastInteractionAt = deps.clock.now().toISO();
  await upsertContacts(tx, deps, [
    { line, lastInteractionAt, ...(firstName === undefined ? {} : { firstName }) },
  ]);
}
