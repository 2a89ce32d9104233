import { randomUUID } from 'node:crypto';
import { afterAll, describe, expect, it, vi } from 'vitest';
import { openApiJournal } from '../../../src/main/journals.ts';
import { uuidV7 } from '../../../src/base/random.ts';
import { sendChunk } from '../../../src/sending/batch/chunk.ts';
import {
  MOST_KEPT_BYTES,
  latestUnread,
  openKept,
} from '../../../src/sending/receipts/kept-call.repository.ts';
import { matchReceipts } from '../../../src/sending/receipts/match-receipts.ts';
import { receiveFromOperators } from '../../../src/gateways/receiving/receive-on-connection.ts';
import { ShiftedClock } from '../../support/law-clock.ts';
import { aSendWorld } from '../../support/send-world.ts';
import { silent } from '../../pure/platform/journal/journal-on-disk.ts';
import { aSubject } from '../conformance/subject.ts';
import type { SmppFake } from '../fakes/smpp.ts';
import { aFolder } from '../../support/after-file.ts';

const clock = new ShiftedClock();
const signal = new AbortController().signal;
/** What a fake operator over SMPP shows besides. */
const fake = (): SmppFake => smpp.fake as SmppFake;

const smpp = await aSubject('smpp');
const world = await aSendWorld(smpp, clock);
const { ring, vault } = world;
const root = await aFolder('bonheure-heard-');
const journal = await openApiJournal({
  config: { journalFolder: root, journalDays: 35, gateways: [] },
  databaseUrl: world.appUrl,
  processId: randomUUID(),
  ring,
  log: silent,
  clock,
  vault,
  database: world.database,
  metrics: { countStop: () => undefined },
});
const account = { id: world.accountId, gateway: smpp.gateway, ratePerSecond: null, stopCode: '36180' };
receiveFromOperators({ database: world.database, vault, clock, journal: journal.optOuts }, [account]);
afterAll(() => journal.close());

const count = async (where: string): Promise<number> => {
  const [row] = await world.query(`SELECT count(*)::int AS n FROM ${where}`);
  return Number(row?.['n']);
};

describe('a campaign over SMPP', () => {
  it('reaches each person once, with their receipts', async () => {
    const batchId = await world.shard(25);
    for (let round = 0; round < 50; round += 1) {
      const plan = await sendChunk(world.deps, { tenantId: world.tenantId, batchId, signal });
      if (plan.kind === 'done') break;
    }
    const { log, manners } = smpp.fake;
    expect(await world.states(batchId)).toEqual({ accepted: 25 });
    expect(new Set(log.map(({ to }) => to)).size).toBe(25);

    const told = await Promise.all(
      log.toReversed().map((message) => smpp.fake.tell(manners.receipt(message, 'delivered'))),
    );
    expect(new Set(told)).toEqual(new Set([200]));
    expect(await count('receipt')).toBe(25);
    await matchReceipts({ database: world.database, vault, clock, newId: () => uuidV7(Date.now()) });
    expect(await world.states(batchId)).toEqual({ delivered: 25 });
  });
});

