import { uuidV7 } from '../../../src/base/random.ts';
import { composerOfAnswers, oweConfirmation } from '../../../src/sending/answers/answer-owed.ts';
import type { ChunkDeps } from '../../../src/sending/batch/fail-over.ts';
import type { SendWorld } from '../../support/send-world.ts';

/** The worker of a world, which also composes answers. */
export const answeringDeps = ({ deps, database, keys }: SendWorld): ChunkDeps => ({
  ...deps,
  composerOf: (run, account) =>
    run.kind === 'acknowledgements'
      ? database.withTenant(run.tenantId, (tx) => composerOfAnswers(tx, keys, { run, account }))
      : deps.composerOf(run, account),
});

/** Owes a number a code to type, through the account of a world. */
export function oweCode(world: SendWorld, to: string, code = '482151'): Promise<void> {
  const { keys, clock, accountId } = world;
  const newId = (): string => uuidV7(Date.now());
  const asked = {
    codeId: newId(),
    accountId,
    to,
    language: 'fr',
    confirming: { kind: 'code', code },
  } as const;
  return world.database.withTenant(world.tenantId, (tx) =>
    oweConfirmation(tx, { keys, clock, newId }, asked),
  );
}
