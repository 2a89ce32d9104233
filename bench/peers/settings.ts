/** As its page on performance advises those with many jobs: a local queue, completions in batches. */
export const graphileSettings = (inFlight: number) => ({
  maxPoolSize: 20,
  concurrentJobs: inFlight,
  localQueue: { size: inFlight + 1 },
  completeJobBatchDelay: 25,
  failJobBatchDelay: 25,
});

const BATCHES_AT_ONCE = 4;

/** Batches that follow one another without a rest while there is more. */
export const bossSettings = (inFlight: number) => ({
  batchSize: Math.ceil(inFlight / BATCHES_AT_ONCE),
  localConcurrency: BATCHES_AT_ONCE,
  burstWhenBatchFull: true,
  pollingIntervalSeconds: 0.5,
});

/** One worker in each process; what is done leaves Redis. */
export const bullSettings = (inFlight: number) => ({
  concurrency: inFlight,
  removeOnComplete: { count: 0 },
});
