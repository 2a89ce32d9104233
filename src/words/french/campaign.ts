import type { Facts } from '../translation.ts';

/** What campaigns wait for, and what is wrong with one. */
export const campaign = {
  approval: {
    askAnother:
      'Quelqu’un d’autre doit l’approuver, par une clé que vous n’avez pas faite ou en entrant à son propre nom.',
    yours: 'Elle a été approuvée par une clé à vous, ou par une clé qui descend de la vôtre.',
    tooMany: ({ people, most }: Facts<'people' | 'most'>) =>
      `Elle atteindrait ${people} personnes, et au-delà de ${most} il faut une deuxième personne.`,
    tooDear: ({ cost, most }: Facts<'cost' | 'most'>) =>
      `Elle pourrait coûter ${cost}, et au-delà de ${most} il faut une deuxième personne.`,
  },
  endBeforeStart: ({ ends, starts }: Facts<'ends' | 'starts'>) =>
    `cette fin, ${ends}, doit venir après startAt, ${starts}`,
  endHasPassed: ({ ended, today }: Facts<'ended' | 'today'>) =>
    `cette fin est passée : ${ended}, et il est ${today} ; donnez-en une plus tardive`,
  otherWithoutPrice: ({ name }: Facts<'name'>) =>
    `le compte ${name} n’a pas de prix : un budget ne peut pas être tenu`,
  otherInOtherCurrency: ({ name, counts }: Facts<'name' | 'counts'>) =>
    `le compte ${name} compte en ${counts}`,
  partUnpriced: ({ name }: Facts<'name'>) =>
    `le compte ${name} en porte une partie à un prix que personne n’a noté : un budget ne peut pas être tenu`,
  waits: {
    NOT_LAUNCHED: 'Brouillon : rien ne part.',
    START_AT: 'Attend l’heure de départ choisie.',
    START_MISSED: 'Le départ choisi est passé pendant un arrêt : reprenez-la ou annulez-la.',
    PAUSED: 'En pause : « Reprendre » pour continuer.',
    BUDGET: 'Budget atteint : augmentez-le et reprenez.',
    CREDIT:
      'Plus de crédit chez l’opérateur : rechargez le compte, ou donnez-en un autre à la route, puis reprenez.',
    CONFIG:
      'L’opérateur refuse le compte ou sa configuration : corrigez-la, ou donnez un autre compte à la route, puis reprenez.',
    OPERATOR: 'Mise à l’arrêt par une personne d’astreinte.',
    STOP_PATH_UNPROVEN: 'Aucun STOP n’est encore revenu par ce compte : prouvez son chemin, puis reprenez.',
    SENDING: 'Les lots partent, chacun à ses heures.',
    UNCERTAIN: 'On vérifie encore si quelques messages sont partis.',
    CANCELLED: 'Annulée : plus rien ne part.',
    EXPIRE_AT: 'Date limite d’envoi passée.',
    FINISHED: 'Terminée : les comptes sont clos.',
    HALTED: 'Arrêt demandé par une personne.',
    SEALED: 'L’instance est scellée après une restauration : un administrateur l’ouvre.',
  },
  delays: {
    OUT_OF_HOURS: 'Il reste des personnes qui vivent ailleurs depuis, et dont la fenêtre est fermée.',
    CONFIG: 'Le compte opérateur n’est pas configuré là où les messages partent.',
  },
  operatorCode: ' Code de l’opérateur : ',
  onlyADraft: 'seul un brouillon l’accepte',
  withoutPrice: 'le compte n’a pas de prix : un budget ne peut pas être tenu',
  inOtherCurrency: ({ currency }: Facts<'currency'>) => `le compte compte en ${currency}`,
  importOfAnotherKind: ({ kind }: Facts<'kind'>) => `il faut un import de contacts ; celui-ci est de ${kind}`,
  notice: {
    advertisingHasHours: 'la publicité a ses heures : seul un avis peut partir à toute heure',
    needsAnEnd: 'un avis en demande une : passé ce moment il est faux',
    ofNoSingleEvent: ({ names }: Facts<'names'>) =>
      `${names} : un avis ne parle pas d’un seul événement ; écrivez la date elle-même`,
    needsSeries: 'un avis va aux personnes qui ont une série ouverte : { series: { … } }',
    ofAnotherPurpose: ({ fitting }: Facts<'fitting'>) =>
      `les personnes d’une telle série n’en reçoivent d’avis que par ${fitting}`,
  },
  nobodyFromThatHour: 'personne ne peut recevoir de SMS à partir de cette heure',
  reconfirmation: {
    senderIsDeaf: 'cet expéditeur ne reçoit pas de réponse : donnez l’adresse d’un formulaire',
    asksNothing: 'demandez de répondre OUI, ou donnez l’adresse d’un formulaire',
  },
  recurrence: {
    marketingAlone: 'seule la publicité revient ; un rappel a sa série',
    ownHours: 'ce qui revient commence aux heures de sa récurrence',
    ownEnd: 'ce qui revient finit par recurrence.expiresAfter',
  },
  falseFromThen: ({ words, at, trueUntil, count }: Facts<'words' | 'at' | 'trueUntil' | 'count'>) =>
    `« ${words} » en position ${at} : faux après le ${trueUntil}, ${count} partiraient plus tard`,
  nobodyWithThatNumber: 'aucun contact ne porte ce numéro : enregistrez son accord',
} as const;