describe('I3, a STOP over SMPP', () => {
  it('is effective before the operator is answered', async () => {
    const [message] = smpp.fake.log;
    if (message === undefined) throw new Error('nothing was sent');
    expect(await smpp.fake.tell(smpp.fake.manners.reply(message.to, 'Stop', message))).toBe(200);

    // A slow database is not waited for: the journal has the STOP then, and nothing leaves until it is applied.
    const isShut = journal.optOuts.doubt() !== undefined;
    expect(isShut || (await count('suppression WHERE lifted_at IS NULL')) === 1).toBe(true);
    await vi.waitFor(async () => expect(await count('suppression WHERE lifted_at IS NULL')).toBe(1), 60_000);
    expect(await count('inbound')).toBe(1);
    expect(await count('gateway_account WHERE proven_at IS NOT NULL')).toBe(1);
  });

  it('is journaled before the answer without a database', async () => {
    const before = await count('inbound');
    await world.query('ALTER TABLE inbound RENAME TO inbound_away');
    const told = await smpp.fake.tell(smpp.fake.manners.reply('+33639980077', 'STOP'));
    const doubt = journal.optOuts.doubt();
    await world.query('ALTER TABLE inbound_away RENAME TO inbound');

    expect(told).toBe(200);
    expect(doubt).toBeDefined();
    await vi.waitFor(async () => expect(await count('inbound')).toBe(before + 1), 60_000);
    await vi.waitFor(() => expect(journal.optOuts.doubt()).toBeUndefined(), 60_000);
  });

  it('is repeated until disk or database has it', async () => {
    const kept = vi.spyOn(journal.optOuts, 'takeAll').mockRejectedValueOnce(new Error('no disk'));
    const before = await count('inbound');
    expect(await smpp.fake.tell(smpp.fake.manners.reply('+33639980078', 'STOP'))).toBe(200);

    expect(kept).toHaveBeenCalledTimes(2);
    expect(await count('inbound')).toBe(before + 1);
  });
});

describe('an unreadable PDU', () => {
  const garbled = (to: string) =>
    smpp.fake.tell({
      method: 'POST',
      url: '',
      body: JSON.stringify({ source_addr: '', destination_addr: to, short_message: 'STOP' }),
    });

  it('is refused and kept sealed, once', async () => {
    expect(await garbled('36180')).toBe(400);
    expect(await garbled('36180')).toBe(400);
    expect(await garbled('36181')).toBe(400);

    const rows = await world.query('SELECT times, sealed FROM unread_delivery ORDER BY times DESC');
    expect(rows.map(({ times }) => times)).toEqual([2, 1]);
    expect(rows.every(({ sealed }) => !(sealed as Buffer).includes('STOP'))).toBe(true);
    const opened = await world.database.outside(async (tx) => {
      const keys = await vault.instanceKeys(tx, 'inbox', clock.now().toISO());
      return (await latestUnread(tx, 1)).map((row) => openKept(keys, row));
    });
    expect(opened).toEqual([{ wire: 'smpp', bytes: expect.any(Buffer) }]);
    expect(opened.map((one) => one.wire === 'smpp' && one.bytes.includes('STOP'))).toEqual([true]);
  });

  it('is repeated when full, and lets STOP through', async () => {
    await world.query(`
      INSERT INTO unread_delivery (id, account_id, digest, sealed, received_at, size)
      SELECT uuidv7(), (SELECT account_id FROM unread_delivery LIMIT 1), 'another', '', '2020-01-01', ${MOST_KEPT_BYTES}`);
    const kept = await count('unread_delivery');
    const waiting = garbled('36183');
    await vi.waitFor(() => expect(fake().untold()).toBe(1));
    expect(await garbled('36180')).toBe(400);
    expect(await world.query('SELECT times FROM unread_delivery WHERE times = 3')).toHaveLength(1);
    expect(await smpp.fake.tell(smpp.fake.manners.stop('+33639980177'))).toBe(200);
    expect(await count('unread_delivery')).toBe(kept);
    await world.query(`DELETE FROM unread_delivery WHERE received_at = '2020-01-01'`);
    expect(await waiting).toBe(400);
    expect(await count('unread_delivery')).toBe(kept);
  });

  it('is repeated while it cannot be kept', async () => {
    await world.query('ALTER TABLE unread_delivery RENAME TO unread_away');
    const told = garbled('36182');
    const before = fake().tellings();
    await vi.waitFor(() => expect(fake().tellings()).toBeGreaterThan(before + 1));
    expect(fake().untold()).toBe(1);
    await world.query('ALTER TABLE unread_away RENAME TO unread_delivery');

    expect(await told).toBe(400);
    expect(await count('unread_delivery')).toBe(4);
  });
});
