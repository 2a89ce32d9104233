import type { Intent } from '../../platform/index.ts';

/** Starts or signals a tenant's workflow of acknowledgements: somebody is owed an answer, a code or a trial. */
export const answerOwed = (tenantId: string): Intent => ({
  class: 'order',
  verb: 'signal-with-start',
  workflow: 'acknowledgements',
  workflowId: `acknowledgements/${tenantId}`,
  signal: 'changed',
  input: { tenantId },
});
