import { makeContinueAsNewFunc, workflowInfo, type Workflow } from '@temporalio/workflow';
import { timeOuts } from './time-outs.ts';

/** Continues in a new run with the shown state of this one: the server would keep neither memo nor attributes. */
export function again<Story extends Workflow>(...args: Parameters<Story>): Promise<never> {
  const { workflowType, memo, typedSearchAttributes } = workflowInfo();
  const goOn = makeContinueAsNewFunc<Story>({
    workflowType,
    workflowTaskTimeout: timeOuts.workflowTaskMs,
    typedSearchAttributes,
    ...(memo === undefined ? {} : { memo }),
  });
  return goOn(...args);
}
