import type { Language, Words } from '../../law/rule.ts';
import type { Gateway } from '../gateway.ts';
import type { AssumptionId, Verdict } from './assumption.ts';

/** What was found of an assumption. */
export const VERDICT_WORDS: Readonly<Record<Language, Readonly<Record<Verdict, string>>>> = {
  fr: { held: 'tenu', failed: 'faux', 'not-seen': 'pas vu' },
  en: { held: 'held', failed: 'failed', 'not-seen': 'not seen' },
};

/** What is assumed, and what to change when it is not so. */
interface AssumptionWords {
  readonly what: Words;
  readonly change: Words;
}

/** The words of each assumption. */
export const ASSUMPTION_WORDS: Readonly<Record<AssumptionId, AssumptionWords>> = {
  reached: {
    what: { fr: 'L’opérateur répond.', en: 'The operator answers.' },
    change: {
      fr: 'Vérifiez baseUrl, le réseau, le pare-feu et le certificat.',
      en: 'Check baseUrl, the network, the firewall and the certificate.',
    },
  },
  credentials: {
    what: { fr: 'Les identifiants sont acceptés.', en: 'The credentials are accepted.' },
    change: {
      fr: 'Vérifiez credentials, les droits de la clé et les adresses IP autorisées chez l’opérateur.',
      en: 'Check credentials, the rights of the key, and the IP addresses that the operator allows.',
    },
  },
  'credit-told': {
    what: { fr: 'Le crédit se lit.', en: 'The credit can be read.' },
    change: {
      fr: 'La réponse sur le crédit n’a pas la forme attendue : signalez-le au projet. Les alertes de crédit bas ne marcheront pas.',
      en: 'The answer about the credit does not have the form expected: tell the project. Alarms about low credit will not work.',
    },
  },
  'credit-left': {
    what: { fr: 'Il reste du crédit.', en: 'There is credit left.' },
    change: { fr: 'Rechargez le compte.', en: 'Top up the account.' },
  },
  'stop-list': {
    what: {
      fr: 'La liste des STOP de l’opérateur se lit.',
      en: 'The operator’s list of STOP can be read.',
    },
    change: {
      fr: 'Donnez à la clé le droit de lire /sms/*/blacklists.',
      en: 'Give the key the right to read /sms/*/blacklists.',
    },
  },
  sender: {
    what: { fr: 'L’expéditeur est accepté.', en: 'The sender is accepted.' },
    change: {
      fr: 'Faites valider cet expéditeur chez l’opérateur, ou changez celui de la société.',
      en: 'Have the operator validate this sender, or change that of the company.',
    },
  },
  'answer-id': {
    what: {
      fr: 'La réponse à un envoi porte un identifiant.',
      en: 'The answer to a message carries an id.',
    },
    change: {
      fr: 'Sans identifiant, un accusé ne retrouve pas son message : envoyez la transcription au projet avant d’utiliser ce compte.',
      en: 'Without an id no receipt finds its message: send the transcript to the project before you use this account.',
    },
  },
  'parts-told': {
    what: {
      fr: 'L’opérateur compte autant de parties que nous.',
      en: 'The operator counts as many parts as we do.',
    },
    change: {
      fr: 'L’opérateur ajoute des mots ou change l’encodage : comparez les textes reçus, et demandez-lui pourquoi.',
      en: 'The operator adds words or changes the encoding: compare the texts received, and ask it why.',
    },
  },
  accents: {
    what: {
      fr: 'Les accents et le signe € arrivent tels quels.',
      en: 'Accents and the € sign arrive as they were sent.',
    },
    change: {
      fr: 'En SMPP, essayez un autre « alphabet ». Ailleurs, cherchez dans l’espace client une option qui simplifie les textes, et désactivez-la.',
      en: 'Over SMPP, try another "alphabet". Elsewhere, look for an option of the account that simplifies texts, and switch it off.',
    },
  },
  'two-parts': {
    what: {
      fr: 'Un texte de deux parties arrive entier, en un seul SMS.',
      en: 'A text of two parts arrives whole, as one message.',
    },
    change: {
      fr: 'En SMPP, essayez une autre valeur de « longTexts ». Ailleurs, demandez à l’opérateur s’il coupe les textes longs.',
      en: 'Over SMPP, try another value of "longTexts". Elsewhere, ask the operator whether it cuts long texts.',
    },
  },
  callback: {
    what: {
      fr: 'L’opérateur atteint l’adresse des rappels depuis l’extérieur.',
      en: 'The operator reaches the address of callbacks from outside.',
    },
    change: {
      fr: 'Donnez l’adresse de « inbound.url » à l’opérateur ; elle doit être joignable d’Internet en HTTPS (BONHEURE_PUBLIC_URL, proxy, pare-feu). Regardez ensuite le journal des rappels de l’opérateur.',
      en: 'Give the operator the address in "inbound.url"; it must be reachable from the internet by HTTPS (BONHEURE_PUBLIC_URL, proxy, firewall). Then look at the operator’s log of callbacks.',
    },
  },
  session: {
    what: {
      fr: 'Accusés et réponses arrivent sur notre session.',
      en: 'Receipts and replies arrive on our session.',
    },
    change: {
      fr: 'Demandez à l’opérateur si les accusés sont activés, et si la session doit être une paire (« bind »: « pair »).',
      en: 'Ask the operator whether receipts are switched on, and whether sessions must be pairs ("bind": "pair").',
    },
  },
  signature: {
    what: { fr: 'La signature des rappels est juste.', en: 'The signature of callbacks holds.' },
    change: {
      fr: 'BONHEURE_PUBLIC_URL doit être l’adresse exacte que l’opérateur appelle, et authToken celui du compte principal.',
      en: 'BONHEURE_PUBLIC_URL must be the very address that the operator calls, and authToken that of the main account.',
    },
  },
  'receipt-id': {
    what: {
      fr: 'L’accusé porte l’identifiant de la réponse à l’envoi.',
      en: 'The receipt carries the id of the answer.',
    },
    change: {
      fr: 'En SMPP, essayez une autre valeur de « messageIds ». Ailleurs, envoyez la transcription au projet.',
      en: 'Over SMPP, try another value of "messageIds". Elsewhere, send the transcript to the project.',
    },
  },
  'receipt-reference': {
    what: {
      fr: 'Notre identifiant revient dans l’adresse de l’accusé.',
      en: 'Our own id comes back in the address of the receipt.',
    },
    change: {
      fr: 'L’opérateur appelle une autre adresse que celle donnée avec le message : supprimez l’adresse fixe de son interface, ou vérifiez qu’un proxy garde la requête (?m=…).',
      en: 'The operator calls another address than the one given with the message: remove the fixed one from its interface, or check that your proxy keeps the query (?m=…).',
    },
  },
  'receipt-state': {
    what: {
      fr: 'L’accusé final d’un SMS reçu dit « remis ».',
      en: 'The final receipt of a text that arrived says "delivered".',
    },
    change: {
      fr: 'Le code de l’accusé n’est pas connu, ou veut dire autre chose : envoyez la transcription au projet.',
      en: 'The code of the receipt is not known, or means something else: send the transcript to the project.',
    },
  },
  'receipt-parts': {
    what: {
      fr: 'Un texte de deux parties a un seul accusé final (en SMPP, un pour chacune).',
      en: 'A text of two parts has one final receipt (over SMPP, one for each).',
    },
    change: {
      fr: 'Les accusés des textes longs seront mal comptés : envoyez la transcription au projet.',
      en: 'Receipts of long texts will be miscounted: send the transcript to the project.',
    },
  },
  'receipt-clock': {
    what: {
      fr: 'Les dates de l’opérateur sont à l’heure française.',
      en: 'The operator’s dates are in French time.',
    },
    change: {
      fr: 'Vérifiez l’horloge de cette machine (NTP), puis le fuseau horaire réglé dans l’espace client.',
      en: 'Check the clock of this machine (NTP), then the time zone set in the operator’s interface.',
    },
  },
  'look-up': {
    what: {
      fr: 'Un envoi se retrouve par une recherche chez l’opérateur.',
      en: 'What was sent is found by asking the operator.',
    },
    change: {
      fr: 'Donnez à la clé le droit de lire les envois ; sinon, la recherche a changé de forme : signalez-le au projet.',
      en: 'Give the key the right to read what was sent; otherwise the answer has changed its form: tell the project.',
    },
  },
  'reply-number': {
    what: { fr: 'Une réponse porte le numéro de la personne.', en: 'A reply carries the person’s number.' },
    change: {
      fr: '« npm run unread » montre ce qui n’a pas pu être lu : envoyez la transcription au projet. N’utilisez pas ce compte : un STOP s’y perdrait.',
      en: '"npm run unread" shows what could not be read: send the transcript to the project. Do not use this account: a STOP would be lost.',
    },
  },
  'reply-words': {
    what: { fr: 'Le mot STOP se lit dans la réponse.', en: 'The word STOP can be read in the reply.' },
    change: {
      fr: 'N’utilisez pas ce compte : un STOP s’y perdrait. En SMPP, essayez un autre « alphabet » ; ailleurs, envoyez la transcription au projet.',
      en: 'Do not use this account: a STOP would be lost. Over SMPP, try another "alphabet"; elsewhere, send the transcript to the project.',
    },
  },
  'calls-read': {
    what: {
      fr: 'Tout ce que l’opérateur a dit pendant l’essai a été lu.',
      en: 'All that the operator told during the trial was read.',
    },
    change: {
      fr: '« npm run unread » montre le reste ; envoyez la transcription au projet.',
      en: '"npm run unread" shows the rest; send the transcript to the project.',
    },
  },
};

