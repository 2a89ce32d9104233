import type { Facts } from '../translation.ts';

/** Sentences on moves and ends by the law. */
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

/** Doubts of the law that close the gate. */
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

/** Parts of a rule that are left to the controller, or enforced in part. */
export const enforcement = {
  'WIN-09': 'qu’une commune n’ait pas de temple est au responsable de le dire : rien ici ne le vérifie',
  'CON-04':
    'Les mots sont figés et jugés, et nos formulaires ne cochent rien d’avance. Sur un formulaire à vous, la case est votre affaire.',
  'CON-07':
    'La mention est sur nos formulaires et nos feuilles. Sur un formulaire à vous, c’est à vous de la montrer.',
  'OPT-02':
    'L’effet est immédiat dès que nous le savons. Nul ne peut refuser un retrait dit tard : il vaut, il est compté et déclenche une alarme.',
  'OPT-09':
    'Une opposition dite avec une réponse est gardée. Une liste noire est lue chaque jour chez les opérateurs qui en offrent une : OVHcloud.',
  'SND-04':
    'Les comptes se choisissent par finalité et territoire. Les codes d’où un compte écrit relèvent de son contrat : donnez à chacun le trafic auquel il est ouvert.',
  'RET-01': ({ notice }: Facts<'notice'>) =>
    `Un accord à la publicité est expiré à l’instant demandé, nettoyé ou non ; un contact sans base a ${notice} de préavis.`,
  'RET-02': 'Aucun chemin ni aucun droit de l’application n’efface une opposition.',
  'FRQ-01': 'Aucun tant que `frequency` du responsable n’en fixe pas.',
  'HDS-01': 'Savoir si votre installation demande un hébergeur certifié est à vous de juger.',
} as const;

/** Names of the territories. */
export const territories = {
  FR: 'France métropolitaine',
  'FR-57': 'Moselle',
  'FR-67': 'Bas-Rhin',
  'FR-68': 'Haut-Rhin',
  GP: 'Guadeloupe',
  MF: 'Saint-Martin',
  BL: 'Saint-Barthélemy',
  MQ: 'Martinique',
  GF: 'Guyane',
  RE: 'La Réunion',
  YT: 'Mayotte',
  PM: 'Saint-Pierre-et-Miquelon',
  NC: 'Nouvelle-Calédonie',
  PF: 'Polynésie française',
  WF: 'Wallis-et-Futuna',
} as const;
