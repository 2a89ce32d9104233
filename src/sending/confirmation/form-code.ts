import { timingSafeEqual } from 'node:crypto';
import type { Transaction } from '../../platform/index.ts';
import { oweConfirmation } from '../answers/confirmation-owed.ts';
import { brandById } from '../../company/index.ts';
import {
  type ContactDeps,
  confirmAnswer,
  type ConfirmedAnswer,
  lockAnswer,
  addCode,
  attemptCode,
  liveLink,
  lockNumber,
  newCodeId,
  useCode,
  type LiveCode,
  type FormOrigin,
  type CodeDeps,
  type SentForm,
  randomText,
  type Form,
} from '../../people/index.ts';

/** Minutes; later, the visitor has left the page. */
const LIVES_MINUTES = 30;
const CODE_DIGITS = 6;
/** 22 letters and digits: some 130 bits. */
const LINK_LENGTH = 22;
const LINK_LETTERS = '0123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz';

/** Sends a number its confirmation; only a keyed digest is stored. */
export async function sendCode(
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
  const id = newCodeId(clock.machine());
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
    { keys, clock, newId: () => newCodeId(clock.machine()) },
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
