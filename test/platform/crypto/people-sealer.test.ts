import { randomUUID } from 'node:crypto';
import { afterAll, describe, expect, it } from 'vitest';
import { keyOf, newKeyBytes } from '../../../src/crypto/cipher.ts';
import { TenantKeys, personKey } from '../../../src/crypto/tenant-keys.ts';
import { proofDigest } from '../../../src/base/canonical-json.ts';
import { openSealer } from '../../../src/platform/crypto/people-sealing.ts';
import { newcomersOf, type NewcomerCandidate } from '../../../src/people/import/newcomer.ts';
import type { SealedColumns } from '../../../src/people/import/newcomer.repository.ts';
import { ProcessClock } from '../../../src/platform/clock.ts';

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

const aCandidate = (turn: number): NewcomerCandidate => ({
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

/** What COPY would read of columns. */
function columnsOf({ bytes, from, to }: SealedColumns): Buffer[] {
  const written = Buffer.from(bytes.subarray(from, to));
  const columns: Buffer[] = [];
  for (let at = 0; at < written.length;) {
    const end = at + 4 + written.readInt32BE(at);
    columns.push(written.subarray(at + 4, end));
    at = end;
  }
  return columns;
}

const none = Buffer.alloc(0);
const hexOf = (id: string): string => id.replaceAll('-', '');

describe('people sealed ahead', () => {
  it.each([
    ['in this thread', here],
    ['in another one', thread],
  ])('%s open with their keys in any order', async (_, sealer) => {
    const candidates = Array.from({ length: 9 }, (_one, turn) => aCandidate(turn + 1));
    const newcomers = await newcomersOf({ keys, clock }, sealer, candidates);
    expect(newcomers).toHaveLength(9);
    for (const [turn, newcomer] of newcomers.entries()) {
      const { draft, acts } = aCandidate(turn + 1);
      const [phoneIndex, id, person = none, wrapped = none, version] = columnsOf(newcomer.columns);
      const key = personKey(keys, newcomer.id, wrapped);
      expect(version?.readInt32BE()).toBe(3);
      expect(id?.toString('hex')).toBe(hexOf(newcomer.id));
      expect(phoneIndex).toEqual(keys.indexOf('phone', draft.person.phone));
      expect(key.openPerson(person)).toEqual(draft.person);
      expect(newcomer.acts).toHaveLength(acts.length);
      for (const [act, { eventId, columns, proofDigest: shown }] of newcomer.acts.entries()) {
        const text = acts[act]?.text ?? '';
        const [event, holder, digest, salt = none, sealed = none] = columnsOf(columns);
        expect([event, holder, digest].map((one) => one?.toString('hex'))).toEqual([
          hexOf(eventId),
          hexOf(newcomer.id),
          shown,
        ]);
        const place = { table: 'consent_proof', column: 'sealed', row: eventId };
        expect(key.open(place, sealed).toString()).toBe(text);
        expect(shown).toBe(proofDigest(salt, text));
      }
    }
    const eventIds = newcomers.flatMap(({ acts }) => acts.map(({ eventId }) => eventId));
    const ids = [...newcomers.map(({ id }) => id), ...eventIds];
    expect(new Set(ids).size).toBe(ids.length);
    const people = newcomers.map(({ id }) => id);
    expect(people).toEqual(people.toSorted());
  });

  it('are not awaited when the thread is gone', async () => {
    const gone = openSealer(1e9);
    const sealing = newcomersOf({ keys, clock }, gone, [aCandidate(1)]);
    await gone.close();
    await expect(sealing).rejects.toThrow('before everything was sealed');
    const late = newcomersOf({ keys, clock }, gone, [aCandidate(2)]);
    await expect(late).rejects.toThrow('before everything was sealed');
  });
});
