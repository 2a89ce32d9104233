import type { Facts } from '../translation.ts';

/** Texts that people receive where nobody wrote others, and what is said of numbers and characters. */
export const sms = {
  answersAsked: 'Répondez OUI si vous venez, NON sinon.',
  dayHasPassed: 'Ce jour est déjà passé quand le message part.',
  admitted: ({ names }: Facts<'names'>) => `Admises : ${names}.`,
  amountOn: ({ amount, date }: Facts<'amount' | 'date'>) => `${amount} le ${date}`,
  removeIt: 'Retirez-le ou mettez une espace simple.',
  writeInstead: ({ instead }: Facts<'instead'>) => `Écrivez « ${instead} ».`,
  defaults: {
    appointment:
      '{practice} : rappel de votre rendez-vous {weekday} {date} à {time}, {address}. Pour le déplacer : {phone}. {stop}',
    moved:
      '{practice} : votre rendez-vous est déplacé au {weekday} {date} à {time}, {address}. Une question : {phone}. {stop}',
    cancelled: '{practice} : votre rendez-vous du {date} à {time} est annulé. Une question : {phone}. {stop}',
    renewal:
      "{brand} : votre contrat {service} se renouvelle le {renewsOn}. Vous pouvez le refuser jusqu'au {refuseBy} : {phone}. {stop}",
    ending: '{brand} : votre contrat {service} prend fin le {renewsOn}. Une question : {phone}. {stop}',
    schedule: '{brand}, {label} : vos échéances : {instalments}. {stop}',
    'schedule-summary':
      '{brand}, {label} : {count} échéances, {firstInstalment} puis {lastInstalment}. Toutes : {scheduleLink}. {stop}',
    payment: '{brand}, {label} : échéance de {amount} le {dueOn}. Une question : {phone}. {stop}',
    overdue:
      "{brand}, {label} : sauf erreur, l'échéance de {amount} du {dueOn} reste à régler. Une question : {phone}. {stop}",
    'stop-marketing': "{brand} : c'est noté, vous ne recevrez plus nos offres par SMS.",
    'stop-reminder':
      "{practice} : c'est noté, plus de rappels ni de publicité par SMS. Vos rendez-vous sont maintenus.",
    'stop-all': "{brand} : c'est noté, vous ne recevrez plus aucun SMS de notre part.",
    contact: '{brand} : SMS édité par {legalName}, {contact}. {stop}',
    start: '{brand} : vous aviez dit STOP. Pour revenir, il faut un nouvel accord de votre part : {contact}.',
    'confirmation-code':
      "{brand} : votre code {code} pour confirmer votre numéro. Vous n'avez rien demandé ? Ignorez ce SMS.",
    'confirmation-link':
      "{brand} : confirmez votre numéro : {confirmLink} Vous n'avez rien demandé ? Ignorez ce SMS.",
  },
  numbers: {
    NUMBER_LANDLINE: 'C’est un fixe : il ne reçoit pas de SMS.',
    NUMBER_VOIP: 'C’est un numéro de téléphonie par internet (09) : il ne reçoit pas de SMS.',
    NUMBER_M2M: 'C’est un numéro de machine (0700 à 0704) : personne ne le lit.',
    NUMBER_SHORT: 'C’est un numéro court : on ne lui écrit pas de campagne.',
    NUMBER_PREMIUM: 'C’est un numéro surtaxé.',
    NUMBER_TOLL_FREE: 'C’est un numéro gratuit d’entreprise.',
    NUMBER_FOREIGN: 'C’est un numéro étranger : ce moteur n’envoie qu’en France.',
    NUMBER_MONACO: 'C’est un numéro de Monaco, qui n’est pas la France.',
    NUMBER_OTHER_LINE: 'Cette ligne n’est pas un mobile : elle ne reçoit pas de SMS.',
    NUMBER_NOT_ASSIGNED: 'Aucun opérateur français n’a cette tranche, ou il manque des chiffres.',
    NUMBER_NOT_WRITTEN: 'Ce n’est pas un numéro de téléphone.',
  },
  ownCodes: ({ codes }: Facts<'codes'>) => `Le sien est ${codes} : écrivez {stop}.`,
  replyMention: 'Pour ne plus recevoir ces rappels, répondez STOP.',
  linkMention: 'Ne plus recevoir : ',
  samples: {
    weekday: {
      sample: 'jeu.',
    },
    time: {
      sample: '14h30',
    },
    instalments: {
      sample: '49,00 € le 12/08, 49,00 € le 12/09',
    },
    firstInstalment: {
      sample: '49,00 € le 12/08',
    },
    lastInstalment: {
      sample: '49,00 € le 12/07',
    },
    amount: {
      sample: '49,00 €',
    },
  },
} as const;
