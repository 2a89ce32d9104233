import { describe, expect, it } from 'vitest';
import { SteppingBack } from '../../../../src/main/worker/worker-pace.ts';

const QUEUES = ['orchestration', 'sms-bulk'];
const [EVERY_MS, SLOW, FAST] = [500, 600, 3];

/** A worker that reads one round trip each half second; others are as a test says. */
function aWorker(queues: readonly string[] = QUEUES) {
  const stepping = new SteppingBack();
  let at = 0;
  const reads = (times: number, ms: number, others: Readonly<Record<string, number>>): readonly string[] => {
    for (let turn = 0; turn < times; turn += 1) {
      at += EVERY_MS;
      stepping.read({ ms, at, others: new Map(Object.entries(others)) }, queues);
    }
    return [...stepping.back].toSorted();
  };
  return { reads, stepping };
}

const everywhere = (ms: number): Record<string, number> =>
  Object.fromEntries(QUEUES.map((queue) => [queue, ms]));

describe('a worker that reaches PostgreSQL late', () => {
  it('steps back after three slow round trips', () => {
    const { reads } = aWorker();
    expect(reads(2, SLOW, everywhere(FAST))).toEqual([]);
    expect(reads(1, SLOW, everywhere(FAST))).toEqual(QUEUES);
  });

  it('steps back only from queues others serve', () => {
    expect(aWorker().reads(9, SLOW, { 'sms-bulk': FAST })).toEqual(['sms-bulk']);
  });

  it.each([
    ['is alone', {}],
    ['sees that all are slow', everywhere(SLOW / 2)],
  ])('goes on while it %s', (_, others) => {
    expect(aWorker().reads(100, SLOW, others)).toEqual([]);
  });

  it('goes on with one slow answer in three', () => {
    const { reads } = aWorker();
    for (let turn = 0; turn < 50; turn += 1) {
      expect(reads(2, SLOW, everywhere(FAST))).toEqual([]);
      expect(reads(1, FAST, everywhere(FAST))).toEqual([]);
    }
  });

  it('goes on while fast enough to send', () => {
    expect(aWorker().reads(100, 90, everywhere(1))).toEqual([]);
  });
});

describe('a worker that stepped back', () => {
  const aSlowOne = () => {
    const worker = aWorker();
    worker.reads(3, SLOW, everywhere(FAST));
    return worker;
  };

  it('returns at once when nobody else is left', () => {
    expect(aSlowOne().reads(1, SLOW, {})).toEqual([]);
  });

  it('does not retire again with each passing worker', () => {
    const { reads } = aSlowOne();
    let changes = 0;
    let before = QUEUES.length;
    for (let turn = 0; turn < 200; turn += 1) {
      const now = reads(1, SLOW, turn % 2 === 0 ? {} : everywhere(FAST)).length;
      if (now !== before) changes += 1;
      before = now;
    }
    // A hundred seconds: at most one change in two and a half.
    expect(changes).toBeLessThanOrEqual(40);
  });

  it('returns after ten seconds of good round trips', () => {
    const { reads } = aSlowOne();
    expect(reads(20, FAST, everywhere(FAST))).toEqual(QUEUES);
    expect(reads(1, FAST, everywhere(FAST))).toEqual([]);
  });

  it('waits ten seconds again after each bad one', () => {
    const { reads } = aSlowOne();
    for (let turn = 0; turn < 20; turn += 1) {
      expect(reads(19, FAST, everywhere(FAST))).toEqual(QUEUES);
      expect(reads(1, SLOW, everywhere(FAST))).toEqual(QUEUES);
    }
  });

  it('does not flap: its wait doubles each time', () => {
    const { reads } = aSlowOne();
    reads(21, FAST, everywhere(FAST));
    let changes = 0;
    let before = 0;
    for (let turn = 0; turn < 1_200; turn += 1) {
      // A network that is good for 11 seconds and bad for 4.
      const now = reads(1, turn % 30 < 22 ? FAST : SLOW, everywhere(FAST)).length;
      if (now !== before) changes += 1;
      before = now;
    }
    expect(changes).toBeLessThanOrEqual(2);
  });
});

describe('several workers, each slow or fast by chance', () => {
  it('always leave somebody to each queue', () => {
    let seed = 7;
    const random = (): number => (seed = (seed * 48_271) % 2_147_483_647) / 2_147_483_647;
    const workers = Array.from({ length: 4 }, () => ({
      ...aWorker(['q']),
      pace: FAST,
      told: FAST as number | undefined,
      serves: true,
    }));
    let unserved = 0;
    for (let turn = 0; turn < 5_000; turn += 1)
      for (const worker of workers) {
        if (random() < 0.02) worker.pace = random() < 0.5 ? FAST : SLOW * random() * 3;
        const others = workers.filter((one) => one !== worker && one.serves && one.told !== undefined);
        const fastest = Math.min(...others.map(({ told }) => told ?? Number.POSITIVE_INFINITY));
        worker.serves =
          worker.reads(1, worker.pace, Number.isFinite(fastest) ? { q: fastest } : {}).length === 0;
        worker.told = worker.stepping.paceMs;
        const isServed = workers.some(({ serves }) => serves);
        unserved = isServed ? 0 : unserved + 1;
        expect(unserved).toBeLessThanOrEqual(workers.length);
      }
  });
});