/** How a person answers to a text that comes from each kind of operator. */
export const STOP_HOW: Readonly<Record<Gateway['kind'], Words>> = {
  sandbox: {
    fr: 'Répondez STOP depuis ce téléphone, sur la page du bac à sable.',
    en: 'Answer STOP from that phone, on the page of the sandbox.',
  },
  octopush: {
    fr: 'Depuis ce téléphone, envoyez STOP au numéro court d’une publicité de votre compte Octopush.',
    en: 'From that phone, send STOP to the short code of an advertising text of your Octopush account.',
  },
  ovh: {
    fr: 'Depuis ce téléphone, envoyez STOP au 36180 ou au numéro court de votre compte OVHcloud.',
    en: 'From that phone, send STOP to 36180, or to the short code of your OVHcloud account.',
  },
  twilio: { fr: 'Répondez STOP depuis ce téléphone.', en: 'Answer STOP from that phone.' },
  smpp: {
    fr: 'Depuis ce téléphone, envoyez STOP à l’expéditeur ou au numéro court de votre compte.',
    en: 'From that phone, send STOP to the sender, or to the short code of your account.',
  },
  brevo: {
    fr: 'Depuis ce téléphone, envoyez STOP au numéro court de votre compte Brevo.',
    en: 'From that phone, send STOP to the short code of your Brevo account.',
  },
  smsmode: {
    fr: 'Depuis ce téléphone, envoyez STOP au numéro court de votre compte smsmode (36034).',
    en: 'From that phone, send STOP to the short code of your smsmode account (36034).',
  },
};
