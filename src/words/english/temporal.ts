import type { Summaries } from '../french/temporal.ts';

/** Summaries in Temporal's list, in English. */
export const englishSummaries: Summaries = {
  campaign: 'Fixes the list of recipients, sends place by place, closes the counts',
  campaignShard: 'Sends a batch in its hours',
  reminderSeries: 'Sends each reminder at its hour; stops on a STOP',
  acknowledgements: 'Answers STOP, CONTACT and sign-ups',
  importContacts: 'Reads a file: each row is accepted, or refused with its reason',
  housekeeping: 'Cleans up: what has passed its time is removed, with a certificate',
  erasure: 'Erases the traces of a person, then writes the certificate',
  seal: 'Keeps the second copy of the seal',
  timeline: 'What happened, and what comes next',
};
