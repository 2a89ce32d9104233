import { Readable } from 'node:stream';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { budgets } from '../../../src/http/budgets.ts';
import { readOnSlowly } from '../../../src/http/late-body.ts';

const PIECE = Buffer.alloc(65_536);
const BODY = 64 * 1_048_576;
const SENDERS = 12;
const SECOND = 1_000;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
});
afterEach(() => {
  vi.useRealTimers();
});

/** Somebody who sends as fast as they are read. */
class Sender extends Readable {
  sent = 0;

  override _read(): void {
    this.sent += PIECE.length;
    this.push(this.sent > BODY ? null : PIECE);
  }
}

it('all that refused people send is read at one pace', async () => {
  const senders = Array.from({ length: SENDERS }, () => new Sender());
  for (const sender of senders) readOnSlowly(sender);
  await vi.advanceTimersByTimeAsync(SECOND);
  const read = senders.reduce((sum, { sent }) => sum + sent, 0);
  const pace = budgets.leftovers.bytesPerMs * SECOND;
  // What each has in its own buffers, and the piece that was read when its wait began.
  const slack = SENDERS * 3 * PIECE.length;
  expect(read).toBeGreaterThan(pace / 2);
  expect(read).toBeLessThan(pace + slack);
  for (const sender of senders) sender.destroy();
});

it('a body is read to its end', async () => {
  const sender = new Sender();
  const ended = vi.fn<() => void>();
  sender.once('end', ended);
  readOnSlowly(sender);
  await vi.advanceTimersByTimeAsync((3 * BODY) / budgets.leftovers.bytesPerMs);
  expect(ended).toHaveBeenCalledOnce();
});
