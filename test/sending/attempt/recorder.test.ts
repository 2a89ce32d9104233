import { connect, createServer, type Server, type Socket } from 'node:net';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { Ledger, LedgerUnavailable, type Statement } from '../../../src/platform/database/ledger.ts';
import { Recorder } from '../../../src/sending/attempt/outcome-of-answer.ts';
import { onTheWire } from './on-the-wire.ts';
import { aScriptedWorld, tallyDiffers } from '../pace/scripted-world.ts';

const s = await aScriptedWorld({ freeSlots: 50 });
await s.calm();

const recorder = (batchId: string, ledger: Ledger) =>
  new Recorder(ledger, () => ({
    tenantId: s.world.tenantId,
    batchId,
    accountId: s.world.accountId,
    lawNow: s.clock.now().toISO(),
    price: null,
  }));

class FailingLedger extends Ledger {
  failures: unknown[] = [];
  readonly orders: (readonly Statement[])[] = [];

  override record(...asked: Parameters<Ledger['record']>): ReturnType<Ledger['record']> {
    this.orders.push(asked[1]);
    const failure = this.failures.shift();
    return failure === undefined ? super.record(...asked) : Promise.reject(failure);
  }
}

describe('what operators answered', () => {
  it('is written once the database is back', async () => {
    const { batchId, accepted } = await onTheWire(s.world, 30);
    const ledger = new FailingLedger({ url: s.world.appUrl, name: 'recorder' });
    ledger.failures = [new LedgerUnavailable('gone'), new LedgerUnavailable('gone')];
    const keeps = recorder(batchId, ledger);
    keeps.add(accepted.slice(0, 10));
    expect(await keeps.drained(100)).toBe(false);
    expect(ledger.unrecorded).toBe(10);
    keeps.add(accepted.slice(10));
    expect(await keeps.drained(5_000)).toBe(true);
    expect(ledger.unrecorded).toBe(0);
    expect(await s.world.states(batchId)).toEqual({ accepted: 30 });
    expect(await tallyDiffers(s.world, batchId)).toEqual([]);
    await ledger.close();
  });

  it('is kept except for one unstorable answer', async () => {
    const { batchId, accepted } = await onTheWire(s.world, 40);
    const keeps = recorder(batchId, s.world.deps.ledger);
    keeps.add(accepted.map((one) => (one.seq === 17 ? Object.assign(one, { gatewayId: 'a\0b' }) : one)));
    expect(await keeps.drained(5_000)).toBe(true);
    expect(await s.world.states(batchId)).toEqual({ accepted: 39, uncertain: 1 });
    expect(await tallyDiffers(s.world, batchId)).toEqual([]);
  });

  it('is written after our fault, which is reported', async () => {
    const { batchId, accepted } = await onTheWire(s.world, 4);
    const ledger = new FailingLedger({ url: s.world.appUrl, name: 'recorder' });
    const keeps = recorder(batchId, ledger);
    ledger.failures = [new TypeError('ours'), new TypeError('ours')];
    keeps.add([
      {
        kind: 'uncertain',
        seq: 0,
        submissionId: String(accepted[0]?.submissionId),
        reason: 'RESET',
        notBefore: 0,
      },
    ]);
    await expect(keeps.drained(5_000)).rejects.toThrow('ours');
    ledger.failures = [];
    keeps.add(accepted);
    await expect(keeps.drained(5_000)).rejects.toThrow('ours');
    expect(await s.world.states(batchId)).toEqual({ accepted: 4 });
    expect(ledger.unrecorded).toBe(0);
    await ledger.close();
  });

  it('is written in the order of messages', async () => {
    const { batchId, accepted } = await onTheWire(s.world, 20);
    const ledger = new FailingLedger({ url: s.world.appUrl, name: 'recorder' });
    const keeps = recorder(batchId, ledger);
    keeps.add(accepted.toReversed());
    await keeps.drained(5_000);
    expect(ledger.orders[0]?.[0]?.values[1]).toBe(
      `{${accepted
        .map(({ seq }) => seq)
        .toSorted((a, b) => a - b)
        .join(',')}}`,
    );
    await ledger.close();
  });
});

const ask = (n: number): Statement => ({ name: `ask_${n}`, text: `SELECT ${n} AS n`, values: [] });
const backends = async (name: string): Promise<number> =>
  Number(
    (
      await s.world.query(
        `SELECT count(*)::int AS n FROM pg_stat_activity WHERE application_name LIKE $1 || ' %'`,
        [name],
      )
    )[0]?.['n'],
  );

