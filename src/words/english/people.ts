import type { Facts, Translation } from '../translation.ts';
import type * as french from '../french/people.ts';

/** Sentences on people: records, erasure, wordings, forms. */
export const englishContact: Translation<typeof french.contact> = {
  erasure: {
    kept: {
      suppression:
        'The keyed fingerprint of the number and the date of the objection, so that the same number, imported again, receives nothing. The number cannot be told from it. Kept at least until then, and as long as the controller advertises.',
      proof:
        'The proofs of agreements that were used and of leavings, without number or name, under the archive key: the defence of legal claims (GDPR, art. 17(3)(e)).',
      event:
        'The acts (id, date, purpose, salted digest) of the chain of proofs, which name nobody and cannot be taken out without breaking it.',
      message: 'The record of messages (id, state, reason, dates), without number or text.',
      journal: 'The encrypted journal of opt-outs and the backups, until they expire.',
    },
    removed: {
      profile: 'The profile: number, name, birth date, attributes; and the key that opened it.',
      proofs: 'Proofs no longer needed: nothing had been sent on their ground, or they named the person.',
      texts: 'Texts of messages.',
      answers: 'Answers to a STOP, a CONTACT or a sign-up.',
      replies: 'Replies received from the person.',
      bookings: 'What appointments, contracts and instalments said.',
      formAnswers: 'Answers to a form, and confirmation codes.',
      importRows: 'Mentions in imported files.',
      rejectedRows: 'Rejected rows of files that held this number.',
      requests: 'API answers kept for repetition.',
    },
  },
  rights: {
    stop: 'To receive no more SMS: answer STOP, or say so by any means.',
    correct: 'To have what is kept put right or erased, or to object to it (GDPR, art. 16, 17 and 21).',
    complain: 'To complain to the supervisory authority (in France the CNIL, www.cnil.fr).',
  },
  sharedNumber:
    'Several people share this number: ask for the part of one (?personRef=), or POST the export without what is others’ (leaveOut).',
  exportTitle: 'What we keep of you',
  askAgain: {
    name: 'Still welcome?',
    asks: '{brand}: do you still want our offers by SMS? ',
    ends: 'If we hear nothing, we will stop. {stop}',
  },
  answerYes: 'Reply YES. ',
  sayItHere: 'Tell us here: ',
  formFindings: {
    CONFIRM_OFF:
      'Without confirmation, anybody may sign up the number of somebody else: the proof is weaker.',
    CONTACT_MISSING: 'The page does not say how to reach you: give company.contact, or complete the tenant.',
    PROCESSOR_UNKNOWN:
      'The page cannot say who carries your SMS, nor where: an account of your routes does not declare its processor.',
    TRANSFER_BASIS_UNSAID:
      'An operator is outside the European Economic Area and the page does not say why data may go there: record the basis (PUT /v1/gateways/{name}/transfer).',
  },
  wordingFindings: {
    CONTROLLER_NOT_NAMED: 'Neither the company nor a brand is named: write who will send the messages.',
    BRAND_NOT_NAMED:
      'You have several brands and none is given: this agreement covers the offers of none of them, give "brandId".',
    PURPOSE_NOT_SAID: 'What the messages are for is not said: name offers, reminders or instalments.',
    WITHDRAWAL_NOT_SAID: 'No way to withdraw is given: add "STOP to opt out".',
    TIED_TO_ANOTHER_ACT:
      'The agreement comes with another act, such as giving a number or accepting terms: part them.',
    TWO_PURPOSES: 'One sentence asks for two purposes: a box and a sentence for each.',
  },
};

