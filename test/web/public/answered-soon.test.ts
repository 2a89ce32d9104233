import { createSecretKey, randomUUID } from 'node:crypto';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { Database } from '../../../src/platform/database/connection.ts';
import { readGateways } from '../../../src/settings/gateway-account.ts';
import { inboundPort } from '../../../src/web/public/inbound-port.ts';
import { OptOutTokens } from '../../../src/person/opt-out-link.ts';
import { Metrics } from '../../../src/web/health/metrics.ts';
import { press } from '../../../src/web/public/opt-out-press.ts';
import { aNeighbourhood } from '../../platform/journal/neighbourhood.ts';

const near = await aNeighbourhood();
const { world, clock, deps } = near;

/** What a host hears with that the database does not hear, and that asks another one, which cannot help. */
async function aHostInVain() {
  let own: Database | undefined;
  const one = await near.neighbour({
    through: (database) => {
      own = database;
      return database;
    },
  });
  const other = await near.neighbour();
  onTestFinished(async () => {
    await one.end();
    await other.end();
  });
  if (own === undefined) throw new Error('no database');
  one.way.silence();
  await expect.poll(() => one.keeper.journal.isAsking()).toBe(true);
  // Nobody may be barred: whoever helps cannot vouch, and whoever asks waits for as long as others are believed.
  onTestFinished(await near.locked());
  const { journal } = one.keeper;
  return { vault: deps.vault, clock, database: own, effective: () => undefined, journal };
}

const took = async (work: () => Promise<unknown>): Promise<number> => {
  const began = performance.now();
  await work();
  return performance.now() - began;
};

describe('a host that asks another one for help, which cannot give it', () => {
  it('answers fifty STOPs within two seconds', async () => {
    const parts = await aHostInVain();
    const [account] = readGateways(undefined, { env: {}, used: () => undefined });
    if (account === undefined) throw new Error('no sandbox is configured');
    const port = inboundPort({ ...parts, reserved: parts.database, metrics: new Metrics() }, [
      { id: world.accountId, secret: 'secret', account, inboundUrl: '' },
    ]);
    const listened = port.accountNamed(account.name);
    if (listened === undefined) throw new Error('nobody listens');
    const events = (await near.phones(50)).map((from) => ({
      kind: 'reply',
      id: randomUUID(),
      at: '2026-11-24T10:00:00Z',
      from,
      to: '36180',
      text: 'STOP',
    }));
    const call = {
      method: 'POST',
      target: '',
      contentType: 'application/json',
      contentEncoding: '',
      body: Buffer.from(JSON.stringify({ events })),
    };
    expect(await took(() => port.receive(listened, call))).toBeLessThan(2_000);
  });

  it('answers a pressed link within two seconds', async () => {
    const parts = await aHostInVain();
    const link = { contactId: randomUUID(), purpose: 'marketing' as const, year: 2026 };
    const pressing = () =>
      press(
        { ...parts, tokens: new OptOutTokens(createSecretKey(Buffer.alloc(32))) },
        { link, asked: 'everything', by: 'page' },
      );
    expect(await took(async () => expect(await pressing()).toEqual({ kind: 'kept' }))).toBeLessThan(2_000);
  });
});
