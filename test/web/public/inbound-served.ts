import express from 'express';
import { sql } from 'kysely';
import type { Clock } from '../../../src/platform/clock.ts';
import { PATIENT } from '../../../src/platform/database/statements.ts';
import { uuidV7 } from '../../../src/base/random.ts';
import { readGateways } from '../../../src/settings/gateway-account.ts';
import { keptReader } from '../../../src/gateways/operators.ts';
import { answerErrors } from '../../../src/web/server/answer.ts';
import { inboundPort } from '../../../src/web/public/inbound-port.ts';
import { inboundRouter } from '../../../src/web/public/inbound.ts';
import { readLeft } from '../../../src/gateways/receiving/read-kept.ts';
import { replySettler } from '../../../src/sending/replies/take-reply.ts';
import { served, type Served } from '../server/served.ts';
import { listen } from '../../support/after-file.ts';
import { anOpenDatabase } from '../../support/database.ts';

export const SECRET = 'a-secret-of-22-or-more-characters';
/** That of before, at Octopush alone. */
export const FORMER = 'the-secret-of-before-the-change';
export const TOKEN = 'the-token-that-nobody-sees';
/** Our inbound addresses as operators know them. */
export const PUBLIC = 'https://sms.example.test/v1/inbound';

const common = { baseUrl: 'http://127.0.0.1:9', inboundSecret: SECRET };
const configured = [
  { name: 'sandbox', kind: 'sandbox', default: true },
  {
    ...common,
    name: 'octopush',
    kind: 'octopush',
    credentials: { login: 'a', key: 'b' },
    formerInboundSecret: FORMER,
  },
  {
    ...common,
    name: 'ovh',
    kind: 'ovh',
    credentials: { applicationKey: 'a', applicationSecret: 'b', consumerKey: 'c', serviceName: 'd' },
  },
  {
    ...common,
    name: 'twilio',
    kind: 'twilio',
    credentials: { accountSid: 'AC00', authToken: TOKEN, from: '+33937000000' },
  },
  { ...common, name: 'brevo', kind: 'brevo', credentials: { apiKey: 'a' } },
  { ...common, name: 'smsmode', kind: 'smsmode', credentials: { apiKey: 'a' } },
];

/**
 * Every operator over HTTP with an account, and the addresses at which it calls, on a port of their own.
 * `readLater` reads what a busy machine kept and did not finish, `settleLater` does what is left of a STOP that is
 * effective; both as the worker does.
 */
export async function inboundServed(
  options: NonNullable<Parameters<typeof served>[0]> & { readonly mostKeptBytes?: number } = {},
): Promise<
  Served & {
    readonly origin: string;
    readonly readLater: () => Promise<number>;
    readonly settleLater: () => Promise<number>;
  }
> {
  const instance = await served({ ...options, gateways: configured });
  const { api, database } = instance;
  const rows = await database.outside((tx) =>
    tx.rows(sql<{ id: string; name: string }>`SELECT id, name FROM gateway_account`),
  );
  const accounts = readGateways(JSON.stringify(configured), { env: {}, used: () => undefined });
  const listened = accounts.map((account) => ({
    account,
    id: rows.find(({ name }) => name === account.name)?.id ?? '',
    secret: SECRET,
    inboundUrl: `${PUBLIC}/${account.name}/${SECRET}`,
  }));
  const { mostKeptBytes, patience = PATIENT } = options;
  const { databaseUrl: url } = instance;
  // As a public server has them.
  const hearing = await anOpenDatabase({ url, connections: 8, name: 'test-hearing', ahead: true, patience });
  const reserved = await anOpenDatabase({ url, connections: 2, name: 'test-stop', urgent: true, patience });
  const parts = {
    ...api,
    database: hearing,
    reserved,
    effective: () => undefined,
    ...(mostKeptBytes !== undefined && { mostKeptBytes }),
  };
  const app = express().use('/v1/inbound', inboundRouter(inboundPort(parts, listened)));
  const origin = `${await listen(app.use(answerErrors(api.log)))}/v1/inbound`;
  const kept = new Map(
    accounts.map((account) => [account.name, { acknowledgesStop: false, reader: keptReader(account) }]),
  );
  const machine = (): number => api.clock.machine() + 60_000;
  const { revision } = api.clock;
  const clock: Clock = {
    now: () => api.clock.now(),
    offsetMs: api.clock.offsetMs,
    machine,
    monotonic: () => api.clock.monotonic(),
    revision,
    doubt: () => undefined,
  };
  const deps = { database, vault: api.vault, clock, newId: () => uuidV7(machine()) };
  const settleLater = replySettler(deps, (id) => ({ id, acknowledgesStop: false }));
  const readLater = (): Promise<number> => readLeft({ ...deps, accountNamed: (name) => kept.get(name) });
  return { ...instance, origin, readLater, settleLater };
}
