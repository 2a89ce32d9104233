import type { Intent } from '../../platform/index.ts';

/** Tells the standing workflow of a tenant that somebody is owed an answer, a code or a trial; it is begun when lacking. */
export const answerOwed = (tenantId: string): Intent => ({
  class: 'order',
  verb: 'signal-with-start',
  workflow: 'acknowledgements',
  workflowId: `acknowledgements/${tenantId}`,
  signal: 'changed',
  input: { tenantId },
});
