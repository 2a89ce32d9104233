import type { Facts } from '../translation.ts';

/** What the law does not know, and so closes the gate. */
export const doubts = {
  territory: 'territoire inconnu',
  zone: 'fuseau horaire inconnu',
  noCommonHour: 'aucune heure permise à la fois dans tous les fuseaux possibles',
  year: 'jours fériés de cette année inconnus',
  purpose: 'finalité inconnue',
  date: 'cette date n’existe pas',
  skippedTime: 'cette heure n’existe pas : les horloges la sautent',
  doubledTime: 'cette heure existe deux fois : donnez son décalage',
  end: 'l’événement ou la date limite ne se lit pas',
  margin: 'la marge ne se lit pas, ou passe un jour',
  unknownProfile: ({ id }: Facts<'id'>) => `profil inconnu, ${id}`,
  profileAtRest: ({ id }: Facts<'id'>) => `le profil ${id} n’est pas en vigueur à cette date`,
  notForAdvertising: ({ id }: Facts<'id'>) => `le profil ${id} n’est pas pour la publicité`,
} as const;
