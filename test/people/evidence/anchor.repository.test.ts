import { createHash } from 'node:crypto';
import { Writable } from 'node:stream';
import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { anchorChain, anchorEveryTenant } from '../../../src/people/evidence/anchor.repository.ts';
import { readStamp, stampRequest } from '../../../src/people/evidence/anchor-token.ts';
import { linkChain } from '../../../src/people/evidence/chain.ts';
import { verifyChain } from '../../../src/people/evidence/verify-chain.ts';
import { withdraw } from '../../../src/people/opt-out/opt-out.repository.ts';
import { openLog } from '../../../src/platform/log.ts';
import { timeStamping } from '../../../src/main/worker/worker-keys.ts';
import { anAuthority } from '../../support/time-stamps.ts';
import { aShop, type Shop } from '../import/shop.ts';
import { openBase } from '../../support/database.ts';

let shop: Shop;

const { test, database } = await openBase();
const authority = await anAuthority('ec');
afterAll(() => authority.close());

beforeEach(async () => {
  authority.behave('stamps');
  shop = await aShop(database, test);
  for (const turn of [1, 2, 3]) await leaves(turn);
});

const leaves = (turn: number) =>
  shop.within(async (tx) => {
    await withdraw(tx, shop.deps, {
      phone: `+3363998002${turn}`,
      scope: ['marketing'],
      channel: 'counter',
      occurredAt: '2026-11-25T09:00:00Z',
      actor: 'key:test',
      evidence: {},
    });
    await linkChain(tx, 'consent');
  });
const anchoring = () => ({
  database,
  stamp: timeStamping(authority.url),
  evidenceKey: () => Promise.resolve('ab'.repeat(32)),
});
const anchor = () => anchorChain(anchoring(), shop.id, 'consent');
const verify = () => shop.within((tx) => verifyChain(tx, 'consent'));

/** Recomputes the whole chain, as an owner of the machine could who knows the algorithm. */
async function recompute(): Promise<void> {
  const links = await shop.tamper(
    `SELECT l.position, l.event_id, encode(e.digest, 'hex') AS digest FROM link l JOIN consent_event e ON e.id = l.event_id
      WHERE l.tenant_id = $1 AND chain = 'consent' ORDER BY position`,
    [shop.id],
  );
  await shop.tamper(`DELETE FROM link WHERE tenant_id = $1`, [shop.id]);
  let before = '00'.repeat(32);
  for (const [index, link] of links.entries()) {
    const text = [before, index + 1, link['event_id'], link['digest']].join('|');
    const hash = createHash('sha256').update(text).digest('hex');
    await shop.tamper(
      `INSERT INTO link VALUES ($1, 'consent', $2, $3, decode($4, 'hex'), decode($5, 'hex'))`,
      [shop.id, index + 1, link['event_id'], before, hash],
    );
    before = hash;
  }
}

