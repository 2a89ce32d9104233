import { describe, expect, it } from 'vitest';
import type { BatchRun } from '../../../src/sending/batch/batch-run.repository.ts';
import { precedenceAt, rank } from '../../../src/sending/pace/precedence.ts';
import { Rates } from '../../../src/sending/pace/rate.ts';
import { releaseUnused, SlotFinder } from '../../../src/sending/pace/slot-finder.ts';
import type { SendDependencies } from '../../../src/sending/attempt/attempt.ts';
import { ShiftedClock } from '../../support/law-clock.ts';
import { aScriptedGateway } from '../gateway/scripted-gateway.ts';

const clock = new ShiftedClock();
const { signal } = new AbortController();

/** A slot finder of one account without a limit of its own. */
function anAccount(options: { readonly freeSlots: number; readonly unrecorded?: number }) {
  const gateway = aScriptedGateway(options);
  const source = { renew: async () => 1_000, giveBack: async () => undefined };
  const sending = {
    ledger: { unrecorded: options.unrecorded ?? 0 },
    rates: new Rates(source, clock, 3_000),
    clock,
  } as unknown as SendDependencies;
  const account = { id: 'a-1', gateway, ratePerSecond: null, stopCode: undefined };
  const roomsOf = (purpose: 'marketing' | 'appointment', kind: 'campaign' | 'series'): SlotFinder =>
    new SlotFinder(sending, {
      run: { purpose, order: { kind, ratePerSecond: null } } as BatchRun,
      account,
      signal,
    });
  return {
    gateway,
    advertising: roomsOf('marketing', 'campaign'),
    notice: roomsOf('appointment', 'campaign'),
    reminder: roomsOf('appointment', 'series'),
  };
}

describe('a slot at an account', () => {
  it.each([
    ['reminder', 'notice'],
    ['reminder', 'advertising'],
    ['notice', 'advertising'],
  ] as const)('goes to the waiting %s before the %s', async (one, other) => {
    const { gateway, [one]: first, [other]: second } = anAccount({ freeSlots: 1 });
    const [taken] = gateway.reserve(1);
    const none = first.find(1);
    taken?.release();
    const tooEarly = second.find(1);
    expect((await none).slots).toEqual([]);
    const room = await first.find(1);
    expect(room.slots).toHaveLength(1);
    expect((await tooEarly).slots).toEqual([]);
    releaseUnused(room);
  });

  it('gives advertising what reminders do not need', async () => {
    const { gateway, advertising, reminder } = anAccount({ freeSlots: 5 });
    const all = gateway.reserve(5);
    const waiting = [reminder.find(1), reminder.find(1)];
    for (const slot of all) slot.release();
    expect((await advertising.find(50)).slots).toHaveLength(3);
    await Promise.all(waiting);
  });

  it.each(['notice', 'advertising'] as const)('is reserved when busy, not for %s', async (later) => {
    const { gateway, [later]: others, reminder } = anAccount({ freeSlots: 5 });
    const held = Promise.withResolvers<void>();
    const sending = () => precedenceAt(gateway).sending(rank.own, () => held.promise);
    const underWay = Array.from({ length: 8 }, sending);
    const [slot] = (await others.find(1)).slots;
    expect(slot).toBeDefined();
    underWay.push(sending());
    expect((await others.find(1)).slots).toEqual([]);
    expect((await reminder.find(1)).slots).toHaveLength(1);
    held.resolve();
    await Promise.all(underWay);
    expect((await others.find(1)).slots).toHaveLength(1);
  });

  it('is advertising’s again once no reminder waits', async () => {
    const { gateway, advertising, reminder } = anAccount({ freeSlots: 1 });
    const [taken] = gateway.reserve(1);
    await reminder.find(1);
    taken?.release();
    expect((await advertising.find(1)).slots).toHaveLength(1);
  });

  it.each([
    [400, 1, 1],
    [401, 0, 1],
    [450, 0, 1],
    [451, 0, 0],
  ])('is kept for reminders at %i open answers', async (unrecorded, others, reminders) => {
    const { advertising, notice, reminder } = anAccount({ freeSlots: 5, unrecorded });
    expect((await advertising.find(1)).slots).toHaveLength(others);
    expect((await notice.find(1)).slots).toHaveLength(others);
    expect((await reminder.find(1)).slots).toHaveLength(reminders);
  });
});
