import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import {
  runFake,
  type Failure,
  type FakeOperator,
  type Manners,
  type Surroundings,
} from './fake-operator.ts';
import { brevo, BREVO_CREDENTIALS } from './brevo.ts';
import { octopush, OCTOPUSH_CREDENTIALS } from './octopush.ts';
import { ovh, OVH_CREDENTIALS } from './ovh.ts';
import { runSmppFake, SMPP_CREDENTIALS, type SmppFake } from './smpp.ts';
import { smsmode, SMSMODE_CREDENTIALS } from './smsmode.ts';
import { twilio, TWILIO_CREDENTIALS } from './twilio.ts';

interface Known {
  readonly run: (port: number) => Promise<FakeOperator>;
  readonly path: string;
  readonly credentials: object;
}

const overHttp =
  (manners: (around: Surroundings) => Manners): Known['run'] =>
  (port) =>
    runFake(manners, port);

const KINDS: Readonly<Record<string, Known>> = {
  octopush: { run: overHttp(octopush), path: '/v1/public', credentials: OCTOPUSH_CREDENTIALS },
  ovh: { run: overHttp(ovh({ firstId: 10_867_690n })), path: '/1.0', credentials: OVH_CREDENTIALS },
  twilio: { run: overHttp(twilio), path: '', credentials: TWILIO_CREDENTIALS },
  brevo: { run: overHttp(brevo), path: '/v3', credentials: BREVO_CREDENTIALS },
  smsmode: { run: overHttp(smsmode), path: '/sms/v1', credentials: SMSMODE_CREDENTIALS },
  smpp: { run: (port) => runSmppFake({}, port), path: '', credentials: SMPP_CREDENTIALS },
};

const INBOUND_SECRET = 'a-secret-of-22-or-more-characters';

const USAGE = `npm run fake -- <octopush|ovh|twilio|smpp|brevo|smsmode> [--port 2775] [--api http://127.0.0.1:8080]

Then, a line each:
  log                    what was taken
  deliver                tells that everything was delivered
  reply +336… words      a person writes
  stop +336…             a person says STOP to the operator
  unbind                 lets go of every session (smpp)
  fail <what>            what goes wrong with the next request: throttled, 5xx-after, silent-after, …
`;

const say = (text: string): void => void process.stdout.write(`${text}\n`);

async function obey(fake: FakeOperator, line: string): Promise<void> {
  const [order = '', first = '', ...more] = line.trim().split(' ');
  switch (order) {
    case 'log':
      return fake.log.forEach((message) => say(JSON.stringify(message)));
    case 'deliver':
      for (const message of fake.log)
        say(`${message.to} ${await fake.tell(fake.manners.receipt(message, 'delivered'))}`);
      return undefined;
    case 'reply':
      return say(String(await fake.tell(fake.manners.reply(first, more.join(' '), lastTo(fake, first)))));
    case 'stop':
      return say(String(await fake.tell(fake.manners.stop(first, lastTo(fake, first)))));
    case 'fail':
      // Whatever is none of them fails when it is met, before everybody's eyes.
      return void fake.failures.push(first as Failure);
    case 'unbind':
      return 'unbindAll' in fake ? (fake as SmppFake).unbindAll() : say(USAGE);
    default:
      return say(USAGE);
  }
}

const lastTo = (fake: FakeOperator, number: string) => fake.log.findLast(({ to }) => to === number);

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      port: { type: 'string', default: '0' },
      api: { type: 'string', default: 'http://127.0.0.1:8080' },
    },
  });
  const [kind = ''] = positionals;
  const known = KINDS[kind];
  if (known === undefined) {
    process.stderr.write(USAGE);
    process.exitCode = 2;
    return;
  }
  const fake = await known.run(Number(values.port));
  fake.settings.callbackUrl = `${values.api}/v1/inbound/${kind}/${INBOUND_SECRET}`;
  const account = {
    name: kind,
    kind,
    fake: true,
    baseUrl: `${fake.origin}${known.path}`,
    inboundSecret: INBOUND_SECRET,
    credentials: known.credentials,
  };
  say(`BONHEURE_GATEWAYS='${JSON.stringify([account])}'`);
  say(`It tells receipts and replies to ${fake.settings.callbackUrl}`);
  // Without a terminal it goes on serving, until it is killed.
  for await (const line of createInterface({ input: process.stdin })) await obey(fake, line);
}

await main();
