import type { ErrorClass } from '../gateway.ts';
import type { Said } from '../http/refusal.ts';

/** The statuses that say why, by the specification and by OVHcloud's page. */
const STATUSES: Readonly<Record<number, readonly [string, ErrorClass]>> = {
  0x01: ['ESME_RINVMSGLEN', 'PERMANENT_CONTENT'],
  0x05: ['ESME_RALYBND', 'RETRYABLE'],
  // It may have been taken before the system failed.
  0x08: ['ESME_RSYSERR', 'AMBIGUOUS'],
  0x0a: ['ESME_RINVSRCADR', 'PERMANENT_CONTENT'],
  0x0b: ['ESME_RINVDSTADR', 'PERMANENT_RECIPIENT'],
  0x0d: ['ESME_RBINDFAIL', 'CONFIG'],
  0x0e: ['ESME_RINVPASWD', 'CONFIG'],
  0x0f: ['ESME_RINVSYSID', 'CONFIG'],
  0x14: ['ESME_RMSGQFUL', 'THROTTLED'],
  0x45: ['ESME_RSUBMITFAIL', 'RETRYABLE'],
  0x58: ['ESME_RTHROTTLED', 'THROTTLED'],
  0x104: ['ESME_RINVDCS', 'PERMANENT_CONTENT'],
  0x400: ['ESME_RBINDTHROTTLED', 'THROTTLED'],
  0x401: ['ESME_RUNSDATACODING', 'PERMANENT_CONTENT'],
  0x402: ['ESME_RINVGSM7CODING', 'PERMANENT_CONTENT'],
};

/** What a status other than 0 says; one that nobody knows is shown to a person. */
export function saidBy(status: number): Said {
  const [code, errorClass] = STATUSES[status] ?? [`ESME_0x${status.toString(16)}`, 'CONFIG'];
  return { code, errorClass };
}
