import type { CallPurpose, Capabilities } from '../sending/index.ts';

/** A way to find out the outcome of a submission without an answer. */
export type Resolution = 're-send-same-key' | 'look-up' | 'wait-for-receipt' | 'person';

/** A submission of unknown outcome, and the ways already tried. */
export interface Uncertain {
  readonly purpose: CallPurpose;
  /** Machine time since its mark. */
  readonly sinceMarkMs: number;
  readonly triedInVain: readonly Resolution[];
}

/** Maximum milliseconds from mark to first byte: later nothing is written. */
const WRITE_WITHIN_MS = 250;

import { HOUR_MS } from './capabilities.ts';

/** An operator forgets a key after 24 h; an hour is kept for clocks that differ. */
const KEY_LIVES_MS = 23 * HOUR_MS;

/** A campaign is closed two hours after its last submission: receipts are not awaited longer. */
const RECEIPT_AWAITED_MS = 2 * HOUR_MS;

/** Returns the next way to resolve it; `person` when no automatic one is left. */
export function resolutionOf(capabilities: Capabilities, uncertain: Uncertain): Resolution {
  const ways: readonly [Resolution, boolean][] = [
    ['re-send-same-key', mayRepeat(capabilities, uncertain)],
    ['look-up', capabilities.lookup !== 'none'],
    ['wait-for-receipt', capabilities.receipts !== 'none' && uncertain.sinceMarkMs < RECEIPT_AWAITED_MS],
  ];
  const open = ways.find(([way, possible]) => possible && !uncertain.triedInVain.includes(way));
  return open?.[0] ?? 'person';
}

function mayRepeat(capabilities: Capabilities, { purpose, sinceMarkMs }: Uncertain): boolean {
  return repeats(capabilities, purpose) && sinceMarkMs < KEY_LIVES_MS;
}

/** Says whether a key is kept for the call; a late code would confuse whoever asked for it, and is never repeated. */
export const repeats = ({ idempotency }: Capabilities, purpose: CallPurpose): boolean =>
  idempotency === 'key-24h' && purpose !== 'confirmation';

/** Returns the time after the mark from which an empty look-up proves non-acceptance. */
export function absenceProvedAfterMs(capabilities: Capabilities): number {
  return WRITE_WITHIN_MS + capabilities.requestTimeoutMs + capabilities.indexingDelayMs;
}

/** Says whether "not found", asked that long after the mark, proves non-acceptance. */
export function absenceProves(capabilities: Capabilities, askedAfterMarkMs: number): boolean {
  return capabilities.lookup !== 'none' && askedAfterMarkMs >= absenceProvedAfterMs(capabilities);
}
