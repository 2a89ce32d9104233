import { answerReconfirmation } from '../campaigns/index.ts';
import { eligibilityHandlers } from '../people/index.ts';
import { answerHandlers, type AnswerHandler, undeliveredHandlers } from '../sending/index.ts';
import { answerReminder, replanSeriesOf, noteUndelivered } from '../reminders/index.ts';

// Registers the functions that lower folders call when something happens. The main file of every process that loads
// such a folder imports this file.

eligibilityHandlers.add(replanSeriesOf);
undeliveredHandlers.add(noteUndelivered);

const answersReminder: AnswerHandler = async (tx, deps, reply) =>
  (await answerReminder(tx, deps, reply)) !== 'none';

/** An ambiguous yes is no consent. */
const answersReconfirmation: AnswerHandler = async (tx, deps, reply) => {
  if (reply.doubtful || reply.said !== 'confirm') return false;
  await answerReconfirmation(tx, deps, reply);
  return true;
};

// In this order: a yes that answers a reminder is no consent to advertising.
answerHandlers.add(answersReminder);
answerHandlers.add(answersReconfirmation);
