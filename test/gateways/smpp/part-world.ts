import { expect } from 'vitest';
import type { ReceiptEvent } from '../../../src/sending/gateway/gateway.ts';
import { sendChunk } from '../../../src/sending/batch/chunk.ts';
import { keepAllReceipts, matchReceipts } from '../../../src/sending/receipts/match-receipts.ts';
import { tallyDiffers } from '../../sending/pace/scripted-world.ts';
import { ShiftedClock } from '../../support/law-clock.ts';
import { aSendWorld, type SendWorld } from '../../support/send-world.ts';
import { aSubject, type Habits, type Subject } from '../conformance/subject.ts';
import type { Ending, TakenMessage } from '../fakes/fake-operator.ts';

const LONG = `Maison Lumière : ${'toute la collection à -20 % ce mois-ci en boutique. '.repeat(7)}{stop}`;
const signal = new AbortController().signal;

/** A message on its way at the operator. */
export interface SentMessage {
  readonly batchId: string;
  readonly message: TakenMessage;
  /** Of each of its parts. */
  readonly ids: readonly string[];
}

/** A campaign of a long text at an operator of SMPP, and what its receipts make of it. */
export interface PartWorld {
  readonly smpp: Subject;
  readonly world: SendWorld;
  /** Hands one message over; returns its batch. */
  send(): Promise<string>;
  sent(): Promise<SentMessage>;
  /** Does the same, and keeps nothing but the mark. */
  died(): Promise<SentMessage>;
  tell(message: TakenMessage, id: string | undefined, ending: Ending): Promise<void>;
  match(): Promise<void>;
  /** Tries receipts as often as needed before they are matched by number. */
  matchOften(): Promise<void>;
  state(batchId: string): Promise<unknown>;
  waiting(): Promise<unknown[]>;
  /** Removes everything known from before. */
  forget(): Promise<void>;
}

/** Opens one, closed with the file. */
export async function aPartWorld(habits: Habits = {}, text = LONG): Promise<PartWorld> {
  const smpp = await aSubject('smpp', habits);
  const world = await aSendWorld(smpp, new ShiftedClock());
  await world.query(`UPDATE gateway_account SET kind = 'smpp'`);
  const sealed = world.keys.seal({ table: 'campaign', column: 'sealed', row: world.campaignId }, text);
  await world.query('UPDATE campaign SET sealed = $1', [sealed]);
  smpp.gateway.receive?.((events) =>
    keepAllReceipts(
      world,
      world.accountId,
      events.filter((event): event is ReceiptEvent => event.kind === 'receipt'),
    ),
  );
  const send = async (): Promise<string> => {
    const batchId = await world.shard(1);
    // A look that became too old before its first byte is taken anew.
    const left = async (): Promise<number | undefined> => {
      await sendChunk(world.deps, { tenantId: world.tenantId, batchId, signal });
      return (await world.states(batchId))['ready'];
    };
    await expect.poll(left).toBeUndefined();
    return batchId;
  };
  const sent = async (): Promise<SentMessage> => {
    const batchId = await send();
    const [message] = smpp.fake.log;
    if (message === undefined) throw new Error('nothing was sent');
    return { batchId, message, ids: message.partIds ?? [] };
  };
  const match = async (): Promise<void> => {
    await matchReceipts(world);
  };
  return {
    smpp,
    world,
    send,
    sent,
    died: async () => {
      const one = await sent();
      await forgetAnswer(world, one.batchId);
      return one;
    },
    tell: async (message, id, ending) => {
      if (id === undefined) throw new Error('there is no such part');
      expect(await smpp.fake.tell(smpp.fake.manners.receipt({ ...message, id }, ending))).toBe(200);
    },
    match,
    matchOften: async () => {
      for (let tries = 0; tries < 5; tries += 1) {
        await world.query('UPDATE receipt SET next_try_at = now() WHERE matched_at IS NULL');
        await match();
      }
    },
    state: async (batchId) => {
      expect(await tallyDiffers(world, batchId)).toEqual([]);
      return (await world.query('SELECT state::text, reason FROM message WHERE batch_id = $1', [batchId]))[0];
    },
    waiting: () => world.query('SELECT 1 FROM receipt WHERE matched_at IS NULL'),
    forget: async () => {
      await world.query('DELETE FROM receipt');
      smpp.fake.log.length = 0;
    },
  };
}

/** Puts a message into the state after its process died between mark and answer. */
async function forgetAnswer(world: SendWorld, batchId: string): Promise<void> {
  await world.query('DELETE FROM acceptance WHERE batch_id = $1', [batchId]);
  await world.query(`UPDATE message SET state = 'uncertain', reason = 'DIED' WHERE batch_id = $1`, [batchId]);
  await world.query('DELETE FROM tally WHERE batch_id = $1', [batchId]);
  await world.query(
    `INSERT INTO tally (tenant_id, batch_id, state, reason, delta) VALUES ($1, $2, 'uncertain', 'DIED', 1)`,
    [world.tenantId, batchId],
  );
}
