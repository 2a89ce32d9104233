import type { Translation } from '../translation.ts';
import type * as french from '../french/sending.ts';

/** Reasons that hold messages back. */
export const englishMessage: Translation<typeof french.message> = {
  gate: {
    CLOCK_DOUBT: 'The clock cannot be trusted: the gate stays closed.',
    SEAL_DOUBT: 'The database is not compared with its seal yet: the gate stays closed.',
    JOURNAL_WAITS: 'The opt-out journal is not all in the database yet: the gate stays closed until it is.',
  },
  pace: {
    LOCAL_TIME: 'Leaves at the hour chosen, at the recipient’s',
    SPREAD: 'Spread over several days',
  },
  rule: ({ ruleId, title, source }) => `Rule ${ruleId}: ${title}. Source: ${source}.`,
  listUnread: 'A list of people who left is being read.',
  listParked: ({ importId }) =>
    `A row stopped the reading of a list of people who left (import ${importId}): send the corrected file, then cancel that import.`,
};

/** Sentences of the timeline, one for each event. */
export const englishTimeline: Translation<typeof french.timeline> = {
  lastDeparture: 'Last departure foreseen.',
  nextDeparture: 'Next departure.',
  acts: {
    'campaign.created': 'Made.',
    'campaign.changed': 'Changed.',
    'campaign.approved': 'Approved.',
    'campaign.launched': 'Launched.',
    'campaign.started': 'Audience frozen: batches leave in their hours.',
    'campaign.paused': 'Paused.',
    'campaign.resumed': 'Resumed.',
    'campaign.parked': 'Parked: a person must act.',
    'campaign.cancelled': 'Cancelled.',
    'campaign.finished': 'Finished: the accounts are closed.',
    'series.paused': 'Paused.',
    'series.resumed': 'Resumed.',
    'series.cancelled': 'Cancelled.',
    'payment-plan.paid': 'Instalment paid.',
    'tenant.halted': 'Everything is halted',
    'tenant.released': 'Everything goes on',
    'gateway.halted': 'Its account is halted',
    'gateway.released': 'Its account goes on',
    'message.resolved': 'A person found out what became of it.',
    'contact.corrected': 'Contact corrected.',
    'contact.number-changed': 'Number changed.',
    'contact.held': 'Kept for a dispute.',
    'contact.released': 'No longer kept for a dispute.',
  },
  booking: {
    booked: 'Booked.',
    moved: 'Moved.',
    superseded: 'Superseded by another.',
    cancelled: 'Cancelled.',
    confirmed: 'Confirmed by the person.',
    declined: 'The person answered that they do not come.',
    'cancellation-requested': 'The person asks to cancel.',
    'reply-unclear': 'An answer to read: neither yes nor no, or not for which appointment.',
    'no-show': 'The person did not come.',
    undelivered: 'The SMS did not arrive: phone.',
    'correction-impossible': 'No lawful hour is left to correct it: phone.',
    'notice-missing': 'The legal notice is missing.',
    ended: 'Series closed.',
  },
  message: {
    made: 'Written.',
    marked: 'The last look passed: the call to the operator begins.',
    'first-byte': 'On the wire.',
    answered: 'The operator answered.',
    accepted: 'Taken by the operator.',
    refused: 'Refused by the operator.',
    lost: 'The answer was lost: its fate is unknown.',
  },
  states: {
    ready: 'Waits for its hour.',
    submitting: 'Is under way.',
    accepted: 'Accepted; no receipt came yet.',
    delivered: 'Arrived on the phone.',
    undelivered: 'Did not arrive.',
    excluded: 'Not sent.',
    failed: 'Refused by the operator.',
    expired: 'Too late to leave.',
    uncertain: 'Uncertain: a person looks whether it left.',
  },
  consent: {
    pending: 'Agreed, number to be confirmed',
    confirmed: 'Number confirmed',
    granted: 'Agreed',
    refused: 'Refused',
    withdrawn: 'Withdrew',
    objected: 'Objected',
    expired: 'Consent expired',
    reinstated: 'Agreed anew',
  },
  purposes: {
    all: 'every message',
    marketing: 'offers',
    appointment: 'appointments',
    renewal: 'renewals',
    payment: 'payments',
    confirmation: 'confirmation of the number',
  },
  personActs: 'A person must say what became of it.',
  wouldWrite: ({ name }) => `the campaign “${name}” is launched, and would write to this person.`,
  mayWrite: ({ name }) =>
    `the campaign “${name}” is launched; its recipients are chosen when it starts, and this person may be one of them.`,
  withReason: ({ words, reason }) => `${words}: “${reason}”.`,
};

