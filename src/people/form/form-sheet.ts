import { type Transaction, Refusal } from '../../platform/index.ts';
import type { Evidence } from '../consent/consent-proof.ts';
import type { ContactDeps } from '../contact/contact.repository.ts';
import { boxesOf } from './form-evidence.ts';
import { randomText } from './form-slug.ts';
import { shownForm, textFingerprint, textShown, type FormShown } from './form-shown.ts';
import { asksAge, wordingIdsOf, type Form } from './form-terms.ts';
import { readForm, readFormVersions } from './form.repository.ts';
import type { ConsentPurpose } from '../consent/purpose.ts';
import { recordConsents, type Granted } from '../consent/record-consents.ts';
import { refuseConsents } from '../consent/refuse-consents.ts';
import { upsertContacts, type ContactGiven } from '../contact/upsert-contacts.ts';
import { readWordings } from '../consent/wording.repository.ts';
import type { Language } from '../../words/index.ts';

/** A signed sheet that somebody keyed in. */
export interface SignedSheet {
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

/** Records the ticked and the empty boxes of a signed sheet; returns one result for each tick, in order. */
export async function recordSheet(
  tx: Transaction,
  deps: ContactDeps,
  sheet: SignedSheet,
): Promise<{ readonly contactId: string; readonly granted: readonly Granted[] }> {
  const form = await formOfSheet(tx, sheet);
  refuseBoxes(form, sheet);
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
    boxes: boxesOf(shown.boxes, sheet.ticked),
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
  await refuseEmptyBoxes(tx, deps, { sheet, contactId: holder.id, boxes: shown.boxes, evidence });
  return { contactId: holder.id, granted };
}

/** Boxes that the signer saw and left empty are a refusal, where nothing was agreed. */
async function refuseEmptyBoxes(
  tx: Transaction,
  deps: ContactDeps,
  { sheet, contactId, boxes, evidence }: Signed,
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

interface Signed {
  readonly sheet: SignedSheet;
  readonly contactId: string;
  readonly boxes: FormShown['boxes'];
  readonly evidence: Evidence;
}

async function formOfSheet(tx: Transaction, { formId, version, signedAt }: SignedSheet): Promise<Form> {
  const form = await readForm(tx, formId, version);
  if (form === undefined) throw new Refusal('NOT_FOUND');
  if (version !== undefined) return inUse(form, signedAt);
  const versions = await readFormVersions(tx, formId);
  const then = versions.findLast(({ publishedAt }) => Date.parse(publishedAt) <= Date.parse(signedAt));
  return inUse(then ?? form, signedAt);
}

/** Nobody signs a sheet before it was published. */
function inUse(form: Form, signedAt: string): Form {
  if (Date.parse(form.publishedAt) > Date.parse(signedAt)) throw new Refusal('WORDING_NOT_IN_USE');
  return form;
}

function refuseBoxes({ terms }: Form, { ticked, adult }: SignedSheet): void {
  const shown = new Set<ConsentPurpose>(terms.purposes.map(({ purpose }) => purpose));
  if (ticked.some((purpose) => !shown.has(purpose))) throw new Refusal('BOX_NOT_ON_FORM');
  if (!adult && ticked.includes('marketing')) throw new Refusal('MINOR');
}

const LETTERS = '23456789ABCDEFGHJKLMNPQRSTUVWXYZ';

/** Makes a number for one printed sheet: form, version, and random characters. */
export function newSheetReference({ slug, version }: Pick<Form, 'slug' | 'version'>): string {
  const suffix = slug.slice(slug.lastIndexOf('-') + 1).toUpperCase();
  return `${suffix}-V${version}-${randomText(4, LETTERS)}-${randomText(4, LETTERS)}`;
}
