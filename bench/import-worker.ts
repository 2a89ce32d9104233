import { readImport } from '../src/people/import/import-reading.ts';
import { keyOf } from '../src/crypto/cipher.ts';
import { openDatabase } from '../src/platform/database/connection.ts';
import { KeyRing } from '../src/settings/key-ring.ts';
import { Vault } from '../src/platform/crypto/vault.ts';
import { clock } from './ground.ts';
import '../src/main/wiring.ts';

/** What a reader of the bench is told. */
export interface ImportOrder {
  readonly url: string;
  readonly tenantId: string;
  readonly importId: string;
  readonly ringKey: string;
}

/** What reading came to, in this process. */
export interface ImportReport {
  readonly ms: number;
  readonly cpuMs: number;
  readonly rssMiB: number;
}

/** A worker that reads one file, as the product's own does: the file was received by another process. */
async function main({ url, tenantId, importId, ringKey }: ImportOrder): Promise<void> {
  const database = await openDatabase({ url, connections: 4, name: 'bench reader' });
  const vault = new Vault(new KeyRing([keyOf(1, Buffer.from(ringKey, 'base64'))], 1));
  const keysOf = (id: string) => database.withTenant(id, (tx) => vault.tenant(tx));
  await keysOf(tenantId);
  process.send?.('ready');
  process.once('message', () => {
    void read().catch((error: unknown) => {
      process.stderr.write(`${String(error)}\n`);
      process.exit(1);
    });
  });
  const read = async (): Promise<void> => {
    const [began, used] = [performance.now(), process.cpuUsage()];
    for (;;)
      if ((await readImport({ database, clock, keysOf }, { tenantId, importId })).kind === 'done') break;
    const ms = performance.now() - began;
    const { user, system } = process.cpuUsage(used);
    const rssMiB = Math.round(process.resourceUsage().maxRSS / 1_024);
    process.send?.({ ms, cpuMs: (user + system) / 1_000, rssMiB } satisfies ImportReport);
    await database.close();
    if (process.connected) process.disconnect();
  };
}

await main(JSON.parse(process.env['ORDER'] ?? '{}') as ImportOrder);