/** The words around the boxes of a form, on screen and on paper. */
export const englishForm: Translation<typeof french.form> = {
  asksFor: ({ asked }) => `asks for ${asked}`,
  notInUse: 'not in use now',
  shown: {
    lead: ({ company }: Facts<'company'>) => `SMS from ${company}: you choose what you receive.`,
    boxes: 'I want to receive, by SMS',
    free: 'Tick what you want. Nothing is ticked in advance and nothing is compulsory.',
    phone: 'Your mobile number',
    'phone-code':
      'A French mobile, such as 06 12 34 56 78. A code will be sent to it by SMS, to check that the number is yours.',
    'phone-link':
      'A French mobile, such as 06 12 34 56 78. A link will be sent to it by SMS, to check that the number is yours.',
    'phone-off': 'A French mobile, such as 06 12 34 56 78.',
    firstName: 'Your first name (optional)',
    adult: ({ age }) => `I am ${age} or over`,
    adultWhy: 'We send no advertising to minors.',
    accept: 'Save my choices',
    refuse: 'Accept nothing',
    sign: 'Date and signature',
    data: 'What becomes of your data',
    who: 'Controller',
    why: 'Why',
    whySaid: 'To send you the SMS that you ticked, and nothing else, because you consented to it.',
    what: 'What is kept',
    whatSaid:
      'Your number and your choices; the date, the address of this page, your IP address and your browser, which prove your agreement.',
    'whatSaid-firstName':
      'Your number, your first name if you give it and your choices; the date, the address of this page, your IP address and your browser, which prove your agreement.',
    'whatSaid-paper': 'Your number, your choices and this signed sheet, which proves your agreement.',
    recipients: 'Who receives them',
    recipientsSaid: ({ company }: Facts<'company'>) => `${company} and the operator that carries its SMS.`,
    'recipientsSaid-named': ({ company, processors }: Facts<'company' | 'processors'>) =>
      `${company}, and to carry its SMS: ${processors}.`,
    officer: 'Data protection officer',
    transfers: 'Outside the Union',
    transfersNone: 'Your data is passed on to nobody outside the European Economic Area.',
    transfersSaid: ({ processors, copy }: Facts<'processors' | 'copy'>) =>
      `Outside the European Economic Area: ${processors}.${copy}`,
    transfersCopy: ({ contact: how }: Facts<'contact'>) => ` To obtain a copy of the safeguards${how}.`,
    'basis-adequacy': 'adequacy decision of the European Commission',
    'basis-standard-clauses': 'standard contractual clauses of the European Commission',
    'basis-binding-rules': 'binding corporate rules',
    'basis-derogation': 'derogation of article 49 of the GDPR',
    howLong: 'How long',
    howLongSaid: ({ years, archive }: Facts<'years' | 'archive'>) =>
      `Until you say STOP, and at most ${years} years after your last sign. The proof of your agreement is archived for ${archive} more years.`,
    silence: ({ silence }: Facts<'silence'>) =>
      ` Advertising ends at the latest ${silence} after your last sign of life: a reply, a purchase or a visit.`,
    stop: 'Stopping',
    stopSaid: ({ orContact }: Facts<'orContact'>) =>
      `At any time, without a reason: STOP to the number given in our SMS${orContact}. It is as simple as accepting.`,
    rights: 'Your rights',
    rightsSaid: ({ contact: how }: Facts<'contact'>) =>
      `To see, correct, erase or take away your data, to limit or object to their use${how}. You may complain to the CNIL (cnil.fr).`,
    calls: 'Calls',
    callsSaid:
      'To call you with an offer, your prior consent is needed (French consumer code, article L223-2). This form does not ask for it.',
  },
  purposes: {
    marketing: 'Offers and advertising',
    appointment: 'Appointment reminders',
    renewal: 'Renewal reminders',
    payment: 'Payment reminders',
  },
};

/** Sentences on retention: what is removed, and why. */
export const englishRetention: Translation<typeof french.retention> = {
  baseless: ({ because, notice }) =>
    `Contacts that no purpose allows to write to (${because}), without open series or claim: to reconfirm, or removed ${notice} after the notice; the suppression stays.`,
  consentsExpired: ({ contact: span }) =>
    `Agreements to marketing without a sign from the person for ${span}: no longer used.`,
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
