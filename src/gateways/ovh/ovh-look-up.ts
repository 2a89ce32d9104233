import { z } from 'zod';

import type { FoundRecipient, ReconcileQuestion, Reconciled } from '../../sending/index.ts';
import { e164Of } from '../http/callback-fields.ts';
import type { Ask } from '../http/operator.ts';

const Id = z.union([z.string(), z.number()]).transform(String);
const Ids = z.array(Id);
const Job = z.object({ receiver: z.string(), creationDatetime: z.string().optional() });
const Outgoing = z.object({ receiver: z.string() });

/** Members examined in a list: a tag names one call, and a call one person. */
const LOOKED_AT = 20;

/**
 * Looks for a call by its tag among sent messages, then among waiting ones. Only a list that was read to its end
 * proves that something is not in it.
 */
export async function ovhLookUp(
  { key, recipients }: ReconcileQuestion,
  get: (path: string) => ReturnType<Ask>,
): Promise<Reconciled> {
  if (key === null) return { kind: 'UNDECIDABLE', reason: 'several' };
  const tagged = await get(`/outgoing?tag=${encodeURIComponent(key)}`);
  const ids = Ids.safeParse(tagged?.json);
  if (tagged?.status !== 200) return { kind: 'UNDECIDABLE', reason: 'unreachable' };
  if (!ids.success) return { kind: 'UNDECIDABLE', reason: 'parse' };
  const left = await named(ids.data, { path: '/outgoing', recipients, get });
  if (left === 'unreachable') return { kind: 'UNDECIDABLE', reason: 'unreachable' };
  if (left.found.length > 0) return found(left.found, recipients);
  return left.isWhole ? waiting({ recipients, get }) : NOT_YET;
}

const NOT_YET: Reconciled = { kind: 'UNDECIDABLE', reason: 'not-yet' };

interface Looking {
  readonly recipients: ReconcileQuestion['recipients'];
  readonly get: (path: string) => ReturnType<Ask>;
}

/** A job shows no tag: one for the same person may be this call, until it is sent. */
async function waiting({ recipients, get }: Looking): Promise<Reconciled> {
  const jobs = await get('/jobs');
  const ids = Ids.safeParse(jobs?.json);
  if (jobs?.status !== 200 || !ids.success) return { kind: 'UNDECIDABLE', reason: 'unreachable' };
  const theirs = await named(ids.data, { path: '/jobs', recipients, get });
  if (theirs === 'unreachable') return { kind: 'UNDECIDABLE', reason: 'unreachable' };
  return theirs.found.length > 0 || !theirs.isWhole ? NOT_YET : { kind: 'NOT_FOUND' };
}

/** The match in a list, and whether every member was read and understood. */
interface Looked {
  readonly found: readonly FoundRecipient[];
  readonly isWhole: boolean;
}

async function named(
  ids: readonly string[],
  { path, recipients, get }: Looking & { readonly path: string },
): Promise<Looked | 'unreachable'> {
  const found: FoundRecipient[] = [];
  let isWhole = ids.length <= LOOKED_AT;
  for (const id of ids.slice(-LOOKED_AT)) {
    const answer = await get(`${path}/${encodeURIComponent(id)}`);
    const one = (path === '/jobs' ? Job : Outgoing).safeParse(answer?.json);
    if (answer === undefined || answer.status >= 500) return 'unreachable';
    const to = one.success ? e164Of(one.data.receiver) : undefined;
    // The keys of a request to OVHcloud.
    if (to === undefined) isWhole = false;
    const person = recipients.find((recipient) => recipient.to === to);
    if (person !== undefined) found.push({ ...person, gatewayId: id });
  }
  return { found, isWhole };
}

const found = (
  perRecipient: readonly FoundRecipient[],
  recipients: ReconcileQuestion['recipients'],
): Reconciled => ({
  kind: 'FOUND',
  perRecipient,
  missing: recipients
    .map(({ reference }) => reference)
    .filter((reference) => !perRecipient.some((one) => one.reference === reference)),
});
