import {
  instant,
  type Clock,
  type Config,
  type Database,
  type IndexGuard,
  type Log,
  type Loop,
} from '../../platform/index.ts';
import { type RotationDeps, rotateKeys, watchKeys } from '../../operations/index.ts';
import { PayloadSealer } from '../../temporal/index.ts';

export interface WorkerKeys extends RotationDeps {
  readonly config: { readonly keysFile: string };
  /** Pools that enter tenants, besides the first. */
  readonly besides: readonly Database[];
  readonly clock: Clock;
  readonly guard: IndexGuard;
  readonly log: Log;
}

const payloadKeys = ({ database, vault, clock }: Pick<WorkerKeys, 'database' | 'vault' | 'clock'>) =>
  database.outside((tx) => vault.instanceKeys(tx, 'payload', instant(clock.machine()).toISO()));

/** Encrypts payloads of Temporal where the settings ask for it, and decrypts those of any earlier key. */
export const payloadSealerOf = async (
  parts: Pick<WorkerKeys, 'database' | 'vault' | 'clock'> & { readonly config: Pick<Config, 'codec'> },
): Promise<PayloadSealer> =>
  new PayloadSealer(await payloadKeys(parts), { encrypts: parts.config.codec === 'on' });

/** Keeps keys current, and continues rotations; both without a restart. */
export function keepKeys(parts: WorkerKeys, sealer: PayloadSealer, processId: string): Loop {
  const renewed = async (): Promise<void> => sealer.adopt(await payloadKeys(parts));
  const watching = watchKeys({ ...parts, processId, file: parts.config.keysFile, renewed });
  const rotating = rotateKeys(parts);
  return {
    poke: () => {
      rotating.poke();
    },
    stop: async () => {
      await Promise.all([watching.stop(), rotating.stop()]);
    },
  };
}
