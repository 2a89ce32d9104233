import { randomUUID } from 'node:crypto';
import { flushCompileCache } from 'node:module';
import {
  listenedAccounts,
  keepApiKeys,
  optOutTokens,
  keepLooking,
  openParts,
  sandboxKey,
  stopOnSignals,
  STOPS_WITHIN_MS,
  withTheseKeys,
  publicMounts,
} from './web/http-process.ts';
import { complain } from './parts.ts';
import { registerGateways } from '../gateways/index.ts';
import { openApiJournal } from './journals.ts';
import { tellFigures, openTracing } from '../platform/index.ts';
import { readConfig } from '../settings/index.ts';
import { publicParts } from '../web/index.ts';
import './wiring.ts';

const { listen, Metrics, publicApp, stopServing } = await publicParts();

const PORT = 8081;

/** Starts one public server: callbacks, forms, links and probes, apart from other requests. */
async function main(): Promise<void> {
  const config = readConfig(process.env);
  const tracing = await openTracing(process.env, 'public');
  const parts = await openParts(config, 'public');
  const { log, database, reserved, clock } = parts;
  const ids = await registerGateways(config, parts);
  const key = await withTheseKeys(config, () => sandboxKey(parts));
  const listened = listenedAccounts(config, { ids, key });
  const [metrics, processId] = [new Metrics(), randomUUID()];
  const journal = await openApiJournal({ ...parts, metrics, processId });
  const tokens = await optOutTokens(parts);
  const mounts = publicMounts(parts, { journal: journal.optOuts, metrics, tokens, listened });
  const { trustedProxies, publicUrl } = config;
  const app = publicApp(
    { log, metrics, clock, trustedProxies, publicUrl, traced: tracing !== undefined },
    mounts,
  );
  const stopLooking = keepLooking(parts);
  const keys = keepApiKeys({ ...parts, besides: [reserved], processId, tokens });
  const journalFails = (): boolean => journal.optOuts.fault() !== undefined;
  const figures = tellFigures({ id: processId, kind: 'public', database, clock, log, journalFails });
  const port = config.publicPort ?? PORT;
  const server = await listen(app, { port, host: config.host });
  log.info({ port }, 'listening');
  flushCompileCache();
  stopOnSignals(log, async () => {
    await stopServing(server, STOPS_WITHIN_MS);
    await Promise.all([keys.stop(), figures.stop()]);
    await Promise.all([stopLooking(), journal.close(), tracing?.close()]);
    await Promise.all([database.close(), reserved.close()]);
  });
}

try {
  await main();
} catch (cause) {
  complain('public', cause);
  process.exit(1);
}
