import { existsSync } from 'node:fs';
import * as modules from 'node:module';
import path from 'node:path';

// Plain JavaScript: an older Node understands no more, and would say so in a page of its own.
const WANTED = 24;

if (!process.versions.node.startsWith(`${WANTED}.`)) {
  process.stderr.write(
    `Bonheure runs on Node ${WANTED} and this is ${process.versions.node}: run \`npm ci\` (it brings Node ${WANTED} on Linux) and start by npm, or install Node ${WANTED}.\n`,
  );
  process.exit(1);
}

// A later start reads its code compiled; a first one has no folder yet, and makes it with its own rights.
const kept = path.join(process.env['BONHEURE_DATA'] ?? '.bonheure', 'cache');
if (existsSync(kept)) modules.enableCompileCache(path.join(kept, 'code'));
