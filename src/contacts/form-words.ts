import type { Language } from '../law/rule.ts';
import type { ConsentPurpose } from './purpose.ts';

const fr = {
  lead: 'SMS de {company} : vous choisissez ce que vous recevez.',
  boxes: 'Je veux recevoir, par SMS',
  free: 'Cochez ce que vous voulez. Rien n’est coché d’avance et rien n’est obligatoire.',
  phone: 'Votre numéro de mobile',
  'phone-code':
    'Un mobile français, par exemple 06 12 34 56 78. Un code vous y sera envoyé par SMS, pour vérifier que ce numéro est le vôtre.',
  'phone-link':
    'Un mobile français, par exemple 06 12 34 56 78. Un lien vous y sera envoyé par SMS, pour vérifier que ce numéro est le vôtre.',
  'phone-off': 'Un mobile français, par exemple 06 12 34 56 78.',
  firstName: 'Votre prénom (facultatif)',
  adult: 'J’ai {age} ans ou plus',
  adultWhy: 'Nous n’envoyons pas de publicité aux mineurs.',
  accept: 'Enregistrer mes choix',
  refuse: 'Ne rien accepter',
  sign: 'Date et signature',
  data: 'Ce que deviennent vos données',
  who: 'Responsable',
  why: 'Pourquoi',
  whySaid: 'Vous envoyer les SMS que vous avez cochés, et rien d’autre, parce que vous y avez consenti.',
  what: 'Ce qui est gardé',
  whatSaid:
    'Votre numéro et vos choix ; la date, l’adresse de cette page, votre adresse IP et votre navigateur, qui prouvent votre accord.',
  'whatSaid-firstName':
    'Votre numéro, votre prénom si vous le donnez et vos choix ; la date, l’adresse de cette page, votre adresse IP et votre navigateur, qui prouvent votre accord.',
  'whatSaid-paper': 'Votre numéro, vos choix et cette feuille signée, qui prouve votre accord.',
  recipients: 'Qui les reçoit',
  recipientsSaid: '{company} et l’opérateur qui achemine ses SMS.',
  'recipientsSaid-named': '{company}, et pour acheminer ses SMS : {processors}.',
  officer: 'Délégué à la protection des données',
  transfers: 'Hors de l’Union',
  transfersNone: 'Vos données ne sont transmises à personne hors de l’Espace économique européen.',
  transfersSaid: 'Hors de l’Espace économique européen : {processors}.{copy}',
  transfersCopy: ' Pour obtenir une copie des garanties{contact}.',
  'basis-adequacy': 'décision d’adéquation de la Commission européenne',
  'basis-standard-clauses': 'clauses contractuelles types de la Commission européenne',
  'basis-binding-rules': 'règles d’entreprise contraignantes',
  'basis-derogation': 'dérogation de l’article 49 du RGPD',
  howLong: 'Combien de temps',
  howLongSaid:
    'Jusqu’à ce que vous disiez STOP, et au plus {years} ans après votre dernier signe. La preuve de votre accord est archivée {archive} ans de plus.',
  silence:
    ' La publicité s’arrête au plus tard {silence} après votre dernier signe de vie : réponse, achat ou visite.',
  stop: 'Arrêter',
  stopSaid:
    'À tout moment, sans raison à donner : STOP au numéro indiqué dans nos SMS{orContact}. C’est aussi simple que d’accepter.',
  rights: 'Vos droits',
  rightsSaid:
    'Consulter, corriger, effacer ou emporter vos données, en limiter l’usage ou vous y opposer{contact}. Vous pouvez vous plaindre à la CNIL (cnil.fr).',
  calls: 'Appels',
  callsSaid:
    'Vous appeler pour vous proposer quelque chose demande votre accord préalable (code de la consommation, article L223-2). Ce formulaire ne le demande pas.',
} as const;

/** The words around the boxes of a form. */
export type FormWords = { readonly [word in keyof typeof fr]: string };

const en: FormWords = {
  lead: 'SMS from {company}: you choose what you receive.',
  boxes: 'I want to receive, by SMS',
  free: 'Tick what you want. Nothing is ticked in advance and nothing is compulsory.',
  phone: 'Your mobile number',
  'phone-code':
    'A French mobile, such as 06 12 34 56 78. A code will be sent to it by SMS, to check that the number is yours.',
  'phone-link':
    'A French mobile, such as 06 12 34 56 78. A link will be sent to it by SMS, to check that the number is yours.',
  'phone-off': 'A French mobile, such as 06 12 34 56 78.',
  firstName: 'Your first name (optional)',
  adult: 'I am {age} or over',
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
  recipientsSaid: '{company} and the operator that carries its SMS.',
  'recipientsSaid-named': '{company}, and to carry its SMS: {processors}.',
  officer: 'Data protection officer',
  transfers: 'Outside the Union',
  transfersNone: 'Your data is passed on to nobody outside the European Economic Area.',
  transfersSaid: 'Outside the European Economic Area: {processors}.{copy}',
  transfersCopy: ' To obtain a copy of the safeguards{contact}.',
  'basis-adequacy': 'adequacy decision of the European Commission',
  'basis-standard-clauses': 'standard contractual clauses of the European Commission',
  'basis-binding-rules': 'binding corporate rules',
  'basis-derogation': 'derogation of article 49 of the GDPR',
  howLong: 'How long',
  howLongSaid:
    'Until you say STOP, and at most {years} years after your last sign. The proof of your agreement is archived for {archive} more years.',
  silence:
    ' Advertising ends at the latest {silence} after your last sign of life: a reply, a purchase or a visit.',
  stop: 'Stopping',
  stopSaid:
    'At any time, without a reason: STOP to the number given in our SMS{orContact}. It is as simple as accepting.',
  rights: 'Your rights',
  rightsSaid:
    'To see, correct, erase or take away your data, to limit or object to their use{contact}. You may complain to the CNIL (cnil.fr).',
  calls: 'Calls',
  callsSaid:
    'To call you with an offer, your prior consent is needed (French consumer code, article L223-2). This form does not ask for it.',
};

/** French unless English was asked. */
export const formWords: Readonly<Record<Language, FormWords>> = { fr, en };

/** What a purpose is called beside its box. */
export const purposeNames: Readonly<Record<Language, Readonly<Record<ConsentPurpose, string>>>> = {
  fr: {
    marketing: 'Offres et publicité',
    appointment: 'Rappels de rendez-vous',
    renewal: 'Rappels de renouvellement',
    payment: 'Rappels d’échéances',
  },
  en: {
    marketing: 'Offers and advertising',
    appointment: 'Appointment reminders',
    renewal: 'Renewal reminders',
    payment: 'Payment reminders',
  },
};
