import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundleWorkflowCode, DefaultLogger, type WorkflowBundle } from '@temporalio/worker';
import { failureConverterPath } from '../payload-codec.ts';

const root = fileURLToPath(new URL('../../../', import.meta.url));

/** Spans of workflows leave the sandbox through a sink; no history depends on them. */
const tracing = (): string[] => [
  fileURLToPath(new URL('../no-trace-begun.ts', import.meta.url)),
  createRequire(import.meta.url).resolve(
    '@temporalio/interceptors-opentelemetry-v2/lib/workflow-interceptors.js',
  ),
];

/** Bundles all workflows for the sandbox; about two seconds of processor. */
function bundleWorkflows({ traced = false } = {}): Promise<WorkflowBundle> {
  return bundleWorkflowCode({
    workflowsPath: path.join(root, 'workflows', 'index.ts'),
    failureConverterPath,
    ...(traced ? { workflowInterceptorModules: tracing() } : {}),
    logger: new DefaultLogger('ERROR'),
  });
}

/**
 * Returns the bundle of an earlier start with the same sources, or makes it and stores it in the folder. A killed
 * worker works again sooner by it. A damaged file is made again.
 */
export async function keptBundle(folder: string, { traced = false } = {}): Promise<WorkflowBundle> {
  const sources = digestOfSources();
  const file = path.join(folder, traced ? 'workflows-traced.js' : 'workflows.js');
  const [head, code] = halves(await readFile(file, 'utf8').catch(() => ''));
  if (head === headOf(sources, code)) return { code };
  const made = await bundleWorkflows({ traced });
  await keep(file, `${headOf(sources, made.code)}\n${made.code}`);
  return made;
}

const headOf = (sources: string, code: string): string => `// ${sources} ${sha256(code)}`;

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

function halves(text: string): readonly [string, string] {
  const at = text.indexOf('\n');
  return [text.slice(0, Math.max(at, 0)), text.slice(at + 1)];
}

/** Half a file never has the final name, whatever is killed and whoever else writes it. */
async function keep(file: string, text: string): Promise<void> {
  await mkdir(path.dirname(file), { recursive: true, mode: 0o700 });
  const unfinished = `${file}.${process.pid}`;
  await writeFile(unfinished, text, { mode: 0o600 });
  await rename(unfinished, file);
}

/**
 * Digests all possible sources of the bundle: more than it uses, so that no change goes unseen. Read one after the
 * other: handed to threads and back, a thousand small files take six times the processor time.
 */
function digestOfSources(): string {
  const sources = ['src', 'workflows'].flatMap((folder) =>
    readdirSync(path.join(root, folder), { recursive: true, encoding: 'utf8' }).map((name) =>
      path.join(folder, name),
    ),
  );
  const digest = createHash('sha256').update(process.version);
  for (const name of ['package-lock.json', ...sources.filter((one) => one.endsWith('.ts')).toSorted()])
    digest
      .update(`${name}\0`)
      .update(readFileSync(path.join(root, name)))
      .update('\0');
  return digest.digest('hex');
}
