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

/** Keeps the seal's second copy in its memo, where no restore of the database reaches; never ends. */
export async function seal(): Promise<never> {
  setHandler(
    keepSeal,
    (copy) => {
      upsertMemo({ seal: copy });
      setCurrentDetails(`**Sceau**\n\n\`${copy}\``);
    },
    { description: 'Réservé à l’instance : garde la copie du sceau.' },
  );
  await condition(() => workflowInfo().continueAsNewSuggested);
  await condition(allHandlersFinished);
  return again<typeof seal>();
}
