import { cp, readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { NIGHT } from '../support/cases.ts';
import { aFlashSale, signedOnPaper } from '../support/flash-sale.ts';
import { anInstance, until, type Instance } from '../support/instance.ts';

const phones = Array.from({ length: 40 }, (_, index) => `+3363998${String(3_000 + index)}`);
let instance: Instance;
let campaignId = '';

beforeAll(async () => {
  instance = await anInstance({
    publicServer: 'own',
    gateways: [{ name: 'sandbox', kind: 'sandbox', stopCode: '36180', ratePerSecond: 50, connections: 5 }],
  });
  await instance.moveClock('2027-03-30T14:30:00+02:00');
  campaignId = await aFlashSale(instance, signedOnPaper(phones));
});

afterAll(async () => {
  await instance.stop();
});

/** What a copy of the seal says; a database whose own is lower was restored. */
async function heartbeat(): Promise<number> {
  const seal = await readFile(path.join(instance.folder, 'data', 'seal.json'), 'utf8');
  return Number((JSON.parse(seal) as { heartbeat: unknown }).heartbeat);
}

describe('a database restored from before a STOP', { timeout: 300_000, ...NIGHT }, () => {
  it('reads the STOP from the journal before sending', async () => {
    const { postgresData } = await instance.run();
    const backup = path.join(instance.folder, 'backup');
    await instance.halt();
    await cp(postgresData, backup, { recursive: true });
    const before = await heartbeat();
    await instance.start();
    const [byPhone = '', atTheCounter = ''] = phones;
    // An instance that has just started may answer from its journal.
    expect([202, 204]).toContain((await instance.reply(byPhone, 'STOP')).body['webhookStatus']);
    const left = await instance.call('POST', '/v1/consents/withdrawals', {
      phone: atTheCounter,
      purpose: 'all',
      channel: 'counter',
    });
    expect([201, 202]).toContain(left.status);
    await until(heartbeat, (now) => now > before);
    await instance.halt();
    await rm(postgresData, { recursive: true });
    await cp(backup, postgresData, { recursive: true });

    await instance.start('sealed');
    const opened = await instance.call('POST', '/v1/seal/opening', { reason: 'restored from before' });
    expect(opened.status).toBe(200);
    expect(opened.body).toMatchObject({ sealed: false, journal: { entries: 2 } });
    // By this call, or by a process that replayed its disk by itself before.
    const [barred] = await instance.rows(
      'SELECT count(DISTINCT phone_index)::int AS people FROM suppression',
    );
    expect(barred).toEqual({ people: 2 });
    await instance.call('POST', `/v1/campaigns/${campaignId}/launch`, {});
    const campaign = async () => (await instance.call('GET', `/v1/campaigns/${campaignId}`)).body;
    const { accounts } = await until(campaign, ({ status }) => status === 'finished', 120_000);
    expect(accounts).toMatchObject({ accepted: 38, excluded: { CONSENT_WITHDRAWN: 2 } });
    const offers = (await instance.log()).filter(({ text }) => text.includes('-30 %'));
    const served = offers.map(({ to }) => to);
    expect(served).toHaveLength(38);
    expect(served).not.toContain(byPhone);
    expect(served).not.toContain(atTheCounter);
  });
});
