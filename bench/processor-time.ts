import { readdir, readFile } from 'node:fs/promises';
import type { Instance } from '../test/support/instance.ts';

const TICKS_A_SECOND = 100;

/** Processor seconds of each process of the instance, with what it started and what of that has ended. */
export async function processorTime(instance: Instance): Promise<Map<string, number>> {
  const { processes } = await instance.run();
  const names = new Map(processes.map(({ pid, name }) => [pid, name]));
  const spent = new Map(processes.map(({ name }) => [name, 0]));
  for (const entry of (await readdir('/proc')).filter((one) => /^\d+$/.test(one))) {
    const stat = await readFile(`/proc/${entry}/stat`, 'latin1').catch(() => '');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const name = names.get(Number(entry)) ?? names.get(Number(fields[1]));
    const parts = fields.slice(11, names.has(Number(entry)) ? 15 : 13);
    const ticks = parts.reduce((sum, part) => sum + Number(part), 0);
    if (name !== undefined) spent.set(name, (spent.get(name) ?? 0) + ticks / TICKS_A_SECOND);
  }
  return spent;
}
