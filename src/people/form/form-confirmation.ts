import { Refusal, type Transaction } from '../../platform/index.ts';
import { readPhone, type PhoneReading } from '../../sms/index.ts';
import {
  isoInstant,
  CONSENT_PURPOSES,
  type ConsentPurpose,
  type Evidence,
  type ContactGiven,
} from '../../person/index.ts';
import { openedProof } from '../consent/consent-account.ts';
import { readProofs, readRecord } from '../consent/consent.repository.ts';
import { readContact, type Contact, type ContactDeps } from '../contact/contact.repository.ts';
import { endAnswer, type WaitingAnswer } from './form-answer.repository.ts';
import { wordingIdIn, randomText, asksAge, wordingIdsOf, type Form } from './form-terms.ts';
import type { Grant } from '../consent/grant-criteria.ts';
import { refuseConsents, recordConsents, type Granted } from '../consent/record-consents.ts';
import { upsertContacts } from '../contact/upsert-contacts.ts';
import { shownForm, textFingerprint, textShown, type FormShown } from './form-shown.ts';
import { readForm, readFormVersions } from './form.repository.ts';
import { readWordings } from '../consent/wording.repository.ts';
import type { Language } from '../../words/index.ts';

/** The result of confirming a number: the purposes that may be written about now, and those that an opt-out blocks. */
export interface ConfirmedAnswer {
  readonly kind: 'confirmed';
  readonly agreed: readonly ConsentPurpose[];
  readonly blocked: readonly ConsentPurpose[];
}

/** A confirmation of a number and where it came from. */
export interface Confirmation extends FormOrigin {
  readonly form: Form;
  readonly answer: WaitingAnswer;
  readonly by: 'code' | 'link';
}

/** Turns ticked boxes into agreements, whose proof has both moments: ticking and confirming. Repeating changes nothing. */
export async function confirmAnswer(
  tx: Transaction,
  deps: ContactDeps,
  confirmation: Confirmation,
): Promise<ConfirmedAnswer | { readonly kind: 'wrong' }> {
  const { answer, form } = confirmation;
  const contact = await readContact(tx, deps.keys, answer.contactId);
  if (contact === undefined || contact.retiredAt !== undefined) return { kind: 'wrong' };
  const grants = await confirmedGrants(tx, deps, { ...confirmation, contact });
  await noteInteraction(tx, deps, { contact, firstName: grants[0]?.evidence['firstName'] });
  const recorded = await recordConsents(tx, deps, grants);
  await refuseEmptyBoxes(tx, deps, { form, grants });
  await endAnswer(tx, answer.id);
  const outcomes = grants.map(({ purpose }, index) => {
    const result = recorded[index];
    return { purpose, sendable: result !== undefined && result.kind !== 'refused' && result.sendable };
  });
  return {
    kind: 'confirmed',
    agreed: outcomes.filter(({ sendable }) => sendable).map(({ purpose }) => purpose),
    blocked: outcomes.filter(({ sendable }) => !sendable).map(({ purpose }) => purpose),
  };
}

async function confirmedGrants(
  tx: Transaction,
  { clock }: ContactDeps,
  { answer, contact, by, ip, userAgent }: Confirmation & { readonly contact: Contact },
): Promise<Grant[]> {
  const { events } = await readRecord(tx, { contactIds: [contact.id], indexes: [] });
  const proofs = await readProofs(tx, answer.events);
  const at = clock.now().toISO();
  return events.flatMap((event) => {
    const sealed = proofs.get(event.id);
    if (sealed === undefined || !answer.events.includes(event.id) || event.purpose === 'all') return [];
    const { evidence } = openedProof(contact.key, event.id, sealed);
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
          confirmedBy: by,
          confirmedFrom: ip,
          ...(userAgent === '' ? {} : { confirmedWith: userAgent }),
        },
        channel: 'form',
        actor: 'person',
        seen: { step: 'confirmed', tickedAt },
      },
    ];
  });
}

