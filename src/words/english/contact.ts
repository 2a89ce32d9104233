import type { Translation } from '../translation.ts';
import type { contact as french } from '../french/contact.ts';

/** What is kept of people, erased, found in their wordings and forms, and told to them. */
export const contact: Translation<typeof french> = {
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
