import type { Facts } from '../translation.ts';

/** The words around the boxes of a form, on screen and on paper. */
export const form = {
  asksFor: ({ asked }: Facts<'asked'>) => `demande ${asked}`,
  notInUse: 'pas en usage à ce jour',
  shown: {
    lead: ({ company }: Facts<'company'>) => `SMS de ${company} : vous choisissez ce que vous recevez.`,
    boxes: 'Je veux recevoir, par SMS',
    free: 'Cochez ce que vous voulez. Rien n’est coché d’avance et rien n’est obligatoire.',
    phone: 'Votre numéro de mobile',
    'phone-code':
      'Un mobile français, par exemple 06 12 34 56 78. Un code vous y sera envoyé par SMS, pour vérifier que ce numéro est le vôtre.',
    'phone-link':
      'Un mobile français, par exemple 06 12 34 56 78. Un lien vous y sera envoyé par SMS, pour vérifier que ce numéro est le vôtre.',
    'phone-off': 'Un mobile français, par exemple 06 12 34 56 78.',
    firstName: 'Votre prénom (facultatif)',
    adult: ({ age }: Facts<'age'>) => `J’ai ${age} ans ou plus`,
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
    recipientsSaid: ({ company }: Facts<'company'>) => `${company} et l’opérateur qui achemine ses SMS.`,
    'recipientsSaid-named': ({ company, processors }: Facts<'company' | 'processors'>) =>
      `${company}, et pour acheminer ses SMS : ${processors}.`,
    officer: 'Délégué à la protection des données',
    transfers: 'Hors de l’Union',
    transfersNone: 'Vos données ne sont transmises à personne hors de l’Espace économique européen.',
    transfersSaid: ({ processors, copy }: Facts<'processors' | 'copy'>) =>
      `Hors de l’Espace économique européen : ${processors}.${copy}`,
    transfersCopy: ({ contact }: Facts<'contact'>) => ` Pour obtenir une copie des garanties${contact}.`,
    'basis-adequacy': 'décision d’adéquation de la Commission européenne',
    'basis-standard-clauses': 'clauses contractuelles types de la Commission européenne',
    'basis-binding-rules': 'règles d’entreprise contraignantes',
    'basis-derogation': 'dérogation de l’article 49 du RGPD',
    howLong: 'Combien de temps',
    howLongSaid: ({ years, archive }: Facts<'years' | 'archive'>) =>
      `Jusqu’à ce que vous disiez STOP, et au plus ${years} ans après votre dernier signe. La preuve de votre accord est archivée ${archive} ans de plus.`,
    silence: ({ silence }: Facts<'silence'>) =>
      ` La publicité s’arrête au plus tard ${silence} après votre dernier signe de vie : réponse, achat ou visite.`,
    stop: 'Arrêter',
    stopSaid: ({ orContact }: Facts<'orContact'>) =>
      `À tout moment, sans raison à donner : STOP au numéro indiqué dans nos SMS${orContact}. C’est aussi simple que d’accepter.`,
    rights: 'Vos droits',
    rightsSaid: ({ contact }: Facts<'contact'>) =>
      `Consulter, corriger, effacer ou emporter vos données, en limiter l’usage ou vous y opposer${contact}. Vous pouvez vous plaindre à la CNIL (cnil.fr).`,
    calls: 'Appels',
    callsSaid:
      'Vous appeler pour vous proposer quelque chose demande votre accord préalable (code de la consommation, article L223-2). Ce formulaire ne le demande pas.',
  },
  purposes: {
    marketing: 'Offres et publicité',
    appointment: 'Rappels de rendez-vous',
    renewal: 'Rappels de renouvellement',
    payment: 'Rappels d’échéances',
  },
} as const;
