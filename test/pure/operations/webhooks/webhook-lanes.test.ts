import { describe, expect, it } from 'vitest';
import { WebhookLanes } from '../../../../src/operations/webhooks/webhook-sender.ts';
import type { DueEndpoint } from '../../../../src/operations/webhooks/webhook.repository.ts';

const MANY = 300;

/** Asks for many lanes, each described by its number; returns how many are served. */
function asking(lanes: WebhookLanes, asked: (n: number) => Partial<DueEndpoint> & { host?: string }): number {
  let served = 0;
  for (let n = 0; n < MANY; n += 1) {
    const { host = `host-${n}`, ...more } = asked(n);
    const one = { endpointId: `endpoint-${n}`, tenantId: `tenant-${n}`, failing: false, ...more };
    if (!lanes.take(one)) continue;
    if (lanes.enter(one.endpointId, host)) served += 1;
    else lanes.leave(one.endpointId);
  }
  return served;
}

const OTHER: DueEndpoint = { endpointId: 'other', tenantId: 'another', failing: false };

describe('lanes for webhooks', () => {
  it.each([
    ['failing endpoints', 50, () => ({ failing: true })],
    ['one tenant', 10, () => ({ tenantId: 'one' })],
    ['one host', 25, () => ({ host: 'one' })],
    ['failing endpoints of one host', 25, () => ({ failing: true, host: 'one' })],
    ['eight tenants', 80, (n: number) => ({ tenantId: String(n % 8) })],
  ])('leave others some beside %s', (_, most, asked) => {
    const lanes = new WebhookLanes(() => 0);
    expect(asking(lanes, asked)).toBe(most);
    expect(lanes.take(OTHER)).toBe(true);
    expect(lanes.enter(OTHER.endpointId, 'elsewhere')).toBe(true);
  });

  it('are a hundred at most', () => {
    const lanes = new WebhookLanes(() => 0);
    expect(asking(lanes, (n) => ({ failing: n % 2 === 1 }))).toBe(100);
    expect(lanes.take(OTHER)).toBe(false);
    lanes.leave('endpoint-7');
    expect([lanes.take(OTHER), lanes.take(OTHER)]).toEqual([true, false]);
  });

  it('leave failing endpoints some beside working ones', () => {
    const lanes = new WebhookLanes(() => 0);
    expect(asking(lanes, () => ({}))).toBe(90);
    expect([lanes.take(OTHER), lanes.take({ ...OTHER, failing: true })]).toEqual([false, true]);
  });

  it('let those passed over in by turns', () => {
    const lanes = new WebhookLanes(() => 0);
    asking(lanes, () => ({ host: 'one' }));
    expect(lanes.held).toBe(MANY);
    for (const gone of ['endpoint-3', 'endpoint-4']) lanes.leave(gone);
    expect(lanes.held).toBe(MANY - 2);
    lanes.turn();
    expect(lanes.held).toBe(MANY - 4);
    const taken = [24, 25, 26, 27].filter((n) =>
      lanes.take({ endpointId: `endpoint-${n}`, tenantId: `tenant-${n}`, failing: false }),
    );
    expect(taken).toEqual([25, 26]);
  });

  it('look again at addresses after a minute', () => {
    let now = 0;
    const lanes = new WebhookLanes(() => now);
    asking(lanes, () => ({ host: 'one' }));
    now = 59_999;
    lanes.turn();
    expect(lanes.held).toBe(MANY);
    now = 60_000;
    lanes.turn();
    expect(lanes.held).toBe(25);
    expect(lanes.enter('unknown', 'one')).toBe(false);
  });
});
