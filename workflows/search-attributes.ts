import { workflowInfo } from '@temporalio/workflow';
import type { Plan, SendState } from '../src/platform/index.ts';
import { keys } from './search-attribute-keys.ts';

type Pair =
  | { readonly key: (typeof keys)['sendState' | 'territory']; readonly value: string }
  | { readonly key: (typeof keys)['nextActionAt']; readonly value: Date | null };

/** What operators search workflows by; written only when the state changes, since each write is an event. */
export const attributes = {
  /** The state as the last write left it, by this run or the one before. */
  sendState(): SendState | undefined {
    // Only `changes` and the starters write it.
    return workflowInfo().typedSearchAttributes.get(keys.sendState) as SendState | undefined;
  },

  changes(state: SendState, plan: Plan): Pair[] {
    const at = plan.kind === 'wait' ? new Date(plan.nextActionAt) : null;
    const changes: Pair[] = [
      { key: keys.sendState, value: state },
      { key: keys.nextActionAt, value: at },
    ];
    if (plan.territory !== undefined) changes.push({ key: keys.territory, value: plan.territory });
    return changes;
  },
};
