import express from 'express';
import { sql } from 'kysely';
import { describe, expect, it } from 'vitest';
import { readGateways } from '../../../../src/settings/gateway-account.ts';
import { answerErrors } from '../../../../src/web/server/answer.ts';
import { inboundPort } from '../../../../src/web/public/inbound-port.ts';
import { inboundRouter } from '../../../../src/web/public/inbound.ts';
import { addBills } from '../../../../src/sending/accounts/gateway-account.repository.ts';
import { served } from '../../server/served.ts';
import { listen } from '../../../support/after-file.ts';

const SECRET = 'a-secret-of-22-or-more-characters';
const octopush = {
  name: 'octo',
  kind: 'octopush',
  baseUrl: 'http://127.0.0.1:9/v1/public',
  credentials: { login: 'cabinet@example.test', key: 'the-key-that-nobody-sees' },
  inboundSecret: SECRET,
  price: { perPart: '0.055', currency: 'EUR' },
};
const twilio = {
  name: 'twil',
  kind: 'twilio',
  baseUrl: 'http://127.0.0.1:9',
  credentials: { accountSid: 'AC00', authToken: 'the-token-that-nobody-sees', from: '+33937000000' },
  inboundSecret: SECRET,
  processor: { name: 'Twilio Inc.', country: 'US' },
};
const ovh = {
  name: 'ovh',
  kind: 'ovh',
  baseUrl: 'http://127.0.0.1:9/1.0',
  credentials: { applicationKey: 'a', applicationSecret: 'b', consumerKey: 'c', serviceName: 'd' },
  inboundSecret: SECRET,
  stopCode: '36180',
  processor: { name: 'OVH SAS', country: 'France' },
};
const sandbox = { name: 'sandbox', kind: 'sandbox', default: true, stopCode: '36180' };
const configured = [sandbox, octopush, twilio, ovh];

const {
  admin,
  ask,
  keyOf,
  api,
  database,
  tenantId: ours,
  anotherTenant,
  instanceKey,
  inboundSecret,
} = await served({
  gateways: configured,
});

/** Our inbound addresses, on a port of their own. */
async function listened(): Promise<string> {
  const rows = await database.outside((tx) =>
    tx.rows(sql<{ id: string; name: string }>`SELECT id, name FROM gateway_account`),
  );
  const accounts = readGateways(JSON.stringify(configured), { env: {}, used: () => undefined });
  const addresses = accounts.map((account) => ({
    account,
    id: rows.find(({ name }) => name === account.name)?.id ?? '',
    secret: SECRET,
    inboundUrl: `https://sms.example.test/v1/inbound/${account.name}/${SECRET}`,
  }));
  const parts = { ...api, reserved: database, journal: api.journal, effective: () => undefined };
  const router = inboundRouter(inboundPort(parts, addresses));
  return listen(express().use('/v1/inbound', router).use(answerErrors(api.log)));
}
const inbound = `${await listened()}/v1/inbound`;

const asked = (gateway: string) => ({
  name: 'Rentrée',
  purpose: 'marketing',
  sender: 'CABINET',
  text: 'Cabinet : nos nouveautés de rentrée en boutique. {stop}',
  audience: { all: true },
  gateway,
});
const campaignOf = (key: string, gateway: string) =>
  ask('POST', '/v1/campaigns', { key, body: asked(gateway) });

/** A controller who said who it is, in a sector. */
async function aTenant(sector: string): Promise<string> {
  const { key } = await anotherTenant();
  await ask('PATCH', '/v1/tenant', {
    key,
    body: {
      legalName: 'Cabinet SARL',
      brand: 'Cabinet',
      contact: { phone: '0140000000' },
      sender: 'CABINET',
      sector,
    },
  });
  return key;
}

