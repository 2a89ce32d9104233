import { readdir, readFile } from 'node:fs/promises';
import type { Instance } from '../test/support/instance.ts';

const LOOKS_EVERY_MS = 1_000;

/** Memory of each process of an instance with what it started, in MiB: pages that several share count once. */
async function resident(instance: Instance): Promise<ReadonlyMap<string, number>> {
  const { processes } = await instance.run();
  const names = new Map(processes.map(({ pid, name }) => [pid, name]));
  const held = new Map<string, number>();
  for (const entry of (await readdir('/proc')).filter((one) => /^\d+$/.test(one))) {
    const stat = await readFile(`/proc/${entry}/stat`, 'latin1').catch(() => '');
    const parent = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
    const name = names.get(Number(entry)) ?? names.get(parent);
    if (name === undefined) continue;
    const rollup = await readFile(`/proc/${entry}/smaps_rollup`, 'latin1').catch(() => '');
    const kib = Number(/^Pss:\s+(\d+)/m.exec(rollup)?.[1] ?? 0);
    held.set(name, (held.get(name) ?? 0) + kib / 1_024);
  }
  return held;
}

/** Looks each second how much memory an instance holds, and remembers the most. */
export class Residents {
  readonly #most = new Map<string, number>();
  readonly #timer: NodeJS.Timeout;

  constructor(instance: Instance) {
    this.#timer = setInterval(() => void this.#look(instance).catch(() => undefined), LOOKS_EVERY_MS);
  }

  async #look(instance: Instance): Promise<void> {
    for (const [name, mib] of await resident(instance))
      this.#most.set(name, Math.max(mib, this.#most.get(name) ?? 0));
  }

  /** The most that each process held, in whole MiB. */
  stop(): Readonly<Record<string, number>> {
    clearInterval(this.#timer);
    return Object.fromEntries([...this.#most].map(([name, mib]) => [`${name}MiB`, Math.round(mib)]));
  }
}
