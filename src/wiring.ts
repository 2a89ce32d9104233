import { answerReconfirmation } from './campaigns/answer-reconfirmation.ts';
import { eligibilityHandlers } from './contacts/eligibility-changed.ts';
import { answerHandlers, type AnswerHandler } from './messages/possible-answer.ts';
import { undeliveredHandlers } from './messages/undelivered-message.ts';
import { answerReminder } from './reminders/answer-reminder.ts';
import { replanSeriesOf } from './reminders/replan-series-of.ts';
import { noteUndelivered } from './reminders/undelivered.ts';

// Registers the functions that lower folders call when something happens. The main file of every process that loads
// such a folder imports this file.

eligibilityHandlers.add(replanSeriesOf);
undeliveredHandlers.add(noteUndelivered);

const answersReminder: AnswerHandler = async (tx, deps, reply) =>
  (await answerReminder(tx, deps, reply)) !== 'none';

/** A yes that may mean something else is no agreement. */
const answersReconfirmation: AnswerHandler = async (tx, deps, reply) => {
  if (reply.doubtful || reply.said !== 'confirm') return false;
  await answerReconfirmation(tx, deps, reply);
  return true;
};

// A reply that answers a reminder is no agreement to advertising.
answerHandlers.add(answersReminder);
answerHandlers.add(answersReconfirmation);
