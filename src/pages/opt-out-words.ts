import type { ConsentPurpose } from '../contacts/purpose.ts';
import type { Language } from '../law/rule.ts';

/** What each purpose brings by SMS, as a person would name it. */
type Things = Readonly<Record<ConsentPurpose, string>>;

const fr = {
  askTitle: 'Ne plus recevoir ces SMS',
  askLead: 'D’un appui, {company} cesse de vous envoyer par SMS :',
  things: {
    marketing: 'toute sa publicité',
    appointment: 'les rappels de rendez-vous',
    renewal: 'les rappels de fin de contrat',
    payment: 'les rappels d’échéance',
  } as Things,
  stand: {
    marketing: '',
    appointment: 'Vos rendez-vous sont maintenus.',
    renewal: 'Votre contrat et ses dates ne changent pas.',
    payment: 'Vos échéances ne changent pas.',
  } as Things,
  everything: 'Arrêter tous les SMS',
  everythingWords: 'Aussi {rest}.',
  button: 'Ne plus recevoir',
  free: 'Sans compte et sans raison à donner. L’effet est immédiat, et c’est gratuit.',
  doneTitle: 'C’est noté',
  doneLead: 'Vous ne recevez plus de {company} par SMS :',
  allLead: 'Vous ne recevez plus aucun SMS de {company}.',
  keptLead: 'Votre demande est enregistrée : plus rien ne vous est envoyé de ce que ce lien arrête.',
  wire: 'Un SMS déjà parti peut encore arriver dans la minute.',
  alreadyTitle: 'C’est déjà fait',
  more: 'Pour tout arrêter',
  moreButton: 'Arrêter tous les SMS',
  editor: 'SMS édités par',
  reach: 'Joindre l’éditeur',
  otherWays: 'Autres moyens d’arrêter : répondre STOP à un SMS reçu, ou le demander à l’éditeur.',
  goneTitle: 'Ce lien ne mène à personne',
  goneLead:
    'Il est incomplet, ou la personne qu’il désignait n’est plus dans nos fichiers. Vérifiez qu’il est copié en entier.',
  expiredTitle: 'Ce lien a expiré',
  expiredLead: 'Il vient d’un message trop ancien.',
  instead:
    'Pour arrêter quand même : répondez STOP au SMS reçu, envoyez STOP au numéro court qu’il indique, ou demandez-le à la société qu’il nomme. Elle doit le faire tout de suite.',
  manyTitle: 'Un instant',
  manyLead: 'Il y a beaucoup de demandes depuis votre réseau : réessayez dans une minute.',
  awayTitle: 'Un moment, s’il vous plaît',
  awayLead: 'Le service ne répond pas. Rien n’est enregistré : réessayez dans une minute.',
};

/** The words of the way out. */
type OptOutWords = typeof fr;

const en: OptOutWords = {
  askTitle: 'Stop these text messages',
  askLead: 'One press, and {company} no longer sends you by SMS:',
  things: {
    marketing: 'any of its advertising',
    appointment: 'reminders of appointments',
    renewal: 'reminders of the end of a contract',
    payment: 'reminders of payments due',
  },
  stand: {
    marketing: '',
    appointment: 'Your appointments stand.',
    renewal: 'Your contract and its dates do not change.',
    payment: 'Your payments due do not change.',
  },
  everything: 'Stop every SMS',
  everythingWords: 'Also {rest}.',
  button: 'Stop receiving',
  free: 'No account, no reason to give. It takes effect at once and is free.',
  doneTitle: 'Noted',
  doneLead: 'By SMS you no longer receive from {company}:',
  allLead: 'You no longer receive any SMS from {company}.',
  keptLead: 'Your request is on record: nothing of what this link stops is sent to you any more.',
  wire: 'A message already on its way may still arrive within a minute.',
  alreadyTitle: 'It is already done',
  more: 'To stop everything',
  moreButton: 'Stop every SMS',
  editor: 'SMS published by',
  reach: 'Reach the publisher',
  otherWays: 'Other ways to stop: reply STOP to a message, or ask the publisher.',
  goneTitle: 'This link leads to nobody',
  goneLead:
    'It is incomplete, or the person it named is no longer in our files. Check that it was copied whole.',
  expiredTitle: 'This link has expired',
  expiredLead: 'It comes from a message that is too old.',
  instead:
    'To stop all the same: reply STOP to the message, send STOP to the short code it gives, or ask the company it names. It must do so at once.',
  manyTitle: 'One moment',
  manyLead: 'Many requests come from your network: try again in a minute.',
  awayTitle: 'One moment, please',
  awayLead: 'The service does not answer. Nothing is stored: try again in a minute.',
};

/** French unless English was asked. */
export const optOutWords: Readonly<Record<Language, OptOutWords>> = { fr, en };
