import { messageId } from '../../sending/index.ts';
import type { WebhookEvent } from '../../company/index.ts';
import { seqOf, type Series } from '../series/series.ts';
import type { Step, StepState } from './step.ts';

/** Steps before and after a change. */
export interface StepChanges {
  readonly series: Pick<Series, 'id' | 'batchId'>;
  readonly before: readonly Step[];
  readonly changed: readonly Step[];
}

/** States that are events for the back office; a cancelled step is its own doing. */
const NEWS: Partial<Record<StepState, 'reminder.sent' | 'reminder.skipped' | 'message.uncertain'>> = {
  sent: 'reminder.sent',
  skipped: 'reminder.skipped',
  failed: 'reminder.skipped',
  expired: 'reminder.skipped',
  uncertain: 'message.uncertain',
};

/** Returns the events of these changes: a step that came to be sent, or not to be. */
export function stepNews({ series, before, changed }: StepChanges): WebhookEvent[] {
  const was = new Map(before.map((step) => [seqOf(step.revision, step.position), step.state]));
  return changed.flatMap((step) => {
    const seq = seqOf(step.revision, step.position);
    const type = NEWS[step.state];
    if (type === undefined || was.get(seq) === step.state) return [];
    const { step: name, revision, state, code, message } = step;
    const about = {
      revision,
      step: name,
      state,
      ...(code === null ? {} : { code }),
      ...(message === null ? {} : { messageId: messageId({ batchId: series.batchId, seq }) }),
    };
    return [{ type, subject: series.id, about }];
  });
}
