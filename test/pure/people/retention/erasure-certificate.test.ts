import { DateTime } from 'luxon';
import { describe, expect, it } from 'vitest';
import { keptLines } from '../../../../src/people/retention/person-removal.repository.ts';

const now = DateTime.fromISO('2027-04-14T10:00:00', { zone: 'utc' });

describe('a certificate of erasure', () => {
  it('says how long each remaining thing is kept', () => {
    const remains = {
      suppressions: 1,
      proofs: 2,
      events: 3,
      messages: 4,
      lastMessageAt: '2027-01-02T08:00:00Z',
    };
    const lines = keptLines(remains, now, 30).map(
      ({ what, until }) => `${what} ${until?.slice(0, 10) ?? 'open'}`,
    );
    expect(lines).toEqual([
      'suppression 2030-04-14',
      'proof 2032-04-14',
      'event open',
      'message 2028-01-02',
      'journal 2027-05-14',
    ]);
  });
});
