import { describe, expect, it } from 'vitest';
import type { GatewayEvent, ReplyPart } from '../../../src/sending/gateway/gateway.ts';
import { Receiver } from '../../../src/gateways/smpp/sessions.ts';

const PART: ReplyPart = {
  message: '+33639980001 36180 u7 2',
  at: 1,
  of: 2,
  senders: ['+33639980001'],
  octets: 'U1RPUA==',
  dataCoding: 0,
  alphabet: 'gsm-7',
};
const reply = (text: string): GatewayEvent => ({ kind: 'reply', identity: text, from: '+33639980001', text });

/** A receiver, and the events that it passed on. */
function aReceiver(keeps: () => Promise<'kept' | 'full'>): { receiver: Receiver; received: GatewayEvent[] } {
  const received: GatewayEvent[] = [];
  const receiver = new Receiver();
  receiver.listen({ take: async (events) => void received.push(...events), keepPart: keeps });
  return { receiver, received };
}

describe('a part of a reply', () => {
  it('is kept, and passed on if STOP', async () => {
    const { receiver, received } = aReceiver(async () => 'kept');
    expect(await receiver.receivePart(PART, [reply('merci')])).toBe(true);
    expect(received).toEqual([]);
    expect(await receiver.receivePart(PART, [reply('STOP')])).toBe(true);
    expect(received).toMatchObject([{ text: 'STOP' }]);
  });

  it('that cannot be kept is repeated, STOP once', async () => {
    let isThere = false;
    const { receiver, received } = aReceiver(async () => {
      if (!isThere) throw new Error('gone');
      return 'kept';
    });
    expect(await receiver.receivePart(PART, [reply('STOP')])).toBe(false);
    expect(await receiver.receivePart(PART, [reply('STOP')])).toBe(false);
    isThere = true;
    expect(await receiver.receivePart(PART, [reply('STOP')])).toBe(true);
    expect(received).toHaveLength(1);
    // Kept by now: the same words later are a new STOP.
    await receiver.receivePart(PART, [reply('STOP')]);
    expect(received).toHaveLength(2);
  });

  it('beyond the limit is a reply itself', async () => {
    const { receiver, received } = aReceiver(async () => 'full');
    expect(await receiver.receivePart(PART, [reply('merci')])).toBe(true);
    expect(await receiver.receivePart(PART, [reply('STOP')])).toBe(true);
    expect(received.map((event) => event.identity)).toEqual(['merci', 'STOP']);
  });

  it('among too many at once is repeated later', async () => {
    const { promise, resolve } = Promise.withResolvers<'kept'>();
    const { receiver } = aReceiver(() => promise);
    const parts = Array.from({ length: 25 }, () => receiver.receivePart(PART, [reply('merci')]));
    resolve('kept');
    expect((await Promise.all(parts)).filter(Boolean)).toHaveLength(20);
  });
});

describe('a STOP', () => {
  it('waits for no receipt being kept', async () => {
    const { promise, resolve } = Promise.withResolvers<undefined>();
    const received: GatewayEvent[] = [];
    const receiver = new Receiver();
    receiver.listen({
      take: async (events) => {
        if (events.some(({ kind }) => kind === 'receipt')) await promise;
        received.push(...events);
      },
    });
    const receipts = Array.from({ length: 6_000 }, (_none, place) =>
      receiver.receive({ kind: 'receipt', identity: String(place), state: 'DELIVERED' }),
    );
    expect(await receiver.receive(reply('STOP'))).toBe(true);
    expect(received).toMatchObject([{ text: 'STOP' }]);
    resolve(undefined);
    expect((await Promise.all(receipts)).filter(Boolean)).toHaveLength(4_000);
  });
});
