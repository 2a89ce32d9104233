export {
  AnsweringThread,
  limitedWorker,
  type ThreadAnswer,
  ThreadEnded,
  type ThreadOrder,
  OtherEndFailed,
  ThreadCalls,
  type Verbs,
} from './answering-thread.ts';