const asleep = async (name: string): Promise<number> =>
  Number(
    (
      await s.world.query(
        `SELECT count(*)::int AS n FROM pg_stat_activity WHERE application_name = $1 AND wait_event = 'PgSleep'`,
        [name],
      )
    )[0]?.['n'],
  );

describe('a connection of the ledger', () => {
  it('is replaced when lost, leaving none behind', async () => {
    const ledger = new Ledger({ url: s.world.appUrl, name: 'lost' });
    /** Each of the two connections reports its loss to the next caller. */
    const answered = async (n: number): Promise<unknown> => {
      for (let tries = 0; ; tries += 1)
        try {
          return await ledger.mark(s.world.tenantId, [ask(n)]);
        } catch (fault) {
          if (!(fault instanceof LedgerUnavailable) || tries === 10) throw fault;
        }
    };
    for (let round = 0; round < 10; round += 1) {
      await Promise.all([1, 2, 3].map(answered));
      const sleeping = ledger.mark(s.world.tenantId, [
        { name: 'sleep', text: 'SELECT pg_sleep(60)', values: [] },
      ]);
      const failed = sleeping.catch((fault: unknown) => fault);
      await expect.poll(() => asleep('lost mark')).toBe(1);
      await s.world.query(
        `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'lost mark'`,
      );
      expect(await failed).toBeInstanceOf(LedgerUnavailable);
    }
    await answered(1);
    await expect.poll(() => backends('lost')).toBeLessThanOrEqual(2);
    await ledger.close();
    await expect.poll(() => backends('lost')).toBe(0);
  });

  it('survives a statement that failed at first use', async () => {
    const ledger = new Ledger({ url: s.world.appUrl, name: 'usable', marks: 1 });
    const wrong = { name: 'divides', text: 'SELECT 1 / $1::int', values: [0] };
    await expect(ledger.mark(s.world.tenantId, [wrong, ask(2)])).rejects.toThrow('division by zero');
    expect(await ledger.mark(s.world.tenantId, [ask(2)])).toEqual([[{ n: 2 }]]);
    await ledger.close();
  });
});

// Each waits for seconds, and has a ledger of its own.
describe.concurrent('a ledger', () => {
  it('keeps every answer despite long row locks', async () => {
    const { batchId, accepted } = await onTheWire(s.world, 5);
    const ledger = new FailingLedger({ url: s.world.appUrl, name: 'recorder' });
    const keeps = recorder(batchId, ledger);
    // A row lock held for longer than a transaction of the ledger may last.
    await s.world.query('BEGIN');
    await s.world.query('SELECT 1 FROM message WHERE batch_id = $1 FOR UPDATE', [batchId]);
    keeps.add(accepted);
    expect(await keeps.drained(5_600)).toBe(false);
    await s.world.query('COMMIT');
    expect(await keeps.drained(8_000)).toBe(true);
    expect(await s.world.states(batchId)).toEqual({ accepted: 5 });
    await ledger.close();
  });

  it('gives up a silent connection', async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'silent-'));
    const [, host = ''] = /@([^:]*):/.exec(s.world.appUrl) ?? [];
    const real = path.join(decodeURIComponent(host), '.s.PGSQL.5432');
    const sockets: Socket[] = [];
    let silent = false;
    const proxy: Server = createServer((client) => {
      const server = connect(real);
      sockets.push(client, server);
      client.on('data', (bytes) => server.write(bytes));
      server.on('data', (bytes) => {
        if (!silent) client.write(bytes);
      });
      client.on('error', () => server.destroy());
      server.on('error', () => client.destroy());
    });
    await new Promise<void>((done) => {
      proxy.listen(path.join(folder, '.s.PGSQL.5432'), () => done());
    });
    const ledger = new Ledger({
      url: s.world.appUrl.replace(host, encodeURIComponent(folder)),
      name: 'silent',
      marks: 1,
    });
    await ledger.mark(s.world.tenantId, [ask(1)]);
    silent = true;
    await expect(ledger.mark(s.world.tenantId, [ask(1)])).rejects.toThrow(LedgerUnavailable);
    silent = false;
    expect(await ledger.mark(s.world.tenantId, [ask(1)])).toEqual([[{ n: 1 }]]);
    await ledger.close();
    for (const socket of sockets) socket.destroy();
    proxy.close();
    await rm(folder, { recursive: true, force: true });
  });
});
