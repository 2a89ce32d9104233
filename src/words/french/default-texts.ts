/** The texts of SMS that are sent where a tenant has none of its own, by name. */
export const defaultSms = {
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
} as const;
