/** Who says nothing for so long in the middle of something is frozen, or its host is gone: the server ends it. */
export const SILENT_MS = 6_000;
/** Whoever waits for something else says so often that it lives. */
export const LIVES_EVERY_MS = 2_000;

/**
 * Startup options of a connection: what the server itself ends it by.
 *
 * A frozen process closes nothing: its locks would stand until it is killed. A host that is gone answers no packet:
 * without these the kernel would wait for some two hours.
 */
export const endedWhenSilent = (setting: 'idle_session_timeout' | 'idle_in_transaction_session_timeout') =>
  [
    `${setting}=${SILENT_MS}`,
    `tcp_user_timeout=${SILENT_MS}`,
    'tcp_keepalives_idle=3',
    'tcp_keepalives_interval=1',
    'tcp_keepalives_count=3',
  ]
    .map((one) => `-c ${one}`)
    .join(' ');

/** How long an answer is waited for. */
export interface Patience {
  /** What the server lets a statement take, unless its transaction says otherwise. */
  readonly statementMs: number;
  /** Beyond that, for an answer on its way: a host that vanished answers nothing, and no packet says so. */
  readonly onItsWayMs: number;
}

/** For whatever may be large. */
export const PATIENT: Patience = { statementMs: 30_000, onItsWayMs: 5_000 };
/** For one row that is of no use when it is late. */
export const IMPATIENT: Patience = { statementMs: 3_000, onItsWayMs: 1_000 };
