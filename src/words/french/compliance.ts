import type { Facts } from '../translation.ts';
import { withDe } from './grammar.ts';

/** What the report of compliance calls for. */
export const compliance = {
  title: 'Rapport de conformité',
  calm: 'Rien à corriger dans ce qui suit.',
  outsideWindow:
    'Des remises à l’opérateur ont eu lieu hors de l’horaire que permettait leur décision, ou le plus strict des lieux possibles : arrêtez les envois et cherchez pourquoi.',
  withoutDecision:
    'Des remises à l’opérateur n’ont pas de décision conservée : arrêtez les envois et cherchez pourquoi.',
  stopTooSlow: ({ alarm }: Facts<'alarm'>) => `Un STOP a mis plus ${withDe(alarm)} à prendre effet.`,
  recordedLate: ({ ceiling }: Facts<'ceiling'>) =>
    `Un retrait a été enregistré plus ${withDe(ceiling)} après la parole de la personne, à qui l’on pouvait encore écrire : enregistrez les retraits le jour même.`,
  uncertain: 'Des envois restent incertains : décidez à GET /v1/uncertain.',
  rightsOverdue: ({ answer }: Facts<'answer'>) =>
    `Une demande d’effacement a dépassé son délai ${withDe(answer)}.`,
} as const;