describe('accounts of real operators', () => {
  it('show no credential, and addresses to the instance', async () => {
    const { body, text } = await ask('GET', '/v1/gateways', { key: instanceKey });
    expect(text).not.toMatch(/nobody-sees/);
    expect(body.find(({ name }: { name: string }) => name === 'octo')).toMatchObject({
      fake: false,
      inbound: { url: `http://localhost/v1/inbound/octo/${inboundSecret}`, provenAt: null },
      transfer: null,
    });
    for (const key of [admin, await keyOf('operator')]) {
      const { body: accounts } = await ask('GET', '/v1/gateways', { key });
      expect(accounts.every((one: { inbound: { url: unknown } }) => one.inbound.url === null)).toBe(true);
    }
  });
});

describe('an event of a shared account', () => {
  it('is shown to the tenant concerned', async () => {
    const another = await aTenant('general');
    const at = '2026-11-24T09:00:00.000Z';
    await database.withTenant(ours, async (tx) => {
      await tx.run(sql`INSERT INTO account_heard (tenant_id, account_id, last_receipt_at)
        SELECT ${ours}, id, ${at}::timestamptz FROM gateway_account WHERE name = 'octo'`);
      await tx.run(sql`INSERT INTO reply (inbound_id, tenant_id, account_id, reading, because, unclear, sealed, received_at)
        SELECT gen_random_uuid(), ${ours}, id, 'stop', '{}', false, '', ${at}::timestamptz FROM gateway_account WHERE name = 'octo'`);
    });
    const toldTo = async (key: string) => {
      const { body } = await ask('GET', '/v1/gateways', { key });
      return body.find(({ name }: { name: string }) => name === 'octo').inbound;
    };
    expect(await toldTo(admin)).toMatchObject({ lastReceiptAt: at, lastStopAt: at });
    expect(await toldTo(another)).toMatchObject({ lastReceiptAt: null, lastStopAt: null });
  });
});

describe('what an operator says it counted', () => {
  it('is shown beside our count, with an alarm', async () => {
    const rows = await database.outside((tx) =>
      tx.rows(sql<{ id: string }>`SELECT id FROM gateway_account WHERE name = 'octo'`),
    );
    const bill = { accountId: rows[0]?.id ?? '', messages: 100, partsOurs: 100, partsReported: 103 };
    await database.outside((tx) => addBills(tx, [{ ...bill, costOurs: 5_500_000, costReported: 5_500_000 }]));

    const { body } = await ask('GET', '/v1/gateways', { key: instanceKey });
    expect(body.map(({ name, drift }: { name: string; drift: unknown }) => [name, drift])).toContainEqual([
      'octo',
      {
        messages: 100,
        parts: { ours: 100, theirs: 103 },
        cost: { ours: '5.50', theirs: '5.50', currency: 'EUR' },
        isAlarming: true,
      },
    ]);
    const { body: others } = await ask('GET', '/v1/gateways', { key: await aTenant('general') });
    expect(others.every(({ drift }: { drift: unknown }) => drift === null)).toBe(true);
  });
});

describe('what the last trial of an account found', () => {
  it('is shown to the account’s owner', async () => {
    const findings = [
      { id: 'accents', verdict: 'failed' },
      { id: 'sender', verdict: 'held' },
    ];
    await database.outside((tx) =>
      tx.run(sql`
        INSERT INTO account_trial (id, account_id, started_at, listens_until, ended_at, findings)
        SELECT gen_random_uuid(), id, now(), now(), '2026-11-28T21:00:00Z', ${JSON.stringify(findings)}::jsonb
          FROM gateway_account WHERE name = 'octo'`),
    );
    const trialTold = async (key: string) => {
      const { body } = await ask('GET', '/v1/gateways', { key });
      return body.find(({ name }: { name: string }) => name === 'octo').trial;
    };
    expect(await trialTold(instanceKey)).toEqual({ endedAt: '2026-11-28T21:00:00.000Z', findings });
    expect(await trialTold(await aTenant('general'))).toBeNull();
  });
});