/** Records a refusal for boxes that the holder of the number left empty, where nothing was agreed before. */
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
  // The boxes of another version may have had other wordings.
  const seen = evidence['formVersion'] === String(form.version) ? form.terms.purposes : [];
  const wordings = Object.fromEntries(
    seen.map((box) => [box.purpose, wordingIdIn(box, evidence['language'] === 'en' ? 'en' : 'fr')]),
  );
  const act = { occurredAt: grantedAt, channel: 'form' as const, method: 'web_form', evidence, actor };
  await refuseConsents(tx, deps, { contactId, purposes: empty, wordings, ...act });
}

/** Notes the sign of life that a confirmation is, and the first name if the form asked for it. */
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

/** Where a submitted form came from. */
export interface FormOrigin {
  readonly formUrl: string;
  readonly ip: string;
  /** Equal for all addresses that one household may have. */
  readonly network: string;
  readonly userAgent: string;
}

/** What the person did on the page. */
export interface FormActs {
  readonly ticked: readonly ConsentPurpose[];
  /** True when the box of age was ticked; absent where it was not shown. */
  readonly adult: boolean | undefined;
  readonly firstName: string | undefined;
}

/** Builds the evidence of an agreement on one of our pages: text seen, act, time, origin. */
export function formEvidence(
  form: Form,
  shown: FormShown,
  seen: FormOrigin & FormActs & { readonly shownAt: string; readonly renderedSha256: string },
): Evidence {
  return {
    formUrl: seen.formUrl,
    ip: seen.ip,
    ...(seen.userAgent === '' ? {} : { userAgent: seen.userAgent }),
    formId: form.id,
    formVersion: String(form.version),
    renderedSha256: seen.renderedSha256,
    language: shown.language,
    shownAt: seen.shownAt,
    boxes: boxStates(shown.boxes, seen.ticked),
    boxDefault: 'false',
    ...(seen.adult === undefined ? {} : { adultDeclared: String(seen.adult) }),
    ...(seen.firstName === undefined ? {} : { firstName: seen.firstName }),
  };
}

/** Writes the state of each box, empty ones included: `marketing=ticked appointment=empty`. */
const boxStates = (
  boxes: readonly { readonly purpose: ConsentPurpose }[],
  ticked: readonly ConsentPurpose[],
): string =>
  boxes.map(({ purpose }) => `${purpose}=${ticked.includes(purpose) ? 'ticked' : 'empty'}`).join(' ');

/** One submitted form. */
export interface SentForm extends FormActs, FormOrigin {
  readonly form: Form;
  readonly shown: FormShown;
  /** ISO instant at which the page was shown. */
  readonly shownAt: string;
  readonly ticketDigest: Buffer;
  readonly line: Extract<PhoneReading, { kind: 'mobile' }>;
}

/** What sending codes needs. */
export interface CodeDeps extends ContactDeps {
  /** Id of the account that sends codes, in this instance. */
  readonly accountId: string;
}

/** A signed paper form that somebody keyed in. */
interface SignedSheet {
  readonly formId: string;
  /** As printed on the sheet; the version of the day of the signature when absent. */
  readonly version?: number | undefined;
  readonly language: Language;
  readonly method: 'paper' | 'event';
  readonly line: ContactGiven['line'];
  readonly firstName?: string | undefined;
  readonly ticked: readonly ConsentPurpose[];
  readonly adult: boolean;
  /** ISO instant. */
  readonly signedAt: string;
  readonly documentRef: string;
  readonly scanRef?: string | undefined;
  /** The person who keyed it in, as the controller knows them. */
  readonly operator: string;
  readonly actor: string;
}