describe('the head of a chain', () => {
  it('is stamped once, then only when grown', async () => {
    expect(await anchor()).toMatchObject({ kind: 'anchored', position: 3 });
    expect(await anchor()).toEqual({ kind: 'unchanged' });
    await leaves(4);
    expect(await anchor()).toMatchObject({ kind: 'anchored', position: 4 });
    expect(await verify()).toMatchObject({ holds: true, links: 4 });
  });

  it('without events is never stamped', async () => {
    shop = await aShop(database, test);
    expect(await anchor()).toEqual({ kind: 'unchanged' });
  });

  it('is not anchored by an unwilling authority', async () => {
    authority.behave('refuses');
    expect(await anchor()).toEqual({ kind: 'refused', fault: 'NOT_GRANTED' });
    authority.behave('is away');
    await expect(anchor()).rejects.toThrow('503');
    authority.behave('stamps');
    expect(await anchor()).toMatchObject({ kind: 'anchored', position: 3 });
  });

  it('is logged as refused, with the reason', async () => {
    authority.behave('refuses');
    const lines: string[] = [];
    const sink = new Writable({
      write: (chunk: Buffer, _, done) => {
        lines.push(chunk.toString());
        done();
      },
    });
    expect(await anchorEveryTenant(anchoring(), openLog({ level: 'error', process: 'worker' }, sink))).toBe(
      0,
    );
    expect(lines.map((line) => JSON.parse(line))).toMatchObject([
      { fault: 'NOT_GRANTED', msg: 'the time-stamping authority gave no time stamp' },
    ]);
  });

  it('reveals who rewrote the chain to its end', async () => {
    await anchor();
    await leaves(4);
    await shop.tamper(
      `DELETE FROM consent_event WHERE id = (SELECT event_id FROM link WHERE tenant_id = $1 AND position = 2)`,
      [shop.id],
    );
    await shop.tamper(`DELETE FROM suppression WHERE tenant_id = $1`, [shop.id]);
    await shop.tamper(`DELETE FROM consent_proof WHERE tenant_id = $1`, [shop.id]);
    await recompute();
    expect(await verify()).toEqual({ holds: false, fault: 'altered', table: 'anchor', id: '', position: 3 });
  });

  it('gives away who cut the end off', async () => {
    await anchor();
    for (const table of ['consent_event', 'suppression', 'consent_proof', 'link'])
      await shop.tamper(`DELETE FROM ${table} WHERE tenant_id = $1`, [shop.id]);
    expect(await verify()).toEqual({ holds: false, fault: 'removed', table: 'link', id: '', position: 1 });
  });

  it('cannot be stamped over by the application', async () => {
    await anchor();
    for (const text of [`UPDATE anchor SET position = 9`, `DELETE FROM anchor`, `DELETE FROM chain_block`])
      await expect(shop.within((tx) => tx.run(sql.raw(text)))).rejects.toThrow(
        /never changed or removed|permission denied/,
      );
  });
});

describe('the answer of an authority', () => {
  const imprint = createHash('sha256').update('a statement').digest();
  const nonce = Buffer.from('0102030405060708', 'hex');
  let answer: Buffer;

  beforeAll(async () => {
    answer = await timeStamping(authority.url)(stampRequest(imprint, nonce));
  });

  it('gives the time to whoever asked', () => {
    expect(readStamp(answer, { imprint, nonce })).toMatchObject({
      at: expect.stringMatching(/^20\d\d-.*Z$/),
    });
  });

  it('is not taken for another question', () => {
    const other = createHash('sha256').update('another').digest();
    expect(readStamp(answer, { imprint: other, nonce })).toEqual({ fault: 'OTHER_IMPRINT' });
    expect(readStamp(answer, { imprint, nonce: Buffer.from('0102030405060709', 'hex') })).toEqual({
      fault: 'OTHER_NONCE',
    });
  });

  it('is refused after any changed byte', () => {
    const start = answer.indexOf(imprint) - 20;
    for (let at = start; at < start + 90; at += 1) {
      const changed = Buffer.from(answer);
      changed.writeUInt8((answer[at] ?? 0) ^ 1, at);
      expect(readStamp(changed, { imprint, nonce }), `byte ${at}`).toHaveProperty('fault');
    }
  });

  it('is refused when it is no DER', () => {
    const long = Buffer.concat([Buffer.from('308300', 'hex'), answer.subarray(2)]);
    expect(answer.subarray(0, 2)).toEqual(Buffer.from('3082', 'hex'));
    expect(readStamp(long, { imprint, nonce })).toEqual({ fault: 'UNREADABLE' });
  });

  it('is refused when deeply nested or overlong', () => {
    const nested = Buffer.concat([Buffer.alloc(500_000, Buffer.from('3080', 'hex')), Buffer.alloc(500_000)]);
    const beside = Buffer.concat([Buffer.from('30830f4240', 'hex'), Buffer.alloc(1_000_000, '0500', 'hex')]);
    for (const large of [nested, beside])
      expect(readStamp(large, { imprint, nonce })).toEqual({ fault: 'UNREADABLE' });
  });

  it('is refused when truncated or unreadable', () => {
    for (let length = 0; length < answer.length; length += 97)
      expect(readStamp(answer.subarray(0, length), { imprint, nonce })).toHaveProperty('fault');
    for (const text of ['', '<html>', '\u0000'.repeat(50), '0'.repeat(5_000)])
      expect(readStamp(Buffer.from(text), { imprint, nonce })).toHaveProperty('fault');
  });
});
