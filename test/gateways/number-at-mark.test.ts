import { beforeAll, describe, expect, it } from 'vitest';
import { OPERATORS } from '../../src/gateways/operators.ts';
import { changeNumber } from '../../src/people/contact/contact.ts';
import type { Gateway } from '../../src/sending/gateway/gateway.ts';
import { sendChunk } from '../../src/sending/batch/chunk.ts';
import { ShiftedClock } from '../support/law-clock.ts';
import { anOperator } from '../support/operator.ts';
import { aSendWorld, type SendWorld } from '../support/send-world.ts';
import { sendAll } from '../support/until-sent.ts';
import { aSubject } from './conformance/subject.ts';
import type { Kind } from './conformance/scenario-list.ts';

/** An operator whose answers may be lost. */
interface Losing {
  readonly gateway: Gateway;
  /** Loses its next answer, before or after it takes the message. */
  readonly lose: (when: 'before' | 'after') => Promise<unknown>;
  /** Counts the messages that it took. */
  readonly taken: () => Promise<number>;
}

async function losing(kind: Kind, at?: string): Promise<Losing> {
  const { gateway, fake } = await aSubject(kind);
  if (at !== undefined) fake.settings.aheadMs = Date.parse(at) - Date.now();
  // The hour of some is learnt before they are called.
  await gateway.health(AbortSignal.timeout(5_000));
  return {
    gateway,
    lose: (when) => Promise.resolve(fake.failures.push(`5xx-${when}`)),
    taken: () => Promise.resolve(fake.log.length),
  };
}

async function losingSandbox(): Promise<Losing> {
  const operator = await anOperator(new ShiftedClock());
  return {
    gateway: operator.gateway,
    lose: (when) => operator.behave({ latencyMs: 5, failures: [{ kind: `5xx-${when}`, next: 1 }] }),
    taken: async () => (await operator.log()).filter(({ outcome }) => outcome === 'accepted').length,
  };
}

/** The operators that can be asked, and the fate of a message that they never accepted. */
const PLACES: readonly [string, keyof typeof OPERATORS, string, () => Promise<Losing>][] = [
  ['OVHcloud by day', 'ovh', 'accepted', () => losing('ovh', '2026-03-11T11:00:00+01:00')],
  ['OVHcloud, which waits at night', 'ovh', 'accepted', () => losing('ovh', '2026-03-11T22:30:00+01:00')],
  ['Twilio', 'twilio', 'accepted', () => losing('twilio')],
  ['smsmode', 'smsmode', 'uncertain', () => losing('smsmode')],
  ['the sandbox', 'sandbox', 'accepted', losingSandbox],
];

type Change = (world: SendWorld, batchId: string) => Promise<unknown>;

const THEIRS = '(SELECT contact_id FROM message WHERE batch_id = $1)';
let numbers = 39_980_000;

const renumbered: Change = async (world, batchId) => {
  const { database, tenantId, keys, clock } = world;
  const [row] = await world.query(`SELECT contact_id::text AS id FROM message WHERE batch_id = $1`, [
    batchId,
  ]);
  numbers += 1;
  const line = { e164: `+336${numbers}`, territories: ['FR'], lineType: 'mobile' } as const;
  const contactId = String(row?.['id']);
  return database.withTenant(tenantId, (tx) => changeNumber(tx, { keys, clock }, { contactId, line }));
};
const by =
  (statement: string): Change =>
  (world, batchId) =>
    world.query(statement, [batchId]);

const CHANGES: readonly [string, Change][] = [
  ['its number changes', renumbered],
  ['its person is erased', by(`DELETE FROM contact_key WHERE contact_id = ${THEIRS}`)],
  ['its data are unreadable', by(`UPDATE contact SET sealed = '\\x00' WHERE id = ${THEIRS}`)],
];

it('every operator that can be asked is here', () => {
  const asked = Object.entries(OPERATORS).filter(([, { capabilities }]) => capabilities.lookup !== 'none');
  expect(new Set(PLACES.map(([, kind]) => kind))).toEqual(new Set(asked.map(([kind]) => kind)));
});

describe.each(PLACES)('an answer lost at %s', (...[, , unsent, opened]) => {
  let operator: Losing;
  let world: SendWorld;
  const signal = new AbortController().signal;

  beforeAll(async () => {
    operator = await opened();
    world = await aSendWorld(operator, new ShiftedClock());
  });

  /** A message without an answer, old enough to be listed if it can be. */
  async function doubtful(when: 'before' | 'after'): Promise<string> {
    const batchId = await world.shard(1);
    await operator.lose(when);
    // On a busy machine the first byte may come too late, and is then not written.
    for (let turn = 0; turn < 20 && (await stateOf(batchId)) === 'ready'; turn += 1)
      await sendChunk(world.deps, { tenantId: world.tenantId, batchId, signal });
    expect(await stateOf(batchId)).toBe('uncertain');
    await world.query(
      `UPDATE submission SET marked_at = marked_at - interval '3 hours' WHERE batch_id = $1`,
      [batchId],
    );
    return batchId;
  }
  const stateOf = async (batchId: string): Promise<string> => Object.keys(await world.states(batchId)).join();
  const asked = (batchId: string) => sendAll(world.deps, { tenantId: world.tenantId, batchId, signal });

  it.each(CHANGES)('is never taken for a refusal when %s', async (_, change) => {
    const before = await operator.taken();
    const batchId = await doubtful('after');
    await change(world, batchId);
    await asked(batchId);
    expect(await operator.taken()).toBe(before + 1);
    expect(['accepted', 'uncertain']).toContain(await stateOf(batchId));
  });

  it('is sent again where absence proves it', async () => {
    const batchId = await doubtful('before');
    await asked(batchId);
    expect(await stateOf(batchId)).toBe(unsent);
  });

  it.each(CHANGES)('proves nothing by absence when %s', async (_, change) => {
    const batchId = await doubtful('before');
    await change(world, batchId);
    await asked(batchId);
    expect(await stateOf(batchId)).toBe('uncertain');
  });

  it('is found when its text became too long', async () => {
    const batchId = await doubtful('after');
    const before = await operator.taken();
    const sealed = world.keys.seal(
      { table: 'campaign', column: 'sealed', row: world.campaignId },
      'Soldes '.repeat(200),
    );
    await world.query(`UPDATE campaign SET sealed = $1 WHERE id = $2`, [sealed, world.campaignId]);
    await asked(batchId);
    expect(await operator.taken()).toBe(before);
    expect(['accepted', 'uncertain']).toContain(await stateOf(batchId));
  });
});
