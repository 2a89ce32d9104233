import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import express from 'express';
import { baseCsv } from '../src/people/export/export-base.repository.ts';
import { OptOutTokens } from '../src/person/opt-out-link.ts';
import { CONSENT_PURPOSES } from '../src/person/consent-event.ts';
import { keyOf, newKeyBytes } from '../src/crypto/cipher.ts';
import { sendLines } from '../src/web/server/route.ts';
import { agreed } from './consent.ts';
import { clock, onGround, type Ground } from './ground.ts';
import { machine } from './machine.ts';
import { figure, keepResult } from './result.ts';
import '../src/main/wiring.ts';

const MIB = 1_024 * 1_024;

interface Exported {
  readonly rows: number;
  readonly bytes: number;
  /** What lives after a collection, every ten thousand rows. */
  readonly liveBytes: readonly number[];
}

/** Reads the file of a whole base over HTTP, as a caller does, and weighs the process on the way. */
async function exported({ database, keys }: Ground): Promise<Exported> {
  const tokens = new OptOutTokens(keyOf(1, newKeyBytes()).key);
  const links = { tokens, base: 'https://s.example/u/' };
  const asked = { attributes: [], clear: true, fakeFor: CONSENT_PURPOSES };
  const app = express().get('/', (_, res) =>
    sendLines(res, baseCsv({ database, keys, clock, links }, asked)),
  );
  const server = createServer(app).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const answer = await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
  const found = { rows: 0, bytes: 0, liveBytes: [] as number[] };
  let weighAt = 10_000;
  for await (const chunk of answer.body ?? []) {
    found.bytes += chunk.length;
    for (const byte of chunk) if (byte === 10) found.rows += 1;
    if (found.rows < weighAt) continue;
    globalThis.gc?.();
    const { heapUsed, external } = process.memoryUsage();
    found.liveBytes.push(heapUsed + external);
    weighAt += 10_000;
  }
  server.close();
  return found;
}

async function measure(ground: Ground, count: number): Promise<void> {
  const say = (text: string) => process.stdout.write(`${text}\n`);
  await agreed(ground, count);
  await ground.own('VACUUM ANALYZE');
  const began = performance.now();
  const { rows, bytes, liveBytes } = await exported(ground);
  const each = (rows * 1_000) / (performance.now() - began);
  const [first, most, last] = [liveBytes[0] ?? 0, Math.max(...liveBytes), liveBytes.at(-1) ?? 0];
  const mib = (value: number): string => (value / MIB).toFixed(1);
  say(`exported: ${figure(rows)} rows, ${mib(bytes)} MiB, ${figure(each)} rows/s`);
  say(`alive after 10,000 rows ${mib(first)} MiB, at most ${mib(most)} MiB, after the last ${mib(last)} MiB`);
  await keepResult(`export-${count}`, {
    rows,
    rowsPerSecond: Math.round(each),
    fileMib: mib(bytes),
    aliveFirstMib: mib(first),
    aliveMostMib: mib(most),
    aliveLastMib: mib(last),
  });
}

/** Whether the file of a base needs more memory the larger the base is; `npm run bench -- export 100000`. */
export async function bench(): Promise<void> {
  const count = Number(process.argv[3] ?? 100_000);
  process.stdout.write(`${machine('pg', 'express')}\n`);
  await onGround((ground) => measure(ground, count));
}
