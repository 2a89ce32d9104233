/** The queues of work: a campaign never delays a reminder. */
export const queues = {
  orchestration: 'orchestration',
  transactional: 'sms-transactional',
  bulk: 'sms-bulk',
  housekeeping: 'housekeeping',
} as const;

/** The search attributes of every workflow, all of them opaque. */
export const keys = {
  tenantId: { name: 'TenantId', type: 'KEYWORD' },
  kind: { name: 'Kind', type: 'KEYWORD' },
  sendState: { name: 'SendState', type: 'KEYWORD' },
  territory: { name: 'Territory', type: 'KEYWORD' },
  nextActionAt: { name: 'NextActionAt', type: 'DATETIME' },
} as const;

/** Work resumes within 10 s of any fault because of these; change none of them alone. */
export const timeOuts = {
  /** A chunk sends a heartbeat each second, from the third on; after 5 s of silence another attempt takes over. */
  silentMs: 3_000,
  heartbeatMs: 1_000,
  heartbeatTimeoutMs: 5_000,
  /** Milliseconds a workflow task waits for the worker that has the workflow cached, before any other takes it. */
  stickyMs: 2_000,
  workflowTaskMs: 5_000,
  /**
   * Temporal closes the connection of a client that answers no ping, and with it the polls of a frozen worker.
   * Tasks of a frozen worker come back after `workflowTaskMs` at the earliest: its polls are gone by then, or it
   * takes them again.
   */
  pingEveryMs: 1_000,
  pingAnsweredMs: 3_000,
  /** A planning activity reads and writes a few rows; one that waits for a lock sends heartbeats. */
  planningMs: 30_000,
  /** The freeze of a million people is one statement of some 20 s; it is safe to repeat. */
  freezeMs: 10 * 60_000,
  /** A chunk is limited to 5 minutes; the sixth is for the last answers. */
  chunkMs: 6 * 60_000,
  /** Millions of rows that repeat others take hours on a busy machine: heartbeats show that an import lives. */
  fileMs: 24 * 60 * 60_000,
  retryFirstMs: 500,
  retryFactor: 2,
  retryMostMs: 3_000,
  reconnectMs: 2_000,
  /** Longer than one request to an operator: a stopped chunk marks nothing more and gathers its answers. */
  shutdownGraceMs: 15_000,
} as const;

/** For activities that read and write a few rows: another attempt takes over from a worker that is frozen or gone. */
export const planning = {
  startToCloseTimeout: timeOuts.planningMs,
  heartbeatTimeout: timeOuts.heartbeatTimeoutMs,
  /** Without bound: outcomes are values, and a failure is a fault of ours or of the infrastructure. */
  retry: {
    initialInterval: timeOuts.retryFirstMs,
    backoffCoefficient: timeOuts.retryFactor,
    maximumInterval: timeOuts.retryMostMs,
  },
} as const;

/** For activities that work for minutes. */
export const chunk = { ...planning, startToCloseTimeout: timeOuts.chunkMs } as const;
