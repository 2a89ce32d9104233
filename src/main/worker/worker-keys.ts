import { evidenceKey } from '../../operations/index.ts';
import { type RotationDeps, rotateKeys, watchKeys } from '../../rotation/index.ts';
import type { AnchorDeps } from '../../people/index.ts';
import {
  instant,
  type Clock,
  type Database,
  type IndexGuard,
  type Log,
  type Loop,
  type Vault,
} from '../../platform/index.ts';
import type { Config } from '../../settings/index.ts';
import { PayloadSealer } from '../../temporal/index.ts';

interface WorkerKeys extends RotationDeps {
  readonly config: { readonly keysFile: string };
  /** Further pools that enter tenants. */
  readonly besides: readonly Database[];
  readonly clock: Clock;
  readonly guard: IndexGuard;
  readonly log: Log;
}

const payloadKeys = ({ database, vault, clock }: Pick<WorkerKeys, 'database' | 'vault' | 'clock'>) =>
  database.outside((tx) => vault.instanceKeys(tx, 'payload', instant(clock.machine()).toISO()));

/**
 * Returns the codec of Temporal's payloads, which encrypts them if the settings say so and decrypts those of all
 * keys.
 */
export const payloadSealerOf = async (
  parts: Pick<WorkerKeys, 'database' | 'vault' | 'clock'> & { readonly config: Pick<Config, 'codec'> },
): Promise<PayloadSealer> =>
  new PayloadSealer(await payloadKeys(parts), { encrypts: parts.config.codec === 'on' });

/** Starts the loops that keep keys current and continue rotations. */
export function keepKeys(parts: WorkerKeys, sealer: PayloadSealer, processId: string): Loop {
  const renewed = async (): Promise<void> => sealer.adopt(await payloadKeys(parts));
  const watching = watchKeys({ ...parts, processId, file: parts.config.keysFile, renewed });
  const rotating = rotateKeys(parts);
  return {
    poke: () => rotating.poke(),
    stop: async () => {
      await Promise.all([watching.stop(), rotating.stop()]);
    },
  };
}

/** Returns what time-stamping the heads of chains needs; undefined when the settings name no authority. */
export function anchoringOf(parts: {
  readonly config: Pick<Config, 'timeStamping'>;
  readonly database: Database;
  readonly vault: Vault;
  readonly clock: Clock;
}): AnchorDeps | undefined {
  const { config, database, vault, clock } = parts;
  if (config.timeStamping === undefined) return undefined;
  return {
    database,
    stamp: timeStamping(config.timeStamping),
    evidenceKey: async (tenantId) => {
      const madeAt = instant(clock.machine()).toISO();
      const secret = await database.outside((tx) => vault.instanceKey(tx, 'evidence', madeAt));
      return evidenceKey(secret.key, tenantId).public;
    },
  };
}

const ANSWERS_WITHIN_MS = 15_000;

/** Far more than a time stamp with its certificates, which has some kilobytes. */
const MOST_BYTES = 1024 * 1024;

/** Thrown for an authority that did not answer as RFC 3161 §3.4 requires. */
class AuthorityAway extends Error {
  override readonly name = 'AuthorityAway';
}

/** Returns a function that sends requests to a time-stamping authority over HTTP. */
export function timeStamping(url: string): (request: Buffer) => Promise<Buffer> {
  return async (request) => {
    const answer = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/timestamp-query' },
      body: new Uint8Array(request),
      redirect: 'error',
      signal: AbortSignal.timeout(ANSWERS_WITHIN_MS),
    });
    if (!answer.ok) throw new AuthorityAway(`the time-stamping authority answered ${answer.status}`);
    const bytes = Buffer.from(await answer.arrayBuffer());
    if (bytes.length > MOST_BYTES) throw new AuthorityAway('the time-stamping authority answered too much');
    return bytes;
  };
}
