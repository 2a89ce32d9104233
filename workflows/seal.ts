import {
  allHandlersFinished,
  condition,
  setCurrentDetails,
  setHandler,
  upsertMemo,
  workflowInfo,
} from '@temporalio/workflow';
import { again } from './conduct.ts';
import { keepSeal } from './messages.ts';
import { words } from './words.ts';

/** Keeps the seal's second copy in its memo, where no restore of the database reaches; never ends. */
export async function seal(): Promise<never> {
  setHandler(
    keepSeal,
    (copy) => {
      upsertMemo({ seal: copy });
      setCurrentDetails(words().sealKept);
    },
    { description: words().descriptions.keepSeal },
  );
  await condition(() => workflowInfo().continueAsNewSuggested);
  await condition(allHandlersFinished);
  return again<typeof seal>();
}
