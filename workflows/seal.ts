import {
  allHandlersFinished,
  condition,
  setCurrentDetails,
  setHandler,
  upsertMemo,
  workflowInfo,
} from '@temporalio/workflow';
import { again } from './again.ts';
import { keepSeal } from './messages.ts';

const KEPT =
  '**Sceau** : la copie de la position de la base est gardée ici, où aucune restauration ne l’atteint. ' +
  'Elle est comparée à chaque démarrage ; rien n’est à faire.';

/** Keeps the seal's second copy in its memo, where no restore of the database reaches; never ends. */
export async function seal(): Promise<never> {
  setHandler(
    keepSeal,
    (copy) => {
      upsertMemo({ seal: copy });
      setCurrentDetails(KEPT);
    },
    { description: 'Réservé à l’instance : garde la copie du sceau.' },
  );
  await condition(() => workflowInfo().continueAsNewSuggested);
  await condition(allHandlersFinished);
  return again<typeof seal>();
}
