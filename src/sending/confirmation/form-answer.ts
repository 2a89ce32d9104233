import type { Transaction } from '../../platform/index.ts';
import {
  type Evidence,
  answersWaiting,
  keepPageText,
  keepWaiting,
  spendTicket,
  codesSent,
  lockNumber,
  type CodesSent,
  formEvidence,
  type CodeDeps,
  type SentForm,
  textFingerprint,
  textShown,
  type Grant,
  type FormProgress,
  recordConsents,
  upsertContacts,
} from '../../people/index.ts';
import { sendCode } from './form-code.ts';

/** The outcome of an answer; it never reveals whether the number was known. */
export type TakenAnswer =
  | { readonly kind: 'waiting'; readonly answerId: string }
  | { readonly kind: 'again'; readonly answerId: string }
  | { readonly kind: 'done' }
  | { readonly kind: 'too-many' };

/** Codes of one form, and of one address, in an hour: more are abuse. */
const MOST_BY_FORM = 600;
const MOST_BY_ADDRESS = 60;
/** Codes of one number. */
const MOST_IN_AN_HOUR = 1;
const MOST_IN_A_DAY = 5;
const MOST_WAITING = 5;

/** Takes a submitted form: recorded as pending, with a code on its way when the number may have one. */
export async function takeAnswer(tx: Transaction, deps: CodeDeps, sent: SentForm): Promise<TakenAnswer> {
  const { form } = sent;
  const now = deps.clock.now().toISO();
  const phoneIndex = deps.keys.phoneIndex(sent.line.e164);
  const addressDigest = deps.keys.digest(`address|${sent.network}`);
  await lockNumber(tx, phoneIndex);
  const counted = await codesSent(tx, { phoneIndex, formId: form.id, addressDigest, now });
  if (counted.formHour >= MOST_BY_FORM || counted.addressHour >= MOST_BY_ADDRESS) return { kind: 'too-many' };
  const machineMs = deps.clock.machine();
  const ticket = { formId: form.id, digest: sent.ticketDigest, at: now, machineMs };
  const { id, again } = await spendTicket(tx, ticket);
  if (again) return { kind: 'again', answerId: id };
  if (form.terms.confirm === 'off') {
    await agreeAtOnce(tx, deps, sent);
    return { kind: 'done' };
  }
  const waiting = await answersWaiting(tx, phoneIndex, now);
  if (mayWait(counted, waiting)) {
    await wait(tx, deps, { sent, answerId: id, phoneIndex });
    if (counted.numberHour < MOST_IN_AN_HOUR)
      await sendCode(tx, deps, { ...sent, answerId: id, phoneIndex, addressDigest });
  }
  return { kind: 'waiting', answerId: id };
}

/** A number that had its codes is not stored again: repeated submissions fill nothing. */
const mayWait = ({ numberHour, numberDay }: CodesSent, waiting: number): boolean =>
  waiting < MOST_WAITING && (numberDay < MOST_IN_A_DAY || numberHour > 0);

interface Waiting {
  readonly sent: SentForm;
  readonly answerId: string;
  readonly phoneIndex: Buffer;
}

async function wait(tx: Transaction, deps: CodeDeps, { sent, answerId, phoneIndex }: Waiting): Promise<void> {
  // The name waits in the proof: typing a number must not change its holder's name.
  const [holder] = await upsertContacts(tx, deps, [{ line: sent.line }]);
  if (holder === undefined) return;
  const grants = await grantsOf(tx, deps, { sent, contactId: holder.id, seen: { step: 'ticked' } });
  const recorded = await recordConsents(tx, deps, grants);
  const events = recorded.flatMap((one) => (one.kind === 'refused' ? [] : [one.eventId]));
  await keepWaiting(tx, { id: answerId, contactId: holder.id, phoneIndex, events });
}

async function agreeAtOnce(tx: Transaction, deps: CodeDeps, sent: SentForm): Promise<void> {
  const [holder] = await upsertContacts(tx, deps, [{ line: sent.line }]);
  if (holder === undefined) return;
  const seen = { step: 'unconfirmed' } as const;
  await recordConsents(tx, deps, await grantsOf(tx, deps, { sent, contactId: holder.id, seen }));
}

async function grantsOf(
  tx: Transaction,
  { clock }: CodeDeps,
  given: { readonly sent: SentForm; readonly contactId: string; readonly seen: FormProgress },
): Promise<Grant[]> {
  const { sent, contactId, seen } = given;
  const { form, shown } = sent;
  const at = clock.now().toISO();
  const text = textShown(shown);
  const sha256 = textFingerprint(text);
  await keepPageText(tx, {
    formId: form.id,
    version: form.version,
    language: shown.language,
    text,
    sha256,
    at,
  });
  const evidence: Evidence = formEvidence(form, shown, { ...sent, renderedSha256: sha256 });
  return shown.boxes
    .filter(({ purpose }) => sent.ticked.includes(purpose))
    .map(({ purpose, wordingId }) => ({
      contactId,
      purpose,
      method: 'web_form',
      wordingId,
      grantedAt: at,
      evidence,
      channel: 'form',
      actor: `form:${form.id}`,
      seen,
    }));
}