describe('where a processor is', () => {
  it('in health needs an admin’s transfer basis', async () => {
    const key = await aTenant('health');
    const refused = await campaignOf(key, 'twil');
    expect([refused.status, refused.body.code, refused.body.country]).toEqual([
      409,
      'TRANSFER_BASIS_MISSING',
      'US',
    ]);

    const body = { basis: 'standard-clauses', documentRef: 'DPA 2026-11' };
    const recorded = await ask('PUT', '/v1/gateways/twil/transfer', { key, body });
    expect(recorded.body).toMatchObject({ name: 'twil', country: 'US', ...body });
    expect((await campaignOf(key, 'twil')).body.code).not.toBe('TRANSFER_BASIS_MISSING');
    const { body: listed } = await ask('GET', '/v1/gateways', { key });
    expect(listed.find(({ name }: { name: string }) => name === 'twil').transfer).toMatchObject(body);
    const { body: audit } = await ask('GET', '/v1/audit', { key });
    expect(JSON.stringify(audit)).toContain('gateway.transfer-recorded');
  });

  it('unstated counts as outside the area', async () => {
    const key = await aTenant('finance');

    expect((await campaignOf(key, 'octo')).body.code).toBe('TRANSFER_BASIS_MISSING');
    const body = { basis: 'adequacy', documentRef: 'x' };
    expect((await ask('PUT', '/v1/gateways/octo/transfer', { key, body })).body.code).toBe(
      'PROCESSOR_UNKNOWN',
    );
    expect((await ask('PUT', '/v1/gateways/nobody/transfer', { key, body })).status).toBe(404);
  });

  it('is irrelevant inside the area or in shops', async () => {
    const [clinic, shop] = [await aTenant('health'), await aTenant('general')];

    expect((await campaignOf(clinic, 'ovh')).body.code).not.toBe('TRANSFER_BASIS_MISSING');
    expect((await campaignOf(clinic, 'sandbox')).body.code).not.toBe('TRANSFER_BASIS_MISSING');
    expect((await campaignOf(shop, 'twil')).body.code).not.toBe('TRANSFER_BASIS_MISSING');
  });
});

describe('the list of senders', () => {
  it('holds for every account, with tenant’s own', async () => {
    const key = await aTenant('general');
    const campaign = (sender: string, gateway: string) =>
      ask('POST', '/v1/campaigns', { key, body: { ...asked(gateway), sender } });
    expect((await campaign('FREEDOM', 'sandbox')).status).toBe(201);
    expect((await campaign('FREEDOM', 'octo')).body.code).toBe('SENDER_NOT_YOURS');

    const { body } = await ask('PUT', '/v1/senders', { key, body: { senders: ['FREEDOM'] } });
    expect(body.listed).toEqual(['FREEDOM']);
    expect(body.senders).toEqual(expect.arrayContaining(['CABINET', 'FREEDOM']));
    expect((await campaign('FREEDOM', 'octo')).status).toBe(201);
    expect((await campaign('OTHER', 'sandbox')).body.code).toBe('SENDER_NOT_YOURS');
    expect((await campaign('CABINET', 'octo')).status).toBe(201);

    const wrong = await ask('PUT', '/v1/senders', { key, body: { senders: ['0612345678'] } });
    expect(wrong.body.code).toBe('SENDER_INVALID');
    await ask('PUT', '/v1/senders', { key, body: { senders: null } });
    expect((await campaign('OTHER', 'sandbox')).status).toBe(201);
  });
});

