import { keyOf } from '../../src/platform/crypto/cipher.ts';
import { Vault } from '../../src/platform/crypto/vault.ts';
import { KeyRing } from '../../src/platform/key-ring/key-ring.ts';
import { uuidV7 } from '../../src/platform/random.ts';
import type { TakingDeps } from '../../src/sending/replies/reply-taking.ts';
import { afterFile } from '../support/after-file.ts';
import { aDatabase } from '../support/database.ts';
import type { ShiftedClock } from '../support/law-clock.ts';
import { anOperator, type TestOperator } from '../support/operator.ts';
import { aSendWorld, type SendWorld } from '../support/send-world.ts';

/** A world that takes what its operator calls in with. */
export interface TakingWorld {
  readonly operator: TestOperator;
  readonly world: SendWorld;
  readonly deps: TakingDeps & Pick<SendWorld, 'database'>;
}

/** Builds one, which ends with the file; call it at the top of a file. */
export async function aTakingWorld(clock: ShiftedClock): Promise<TakingWorld> {
  const test = await aDatabase();
  const operator = await anOperator(clock);
  afterFile(() => operator.stop());
  const world = await aSendWorld(test, operator, clock);
  afterFile(() => world.close());
  const vault = new Vault(new KeyRing([keyOf(1, world.ringKey)], 1));
  const deps = { database: world.database, vault, clock, newId: () => uuidV7(Date.now()) };
  return { operator, world, deps };
}
