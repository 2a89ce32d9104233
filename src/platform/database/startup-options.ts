/**
 * Startup options of connections whose statements are planned once, and read by keys alone. A generic plan assumes
 * ten elements and so takes nested loops on primary keys whatever the size of the tables; a custom one costs 15–25
 * µs a message in planning alone, and milliseconds where a dozen tables are joined. Materialization is off: a table
 * without statistics seems small, and each page would read it whole.
 */
export const KEYED_PLANS =
  '-c plan_cache_mode=force_generic_plan -c enable_seqscan=off -c enable_hashjoin=off -c enable_mergejoin=off ' +
  '-c enable_bitmapscan=off -c enable_memoize=off -c enable_material=off -c max_parallel_workers_per_gather=0 -c jit=off';

/** A client that is silent for so long within a transaction is frozen, or its host is gone: the server ends it. */
export const SILENT_MS = 6_000;

/** Milliseconds between signs of life of a transaction that waits for something else. */
export const LIVES_EVERY_MS = 2_000;

/**
 * Startup options after which the server itself ends a connection. A frozen process closes nothing: its locks would
 * stay until it is killed. A host that is gone answers no packet: without these the kernel would wait for some two
 * hours.
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

/** The time limits of a connection. */
export interface AnswerLimits {
  /** The server's limit of a statement, in milliseconds, unless its transaction sets another. */
  readonly statementMs: number;
  /** Further milliseconds for an answer on its way: a host that vanished answers nothing, and no packet says so. */
  readonly onItsWayMs: number;
}

/** Limits for statements that may be large. */
export const PATIENT: AnswerLimits = { statementMs: 30_000, onItsWayMs: 5_000 };

/** Limits for one row that is useless when late. */
export const IMPATIENT: AnswerLimits = { statementMs: 3_000, onItsWayMs: 1_000 };
