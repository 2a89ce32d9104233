/** A column: its heading, and the figure under it. */
export type Column = readonly [heading: string, name: string];

export const OURS: readonly Column[] = [
  ['people', 'people'],
  ['old messages', 'oldMessages'],
  ['in flight', 'inFlight'],
  ['workers', 'workers'],
  ['messages/s', 'messagesPerSecond'],
  ['worker, µs', 'workerMicroseconds'],
  ['PostgreSQL, µs', 'postgresMicroseconds'],
  ['operator, µs', 'operatorMicroseconds'],
  ['worker, MiB', 'workerMiB'],
  ['WAL, bytes', 'walBytes'],
  ['disk, bytes', 'diskBytes'],
  ['HOT', 'hotUpdates'],
  ['twice', 'doubles'],
];

export const RATES: readonly Column[] = [
  ['permitted/s', 'permittedPerSecond'],
  ['told', 'told'],
  ['people', 'people'],
  ['part reached', 'shareOfRate'],
  ['busiest second', 'busiestSecond'],
  ['refused as too fast', 'throttled'],
  ['of them once settled', 'throttledOnceSettled'],
];

export const SMPP: readonly Column[] = [
  ['people', 'people'],
  ['sessions', 'sessions'],
  ['window', 'window'],
  ['messages/s', 'messagesPerSecond'],
  ['the wire alone, messages/s', 'wireMessagesPerSecond'],
  ['on the wire, at most', 'mostOnTheWire'],
  ['worker, µs', 'workerMicroseconds'],
  ['PostgreSQL, µs', 'postgresMicroseconds'],
  ['operator, µs', 'operatorMicroseconds'],
  ['worker, MiB', 'workerMiB'],
];

export const RECEIPTS: readonly Column[] = [
  ['people', 'people'],
  ['receipts', 'receipts'],
  ['of them told twice', 'repeated'],
  ['to their messages/s', 'receiptsPerSecond'],
  ['answered/s', 'answeredPerSecond'],
  ['answer p99, ms', 'answerP99Ms'],
  ['sent meanwhile/s', 'sentMeanwhilePerSecond'],
  ['worker, µs', 'workerMicroseconds'],
  ['PostgreSQL, µs', 'postgresMicroseconds'],
];

export const FILES: readonly Column[] = [
  ['rows', 'rows'],
  ['read, ms', 'readMs'],
  ['rows/s', 'rowsPerSecond'],
  ['worker, µs', 'workerMicrosecondsARow'],
  ['PostgreSQL, µs', 'postgresMicrosecondsARow'],
  ['worker, MiB', 'workerMiB'],
  ['chained/s', 'linkedPerSecond'],
];

export const READS: readonly Column[] = [
  ['people', 'people'],
  ['messages/s', 'messagesPerSecond'],
  ['reads', 'reads'],
  ['reads/s', 'readsPerSecond'],
  ['p50, ms', 'readP50Ms'],
  ['p99, ms', 'readP99Ms'],
  ['longest, ms', 'readLongestMs'],
  ['longest without an event, ms', 'longestSilenceMs'],
  ['api, cores', 'apiCores'],
  ['worker, cores', 'workerCores'],
  ['PostgreSQL, cores', 'postgresCores'],
  ['Temporal, cores', 'temporalCores'],
  ['Temporal events', 'temporalEvents'],
  ['per 1,000 people', 'eventsPerThousand'],
  ['longest run, events', 'longestRunEvents'],
];

/** Of a whole campaign a line each: what is told, and the name of its figure. */
export const WHOLE: readonly Column[] = [
  ['rows of the file', 'people'],
  ['messages sent', 'sent'],
  ['**file received**, s', 'uploadS'],
  ['**file read**, s', 'readS'],
  ['rows read/s', 'rowsPerSecond'],
  ['**rehearsed**, every text made, s', 'rehearsalS'],
  ['**audience frozen**, s', 'freezeS'],
  ['**all left**, s', 'departureS'],
  ['messages/s, their receipts meanwhile', 'messagesPerSecond'],
  ['**closed** after the last one left, s', 'closingS'],
  ['**every receipt** after the last one left, s', 'receiptsS'],
  ['**file of who was served**, s', 'exportS'],
  ['reached twice', 'doubles'],
  ['lost', 'lost'],
  ['outside their hours', 'outsideWindow'],
  ['messages and parts apart from the rehearsal', 'apartFromRehearsal'],
  ['longest without a sign of progress, s', 'longestSilenceS'],
  ['longest answer to a look, ms', 'longestAnswerMs'],
  ['Temporal events per 1,000 people', 'eventsPerThousand'],
  ['longest run, events', 'longestRunEvents'],
  ['worker, MiB at most', 'workerMiB'],
  ['api with the operator in it, MiB at most', 'apiMiB'],
  ['PostgreSQL, MiB at most', 'postgresMiB'],
  ['Temporal, MiB at most', 'temporalMiB'],
  ['disk, bytes a person of the file', 'bytesAPerson'],
  ['disk, bytes a message with its receipt', 'bytesAMessage'],
  ['disk of Temporal, bytes', 'temporalBytes'],
  ['**all of it**, s', 'wholeS'],
];

export const PAGES: readonly Column[] = [
  ['people', 'people'],
  ['bookings', 'bookings'],
  ['pages', 'pages'],
  ['first paint p50, ms', 'firstPaintP50Ms'],
  ['first paint at most, ms', 'firstPaintLongestMs'],
  ['script at most, bytes', 'scriptMostBytes'],
];

export const CODEC: readonly Column[] = [
  ['payloads asked for at once', 'payloads'],
  ['requests', 'requests'],
  ['p50, ms', 'p50Ms'],
  ['p99, ms', 'p99Ms'],
];

export const REMINDERS: readonly Column[] = [
  ['due in an hour', 'dueInAnHour'],
  ['open series', 'series'],
  ['reminders', 'reminders'],
  ['advertisements beside', 'advertisements'],
  ['late p50, s', 'lateP50S'],
  ['late p99, s', 'lateP99S'],
  ['late at most, s', 'lateMaxS'],
  ['worker, ms', 'workerMs'],
  ['PostgreSQL, ms', 'postgresMs'],
  ['Temporal, ms', 'temporalMs'],
  ['api, ms', 'apiMs'],
  ['worker, MiB', 'workerMiB'],
];
