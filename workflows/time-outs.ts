/** Work resumes within 10 s of any fault because of these; change none of them alone. */
export const timeOuts = {
  /** A chunk says that it lives each second, from the third on; 5 s of silence and another attempt takes over. */
  silentMs: 3_000,
  heartbeatMs: 1_000,
  heartbeatTimeoutMs: 5_000,
  /** How long a workflow task waits for the worker that remembers the workflow, before any other takes it. */
  stickyMs: 2_000,
  workflowTaskMs: 5_000,
  /**
   * Temporal closes the connection of who answers no ping, and with it the polls of a frozen worker. What a frozen
   * worker took comes back after `workflowTaskMs` at the earliest: its polls are gone by then, or it takes it again.
   */
  pingEveryMs: 1_000,
  pingAnsweredMs: 3_000,
  /** A planning activity reads and writes a few rows; one that waits for a lock says that it lives. */
  planningMs: 30_000,
  /** The freeze of a million people is one statement of some 20 s; it is safe to repeat. */
  freezeMs: 10 * 60_000,
  /** A chunk is boxed in 5 minutes; the sixth is for the last answers. */
  chunkMs: 6 * 60_000,
  /** Millions of rows that repeat others take hours on a busy machine: its heartbeats tell that an import lives. */
  fileMs: 24 * 60 * 60_000,
  retryFirstMs: 500,
  retryFactor: 2,
  retryMostMs: 3_000,
  reconnectMs: 2_000,
  /** Longer than one request to an operator: a stopped chunk marks nothing more and gathers its answers. */
  shutdownGraceMs: 15_000,
} as const;

/** Without bound: outcomes are values, and what fails is our fault or a fault of the house. */
export const retry = {
  initialInterval: timeOuts.retryFirstMs,
  backoffCoefficient: timeOuts.retryFactor,
  maximumInterval: timeOuts.retryMostMs,
} as const;

/** What reads and writes a few rows: another attempt takes over from a worker that is frozen or gone. */
export const planning = {
  startToCloseTimeout: timeOuts.planningMs,
  heartbeatTimeout: timeOuts.heartbeatTimeoutMs,
  retry,
} as const;
