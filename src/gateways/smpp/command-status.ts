import type { StatusMeaning } from '../../platform/index.ts';
import type { ErrorClass } from '../../sending/index.ts';
import type { OperatorRefusal } from '../http/refusal.ts';

/** The code of an unexplained refusal. */
export const SUBMIT_FAILED = 'ESME_RSUBMITFAIL';

/** The explained statuses, by the specification and by OVHcloud's page; each proves that nothing was accepted. */
const STATUSES: Readonly<Record<number, readonly [string, ErrorClass]>> = {
  0x01: ['ESME_RINVMSGLEN', 'PERMANENT_CONTENT'],
  0x02: ['ESME_RINVCMDLEN', 'CONFIG'],
  0x03: ['ESME_RINVCMDID', 'CONFIG'],
  0x04: ['ESME_RINVBNDSTS', 'RETRYABLE'],
  0x05: ['ESME_RALYBND', 'RETRYABLE'],
  0x06: ['ESME_RINVPRTFLG', 'CONFIG'],
  0x07: ['ESME_RINVREGDLVFLG', 'CONFIG'],
  0x0a: ['ESME_RINVSRCADR', 'PERMANENT_CONTENT'],
  0x0b: ['ESME_RINVDSTADR', 'PERMANENT_RECIPIENT'],
  // The account's number of sessions is reached: it falls when a worker ends.
  0x0d: ['ESME_RBINDFAIL', 'RETRYABLE'],
  0x0e: ['ESME_RINVPASWD', 'CONFIG'],
  0x0f: ['ESME_RINVSYSID', 'CONFIG'],
  0x14: ['ESME_RMSGQFUL', 'THROTTLED'],
  0x43: ['ESME_RINVESMCLASS', 'CONFIG'],
  0x45: [SUBMIT_FAILED, 'RETRYABLE'],
  0x48: ['ESME_RINVSRCTON', 'CONFIG'],
  0x49: ['ESME_RINVSRCNPI', 'CONFIG'],
  0x50: ['ESME_RINVDSTTON', 'CONFIG'],
  0x51: ['ESME_RINVDSTNPI', 'CONFIG'],
  0x58: ['ESME_RTHROTTLED', 'THROTTLED'],
  0x62: ['ESME_RINVEXPIRY', 'CONFIG'],
  0xc0: ['ESME_RINVOPTPARSTREAM', 'CONFIG'],
  0xc1: ['ESME_ROPTPARNOTALLWD', 'CONFIG'],
  0xc2: ['ESME_RINVPARLEN', 'CONFIG'],
  0xc3: ['ESME_RMISSINGOPTPARAM', 'CONFIG'],
  0xc4: ['ESME_RINVOPTPARAMVAL', 'CONFIG'],
  0x104: ['ESME_RINVDCS', 'PERMANENT_CONTENT'],
  0x400: ['ESME_RBINDTHROTTLED', 'THROTTLED'],
  0x401: ['ESME_RUNSDATACODING', 'PERMANENT_CONTENT'],
  0x402: ['ESME_RINVGSM7CODING', 'PERMANENT_CONTENT'],
};

/** The meanings of an operator's own statuses, by its contract. */
const MEANINGS: Readonly<Record<StatusMeaning, ErrorClass>> = {
  recipient: 'PERMANENT_RECIPIENT',
  'opted-out': 'OPTED_OUT',
  content: 'PERMANENT_CONTENT',
  account: 'CONFIG',
  credit: 'CREDIT',
  throttled: 'THROTTLED',
  again: 'RETRYABLE',
  'in-doubt': 'AMBIGUOUS',
};

/** Meanings by status, written as in `0x4a1`. */
export type Statuses = Readonly<Record<string, StatusMeaning>>;

/** The first status that SMPP 3.4 leaves to operators: a refusal for a reason of their own. */
const OWN_FIRST = 0x400;
const OWN_LAST = 0x4ff;

/**
 * Interprets a status other than 0; an operator's own status means what the account's settings say. 0x08, 0xFE,
 * 0xFF and unknown ones may follow an acceptance.
 */
export function saidBy(status: number, statuses: Statuses = {}): OperatorRefusal {
  const own = statuses[`0x${status.toString(16)}`];
  const code = `ESME_0x${status.toString(16)}`;
  if (own !== undefined) return { code, errorClass: MEANINGS[own] };
  const isOwn = status >= OWN_FIRST && status <= OWN_LAST;
  const [known, errorClass] = STATUSES[status] ?? [code, isOwn ? 'UNLISTED' : 'AMBIGUOUS'];
  return { code: known, errorClass };
}
