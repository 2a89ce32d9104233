import { randomUUID } from 'node:crypto';
import { afterAll, describe, expect, it } from 'vitest';
import { keyOf, newKeyBytes } from '../../src/database/cipher.ts';
import { TenantKeys } from '../../src/database/tenant-keys.ts';
import { proofDigest } from '../../src/contacts/proof-digest.ts';
import { openSealer } from '../../src/database/people-sealer.ts';
import { newcomersOf, type Candidate } from '../../src/contacts/newcomer.ts';
import { ProcessClock } from '../../src/clock.ts';
import { personKey } from '../../src/database/person-key.ts';

const clock = new ProcessClock({ movable: false });
const layer = (version: number, inForce = true) => ({
  ...keyOf(version, newKeyBytes()),
  inForce,
  reached: Buffer.alloc(32, 0x80),
});
/** Two index keys: every index is on its way from the first to the second. */
const keys = new TenantKeys(
  randomUUID(),
  new Map([
    ['data', [layer(3)]],
    ['index', [layer(2, false), layer(1)]],
  ]),
);
const here = openSealer(0);
const thread = openSealer(1e9);
afterAll(() => thread.close());

const aCandidate = (turn: number): Candidate => ({
  draft: {
    person: { phone: `+336399800${turn}0`, firstName: `Zoé ${turn}`, attributes: {} },
    place: { territory: 'FR', timeZone: 'Europe/Paris', placeFrom: 'number' },
    lineType: 'mobile',
    adultOn: undefined,
    lastInteractionAt: undefined,
  },
  acts: Array.from({ length: turn % 3 }, (_, act) => ({
    occurredAt: '2026-01-05T00:00:00.000000Z',
    occurredMs: Date.parse('2026-01-05T00:00:00Z'),
    text: `{"proof":"${turn}-${act}"}`,
  })),
});

describe('people sealed ahead', () => {
  it.each([
    ['in this thread', here],
    ['in another one', thread],
  ])('%s open with their keys, in their order, wherever indexes stand', async (_, sealer) => {
    const candidates = Array.from({ length: 9 }, (_one, turn) => aCandidate(turn + 1));
    const newcomers = await newcomersOf({ keys, clock }, sealer, candidates);
    expect(newcomers).toHaveLength(9);
    for (const [turn, newcomer] of newcomers.entries()) {
      const { draft, acts } = aCandidate(turn + 1);
      const key = personKey(keys, newcomer.id, newcomer.wrapped);
      expect(newcomer.keyVersion).toBe(3);
      expect(newcomer.phoneIndex).toEqual(keys.indexOf('phone', draft.person.phone));
      expect(key.openPerson(newcomer.sealed)).toEqual(draft.person);
      expect(newcomer.acts).toHaveLength(acts.length);
      for (const [act, { eventId, salt, sealed, proofDigest: shown }] of newcomer.acts.entries()) {
        const text = acts[act]?.text ?? '';
        expect(key.open({ table: 'consent_proof', column: 'sealed', row: eventId }, sealed).toString()).toBe(
          text,
        );
        expect(shown).toBe(proofDigest(salt, text));
      }
    }
    const eventIds = newcomers.flatMap(({ acts }) => acts.map(({ eventId }) => eventId));
    const ids = [...newcomers.map(({ id }) => id), ...eventIds];
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('are not waited for when the thread is gone', async () => {
    const gone = openSealer(1e9);
    const sealing = newcomersOf({ keys, clock }, gone, [aCandidate(1)]);
    await gone.close();
    await expect(sealing).rejects.toThrow('before everything was sealed');
    const late = newcomersOf({ keys, clock }, gone, [aCandidate(2)]);
    await expect(late).rejects.toThrow('before everything was sealed');
  });
});
