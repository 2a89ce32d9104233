import { uuidV7 } from '../../../src/base/random.ts';
import type { Clock } from '../../../src/platform/clock.ts';
import { keyOfSubmission } from '../../../src/sending/attempt/call.ts';
import type { MarkCandidate, MarkLook } from '../../../src/sending/attempt/mark.repository.ts';

/** The conditions of a mark that nothing prevents, for an hour. */
export const openLook = (accountId: string, clock: Pick<Clock, 'now'>) =>
  ({
    kind: 'campaign',
    purpose: 'marketing',
    accountId,
    fake: true,
    decisionId: null,
    territory: 'FR',
    timeZone: 'Europe/Paris',
    lawNow: clock.now().toISO(),
    until: clock.now().plus({ hours: 1 }).toISO(),
    machineMs: Date.now(),
    clockRevision: 1,
    revision: 1,
    price: null,
    budgeted: false,
  }) satisfies MarkLook;

/** A message of one part, in a call of its own. */
export function aCandidate(seq: number, contactId: string): MarkCandidate {
  const submissionId = uuidV7(Date.now());
  return {
    seq,
    contactId,
    numberVersion: 1,
    submissionId,
    key: keyOfSubmission(submissionId),
    parts: 1,
    encoding: 'GSM-7',
    digest: Buffer.alloc(32),
    excludedBecause: '',
  };
}
