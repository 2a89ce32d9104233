import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { aFlashSale, signedOnPaper } from '../support/flash-sale.ts';
import { anInstance, until, type Instance } from '../support/instance.ts';

const PEOPLE = 120;
const phones = Array.from({ length: PEOPLE }, (_, index) => `+336399${String(80_000 + index)}`);
let instance: Instance;
let campaignId = '';

beforeAll(async () => {
  instance = await anInstance({
    publicServer: 'own',
    gateways: [{ name: 'sandbox', kind: 'sandbox', stopCode: '36180', ratePerSecond: 20, connections: 5 }],
  });
  await instance.moveClock('2027-03-30T14:30:00+02:00');
  campaignId = await aFlashSale(instance, signedOnPaper(phones));
}, 180_000);

afterAll(async () => {
  await instance.stop();
});

const accounts = async () => {
  const { body } = await instance.call('GET', `/v1/campaigns/${campaignId}`);
  return (body['accounts'] ?? {}) as Record<string, number>;
};
const logged = () => instance.log().catch(() => []);

/** Somebody whom the campaign has not written to yet. */
async function somebodyWaiting(): Promise<string> {
  const written = new Set((await logged()).map(({ to }) => to));
  return phones.findLast((phone) => !written.has(phone)) ?? '';
}
const statusOf = (where: string) =>
  fetch(`${instance.origin}${where}`).then(
    ({ status }) => status,
    () => 0,
  );

describe('a STOP while PostgreSQL is stopped', { timeout: 240_000 }, () => {
  it('holds when everything is then killed and started, and nothing leaves for that person', async () => {
    await instance.call('POST', `/v1/campaigns/${campaignId}/launch`, {});
    await until(
      () => instance.noted(),
      (sent) => sent > 20,
    );
    const phone = await somebodyWaiting();
    await instance.stopPostgres();
    const began = Date.now();
    const { status, body } = await instance.reply(phone, 'STOP');
    expect(status).toBe(200);
    // 202 where a connection that outlived the server by a moment still kept the call.
    expect([202, 204]).toContain(body['webhookStatus']);
    expect(Date.now() - began).toBeLessThan(10_000);
    await instance.killAll();
    const startedAt = Date.now();
    await instance.start();
    const before = await instance.noted();
    await until(
      () => instance.noted(),
      (sent) => sent > before,
      120_000,
    );
    process.stdout.write(`works again after ${Date.now() - startedAt} ms\n`);
    const audience = await accounts();
    expect(audience['pending']).toBeGreaterThan(0);
    await until(accounts, ({ pending }) => pending === 0, 180_000);
    const marketing = (await logged()).filter(({ to, text }) => to === phone && text.includes('-30 %'));
    expect(marketing).toEqual([]);
    const excluded = (await accounts())['excluded'] as unknown as Record<string, number>;
    expect(excluded['CONSENT_WITHDRAWN']).toBeGreaterThanOrEqual(1);
  });
});

describe('I9, an api that is killed', { timeout: 120_000 }, () => {
  it('holds the gate no longer than it takes to drain its journal', async () => {
    const struckAt = Date.now();
    await instance.kill('api');
    await until(
      () => statusOf('/healthz'),
      (status) => status === 0,
      5_000,
    );
    await until(
      () => statusOf('/healthz'),
      (status) => status === 200,
    );
    const servesAt = Date.now();
    await until(
      () => statusOf('/readyz'),
      (status) => status === 200,
    );
    // How soon it serves again is the machine's affair; from then on the journal is all that is waited for.
    process.stdout.write(`served after ${servesAt - struckAt} ms, open ${Date.now() - servesAt} ms later\n`);
    expect(Date.now() - servesAt).toBeLessThan(10_000);
    const folders = await readdir(path.join(instance.folder, 'data', 'journal'));
    // That of the api, and that of the public server.
    expect(folders.filter((name) => /^[0-9a-f-]{36}$/.test(name))).toHaveLength(2);
  });
});
