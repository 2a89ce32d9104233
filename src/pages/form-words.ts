import type { Language } from '../law/rule.ts';

const fr = {
  language: 'English',
  errors: 'À corriger :',
  'error-boxes': 'Cochez au moins une case, ou choisissez « Ne rien accepter ».',
  'error-phone-empty': 'Écrivez votre numéro de mobile.',
  'error-phone-foreign': 'Ce formulaire n’accepte que les mobiles français.',
  'error-phone-landline': 'Ce numéro ne reçoit pas de SMS : donnez un mobile.',
  'error-phone-wrong': 'Ce n’est pas un numéro de mobile français. Exemple : 06 12 34 56 78.',
  'error-firstName': 'Un prénom s’écrit avec des lettres, des espaces, des tirets et des apostrophes.',
  'error-adult':
    'Pour recevoir de la publicité, il faut avoir cet âge et cocher cette case. Sinon, ne cochez pas les offres.',
  again: 'Les cases ne sont jamais cochées d’avance : cochez de nouveau les vôtres.',
  trap: 'Laissez ce champ vide',
  codeTitle: 'Votre code',
  codeLead: 'Un SMS part vers le numéro que vous avez donné. Recopiez ici le code à six chiffres.',
  codeLabel: 'Code reçu par SMS',
  codeHint: 'Six chiffres, valables trente minutes.',
  codeButton: 'Confirmer mon numéro',
  'error-code':
    'Ce code n’est pas le bon, ou n’est plus valable. Cinq essais au plus. S’il a déjà servi, votre numéro est confirmé.',
  codeNothing:
    'Rien reçu ? Un numéro reçoit un code par heure et cinq par jour au plus. Si vous en avez déjà un de moins de trente minutes, il sert encore.',
  untilThen: 'Tant que le numéro n’est pas confirmé, rien d’autre n’est envoyé.',
  otherNumber: 'Recommencer avec un autre numéro',
  linkTitle: 'Ouvrez le lien reçu par SMS',
  linkLead:
    'Un SMS part vers le numéro que vous avez donné. Ouvrez le lien qu’il contient, dans les trente minutes.',
  linkNothing:
    'Rien reçu ? Un numéro reçoit un lien par heure et cinq par jour au plus. S’il vous en reste un de moins de trente minutes, il sert encore.',
  openTitle: 'Confirmer ce numéro',
  openLead: 'Vous avez demandé à recevoir des SMS sur ce numéro. Confirmez-le d’un appui.',
  openButton: 'Confirmer mon numéro',
  doneTitle: 'C’est noté',
  doneAgreed: 'Vous recevrez par SMS :',
  doneOff: 'Vos choix sont enregistrés.',
  doneStop: 'Pour arrêter, à tout moment : STOP au numéro indiqué dans nos SMS.',
  doneBarred:
    'Une demande d’arrêt reçue après vos choix reste en vigueur pour : {purposes}. Pour revenir, remplissez de nouveau le formulaire.',
  refusedTitle: 'Rien n’a été accepté',
  refusedLead: 'Rien n’est enregistré, et aucun SMS ne partira.',
  back: 'Revenir au formulaire',
  againTitle: 'Ce formulaire est déjà parti',
  againLead: 'Il n’est pas enregistré une seconde fois. Si un code vous a été envoyé, il vous attend.',
  toCode: 'Écrire mon code',
  lateTitle: 'Cette page a expiré',
  lateLead: 'Elle est restée ouverte trop longtemps. Rien n’est enregistré : recommencez.',
  earlyTitle: 'Un instant',
  earlyLead: 'Le formulaire est parti plus vite qu’on ne peut le lire. Rien n’est enregistré : recommencez.',
  oddTitle: 'Ce formulaire n’a pas été compris',
  oddLead:
    'Il contient autre chose que ce que la page demande. Rien n’est enregistré : recommencez depuis la page.',
  largeTitle: 'C’est trop long',
  largeLead: 'Rien n’est enregistré : recommencez depuis la page.',
  elsewhereTitle: 'Ce formulaire vient d’une autre page',
  elsewhereLead: 'Rien n’est enregistré : remplissez-le sur cette page-ci.',
  manyTitle: 'Trop de demandes',
  manyLead:
    'Il y a beaucoup de demandes en ce moment. Rien n’est enregistré : réessayez dans quelques minutes.',
  closedTitle: 'Ce formulaire est fermé',
  closedLead: 'Il ne prend plus d’inscription.',
  goneTitle: 'Cette page n’existe pas',
  goneLead: 'Vérifiez l’adresse : elle se recopie en entier, avec ses derniers caractères.',
  deadLinkTitle: 'Ce lien ne sert plus',
  deadLinkLead: 'Il a déjà servi, ou il a plus de trente minutes. Remplissez de nouveau le formulaire.',
  awayTitle: 'Un moment, s’il vous plaît',
  awayLead: 'Le service ne répond pas. Rien n’est enregistré : réessayez dans une minute.',
  sheetHow:
    'Imprimez cette page sur des feuilles A4. Chaque personne remplit et signe la sienne ; le numéro de feuille se recopie à la saisie.',
  sheetTitle: 'Feuilles à imprimer',
  sheetNumber: 'Feuille',
  sheetForm: 'Formulaire',
  sheetWords: 'Textes',
  sheetOperator: 'Saisie par',
} as const;

