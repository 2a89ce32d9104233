import type { Facts } from '../translation.ts';

/** What is left to the controller of a rule, or held in part. */
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
