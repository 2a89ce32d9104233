import * as french from '../french/default-texts.ts';
import type { Translation } from '../translation.ts';

/** The texts of SMS that are sent where a tenant has none of its own, by name. */
export const englishDefaultSms: Translation<typeof french.defaultSms> = {
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
};
