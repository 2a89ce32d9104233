import { readGateways } from '../../../src/settings/gateway-account.ts';
import type {
  Callback,
  Call,
  Gateway,
  GatewayEvent,
  SubmitResult,
} from '../../../src/sending/gateway/gateway.ts';
import { openGateway } from '../../../src/gateways/open-gateway.ts';
import { runFake, type FakeOperator, type Telling } from '../fakes/fake-operator.ts';
import { brevo, BREVO_CREDENTIALS } from '../fakes/brevo.ts';
import { octopush, OCTOPUSH_CREDENTIALS } from '../fakes/octopush.ts';
import { ovh, OVH_CREDENTIALS, type OvhHabits } from '../fakes/ovh.ts';
import { smsmode, SMSMODE_CREDENTIALS } from '../fakes/smsmode.ts';
import { twilio, TWILIO_CREDENTIALS } from '../fakes/twilio.ts';
import { runSmppFake, SMPP_CREDENTIALS, type SmppHabits } from '../fakes/smpp.ts';
import { afterFile } from '../../support/after-file.ts';
import { aCall, anAttempt } from '../sandbox/support.ts';
import type { Kind } from './scenario-list.ts';

/** An operator's fake, and an account at it as an instance opens it. */
export interface Subject {
  readonly kind: Kind;
  readonly fake: FakeOperator;
  readonly gateway: Gateway;
  readonly send: (different?: Partial<Call>) => Promise<SubmitResult>;
  /** What our adapter reads in a call of the operator. */
  readonly receive: (telling: Telling) => Promise<Callback>;
  /** Another account at the same operator. */
  readonly account: (credentials: object) => Gateway;
  readonly close: () => Promise<void>;
}

export const CREDENTIALS = {
  octopush: OCTOPUSH_CREDENTIALS,
  ovh: OVH_CREDENTIALS,
  twilio: TWILIO_CREDENTIALS,
  smpp: SMPP_CREDENTIALS,
  brevo: BREVO_CREDENTIALS,
  smsmode: SMSMODE_CREDENTIALS,
};
export const PATHS = {
  octopush: '/v1/public',
  ovh: '/1.0',
  twilio: '',
  smpp: '',
  brevo: '/v3',
  smsmode: '/sms/v1',
};
const INBOUND = 'https://sms.example.test/v1/inbound/real/secret-of-the-inbound-address';

/** Long enough for a busy machine, short enough to wait for. */
const TIME_OUT_MS = 1_500;

/** Habits of a fake that only one of them has. */
export interface Habits extends Partial<OvhHabits> {
  readonly smpp?: Partial<SmppHabits>;
  /** Fields in which its account differs. */
  readonly account?: object;
}

const fakeOf = (kind: Kind, habits: Habits): Promise<FakeOperator> =>
  kind === 'smpp'
    ? runSmppFake(habits.smpp)
    : runFake({ octopush, ovh: ovh(habits), twilio, brevo, smsmode }[kind]);

/** Opens one, closed with the file at the latest. */
export async function aSubject(kind: Kind, habits: Habits = {}): Promise<Subject> {
  const fake = await fakeOf(kind, habits);
  fake.settings.callbackUrl = INBOUND;
  const open: Gateway[] = [];
  const { profile } = habits.smpp ?? {};
  const account = (credentials: object): Gateway => {
    const made = openAccount(kind, `${fake.origin}${PATHS[kind]}`, credentials, {
      ...(profile && { profile }),
      ...habits.account,
    });
    open.push(made);
    return made;
  };
  const gateway = account(CREDENTIALS[kind]);
  const ears = earsOf(gateway, fake);
  const closeAll = async (): Promise<void> => {
    await Promise.all(open.map((one) => one.close()));
    await fake.stop();
  };
  let closed: Promise<void> | undefined;
  const close = (): Promise<void> => (closed ??= closeAll());
  afterFile(close);
  return {
    kind,
    fake,
    gateway,
    account,
    send: async (different = {}) => gateway.submit(aCall(different), await anAttempt(gateway)),
    receive: async (telling) => {
      if (gateway.receive !== undefined) return ears(telling);
      const { method, url, headers = {}, body = '' } = telling;
      return gateway.parseCallback({ method, url, headers, body: Buffer.from(body) });
    },
    close,
  };
}

/** Reads what arrives on our own connection as a callback would be. */
function earsOf(gateway: Gateway, fake: FakeOperator): (telling: Telling) => Promise<Callback> {
  let events: readonly GatewayEvent[] = [];
  gateway.receive?.(
    (told) => {
      events = told;
      return Promise.resolve();
    },
    () => Promise.resolve('kept'),
  );
  return async (telling) => {
    events = [];
    const status = await fake.tell(telling);
    return status === 200 ? { kind: 'EVENTS', events, unread: 0 } : { kind: 'REJECTED', reason: 'malformed' };
  };
}

/** An account as the environment writes it. */
export function openAccount(
  kind: Kind,
  baseUrl: string,
  credentials: object,
  different: object = {},
): Gateway {
  const written = {
    name: 'real',
    kind,
    baseUrl,
    credentials,
    fake: true,
    requestTimeoutMs: TIME_OUT_MS,
    inboundSecret: 'secret-of-the-inbound-address',
    ...different,
  };
  const [account] = readGateways(JSON.stringify([written]), { env: {}, used: () => undefined });
  if (account === undefined) throw new Error('no account was read');
  return openGateway(account, { sandboxOrigin: '', inboundUrl: INBOUND, machine: () => Date.now() });
}
