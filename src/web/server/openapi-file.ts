import { readFile, writeFile } from 'node:fs/promises';
import { pathToFileURL } from 'node:url';
import { openApiDocument } from './openapi.ts';
import { allRoutes } from './routes.ts';

/** The file of the printed document. */
export const OPENAPI_FILE = new URL('../../../docs/openapi.json', import.meta.url);

/** Prints the document from the routes, which are only described here. */
export function printedOpenApi(): string {
  // No route is run to be described, and none is given anything to run with.
  const nothing = new Proxy({}, { get: () => undefined }) as Parameters<typeof allRoutes>[0];
  return `${JSON.stringify(openApiDocument(allRoutes(nothing)), null, 2)}\n`;
}

async function main(): Promise<void> {
  const printed = printedOpenApi();
  if (process.argv[2] !== '--check') {
    await writeFile(OPENAPI_FILE, printed);
    return;
  }
  const kept = await readFile(OPENAPI_FILE, 'utf8').catch(() => '');
  if (kept === printed) return;
  process.stderr.write('docs/openapi.json is not what the routes say: run npm run openapi.\n');
  process.exitCode = 1;
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) await main();
