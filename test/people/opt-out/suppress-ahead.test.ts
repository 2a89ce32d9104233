import { describe, expect, it } from 'vitest';
import { recordOptOuts, suppressAhead, type OptOut } from '../../../src/people/opt-out/record-opt-outs.ts';
import { aLedger } from '../evidence/ledger.ts';

const { shop, somebody, one, count } = await aLedger();

/** Suppresses and then records an opt-out, as a journal entry that waited for a lock does. */
async function applied(optOut: OptOut): Promise<void> {
  await shop.within((tx) => suppressAhead(tx, shop.deps, [optOut]));
  await shop.within((tx) => recordOptOuts(tx, shop.deps, [optOut]));
}

describe('an opt-out suppressed ahead of its record', () => {
  it.each([[true], [undefined]] as const)('is recorded once, and returned from: %s', async (once) => {
    const { id, phone } = await somebody();
    const index = shop.deps.keys.phoneIndex(phone);
    const inForce = () => count('suppression', 'phone_index = $1 AND lifted_at IS NULL', index);
    await one(id);
    const optOut: OptOut = {
      phone,
      scope: 'marketing',
      kind: 'withdrawn',
      channel: 'link',
      occurredAt: shop.clock.now().toISO(),
      actor: 'person',
      evidence: { link: 'marketing' },
      once,
    };
    await applied(optOut);
    await applied(optOut);
    expect(await count('consent_event', `contact_id = $1 AND kind = 'withdrawn'`, id)).toBe(1);
    expect(await count('suppression', 'phone_index = $1 AND event_id IS NOT NULL', index)).toBe(1);
    expect(await inForce()).toBe(1);
    shop.clock.set('2026-11-27T10:00:00Z');
    await one(id, { grantedAt: '2026-11-26T18:00:00Z', evidence: { documentRef: 'BULL-9' } });
    expect(await inForce()).toBe(0);
    await applied(optOut);
    expect(await inForce()).toBe(0);
    shop.clock.set('2026-11-25T10:00:00Z');
  });
});
