export {
  AnsweringThread,
  limitedWorker,
  LOW_PRIORITY,
  type ThreadAnswer,
  ThreadEnded,
  type ThreadOrder,
  OtherEndFailed,
  ThreadCalls,
  type Verbs,
} from './answering-thread.ts';
