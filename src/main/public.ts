import { randomUUID } from 'node:crypto';
import {
  listenedAccounts,
  openParts,
  optOutTokens,
  publicMounts,
  sandboxKey,
  serve,
  withTheseKeys,
} from './web/http-process.ts';
import { complain } from './parts.ts';
import { registerGateways } from '../gateways/index.ts';
import { openApiJournal } from './journals.ts';
import { openTracing } from '../platform/index.ts';
import { readConfig } from '../settings/index.ts';
import { publicParts } from '../web/index.ts';
import './wiring.ts';

const { Metrics, publicApp } = await publicParts();

const PORT = 8081;

/** Starts one public server, which serves callbacks, forms, links and probes in a process of its own. */
async function main(): Promise<void> {
  const config = readConfig(process.env);
  const tracing = await openTracing(process.env, 'public');
  const parts = await openParts(config, 'public');
  const { log, clock } = parts;
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
  const port = config.publicPort ?? PORT;
  await serve(parts, { kind: 'public', processId, app, port, journal, tokens, others: [tracing] });
}

try {
  await main();
} catch (cause) {
  complain('public', cause);
  process.exit(1);
}
