import { timingSafeEqual } from 'node:crypto';
import type { Transaction } from '../../platform/index.ts';
import { uuidV7 } from '../../base/index.ts';
import {
  answersWaiting,
  keepPageText,
  keepWaiting,
  spendTicket,
  codesSent,
  lockNumber,
  formEvidence,
  textFingerprint,
  textShown,
  recordConsents,
  upsertContacts,
  confirmAnswer,
  lockAnswer,
  addCode,
  attemptCode,
  liveLink,
  useCode,
  randomText,
  type CodesSent,
  type CodeDeps,
  type SentForm,
  type Grant,
  type FormProgress,
  type ContactDeps,
  type ConfirmedAnswer,
  type LiveCode,
  type FormOrigin,
  type Form,
} from '../../people/index.ts';
import { type Evidence } from '../../person/index.ts';
import { oweConfirmation } from '../answers/answer-owed.ts';
import { brandById } from '../../company/index.ts';

/** The outcome of an answer; it never reveals whether the number was known. */
export type TakenAnswer =
  | { readonly kind: 'waiting'; readonly answerId: string }
  | { readonly kind: 'again'; readonly answerId: string }
  | { readonly kind: 'done' }
  | { readonly kind: 'too-many' };

/** Codes of one form, and of one address, in an hour: more are abuse. */
const MOST_BY_FORM = 600;
const MOST_BY_ADDRESS = 60;

/** Codes to one number, and its answers that wait for one. */
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
    await keepPending(tx, deps, { sent, answerId: id, phoneIndex });
    if (counted.numberHour < MOST_IN_AN_HOUR)
      await sendCode(tx, deps, { ...sent, answerId: id, phoneIndex, addressDigest });
  }
  return { kind: 'waiting', answerId: id };
}

/**
 * Says whether an answer may be stored: not for a number that had its codes, so that repeated submissions fill
 * nothing.
 */
const mayWait = ({ numberHour, numberDay }: CodesSent, waiting: number): boolean =>
  waiting < MOST_WAITING && (numberDay < MOST_IN_A_DAY || numberHour > 0);

async function keepPending(
  tx: Transaction,
  deps: CodeDeps,
  {
    sent,
    answerId,
    phoneIndex,
  }: { readonly sent: SentForm; readonly answerId: string; readonly phoneIndex: Buffer },
): Promise<void> {
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
  {
    sent,
    contactId,
    seen,
  }: { readonly sent: SentForm; readonly contactId: string; readonly seen: FormProgress },
): Promise<Grant[]> {
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

/** Lifetime of a code; later, the visitor has left the page. */
const LIVES_MINUTES = 30;
const CODE_DIGITS = 6;

/** 22 letters and digits: some 130 bits. */
const LINK_LENGTH = 22;
const LINK_LETTERS = '0123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz';

/** Sends a number its confirmation; only a keyed digest is stored. */
async function sendCode(
  tx: Transaction,
  deps: CodeDeps,
  given: Pick<SentForm, 'form' | 'shown' | 'line' | 'formUrl'> & {
    readonly answerId: string;
    readonly phoneIndex: Buffer;
    readonly addressDigest: Buffer;
  },
): Promise<void> {
  const { form, phoneIndex, addressDigest, answerId } = given;
  const { keys, clock, accountId } = deps;
  const id = uuidV7(clock.machine());
  const kind = form.terms.confirm === 'link' ? 'link' : 'code';
  const secret =
    kind === 'link' ? randomText(LINK_LENGTH, LINK_LETTERS) : randomText(CODE_DIGITS, '0123456789');
  const now = clock.now();
  await addCode(tx, {
    id,
    formId: form.id,
    answerId,
    phoneIndex,
    addressDigest,
    kind,
    digest: keys.digest(kind === 'link' ? linkText(secret) : codeText(id, secret)),
    sentAt: now.toISO(),
    expiresAt: now.plus({ minutes: LIVES_MINUTES }).toISO(),
  });
  const { brandId } = form.terms;
  await oweConfirmation(
    tx,
    { keys, clock, newId: () => uuidV7(clock.machine()) },
    {
      codeId: id,
      accountId,
      to: given.line.e164,
      language: given.shown.language,
      brand: brandId === null ? undefined : await brandById(tx, brandId),
      confirming: kind === 'link' ? { kind, url: `${given.formUrl}/c/${secret}` } : { kind, code: secret },
    },
  );
}

const codeText = (id: string, code: string): string => `form code|${id}|${code}`;
const linkText = (token: string): string => `form link|${token}`;

/** The result of a typed code; wrong, late and tried too often are indistinguishable. */
export type TriedCode = ConfirmedAnswer | { readonly kind: 'wrong' };

/** Tries a code for an answer; each attempt counts, and the fifth is the last. */
export async function tryCode(
  tx: Transaction,
  deps: ContactDeps,
  given: FormOrigin & { readonly form: Form; readonly answerId: string; readonly code: string },
): Promise<TriedCode> {
  const { form, answerId: id, code } = given;
  const answer = await lockAnswer(tx, { formId: form.id, id });
  if (answer === undefined) return { kind: 'wrong' };
  await lockNumber(tx, answer.phoneIndex);
  const now = deps.clock.now().toISO();
  const live = await attemptCode(tx, { phoneIndex: answer.phoneIndex, now });
  if (live === undefined || !isRight(deps, live, code)) return { kind: 'wrong' };
  await useCode(tx, live.id, now);
  return confirmAnswer(tx, deps, { ...given, answer, by: 'code' });
}

function isRight({ keys }: ContactDeps, { id, digest }: LiveCode, code: string): boolean {
  const given = keys.digest(codeText(id, code));
  return given.length === digest.length && timingSafeEqual(given, digest);
}

/** Says whether a link may still be opened; the check changes nothing. */
export async function isLiveLink(
  tx: Transaction,
  deps: ContactDeps,
  given: { readonly form: Form; readonly token: string },
): Promise<boolean> {
  return (await linkOf(tx, deps, given)) !== undefined;
}

/** Opens a link: the number that received it is confirmed. */
export async function openLink(
  tx: Transaction,
  deps: ContactDeps,
  given: FormOrigin & { readonly form: Form; readonly token: string },
): Promise<TriedCode> {
  const live = await linkOf(tx, deps, given);
  if (live === undefined) return { kind: 'wrong' };
  await useCode(tx, live.id, deps.clock.now().toISO());
  const answer = await lockAnswer(tx, { formId: given.form.id, id: live.answerId });
  if (answer === undefined) return { kind: 'wrong' };
  return confirmAnswer(tx, deps, { ...given, answer, by: 'link' });
}

const linkOf = (
  tx: Transaction,
  { keys, clock }: ContactDeps,
  { form, token }: { readonly form: Form; readonly token: string },
): Promise<LiveCode | undefined> =>
  liveLink(tx, { formId: form.id, digest: keys.digest(linkText(token)), now: clock.now().toISO() });