/** Records the ticked and the empty boxes of a signed sheet; returns one result for each ticked box, in order. */
export async function recordSheet(
  tx: Transaction,
  deps: ContactDeps,
  sheet: SignedSheet,
): Promise<{ readonly contactId: string; readonly granted: readonly Granted[] }> {
  const form = await formOfSheet(tx, sheet);
  refuseWrongBoxes(form, sheet);
  const shown = shownForm(form, await readWordings(tx, wordingIdsOf(form.terms)), {
    language: sheet.language,
    medium: 'paper',
    on: sheet.signedAt,
  });
  const evidence = {
    documentRef: sheet.documentRef,
    ...(sheet.scanRef === undefined ? {} : { scanRef: sheet.scanRef }),
    operator: sheet.operator,
    formId: form.id,
    formVersion: String(form.version),
    renderedSha256: textFingerprint(textShown(shown)),
    language: sheet.language,
    boxes: boxStates(shown.boxes, sheet.ticked),
    boxDefault: 'false',
    ...(asksAge(form.terms) ? { adultDeclared: String(sheet.adult) } : {}),
  };
  const { line, firstName } = sheet;
  const [holder] = await upsertContacts(tx, deps, [
    { line, ...(firstName === undefined ? {} : { firstName }), lastInteractionAt: sheet.signedAt },
  ]);
  if (holder === undefined) throw new Refusal('CONTACT_NOT_FOUND');
  const grants = sheet.ticked.map((purpose) => ({
    contactId: holder.id,
    purpose,
    method: sheet.method,
    wordingId: shown.boxes.find((box) => box.purpose === purpose)?.wordingId,
    grantedAt: sheet.signedAt,
    evidence,
    channel: 'form' as const,
    actor: sheet.actor,
  }));
  const granted = await recordConsents(tx, deps, grants);
  await refuseUnticked(tx, deps, { sheet, contactId: holder.id, boxes: shown.boxes, evidence });
  return { contactId: holder.id, granted };
}

/** Records a refusal for boxes that the signer left empty, where nothing was agreed before. */
async function refuseUnticked(
  tx: Transaction,
  deps: ContactDeps,
  {
    sheet,
    contactId,
    boxes,
    evidence,
  }: {
    readonly sheet: SignedSheet;
    readonly contactId: string;
    readonly boxes: FormShown['boxes'];
    readonly evidence: Evidence;
  },
): Promise<void> {
  const empty = boxes.filter(({ purpose }) => !sheet.ticked.includes(purpose));
  await refuseConsents(tx, deps, {
    contactId,
    purposes: empty.map(({ purpose }) => purpose),
    wordings: Object.fromEntries(empty.map(({ purpose, wordingId }) => [purpose, wordingId])),
    occurredAt: sheet.signedAt,
    channel: 'form',
    method: sheet.method,
    evidence,
    actor: sheet.actor,
  });
}

async function formOfSheet(tx: Transaction, { formId, version, signedAt }: SignedSheet): Promise<Form> {
  const form = await readForm(tx, formId, version);
  if (form === undefined) throw new Refusal('NOT_FOUND');
  if (version !== undefined) return publishedBefore(form, signedAt);
  const versions = await readFormVersions(tx, formId);
  const signed = versions.findLast(({ publishedAt }) => Date.parse(publishedAt) <= Date.parse(signedAt));
  return publishedBefore(signed ?? form, signedAt);
}

/** Returns the form, or refuses the sheet: nobody signs one before its form was published. */
function publishedBefore(form: Form, signedAt: string): Form {
  if (Date.parse(form.publishedAt) > Date.parse(signedAt)) throw new Refusal('WORDING_NOT_IN_USE');
  return form;
}

function refuseWrongBoxes({ terms }: Form, { ticked, adult }: SignedSheet): void {
  const onForm = new Set<ConsentPurpose>(terms.purposes.map(({ purpose }) => purpose));
  if (ticked.some((purpose) => !onForm.has(purpose))) throw new Refusal('BOX_NOT_ON_FORM');
  if (!adult && ticked.includes('marketing')) throw new Refusal('MINOR');
}

const LETTERS = '23456789ABCDEFGHJKLMNPQRSTUVWXYZ';

/** Makes the reference of one printed sheet: the form, its version, and random characters. */
export function newSheetReference({ slug, version }: Pick<Form, 'slug' | 'version'>): string {
  const suffix = slug.slice(slug.lastIndexOf('-') + 1).toUpperCase();
  return `${suffix}-V${version}-${randomText(4, LETTERS)}-${randomText(4, LETTERS)}`;
}