/** The words of everything around a form: errors, codes, refusals. */
export type PageWords = { readonly [word in keyof typeof fr]: string };

const en: PageWords = {
  language: 'Français',
  errors: 'To put right:',
  'error-boxes': 'Tick at least one box, or choose "Accept nothing".',
  'error-phone-empty': 'Write your mobile number.',
  'error-phone-foreign': 'This form takes French mobiles only.',
  'error-phone-landline': 'This number receives no SMS: give a mobile.',
  'error-phone-wrong': 'This is not a French mobile number. Example: 06 12 34 56 78.',
  'error-firstName': 'A first name is written with letters, spaces, hyphens and apostrophes.',
  'error-adult':
    'To receive advertising you must be of that age and tick this box. Otherwise leave the offers unticked.',
  again: 'Boxes are never ticked in advance: tick yours again.',
  trap: 'Leave this field empty',
  codeTitle: 'Your code',
  codeLead: 'An SMS is on its way to the number that you gave. Copy its six digits here.',
  codeLabel: 'Code received by SMS',
  codeHint: 'Six digits, valid for thirty minutes.',
  codeButton: 'Confirm my number',
  'error-code':
    'This code is not the right one, or no longer valid. Five attempts at most. If it was used already, your number is confirmed.',
  codeNothing:
    'Nothing came? A number gets one code an hour and five a day at most. One that you have had for less than thirty minutes still serves.',
  untilThen: 'Until the number is confirmed, nothing else is sent.',
  otherNumber: 'Start again with another number',
  linkTitle: 'Open the link received by SMS',
  linkLead: 'An SMS is on its way to the number that you gave. Open the link in it within thirty minutes.',
  linkNothing:
    'Nothing came? A number gets one link an hour and five a day at most. One that you have had for less than thirty minutes still serves.',
  openTitle: 'Confirm this number',
  openLead: 'You asked to receive SMS on this number. One press confirms it.',
  openButton: 'Confirm my number',
  doneTitle: 'Noted',
  doneAgreed: 'You will receive by SMS:',
  doneOff: 'Your choices are saved.',
  doneStop: 'To stop, at any time: STOP to the number given in our SMS.',
  doneBarred:
    'A request to stop that came after your choices still holds for: {purposes}. To come back, fill in the form again.',
  refusedTitle: 'Nothing was accepted',
  refusedLead: 'Nothing is stored, and no SMS will be sent.',
  back: 'Back to the form',
  againTitle: 'This form was already sent',
  againLead: 'It is not stored a second time. If a code was sent to you, it is waiting.',
  toCode: 'Type my code',
  lateTitle: 'This page has expired',
  lateLead: 'It stayed open too long. Nothing is stored: start again.',
  earlyTitle: 'One moment',
  earlyLead: 'The form was sent faster than it can be read. Nothing is stored: start again.',
  oddTitle: 'This form was not understood',
  oddLead: 'It holds something that the page does not ask for. Nothing is stored: start again from the page.',
  largeTitle: 'This is too long',
  largeLead: 'Nothing is stored: start again from the page.',
  elsewhereTitle: 'This form comes from another page',
  elsewhereLead: 'Nothing is stored: fill it in on this one.',
  manyTitle: 'Too many requests',
  manyLead: 'There are many requests at the moment. Nothing is stored: try again in a few minutes.',
  closedTitle: 'This form is closed',
  closedLead: 'It takes no more sign-ups.',
  goneTitle: 'There is no such page',
  goneLead: 'Check the address: it is copied whole, with its last characters.',
  deadLinkTitle: 'This link no longer serves',
  deadLinkLead: 'It was used, or is older than thirty minutes. Fill in the form again.',
  awayTitle: 'One moment, please',
  awayLead: 'The service does not answer. Nothing is stored: try again in a minute.',
  sheetHow:
    'Print this page on A4. Each person fills in and signs their own; the number of the sheet is copied when it is keyed in.',
  sheetTitle: 'Sheets to print',
  sheetNumber: 'Sheet',
  sheetForm: 'Form',
  sheetWords: 'Wordings',
  sheetOperator: 'Keyed in by',
};

/** French unless English was asked. */
export const pageWords: Readonly<Record<Language, PageWords>> = { fr, en };

/** A refusal or an outcome told on a page of its own. */
export type Told =
  | 'refused'
  | 'again'
  | 'late'
  | 'early'
  | 'odd'
  | 'large'
  | 'elsewhere'
  | 'many'
  | 'closed'
  | 'gone'
  | 'deadLink'
  | 'away';
