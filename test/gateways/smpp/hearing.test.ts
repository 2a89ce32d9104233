import { describe, expect, it } from 'vitest';
import type { GatewayEvent, ReplyPart } from '../../../src/sending/gateway/gateway.ts';
import { Hearing } from '../../../src/gateways/smpp/sessions.ts';

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

/** Who hears, and what of it. */
function aHearing(keeps: () => Promise<'kept' | 'full'>): { hearing: Hearing; told: GatewayEvent[] } {
  const told: GatewayEvent[] = [];
  const hearing = new Hearing();
  hearing.listen({ take: async (events) => void told.push(...events), keepPart: keeps });
  return { hearing, told };
}

describe('a part of a reply', () => {
  it('is kept, and passed on if STOP', async () => {
    const { hearing, told } = aHearing(async () => 'kept');
    expect(await hearing.tellPart(PART, [reply('merci')])).toBe(true);
    expect(told).toEqual([]);
    expect(await hearing.tellPart(PART, [reply('STOP')])).toBe(true);
    expect(told).toMatchObject([{ text: 'STOP' }]);
  });

  it('that cannot be kept is repeated, STOP once', async () => {
    let isThere = false;
    const { hearing, told } = aHearing(async () => {
      if (!isThere) throw new Error('gone');
      return 'kept';
    });
    expect(await hearing.tellPart(PART, [reply('STOP')])).toBe(false);
    expect(await hearing.tellPart(PART, [reply('STOP')])).toBe(false);
    isThere = true;
    expect(await hearing.tellPart(PART, [reply('STOP')])).toBe(true);
    expect(told).toHaveLength(1);
    // Kept by now: the same words later are a new STOP.
    await hearing.tellPart(PART, [reply('STOP')]);
    expect(told).toHaveLength(2);
  });

  it('beyond the limit is a reply itself', async () => {
    const { hearing, told } = aHearing(async () => 'full');
    expect(await hearing.tellPart(PART, [reply('merci')])).toBe(true);
    expect(await hearing.tellPart(PART, [reply('STOP')])).toBe(true);
    expect(told.map((event) => event.identity)).toEqual(['merci', 'STOP']);
  });

  it('among too many at once is repeated later', async () => {
    const { promise, resolve } = Promise.withResolvers<'kept'>();
    const { hearing } = aHearing(() => promise);
    const parts = Array.from({ length: 25 }, () => hearing.tellPart(PART, [reply('merci')]));
    resolve('kept');
    expect((await Promise.all(parts)).filter(Boolean)).toHaveLength(20);
  });
});

describe('a STOP', () => {
  it('waits for no receipt being kept', async () => {
    const { promise, resolve } = Promise.withResolvers<undefined>();
    const told: GatewayEvent[] = [];
    const hearing = new Hearing();
    hearing.listen({
      take: async (events) => {
        if (events.some(({ kind }) => kind === 'receipt')) await promise;
        told.push(...events);
      },
    });
    const receipts = Array.from({ length: 6_000 }, (_none, place) =>
      hearing.tell({ kind: 'receipt', identity: String(place), state: 'DELIVERED' }),
    );
    expect(await hearing.tell(reply('STOP'))).toBe(true);
    expect(told).toMatchObject([{ text: 'STOP' }]);
    resolve(undefined);
    expect((await Promise.all(receipts)).filter(Boolean)).toHaveLength(4_000);
  }, 5_000);
});