/** Sentences of the doctor of accounts: assumptions, findings, questions at a terminal. */
export const englishDoctor: Translation<typeof french.doctor> = {
  terminal: {
    phone: 'The number of YOUR OWN phone (empty: send nothing): ',
    sure: (masked: string) =>
      `Two texts leave to ${masked}, charged as any other. Is it your phone? Type yes: `,
    shown: (text: string) =>
      `The phone has to show exactly:\n  ${text}\nyes, no (something else), or nothing (it did not arrive): `,
    typeStop: (how: string) =>
      `${how}\nThis STOP is real: your number gets no more advertising until you lift it.\nEnter when it is done (or to skip): `,
    lift: 'Your number is left alone from now on. To lift this STOP: POST /v1/consents with a new proof.',
    busy: (most: number) =>
      `A trial of this account is under way, or there were too many in 24 hours (${most}).`,
    transcript: (file: string, calls: number) =>
      `Transcript (${calls} calls, without a number or a secret): ${file}\nSend it to the project: it becomes an example in test/gateways/samples.`,
    withheld: (calls: number) => `${calls} calls are not in it: they would show a number or a secret.`,
    change: 'Change',
  },
  verdicts: { held: 'held', failed: 'failed', 'not-seen': 'not seen' },
  assumptions: {
    reached: {
      what: 'The operator answers.',
      change: 'Check baseUrl, the network, the firewall and the certificate.',
    },
    credentials: {
      what: 'The credentials are accepted.',
      change: 'Check credentials, the rights of the key, and the IP addresses that the operator allows.',
    },
    'credit-told': {
      what: 'The credit can be read.',
      change:
        'The answer about the credit does not have the form expected: tell the project. Alarms about low credit will not work.',
    },
    'credit-left': {
      what: 'There is credit left.',
      change: 'Top up the account.',
    },
    'stop-list': {
      what: 'The operator’s list of STOP can be read.',
      change: 'Give the key the right to read /sms/*/blacklists.',
    },
    sender: {
      what: 'The sender is accepted.',
      change: 'Have the operator validate this sender, or change that of the company.',
    },
    'answer-id': {
      what: 'The answer to a message carries an id.',
      change:
        'Without an id no receipt finds its message: send the transcript to the project before you use this account.',
    },
    'parts-told': {
      what: 'The operator counts as many parts as we do.',
      change: 'The operator adds words or changes the encoding: compare the texts received, and ask it why.',
    },
    accents: {
      what: 'Accents and the € sign arrive as they were sent.',
      change:
        'Over SMPP, try another "alphabet". Elsewhere, look for an option of the account that simplifies texts, and switch it off.',
    },
    'two-parts': {
      what: 'A text of two parts arrives whole, as one message.',
      change:
        'Over SMPP, try another value of "longTexts". Elsewhere, ask the operator whether it cuts long texts.',
    },
    callback: {
      what: 'The operator reaches the address of callbacks from outside.',
      change:
        'Give the operator the address in "inbound.url"; it must be reachable from the internet by HTTPS (BONHEURE_PUBLIC_URL, proxy, firewall). Then look at the operator’s log of callbacks.',
    },
    session: {
      what: 'Receipts and replies arrive on our session.',
      change:
        'Ask the operator whether receipts are switched on, and whether sessions must be pairs ("bind": "pair").',
    },
    signature: {
      what: 'The signature of callbacks holds.',
      change:
        'BONHEURE_PUBLIC_URL must be the very address that the operator calls, and authToken that of the main account.',
    },
    'receipt-id': {
      what: 'The receipt carries the id of the answer.',
      change: 'Over SMPP, try another value of "messageIds". Elsewhere, send the transcript to the project.',
    },
    'receipt-reference': {
      what: 'Our own id comes back in the address of the receipt.',
      change:
        'The operator calls another address than the one given with the message: remove the fixed one from its interface, or check that your proxy keeps the query (?m=…).',
    },
    'receipt-state': {
      what: 'The final receipt of a text that arrived says "delivered".',
      change:
        'The code of the receipt is not known, or means something else: send the transcript to the project.',
    },
    'receipt-parts': {
      what: 'A text of two parts has one final receipt (over SMPP, one for each).',
      change: 'Receipts of long texts will be miscounted: send the transcript to the project.',
    },
    'receipt-clock': {
      what: 'The operator’s dates are in French time.',
      change: 'Check the clock of this machine (NTP), then the time zone set in the operator’s interface.',
    },
    'look-up': {
      what: 'What was sent is found by asking the operator.',
      change:
        'Give the key the right to read what was sent; otherwise the answer has changed its form: tell the project.',
    },
    'reply-number': {
      what: 'A reply carries the person’s number.',
      change:
        '"npm run unread" shows what could not be read: send the transcript to the project. Do not use this account: a STOP would be lost.',
    },
    'reply-words': {
      what: 'The word STOP can be read in the reply.',
      change:
        'Do not use this account: a STOP would be lost. Over SMPP, try another "alphabet"; elsewhere, send the transcript to the project.',
    },
    'calls-read': {
      what: 'All that the operator told during the trial was read.',
      change: '"npm run unread" shows the rest; send the transcript to the project.',
    },
  },
  stopHow: {
    page: 'Answer STOP from that phone, on the page of the sandbox.',
    reply: 'Answer STOP from that phone.',
    senderOrCode: 'From that phone, send STOP to the sender, or to the short code of your account.',
    code: ({ account }) => `From that phone, send STOP to the short code of your ${account} account.`,
    knownCode: ({ account, code }) =>
      `From that phone, send STOP to the short code of your ${account} account (${code}).`,
    codeOr: ({ account, code }) =>
      `From that phone, send STOP to ${code}, or to the short code of your ${account} account.`,
    codeOfAdvertising: ({ account }) =>
      `From that phone, send STOP to the short code of an advertising text of your ${account} account.`,
  },
  news: {
    answers: 'The operator answers.',
    silent: 'The operator does not answer as expected:',
    sent: { accents: 'Text with accents:', 'two-parts': 'Text of two parts:' },
    accepted: 'accepted',
    waiting: { receipt: 'Waiting for the receipt…', reply: 'Waiting for the reply…' },
  },
  bounds: {
    SEALED: 'Nothing leaves: the instance is sealed after a restore.',
    JOURNAL_WAITS: 'Nothing leaves: opt-outs still wait in the journal.',
    HALTED: 'Nothing leaves: this account, or the company, is halted. Release it first.',
    SUPPRESSED:
      'Nothing leaves: this number said STOP. Lift it by POST /v1/consents with a new proof, or take another phone.',
  },
  trialTexts: {
    accents: 'A trial of Bonheure: à é è ù ò, É Ç Ä ñ ö ü, 10 €.',
    'two-parts':
      'A trial of Bonheure in two parts: this text is longer than what one SMS can carry. It arrives at once, with nothing cut and no word lost, and it ends with the word that follows now, marguerite.',
  },
};
