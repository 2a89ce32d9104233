import { fork } from 'node:child_process';
import { once } from 'node:events';
import { appendFile, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import type { RequestRecord } from '../../../src/gateways/sandbox/log-record.ts';
import { OperatorLog, RecentIndex } from '../../../src/gateways/sandbox/operator-log.ts';
import { aKey } from './support.ts';
import { aFolder } from '../../support/after-file.ts';

let folder: string;
let path: string;

beforeEach(async () => {
  folder = await aFolder('operator-');
  path = join(folder, 'operator.log');
});

const aRecord = (n: number): RequestRecord => ({
  type: 'request',
  id: `id-${n}`,
  key: `key-${n}`,
  reference: `msg_${n}`,
  to: `+3363998${String(n % 10).padStart(4, '0')}`,
  from: 'BONHEURE',
  text: 'Rendez-vous demain chez le docteur Martin',
  receivedAt: new Date(1_800_000_000_000 + n).toISOString(),
  lawAt: '2027-01-04T10:00:00.000Z',
  encoding: 'GSM-7',
  parts: 1,
  outcome: 'accepted',
});

async function contentOf(log: OperatorLog): Promise<string[]> {
  const ids: string[] = [];
  for await (const { record } of log.all()) ids.push(record.id);
  return ids;
}

describe('the log of the operator', () => {
  it('holds every acknowledged line after kill -9', async () => {
    const key = aKey();
    const child = fork(new URL('./killed-operator.ts', import.meta.url), [
      path,
      key.export().toString('hex'),
    ]);
    const answered: string[] = [];
    child.on('message', (id) => answered.push(JSON.stringify(id)));
    await expect.poll(() => answered.length).toBeGreaterThan(500);
    child.kill('SIGKILL');
    await once(child, 'close');

    const log = await OperatorLog.open({ path, key });
    const kept = new Set((await contentOf(log)).map((id) => JSON.stringify(id)));
    expect(answered.filter((id) => !kept.has(id))).toEqual([]);
    await log.append(aRecord(1));
    expect(await contentOf(log)).toHaveLength(kept.size + 1);
    await log.close();
  });

  it('has no number, text or name in clear', async () => {
    const log = await OperatorLog.open({ path, key: aKey() });
    await log.append(aRecord(1));
    await log.close();
    const bytes = await readFile(path, 'latin1');

    for (const clear of [
      '639980001',
      'Martin',
      'BONHEURE',
      'msg_1',
      Buffer.from('Martin').toString('base64').slice(0, 7),
    ]) {
      expect(bytes).not.toContain(clear);
    }
  });

  it('drops a truncated last line and goes on', async () => {
    const key = aKey();
    const log = await OperatorLog.open({ path, key });
    await log.append(aRecord(1));
    await log.close();
    await appendFile(path, 'half-a-line-without-its-end');

    const again = await OperatorLog.open({ path, key });
    await again.append(aRecord(2));
    expect(await contentOf(again)).toEqual(['id-1', 'id-2']);
    await again.close();
  });

  it('refuses another key, and says where', async () => {
    const log = await OperatorLog.open({ path, key: aKey() });
    await log.append(aRecord(1));
    await log.close();

    await expect(OperatorLog.open({ path, key: aKey() })).rejects.toThrow(/byte 0/);
  });

  it('does not open once a line was altered', async () => {
    const key = aKey();
    const log = await OperatorLog.open({ path, key });
    await log.append(aRecord(1));
    await log.close();
    const bytes = await readFile(path, 'latin1');
    await writeFile(path, `${bytes[0] === 'A' ? 'B' : 'A'}${bytes.slice(1)}`);

    await expect(OperatorLog.open({ path, key })).rejects.toThrow(/altered/);
  });

  it('finds a message among thousands, newest first', async () => {
    const key = aKey();
    const log = await OperatorLog.open({ path, key });
    await Promise.all(Array.from({ length: 3_000 }, (_, n) => log.append(aRecord(n))));
    await log.close();
    const again = await OperatorLog.open({ path, key });

    expect((await again.recent('reference', 'msg_1234', 10)).map(({ record }) => record.id)).toEqual([
      'id-1234',
    ]);
    const handset = await again.recent('handset', '+33639980007', 3);
    expect(handset.map(({ record }) => record.id)).toEqual(['id-2997', 'id-2987', 'id-2977']);
    await again.close();
  });

  it('reads from the file what its index forgot', async () => {
    const log = await OperatorLog.open({ path, key: aKey(), index: new RecentIndex(4) });
    for (let n = 0; n < 10; n += 1) await log.append(aRecord(n));

    expect(await log.recent('key', 'key-5', 10)).toEqual([]);
    expect(await log.recent('key', 'key-6', 10)).toHaveLength(1);
    expect(await log.remembersSince()).toBe(aRecord(6).receivedAt);
    const older: string[] = [];
    for await (const { record } of log.older()) older.push(record.id);
    expect(older).toEqual(['id-0', 'id-1', 'id-2', 'id-3', 'id-4', 'id-5']);
    await log.close();
  });
});

describe('the index of recent lines', () => {
  it('finds exactly the remembered lines, newest first', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom('a', 'b', 'c', 'd'), { maxLength: 60 }), (values) => {
        const index = new RecentIndex(16);
        values.forEach((value, offset) => index.add({ offset, length: 1 }, { key: value }));
        for (const value of ['a', 'b', 'c', 'd']) {
          const expected = values
            .map((found, offset) => ({ found, offset }))
            .slice(-16)
            .filter(({ found }) => found === value)
            .map(({ offset }) => offset)
            .toReversed();
          const places = [...index.places('key', value)].map(({ offset }) => offset);
          expect(places.filter((offset) => values[offset] === value)).toEqual(expected);
        }
      }),
    );
  });
});
