import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import express from 'express';
import { sql } from 'kysely';
import { tryAccount, type TrialPerson, type TrialResult } from '../../../src/gateways/doctor/account-try.ts';
import { ProcessClock } from '../../../src/platform/clock.ts';
import { readClock } from '../../../src/platform/database/instance.repository.ts';
import { readGateways, type GatewayAccount } from '../../../src/settings/gateway-account.ts';
import { openGateway } from '../../../src/gateways/open-gateway.ts';
import { answerErrors } from '../../../src/web/server/answer.ts';
import { inboundPort } from '../../../src/web/public/inbound-port.ts';
import { inboundRouter } from '../../../src/web/public/inbound.ts';
import { served, type Served } from '../../web/server/served.ts';
import { CREDENTIALS, PATHS } from '../conformance/subject.ts';
import { brevo } from '../fakes/brevo.ts';
import { runFake, type FakeOperator, type Manners, type Surroundings } from '../fakes/fake-operator.ts';
import { octopush } from '../fakes/octopush.ts';
import { ovh } from '../fakes/ovh.ts';
import { runSmppFake } from '../fakes/smpp.ts';
import { smsmode } from '../fakes/smsmode.ts';
import { twilio } from '../fakes/twilio.ts';
import { ended, type Fault } from './faults.ts';
import { afterFile } from '../../support/after-file.ts';

/** Operators with a fake. */
export const KINDS = ['octopush', 'ovh', 'twilio', 'smpp', 'brevo', 'smsmode'] as const;
export type Kind = (typeof KINDS)[number];

export const SECRET = 'canary-secret-of-an-inbound-address';

const written = (kind: Kind, baseUrl: string): object => ({
  name: kind,
  kind,
  baseUrl,
  fake: true,
  credentials: CREDENTIALS[kind],
  inboundSecret: SECRET,
});

function accountOf(description: object): GatewayAccount {
  const [account] = readGateways(JSON.stringify([description]), { env: {}, used: () => undefined });
  if (account === undefined) throw new Error('no account was read');
  return account;
}

/** The surroundings of a trial. */
export interface TrialSurroundings {
  /** Where operators call. */
  readonly inboundOrigin: string;
  readonly ids: ReadonlyMap<string, string>;
}

/** An instance with an account of each kind. */
type TrialWorld = Served & TrialSurroundings;

/** An instance that operators may call, with an account of each kind. */
export async function trialWorld<S extends Served>(
  serve: (options: Parameters<typeof served>[0]) => Promise<S>,
): Promise<S & TrialSurroundings> {
  const gateways = KINDS.map((kind) =>
    written(kind, kind === 'smpp' ? 'smpp://127.0.0.1:9' : 'http://127.0.0.1:9'),
  );
  const sandbox = { name: 'sandbox', kind: 'sandbox', default: true };
  const instance = await serve({ gateways: [sandbox, ...gateways] });
  const { api, database } = instance;
  const rows = await database.outside((tx) =>
    tx.rows(sql<{ id: string; name: string }>`SELECT id, name FROM gateway_account`),
  );
  const ids = new Map(rows.map(({ id, name }) => [name, id]));
  const app = express();
  const server = createServer(app);
  await new Promise<void>((done) => {
    server.listen(0, '127.0.0.1', () => done());
  });
  afterFile(() => void server.close());
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const listened = gateways.map((one) => {
    const account = accountOf(one);
    const inboundUrl = `${origin}/v1/inbound/${account.name}/${SECRET}`;
    return { account, id: ids.get(account.name) ?? '', secret: SECRET, inboundUrl };
  });
  const parts = { ...api, reserved: database, effective: () => undefined };
  app.use('/v1/inbound', inboundRouter(inboundPort(parts, listened))).use(answerErrors(api.log));
  return { ...instance, inboundOrigin: origin, ids };
}

const KNOWN: Readonly<Record<Exclude<Kind, 'smpp'>, (around: Surroundings) => Manners>> = {
  octopush,
  ovh: ovh(),
  twilio,
  brevo,
  smsmode,
};

/** The last id given: no operator gives one twice. */
let ids = 10_867_690n;

