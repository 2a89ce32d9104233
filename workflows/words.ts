import { workflowInfo } from '@temporalio/workflow';

/** The words on Temporal's page beside each signal, activity and state. */
interface Words {
  /** Beside each signal and query. */
  readonly descriptions: Readonly<
    Record<
      | 'stopReceived'
      | 'changed'
      | 'calledBack'
      | 'replan'
      | 'pause'
      | 'resume'
      | 'cancel'
      | 'progress'
      | 'next'
      | 'keepSeal',
      string
    >
  >;
  /** Beside each activity. */
  readonly planShard: string;
  readonly sendChunk: string;
  readonly freezeAudience: string;
  readonly shard: (number: number, territory: string) => string;
  readonly sealKept: string;
}

const french: Words = {
  descriptions: {
    stopReceived: 'Un STOP est enregistré : tout est réexaminé.',
    changed: 'La ligne a changé : tout est réexaminé.',
    calledBack: 'Pour la campagne seule : elle reprend ce lot dans sa prochaine exécution.',
    replan: 'Planifie de nouveau, maintenant. Sans risque, à tout moment.',
    pause: 'Met en pause : plus aucun message ne part. Inscrit à l’audit au nom de « temporal ».',
    resume: 'Reprend après une pause. Inscrit à l’audit au nom de « temporal ».',
    cancel: 'Annule définitivement ce qui n’est pas parti. Inscrit à l’audit au nom de « temporal ».',
    progress: 'Où en est l’envoi : état, comptes, dernier ordre reçu.',
    next: 'Ce qui est attendu, jusqu’à quand, selon quelle règle.',
    keepSeal: 'Réservé à l’instance : garde la copie du sceau.',
  },
  planShard: 'Planifie le lot',
  sendChunk: 'Envoie un paquet',
  freezeAudience: 'Fixe la liste des destinataires',
  shard: (number, territory) => `Lot ${number} · ${territory}`,
  sealKept:
    '**Sceau** : la copie de la position de la base est gardée ici, où aucune restauration ne l’atteint. Elle est comparée à chaque démarrage ; il n’y a rien à faire.',
};

const english: Words = {
  descriptions: {
    stopReceived: 'A STOP is recorded: everything is looked at again.',
    changed: 'The row changed: everything is looked at again.',
    calledBack: 'For the campaign alone: it takes this batch up again in its next run.',
    replan: 'Plans again, now. Safe at any time.',
    pause: 'Pauses: no message leaves any more. Recorded in the audit as "temporal".',
    resume: 'Resumes after a pause. Recorded in the audit as "temporal".',
    cancel: 'Cancels for good what has not left. Recorded in the audit as "temporal".',
    progress: 'How far the sending is: state, counts, last order received.',
    next: 'What is waited for, until when, by which rule.',
    keepSeal: 'For the instance alone: keeps the copy of the seal.',
  },
  planShard: 'Plans the batch',
  sendChunk: 'Sends a chunk',
  freezeAudience: 'Fixes the list of recipients',
  shard: (number, territory) => `Batch ${number} · ${territory}`,
  sealKept:
    '**Seal**: the copy of the position of the database is kept here, where no restore reaches it. It is compared at each start; there is nothing to do.',
};

/** Returns the tenant's language, `fr` or `en`, from the start of the workflow; French without one. */
function languageGiven(): string {
  const given = workflowInfo().memo?.['locale'];
  return typeof given === 'string' ? given : 'fr';
}

/** The words of a language. */
export const workflowWordsIn = (language: string): Words => (language === 'en' ? english : french);

/** The words of the workflow that runs. */
export const words = (): Words => workflowWordsIn(languageGiven());
