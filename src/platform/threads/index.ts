export {
  AnsweringThread,
  limitedWorker,
  type ThreadAnswer,
  ThreadEnded,
  type ThreadOrder,
} from './answering-thread.ts';
export { OtherEndFailed, ThreadCalls, type Verbs } from './thread-calls.ts';