function fakeOf(kind: Kind, fault: Fault): Promise<FakeOperator> {
  const firstId = (ids += 1_000n);
  if (kind === 'smpp') return runSmppFake({ firstId, ...(fault.withoutIds && { withoutIds: true }) });
  return runFake((around) => {
    const manners = KNOWN[kind](around);
    return { ...manners, answer: (heard) => fault.answer?.(heard, manners) ?? manners.answer(heard) };
  });
}

let people = 1_000;
/** A number that nobody used yet. */
export const somebody = (): string => `+3363998${(people += 1)}`;

/** An operator that differs from its adapter's assumptions in one thing, and the account there. */
export async function anOperator(
  { inboundOrigin }: TrialSurroundings,
  kind: Kind,
  fault: Fault = {},
): Promise<{ readonly fake: FakeOperator; readonly account: GatewayAccount; readonly inboundUrl: string }> {
  const fake = await fakeOf(kind, fault);
  const inboundUrl = `${inboundOrigin}/v1/inbound/${kind}/${SECRET}`;
  fake.settings.callbackUrl = inboundUrl;
  fault.begin?.(fake);
  const description = { ...written(kind, `${fake.origin}${PATHS[kind]}`), ...fault.account?.(kind) };
  return { fake, account: accountOf(description), inboundUrl };
}

/** Runs a whole trial of an operator that differs from its adapter's assumptions in one thing. */
export async function aTrial(
  world: TrialWorld,
  kind: Kind,
  given: { readonly fault?: Fault; readonly phone?: string; readonly person?: Partial<TrialPerson> } = {},
): Promise<{ readonly tried: TrialResult | undefined; readonly fake: FakeOperator }> {
  const { fault = {}, phone = somebody() } = given;
  const { fake, account, inboundUrl } = await anOperator(world, kind, fault);
  const gateway = openGateway(account, { sandboxOrigin: '', inboundUrl, machine: () => Date.now() });
  const clock = new ProcessClock({ movable: true });
  await clock.follow(() => world.database.outside(readClock));
  try {
    const tried = await tryAccount(
      {
        database: world.database,
        vault: world.api.vault,
        clock,
        account,
        accountId: world.ids.get(kind) ?? '',
        gateway,
        tenantId: world.tenantId,
        sender: fault.sender ?? 'CABINET',
        language: 'fr',
        // Whatever is told is kept before it is answered: nobody has to wait.
        waitMs: { receipt: 0, reply: 0 },
        rest: (ms) => pause(ms),
      },
      { ...personWith({ fake, fault, kind, phone }), ...given.person },
    );
    return { tried, fake };
  } finally {
    await gateway.close();
    await fake.stop();
    await world.database.outside((tx) => tx.run(sql`DELETE FROM account_trial`));
  }
}

/** The person of a trial, and how its operator differs. */
export interface Scene {
  readonly fake: FakeOperator;
  readonly fault: Fault;
  readonly kind: Kind;
  readonly phone: string;
}

/** A person whose telephone shows what the operator accepted. */
export function personWith({ fake, fault, kind, phone }: Scene): TrialPerson {
  const tell = async (telling: Parameters<FakeOperator['tell']>[0]): Promise<void> => {
    const { signature } = fault;
    const headers = { ...telling.headers, ...(signature && { 'x-twilio-signature': signature }) };
    await fake.tell({ ...telling, headers });
  };
  return {
    phone: () => Promise.resolve(phone),
    show: () => Promise.resolve(),
    found: () => Promise.resolve(),
    shown: async (text) => {
      const message = fake.log.findLast(({ to }) => to === phone);
      if (message === undefined) return 'nothing';
      const receipts = fault.receipts?.(message, kind) ?? ended(message, 'delivered');
      for (const [one, ending] of receipts) await tell(fake.manners.receipt(one, ending));
      return message.text === text && fault.shownOtherwise?.(message) !== true ? 'as-sent' : 'otherwise';
    },
    typeStop: async () => {
      const last = fake.log.findLast(({ to }) => to === phone);
      for (const [from, text] of fault.reply?.(phone) ?? [[phone, 'STOP']])
        await tell(fake.manners.reply(from, text, last));
    },
  };
}
