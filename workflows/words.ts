import { workflowInfo } from '@temporalio/workflow';
import type { AccountName, SendState } from '../src/platform/index.ts';
import type { Order } from './messages.ts';

/** The words on Temporal's page. */
const french = {
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
  shard: (number: number, territory: string) => `Lot ${number} · ${territory}`,
  sealKept:
    '**Sceau** : la copie de la position de la base est gardée ici, où aucune restauration ne l’atteint. Elle est comparée à chaque démarrage ; il n’y a rien à faire.',
  states: {
    planning: 'Planification',
    'waiting-window': 'En attente',
    sending: 'Envoi en cours',
    paused: 'En pause',
    parked: 'À l’arrêt : quelqu’un doit agir',
    done: 'Terminé',
  } satisfies Record<SendState, string>,
  until: (at: string) => `jusqu’au ${at}`,
  /** For a workflow that waits for a person. */
  lookedAt: (at: string) => ` ; prochain examen : ${at}`,
  rule: (id: string) => `règle ${id}`,
  accounts: {
    audience: 'destinataires',
    pending: 'à venir',
    accepted: 'acceptés',
    excluded: 'exclus',
    failed: 'refusés',
    expired: 'trop tard',
    uncertain: 'incertains',
    rows: 'lignes',
    rejected: 'lignes refusées',
    duplicates: 'doublons',
  } satisfies Record<AccountName, string>,
  stepHead: '| Rappel | État | Moment | Pourquoi |',
  shards: (open: number, inFlight: number) => `Lots encore ouverts : ${open}, dont ${inFlight} en route.`,
  order: (order: Order, refused: string | undefined) =>
    refused === undefined
      ? `Dernier ordre : \`${order}\`, exécuté.`
      : `Dernier ordre : \`${order}\`, refusé : ${refused}`,
  offers: 'Signaux possibles :',
};

const english: typeof french = {
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
  states: {
    planning: 'Planning',
    'waiting-window': 'Waiting',
    sending: 'Sending',
    paused: 'Paused',
    parked: 'Parked: a person must act',
    done: 'Done',
  },
  until: (at) => `until ${at}`,
  lookedAt: (at) => `; looked at again on ${at}`,
  rule: (id) => `rule ${id}`,
  accounts: {
    audience: 'audience',
    pending: 'to come',
    accepted: 'accepted',
    excluded: 'excluded',
    failed: 'refused',
    expired: 'too late',
    uncertain: 'uncertain',
    rows: 'rows',
    rejected: 'rejected rows',
    duplicates: 'duplicates',
  },
  stepHead: '| Reminder | State | Moment | Why |',
  shards: (open, inFlight) => `Shards still open: ${open}, of which ${inFlight} under way.`,
  order: (order, refused) =>
    refused === undefined
      ? `Last order: \`${order}\`, obeyed.`
      : `Last order: \`${order}\`, refused: ${refused}`,
  offers: 'Signals you may send:',
};

/** The words of a language; French unless it is `en`. */
export const workflowWordsIn = (language: unknown): typeof french => (language === 'en' ? english : french);

/** The words of the workflow that runs, in its tenant's language, which is known from its start. */
export const words = (): typeof french => workflowWordsIn(workflowInfo().memo?.['locale']);
