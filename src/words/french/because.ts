import type { Facts } from '../translation.ts';

/** Why the law moves a message, or lets it leave no more. */
export const because = {
  broughtForward: ({ wanted, at, because: why }: Facts<'wanted' | 'at' | 'because'>) =>
    `Prévu ${wanted} ; avancé à ${at} : ${why}.`,
  putOff: ({ wanted, at, because: why }: Facts<'wanted' | 'at' | 'because'>) =>
    `Prévu ${wanted} ; reporté à ${at} : ${why}.`,
  never: {
    EVENT_PAST: ({ ruleId }: Facts<'ruleId'>) => `Ne partira pas : l’événement sera passé (${ruleId}).`,
    EXPIRE_AT: ({ ruleId }: Facts<'ruleId'>) =>
      `Ne partira pas : la date limite d’envoi sera passée (${ruleId}).`,
  },
  planned: ({ at }: Facts<'at'>) => `Prévu ${at}.`,
  plannedBut: ({ wanted, rest, ruleId }: Facts<'wanted' | 'rest' | 'ruleId'>) =>
    `Prévu ${wanted} ; ${rest} (${ruleId}).`,
  afterEvent: 'un rappel ne suit jamais son événement',
  closedAndLate: ({ at }: Facts<'at'>) =>
    `fermé à cette heure, et réservé trop tard pour avancer : part au prochain moment permis, ${at}`,
  late: ({ at }: Facts<'at'>) => `réservé trop tard pour cette heure : part au prochain moment permis, ${at}`,
  lateAndSkipped: 'réservé trop tard, et un rappel en retard ne part pas (ifLate: skip)',
  tooNear: ({ next }: Facts<'next'>) =>
    `réservé trop tard : le prochain moment permis, ${next}, est trop près de l’événement`,
  noneLeft: 'réservé trop tard : plus aucun moment permis avant l’événement',
} as const;
