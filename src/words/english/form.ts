import type { Facts, Translation } from '../translation.ts';
import type { form as french } from '../french/form.ts';

/** The words around the boxes of a form, on screen and on paper. */
export const form: Translation<typeof french> = {
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
    transfersCopy: ({ contact }: Facts<'contact'>) => ` To obtain a copy of the safeguards${contact}.`,
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
    rightsSaid: ({ contact }: Facts<'contact'>) =>
      `To see, correct, erase or take away your data, to limit or object to their use${contact}. You may complain to the CNIL (cnil.fr).`,
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
