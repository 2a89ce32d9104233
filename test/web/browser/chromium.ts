import { execFile } from 'node:child_process';
import { accessSync, constants, existsSync, readFileSync } from 'node:fs';
import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { placeInCache } from '../../../src/main/embedded/temporal-download.ts';

const run = promisify(execFile);
const requireHere = createRequire(import.meta.url);

const NAMES = ['chromium', 'chromium-browser', 'google-chrome'];

/** A browser's program, and what it needs to be told about its libraries and its fonts. */
export interface Chromium {
  readonly program: string;
  readonly env: Readonly<Record<string, string>>;
}

/** Which browser is to be used: a program, or the one of the package in this folder. */
export type ChosenBrowser =
  | { readonly from: 'machine'; readonly program: string }
  | { readonly from: 'package'; readonly version: string };

/** What the choice of a browser depends on. */
export interface Machine {
  readonly arch: string;
  readonly env: NodeJS.ProcessEnv;
  /** The version of the package with a browser for x64; nothing when it is not installed. */
  readonly packaged: string | undefined;
}

function canRun(program: string): boolean {
  try {
    accessSync(program, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function onPath(env: NodeJS.ProcessEnv): string | undefined {
  const folders = (env['PATH'] ?? '').split(path.delimiter).filter((folder) => folder !== '');
  const programs = NAMES.flatMap((name) => folders.map((folder) => path.join(folder, name)));
  return programs.find(canRun);
}

function packagedVersion(): string | undefined {
  let main = '';
  try {
    main = requireHere.resolve('@sparticuz/chromium');
  } catch {
    return undefined;
  }
  const about = path.resolve(path.dirname(main), '../../package.json');
  return (JSON.parse(readFileSync(about, 'utf8')) as { readonly version: string }).version;
}

function thisMachine(): Machine {
  return { arch: process.arch, env: process.env, packaged: packagedVersion() };
}

/** Chooses the browser that CHROMIUM names, else the package's, else one on the PATH. */
export function chosenBrowser(machine: Machine = thisMachine()): ChosenBrowser | undefined {
  const named = machine.env['CHROMIUM'] ?? '';
  if (named !== '') {
    if (canRun(named)) return { from: 'machine', program: named };
    throw new Error(`CHROMIUM is ${named}, which is no program: name the file of a browser, or unset it.`);
  }
  if (machine.arch === 'x64' && machine.packaged !== undefined)
    return { from: 'package', version: machine.packaged };
  const program = onPath(machine.env);
  return program === undefined ? undefined : { from: 'machine', program };
}

// The package's own names folders of AWS.
const FONTS = `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <dir prefix="relative">fonts</dir>
</fontconfig>
`;

const unpack = fileURLToPath(new URL('unpack-chromium.ts', import.meta.url));

async function unpackInto(folder: string): Promise<void> {
  // Its libraries are unpacked only where AWS is said to be.
  const env = { ...process.env, TMPDIR: folder, AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x' };
  await run(process.execPath, [unpack], { env });
  await writeFile(path.join(folder, 'fonts', 'fonts.conf'), FONTS);
}

function unpackTrouble(folder: string, cause: unknown): Error {
  const said = cause instanceof Error ? cause.message : String(cause);
  const why = /ENOSPC|EDQUOT/.test(said)
    ? `The disk that holds ${folder} is full: free 300 MB, or name a browser in CHROMIUM.`
    : `The browser of @sparticuz/chromium could not be unpacked in ${folder}: name another in CHROMIUM.`;
  return new Error(why, { cause });
}

async function unpacked(version: string): Promise<string> {
  const folder = await placeInCache(`chromium-${version}`);
  if (existsSync(folder)) return folder;
  const cache = path.dirname(folder);
  let work = '';
  try {
    work = await mkdtemp(path.join(cache, 'unpack-'));
    await unpackInto(work);
    // Atomic: of two runs side by side the second finds the folder of the first, and whole.
    await rename(work, folder).catch((cause: unknown) => {
      if (!existsSync(folder)) throw cause;
    });
    return folder;
  } catch (cause) {
    throw unpackTrouble(cache, cause);
  } finally {
    if (work !== '') await rm(work, { recursive: true, force: true });
  }
}

/** Answers the program of the chosen browser, unpacked when it comes as a package. */
export async function chromiumOf(chosen: ChosenBrowser): Promise<Chromium> {
  if (chosen.from === 'machine') return { program: chosen.program, env: {} };
  const folder = await unpacked(chosen.version);
  const env = {
    LD_LIBRARY_PATH: path.join(folder, 'al2023', 'lib'),
    FONTCONFIG_PATH: path.join(folder, 'fonts'),
  };
  return { program: path.join(folder, 'chromium'), env };
}
