import type { Translation } from '../translation.ts';
import type * as french from '../french/company.ts';

/** Halts, and the statement about sales. */
export const englishTenant: Translation<typeof french.tenant> = {
  halt: {
    all: 'Everything is halted',
    account: ({ gateway }) => `The account ${gateway} is halted`,
    accountForAll: ({ gateway }) => `The account ${gateway} is halted for all tenants of this instance`,
    since: ({ moment }) => ` since ${moment}`,
    by: ({ name }) => `, by ${name}`,
    because: ({ reason }) => `: “${reason}”`,
  },
  sale: {
    'sold-by-us':
      'Each number comes from a real sale or service of our company, never from an account, a quote or another company.',
    'given-by-the-person': 'The person gave the number themselves.',
    'told-at-collection': 'When giving it, they were told that it would serve for offers by SMS.',
    'refusal-offered': 'They could refuse simply and free of charge then, and can in each message.',
    'similar-products': 'Offers are of products or services similar to those they bought.',
  },
};

/** Sentences of the compliance report. */
export const englishCompliance: Translation<typeof french.compliance> = {
  title: 'Compliance report',
  calm: 'Nothing below calls for an action.',
  outsideWindow:
    'Something was handed to an operator outside what its decision allowed, or the strictest of the possible places: halt, and find out why.',
  withoutDecision:
    'Something was handed to an operator without a decision on record: halt, and find out why.',
  stopTooSlow: ({ alarm }) => `A STOP took more than ${alarm} to take effect.`,
  recordedLate: ({ ceiling }) =>
    `A withdrawal was put on record more than ${ceiling} after it was said, and its person could be written to meanwhile: record them the same day.`,
  uncertain: 'What became of some messages is still unknown: decide at GET /v1/uncertain.',
  rightsOverdue: ({ answer }) => `A request for erasure is past its time of ${answer}.`,
};

/** The register of processing and the impact assessment. */
export const englishRegister: Translation<typeof french.register> = {
  title: 'Register of processing (draft)',
  dpiaTitle: 'Impact assessment (draft)',
  number:
    'mobile number, first and last name if known, place, birth date (never to target: not to write to minors)',
  activities: {
    marketing: {
      title: 'Marketing by SMS',
      people: 'Customers and prospects who agreed',
    },
    appointment: {
      title: 'Appointment reminders by SMS',
      people: 'People who booked',
      data: ({ number }) => `${number}; date, time and place of the appointment, never its reason`,
    },
    renewal: {
      title: 'Contract renewal reminders',
      people: 'Subscribers',
      data: ({ number }) => `${number}; contract and dates`,
    },
    payment: {
      title: 'Payment reminders',
      people: 'People who pay by instalments',
      data: ({ number }) => `${number}; dates and amounts`,
    },
  },
  security: {
    encrypted:
      'Numbers, names and texts encrypted at rest (AES-256-GCM), a key per controller and per person, outside the database.',
    fingerprint: 'Look-up by keyed fingerprint: without the key nobody finds a number by trying.',
    apart: 'Controllers kept apart by the database itself (row-level security).',
    recorded: 'Roles, clear reads recorded, a chained audit log.',
    optOut: 'Opt-out effective before the next send, a journal of opt-outs outside the database.',
    erasure: 'Erasure by destruction of the key, with a certificate; scheduled cleaning, with a certificate.',
  },
  blanks: {
    officer: 'Data protection officer, representative, joint controllers',
    contracts: 'Processor contract (art. 28) with each operator',
    transfers: 'Transfers outside the Union and their safeguards',
    recipients: 'Internal recipients',
    hosting: 'Hosting and backups',
  },
  dpiaBlanks: {
    necessity: 'Necessity and proportionality: why by SMS, why these people',
    views: 'Views of the people concerned, or of those who speak for them',
    advice: 'Advice of the data protection officer',
    severity: 'Severity and likelihood of each risk, after the measures',
    decision: 'Decision, date, signature',
  },
  risks: {
    reads: {
      risk: 'A third party reads numbers or texts',
      measures: 'Encryption, keys outside the database, clear reads recorded',
    },
    health: {
      risk: 'A message tells of somebody’s health',
      measures: 'Barred words, limited variables, reason never kept in the health sector',
    },
    refused: {
      risk: 'Somebody receives what they refused',
      measures: 'Consent read again at each send, lasting opt-out, new proof needed to come back',
    },
    reassigned: {
      risk: 'A reassigned number gets somebody else’s message',
      measures: 'Numbers without a sign of life retired, bounces followed',
    },
    outlived: {
      risk: 'Data outlive their use',
      measures: 'Durations by purpose, scheduled and certified cleaning',
    },
  },
  draft:
    'A draft drawn from what the instance does. It is neither complete nor approved: the blanks are the controller’s.',
  criteria: {
    sensitive: 'Sensitive data (health)',
    sector: ({ sector }) => `declared sector: ${sector}`,
    largeScale: 'Large scale',
    people: ({ contacts, largeScale }) => `${contacts} people; we draw attention from ${largeScale}`,
    vulnerable: 'Vulnerable people (patients, minors)',
    minors: ({ minors }) => `${minors} known minors`,
    profiling: 'Evaluation, profiling, automatic decision',
    none: 'the software does none',
  },
};
