import { describe, expect, it } from 'vitest';
import { streamEvents, campaignLine, importLine } from '../../../../src/main/cli/watch-line.ts';

const accounts = {
  audience: 5_000,
  pending: 3_748,
  accepted: 1_240,
  delivered: 1_100,
  undelivered: 0,
  excluded: { NO_BASIS: 9, SUPPRESSED: 3 },
  failed: 0,
  expired: 0,
  uncertain: 0,
};
const campaign = { name: 'Printemps', status: 'running', accounts, waitingFor: null, forecast: null };

describe('one line on a terminal', () => {
  it.each([
    [
      'says how many of a campaign left',
      campaign,
      'Printemps: running · 1,240 of 5,000 accepted · 1,100 delivered · 12 excluded · 3,748 to come',
    ],
    [
      'says what it waits for, and until when',
      {
        ...campaign,
        accounts: { ...accounts, accepted: 0, delivered: 0, excluded: {}, pending: 5_000 },
        waitingFor: { text: 'No SMS on Sundays (WIN-02).', until: '2027-04-12T08:00:00.000+02:00' },
      },
      'Printemps: running · 0 of 5,000 accepted · 5,000 to come · No SMS on Sundays (WIN-02). (until 2027-04-12T08:00:00.000+02:00)',
    ],
  ])('%s', (_, view, line) => {
    expect(campaignLine(view)).toBe(line);
  });

  it('shows an import’s progress and remaining time', () => {
    const progress = { read: 250, total: 1_000, rowsPerSecond: 20_000.4, secondsLeft: 12 };
    const view = {
      kind: 'contacts',
      state: 'reading',
      rows: 900,
      accepted: 800,
      rejected: 90,
      duplicates: 10,
    };
    expect(importLine({ ...view, progress })).toBe(
      'contacts: reading · 25 % · 900 rows, 800 accepted, 90 rejected, 10 duplicates · 20,000 rows/s · 12 s left',
    );
  });
});

async function* inPieces(text: string, size: number): AsyncGenerator<Uint8Array> {
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

describe('a stream of events', () => {
  it.each([1, 2, 3, 7, 1_000])('reads the same in pieces of %i bytes', async (size) => {
    const text = 'event: campaign\ndata: {"name":"Été"}\n\n: nothing new\n\nevent: ended\ndata: {}\n\n';
    const events = [];
    for await (const event of streamEvents(inPieces(text, size))) events.push(event);
    expect(events).toEqual([
      { event: 'campaign', data: { name: 'Été' } },
      { event: 'ended', data: {} },
    ]);
  });
});
