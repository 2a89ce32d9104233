import { Smsc } from './smsc.ts';

/** An operator in a process of its own: answers each message after a while, and counts who was written to. */
const { latencyMs } = JSON.parse(process.env['ORDER'] ?? '{}') as { latencyMs: number };

const taken = new Map<string, number>();
const smsc = new Smsc({ latencyMs, took: (to) => void taken.set(to, (taken.get(to) ?? 0) + 1) });
let used = process.cpuUsage();

process.on('message', () => {
  const { user, system } = process.cpuUsage(used);
  const doubles = [...taken.values()].filter((times) => times > 1).length;
  const { messages, mostOpen } = smsc;
  process.send?.({ taken: messages, doubles, mostOpen, cpuMs: (user + system) / 1_000 });
  used = process.cpuUsage();
});
process.once('disconnect', () => process.exit(0));
process.send?.({ url: await smsc.listen() });
