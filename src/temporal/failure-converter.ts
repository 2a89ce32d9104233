import { DefaultFailureConverter, type PayloadConverter, type ProtoFailure } from '@temporalio/common';

/**
 * Writes failures to Temporal with their code and their position in our sources, and without their message, which may
 * quote data such as a row of the database. Our log has the message, masked.
 */
class CodedFailureConverter extends DefaultFailureConverter {
  override errorToFailure(error: unknown, payloads: PayloadConverter): ProtoFailure {
    return coded(super.errorToFailure(error, payloads));
  }
}

/** Temporal's SDK loads this by its name, in clients, workers and the sandbox of workflows. */
export const failureConverter = new CodedFailureConverter();

function coded(failure: ProtoFailure): ProtoFailure {
  const { encodedAttributes: _words, cause, ...rest } = failure;
  return {
    ...rest,
    message: isOfTemporal(failure) ? (failure.message ?? '') : codeOf(failure),
    stackTrace: placesIn(failure.stackTrace ?? ''),
    ...(cause === undefined || cause === null ? {} : { cause: coded(cause) }),
  };
}

/** Says whether the message is the server's or the SDK's own: a time-out, a cancellation, an activity that failed. */
const isOfTemporal = (failure: ProtoFailure): boolean =>
  [
    failure.timeoutFailureInfo,
    failure.canceledFailureInfo,
    failure.terminatedFailureInfo,
    failure.serverFailureInfo,
    failure.activityFailureInfo,
    failure.childWorkflowExecutionFailureInfo,
  ].some((info) => info !== undefined && info !== null);

/** Returns a code of ours, such as IMPORT_NOT_FOUND, or the class of an error, such as DriverException. */
const codeOf = ({ applicationFailureInfo }: ProtoFailure): string => {
  const type = applicationFailureInfo?.type ?? '';
  return /^\w{1,80}$/.test(type) ? type : 'Error';
};

/** Returns the lines of a stack trace that name a function and a file. */
const placesIn = (stack: string): string =>
  stack
    .split('\n')
    .filter((line) => /^ {4}at \S/.test(line))
    .join('\n');
