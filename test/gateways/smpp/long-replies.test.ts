import { beforeEach, describe, expect, it } from 'vitest';
import { instant } from '../../../src/platform/clock.ts';
import type { ReplyPart } from '../../../src/sending/gateway/gateway.ts';
import type { JournalEntry } from '../../../src/platform/journal/entry.ts';
import { forgetReceipts } from '../../../src/sending/receipts/receipt.repository.ts';
import {
  receiveDueReplies,
  takePart,
  type ReceivingParts,
} from '../../../src/gateways/receiving/receive-on-connection.ts';
import { aScriptedWorld } from '../../sending/pace/scripted-world.ts';

const MINUTES = 60_000;

const s = await aScriptedWorld();
const { vault } = s.world;
beforeEach(async () => {
  await s.calm();
  await s.world.query('DELETE FROM reply_part');
  await s.world.query('DELETE FROM inbound');
});

/** A journal that writes, as that on the disk does, before the effect; `breaks` crashes in between. */
const journalled: JournalEntry[] = [];
let breaks = false;
const journal: ReceivingParts['journal'] = {
  here: () => Promise.resolve(),
  takeAll: (takings) =>
    Promise.all(
      takings.map(async ({ entry, commit }) => {
        if (breaks) throw new Error('gone');
        journalled.push(entry);
        await commit();
        return 'committed' as const;
      }),
    ),
};
const parts = (): ReceivingParts => ({ database: s.world.database, vault, clock: s.clock, journal });

const account = () => ({ id: s.world.accountId, name: 'sandbox', acknowledgesStop: false });
const ANNE = '+33639980001';

const part = (at: number, text: string, different: Partial<ReplyPart> = {}): ReplyPart => ({
  message: `${ANNE} 36180 u7 ${different.of ?? 3}`,
  at,
  of: 3,
  senders: [ANNE],
  to: '36180',
  octets: Buffer.from(text).toString('base64'),
  dataCoding: 0,
  alphabet: 'gsm-7',
  ...different,
});
const take = (one: ReplyPart) => takePart(parts(), account(), one);
const due = () => receiveDueReplies(parts(), () => undefined);
const readings = async (): Promise<unknown[]> =>
  (await s.world.query('SELECT reading FROM inbound ORDER BY id')).map(({ reading }) => reading);
const waiting = async (): Promise<number> =>
  (await s.world.query('SELECT 1 FROM reply_part WHERE told_at IS NULL')).length;

describe('a reply in three parts', () => {
  it('is received with its last part only', async () => {
    await take(part(2, 'voie pas vos '));
    await take(part(1, "Merci d'arrêter d'en"));
    expect(await readings()).toEqual([]);
    expect(await take(part(3, 'SMS publicitaires'))).toBe('kept');

    expect(await readings()).toHaveLength(1);
    expect(await waiting()).toBe(0);
  });

  it('is kept sealed, and emptied once received', async () => {
    await take(part(1, 'ST'));
    const [row] = await s.world.query('SELECT sealed, message, digest FROM reply_part');
    for (const bytes of Object.values(row ?? {}) as Buffer[]) {
      expect(bytes.includes('ST')).toBe(false);
      expect(bytes.includes(Buffer.from('ST').toString('base64'))).toBe(false);
      expect(bytes.includes('39980001')).toBe(false);
    }
    await take(part(2, 'O'));
    await take(part(3, 'P'));
    const rows = await s.world.query('SELECT octet_length(sealed) AS n FROM reply_part');
    expect(rows).toEqual([{ n: 0 }, { n: 0 }, { n: 0 }]);
    expect(await readings()).toEqual(['stop']);
  });

  it('is one although a part is repeated', async () => {
    for (const one of [part(1, 'ST'), part(1, 'ST'), part(2, 'O'), part(3, 'P'), part(2, 'O')])
      expect(await take(one)).toBe('kept');
    expect(await readings()).toEqual(['stop']);
    expect(await waiting()).toBe(0);
  });

  it('is received although the process died afterwards', async () => {
    await take(part(1, 'ST'));
    await take(part(2, 'O'));
    breaks = true;
    expect(await take(part(3, 'P'))).toBe('kept');
    breaks = false;
    expect(await readings()).toEqual([]);

    expect(await due()).toBe(true);
    expect(await readings()).toEqual(['stop']);
    expect(await due()).toBe(false);
  });

  it('is received once despite a death before recording', async () => {
    for (const one of [part(1, 'ST'), part(2, 'O'), part(3, 'P')]) await take(one);
    const rows = await s.world.query('SELECT id, reply_id FROM reply_part ORDER BY place');
    await s.world.query('DELETE FROM reply_part');
    const kept = journalled.at(-1);
    // As it stood before: told again under the identity that it had.
    for (const [place, one] of [part(1, 'ST'), part(2, 'O'), part(3, 'P')].entries()) {
      await take({ ...one, message: `${one.message} ${place}` });
      await s.world.query('UPDATE reply_part SET reply_id = $1 WHERE told_at IS NULL', [
        rows[0]?.['reply_id'],
      ]);
    }
    expect(await due()).toBe(true);

    expect(journalled.at(-1)).toMatchObject({
      event: { identity: kept?.kind === 'inbound' && kept.event.identity },
    });
    expect(await readings()).toEqual(['stop']);
  });

  it('is received in part after five minutes', async () => {
    await take(part(1, 'Je vous demande de ne plus '));
    await take(part(2, "m'envoyer de SMS publicitaires."));
    s.clock.aheadMs = 4 * MINUTES;
    expect(await due()).toBe(false);
    s.clock.aheadMs = 6 * MINUTES;
    expect(await due()).toBe(true);

    expect(await readings()).toEqual(['objection']);
    // It comes after all: it is heard by itself.
    await take(part(3, 'Merci'));
    s.clock.aheadMs = 12 * MINUTES;
    await due();
    expect(await readings()).toEqual(['objection', 'other']);
  });

  it('under a reused reference is another reply', async () => {
    await take(part(1, 'Bonjour '));
    await take(part(1, 'ST'));
    await take(part(2, 'O'));
    await take(part(3, 'P'));
    expect(await readings()).toEqual(['stop']);
    expect(await waiting()).toBe(1);
  });

  it('from two sessions at once is received once', async () => {
    await Promise.all([part(1, 'ST'), part(3, 'P'), part(2, 'O'), part(3, 'P')].map(take));
    await due();
    expect(await readings()).toEqual(['stop']);
  });
});

describe('parts that wait', () => {
  it('are two thousand of an account at most', async () => {
    await s.world.query(
      `INSERT INTO reply_part (id, reply_id, account_id, message, place, places, digest, sealed, received_at)
       SELECT uuidv7(), uuidv7(), $1, '', 1, 2, '', '', $2 FROM generate_series(1, 2000)`,
      [s.world.accountId, instant(s.clock.machine()).toISO()],
    );
    expect(await take(part(1, 'ST'))).toBe('full');
    expect(await waiting()).toBe(2_000);
  });

  it('are deleted after an hour or 30 days', async () => {
    for (const one of [part(1, 'ST'), part(2, 'O'), part(3, 'P')]) await take(one);
    s.clock.aheadMs = 61 * MINUTES;
    await due();
    expect(await s.world.query('SELECT 1 FROM reply_part')).toEqual([]);

    s.clock.aheadMs = 0;
    await take(part(1, 'ST'));
    const later = instant(s.clock.machine() + MINUTES).toISO();
    await s.world.database.outside((tx) => forgetReceipts(tx, later));
    expect(await s.world.query('SELECT 1 FROM reply_part')).toEqual([]);
  });
});
