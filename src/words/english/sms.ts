import type { Translation } from '../translation.ts';
import type { sms as french } from '../french/sms.ts';

/** Texts that people receive where nobody wrote others, and what is said of numbers and characters. */
export const sms: Translation<typeof french> = {
  answersAsked: 'Reply YES if you are coming, NO if not.',
  dayHasPassed: 'That day has passed when the message leaves.',
  admitted: ({ names }) => `Allowed: ${names}.`,
  amountOn: ({ amount, date }) => `${amount} on ${date}`,
  removeIt: 'Take it out, or put a plain space.',
  writeInstead: ({ instead }) => `Write "${instead}".`,
  defaults: {
    appointment:
      '{practice}: reminder of your appointment {weekday} {date} at {time}, {address}. To move it: {phone}. {stop}',
    moved:
      '{practice}: your appointment is moved to {weekday} {date} at {time}, {address}. Any question: {phone}. {stop}',
    cancelled: '{practice}: your appointment of {date} at {time} is cancelled. Any question: {phone}. {stop}',
    renewal:
      '{brand}: your contract {service} renews on {renewsOn}. You may refuse it until {refuseBy}: {phone}. {stop}',
    ending: '{brand}: your contract {service} ends on {renewsOn}. Any question: {phone}. {stop}',
    schedule: '{brand}, {label}: your instalments: {instalments}. {stop}',
    'schedule-summary':
      '{brand}, {label}: {count} instalments, {firstInstalment} then {lastInstalment}. All: {scheduleLink}. {stop}',
    payment: '{brand}, {label}: {amount} due on {dueOn}. Any question: {phone}. {stop}',
    overdue:
      '{brand}, {label}: unless we are mistaken, {amount} of {dueOn} is still due. Any question: {phone}. {stop}',
    'stop-marketing': '{brand}: noted, you will get no more offers from us by SMS.',
    'stop-reminder': '{practice}: noted, no more reminders or advertising by SMS. Your appointments stand.',
    'stop-all': '{brand}: noted, you will get no more SMS from us.',
    contact: '{brand}: SMS published by {legalName}, {contact}. {stop}',
    start: '{brand}: you had said STOP. To come back, we need a new agreement from you: {contact}.',
    'confirmation-code': '{brand}: your code {code} to confirm your number. Not you? Ignore this SMS.',
    'confirmation-link': '{brand}: confirm your number: {confirmLink} Not you? Ignore this SMS.',
  },
  numbers: {
    NUMBER_LANDLINE: 'A landline receives no SMS.',
    NUMBER_VOIP: 'An internet telephony number (09) receives no SMS.',
    NUMBER_M2M: 'A machine number (0700 to 0704): nobody reads it.',
    NUMBER_SHORT: 'A short number is not a person’s.',
    NUMBER_PREMIUM: 'A premium-rate number.',
    NUMBER_TOLL_FREE: 'A toll-free number of a company.',
    NUMBER_FOREIGN: 'A foreign number: this engine sends in France alone.',
    NUMBER_MONACO: 'A number of Monaco, which is not France.',
    NUMBER_OTHER_LINE: 'This line is no mobile: it receives no SMS.',
    NUMBER_NOT_ASSIGNED: 'No French operator has this range, or digits are missing.',
    NUMBER_NOT_WRITTEN: 'This is no phone number.',
  },
  ownCodes: ({ codes }) => `Its own is ${codes}: write {stop}.`,
  replyMention: 'To get no more reminders, reply STOP.',
  linkMention: 'Opt out: ',
  samples: {
    weekday: {
      sample: 'Thu',
    },
    time: {
      sample: '14:30',
    },
    instalments: {
      sample: '€49.00 on 12/08, €49.00 on 12/09',
    },
    firstInstalment: {
      sample: '€49.00 on 12/08',
    },
    lastInstalment: {
      sample: '€49.00 on 12/07',
    },
    amount: {
      sample: '€49.00',
    },
  },
};