describe('a way out', () => {
  const tell = (body: object) =>
    fetch(`${inbound}/octo/${SECRET}`, { method: 'POST', body: JSON.stringify(body) });

  it('is proved by a returned STOP', async () => {
    const key = await aTenant('general');
    const made = await campaignOf(key, 'octo');
    expect(made.status).toBe(201);
    const launch = () => ask('POST', `/v1/campaigns/${made.body.id}/launch`, { key, body: {} });
    expect((await launch()).body.code).toBe('STOP_PATH_UNPROVEN');

    const receipt = {
      message_id: 'sms_x',
      number: '+33639980001',
      status: 'DELIVERED',
      delivery_date: '2026-01-12 09:00:07',
    };
    expect((await tell(receipt)).status).toBe(204);
    expect((await launch()).body.code).toBe('STOP_PATH_UNPROVEN');

    const stop = {
      message_id: 'sms_x',
      number: '+33639980001',
      text: 'STOP',
      stop_date: '2026-01-12 09:06:02',
    };
    expect((await tell(stop)).status).toBe(204);
    // The person is barred before the operator is answered; what else a STOP means is settled after.
    await expect.poll(async () => (await launch()).status).toBe(202);
    const { body } = await ask('GET', '/v1/gateways', { key });
    expect(body.find(({ name }: { name: string }) => name === 'octo').inbound.how).toBe('stop-received');
  });

  it('answers with an empty body, even when unread', async () => {
    const answered = await tell({
      message_id: 'sms_y',
      number: '+33639980002',
      text: 'Oui',
      reception_date: '2026-01-12 09:05:11',
    });
    expect([answered.status, await answered.text()]).toEqual([204, '']);

    expect((await tell({ anything: 'else' })).status).toBe(204);
    expect((await fetch(`${inbound}/octo/guessed-guessed-guessed`, { method: 'POST' })).status).toBe(404);
    const unsigned = { method: 'POST', body: 'MessageSid=SM1&MessageStatus=delivered' };
    expect((await fetch(`${inbound}/twil/${SECRET}`, unsigned)).status).toBe(401);
    const byGet = `${inbound}/ovh/${SECRET}?id=12&ptt=4&date=20260112090007&description=1&descriptionDlr=Delivered`;
    expect((await fetch(byGet)).status).toBe(204);
  });

  it('keeps repeated receipts once, and no large call', async () => {
    const kept = async (): Promise<number> => {
      const row = await database.outside((tx) =>
        tx.first(sql<{ n: number }>`SELECT count(*)::int AS n FROM receipt`),
      );
      return row?.n ?? 0;
    };
    const receipt = {
      message_id: 'sms_flood',
      number: '+33639980003',
      status: 'DELIVERED',
      delivery_date: '2026-01-12 09:00:07',
    };
    const before = await kept();
    const answers = await Promise.all(Array.from({ length: 300 }, () => tell(receipt)));
    const large = await tell({ ...receipt, message_id: 'sms_large', meta_data: 'x'.repeat(2_000_000) });

    // On a busy machine some are kept a moment after their answer (202).
    expect(answers.filter(({ status }) => status !== 204 && status !== 202)).toEqual([]);
    expect(large.status).toBe(413);
    await expect.poll(kept).toBe(before + 1);
  });

  it('expires after 30 days of sending without receipt', async () => {
    const key = await aTenant('general');
    const made = await campaignOf(key, 'octo');
    await database.outside(async (tx) => {
      await tx.run(sql`UPDATE gateway_account SET last_receipt_at = clock_timestamp() - interval '40 days',
        proven_at = clock_timestamp() - interval '50 days' WHERE name = 'octo'`);
    });
    const tenantId: string = (await ask('GET', '/v1/tenant', { key })).body.id;
    await database.withTenant(tenantId, (tx) =>
      tx.run(sql`INSERT INTO batch (id, tenant_id, kind, account_id, purpose, campaign_id, shard, territory, time_zone, size, created_at)
        SELECT gen_random_uuid(), ${tenantId}, 'campaign', id, 'marketing', gen_random_uuid(), 1, 'FR', 'Europe/Paris', 10, clock_timestamp() - interval '35 days'
          FROM gateway_account WHERE name = 'octo'`),
    );

    const launched = await ask('POST', `/v1/campaigns/${made.body.id}/launch`, { key, body: {} });
    expect(launched.body.code).toBe('STOP_PATH_UNPROVEN');
  });
});
