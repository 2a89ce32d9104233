import { Connection } from '@temporalio/client';
import { queues } from '../../../workflows/queues.ts';
import { instant, type Clock, type TemporalSettings } from '../../platform/index.ts';
import { conductingOf, type Conducting } from '../../temporal/conducting.ts';
import { wayTo } from '../../temporal/connection.ts';

const ANSWERS_WITHIN_MS = 1_500;

/** An api's questions to Temporal, besides the outbox. */
export interface TemporalProbe {
  readonly answers: () => Promise<void>;
  readonly conducting: () => Promise<Conducting>;
  readonly close: () => Promise<void>;
}

/** Asks Temporal whether our namespace exists; connects on first use. */
export async function temporalProbe(settings: TemporalSettings, clock: Clock): Promise<TemporalProbe> {
  const connection = Connection.lazy(await wayTo(settings));
  const { namespace } = settings;
  const soon = <T>(ask: () => Promise<T>): Promise<T> =>
    connection.withDeadline(instant(clock.machine() + ANSWERS_WITHIN_MS).toJSDate(), ask);
  return {
    answers: async () => {
      await soon(() => connection.workflowService.describeNamespace({ namespace }));
    },
    conducting: () => soon(() => conductingOf(connection, { namespace, queues: Object.values(queues) })),
    close: () => connection.close(),
  };
}
