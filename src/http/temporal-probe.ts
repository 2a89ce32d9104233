import { Connection } from '@temporalio/client';
import { instant, type Clock } from '../clock.ts';
import type { TemporalSettings } from '../config.ts';
import { wayTo } from '../temporal/connection.ts';

const ANSWERS_WITHIN_MS = 1_500;

/** Asks Temporal whether our namespace is there; connects when first asked. */
export async function temporalProbe(
  settings: TemporalSettings,
  clock: Clock,
): Promise<{ readonly answers: () => Promise<void>; readonly close: () => Promise<void> }> {
  const connection = Connection.lazy(await wayTo(settings));
  const { namespace } = settings;
  return {
    answers: async () => {
      const deadline = instant(clock.machine() + ANSWERS_WITHIN_MS).toJSDate();
      await connection.withDeadline(deadline, () =>
        connection.workflowService.describeNamespace({ namespace }),
      );
    },
    close: () => connection.close(),
  };
}
