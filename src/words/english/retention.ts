import type { Translation } from '../translation.ts';
import type { retention as french } from '../french/retention.ts';

/** What a cleaning removes, and why. */
export const retention: Translation<typeof french> = {
  baseless: ({ because, notice }) =>
    `Contacts that no purpose allows to write to (${because}), without open series or claim: to reconfirm, or removed ${notice} after the notice; the suppression stays.`,
  consentsExpired: ({ contact }) =>
    `Agreements to marketing without a sign from the person for ${contact}: no longer used.`,
  contactsNoticed: ({ notice }) =>
    `Contacts without a basis, noticed: reconfirm within ${notice}, or they are removed.`,
  contactsRemoved: ({ notice }) =>
    `Contacts noticed ${notice} ago that stayed without a basis: removed; the suppression stays.`,
  texts: ({ text }) => `Texts of reminders, ${text} after the event.`,
  answers: ({ text }) => `Texts of answers to STOP, CONTACT and sign-ups, after ${text}.`,
  replies: ({ log }) => `Replies received, after ${log}; those that wait for a decision stay.`,
  rights: ({ proof }) => `Requests under the RGPD, ${proof} after the answer; those that wait stay.`,
  cancellations: ({ log }) => `Cancellations that came before their booking, after ${log}.`,
  proofs: ({ proof }) => `Proofs of people who are gone, ${proof} after the act.`,
};
