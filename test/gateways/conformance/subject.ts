import { readGateways } from '../../../src/gateway-account.ts';
import type { Callback, Call, Gateway, SubmitResult } from '../../../src/gateways/gateway.ts';
import { openGateway } from '../../../src/gateways/open-gateway.ts';
import { runFake, type FakeOperator, type Telling } from '../fakes/fake-operator.ts';
import { octopush, OCTOPUSH_CREDENTIALS } from '../fakes/octopush.ts';
import { ovh, OVH_CREDENTIALS, type OvhHabits } from '../fakes/ovh.ts';
import { twilio, TWILIO_CREDENTIALS } from '../fakes/twilio.ts';
import { aCall, anAttempt } from '../sandbox/support.ts';
import type { Kind } from './scenario-list.ts';

/** An operator's fake, and an account at it as an instance opens it. */
export interface Subject {
  readonly kind: Kind;
  readonly fake: FakeOperator;
  readonly gateway: Gateway;
  readonly send: (different?: Partial<Call>) => Promise<SubmitResult>;
  /** What our adapter reads in a call of the operator. */
  readonly hear: (telling: Telling) => Callback;
  /** Another account at the same operator. */
  readonly account: (credentials: object) => Gateway;
  readonly close: () => Promise<void>;
}

export const CREDENTIALS = {
  octopush: OCTOPUSH_CREDENTIALS,
  ovh: OVH_CREDENTIALS,
  twilio: TWILIO_CREDENTIALS,
};
export const PATHS = { octopush: '/v1/public', ovh: '/1.0', twilio: '' };
const INBOUND = 'https://sms.example.test/v1/inbound/real/secret-of-the-inbound-address';

/** Long enough for a busy machine, short enough to wait for. */
const TIME_OUT_MS = 1_500;

export async function aSubject(kind: Kind, habits: Partial<OvhHabits> = {}): Promise<Subject> {
  const fake = await runFake({ octopush, ovh: ovh(habits), twilio }[kind]);
  fake.settings.callbackUrl = INBOUND;
  const open: Gateway[] = [];
  const account = (credentials: object): Gateway => {
    const made = openAccount(kind, `${fake.origin}${PATHS[kind]}`, credentials);
    open.push(made);
    return made;
  };
  const gateway = account(CREDENTIALS[kind]);
  return {
    kind,
    fake,
    gateway,
    account,
    send: async (different = {}) => gateway.submit(aCall(different), await anAttempt(gateway)),
    hear: ({ method, url, headers = {}, body = '' }) =>
      gateway.parseCallback({ method, url, headers, body: Buffer.from(body) }),
    close: async () => {
      await Promise.all(open.map((one) => one.close()));
      await fake.stop();
    },
  };
}

/** An account as the environment writes it. */
export function openAccount(kind: Kind, baseUrl: string, credentials: object): Gateway {
  const written = {
    name: 'real',
    kind,
    baseUrl,
    credentials,
    fake: true,
    requestTimeoutMs: TIME_OUT_MS,
    inboundSecret: 'secret-of-the-inbound-address',
  };
  const [account] = readGateways(JSON.stringify([written]), { env: {}, used: () => undefined });
  if (account === undefined) throw new Error('no account was read');
  return openGateway(account, { sandboxOrigin: '', inboundUrl: INBOUND, machine: () => Date.now() });
}
