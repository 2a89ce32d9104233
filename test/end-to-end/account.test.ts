import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { octopush, OCTOPUSH_CREDENTIALS } from '../gateways/fakes/octopush.ts';
import { runFake } from '../gateways/fakes/fake-operator.ts';
import { readerOf, samplesIn } from '../gateways/samples/sample.ts';
import { NIGHT } from '../support/cases.ts';
import { anInstance, type Instance } from '../support/instance.ts';

const SECRET = 'canary-secret-of-an-inbound-address';
const ROOT = fileURLToPath(new URL('../../', import.meta.url));

type Fake = Awaited<ReturnType<typeof runFake>>;
let fake: Fake;
let instance: Instance;
let folder: string;
let gateways: readonly object[];

const accountAt = ({ origin }: Fake) => ({
  name: 'octopush',
  kind: 'octopush',
  fake: true,
  baseUrl: `${origin}/v1/public`,
  credentials: OCTOPUSH_CREDENTIALS,
  inboundSecret: SECRET,
});

beforeAll(async () => {
  fake = await runFake(octopush);
  gateways = [{ name: 'sandbox', kind: 'sandbox', default: true }, accountAt(fake)];
  instance = await anInstance({ gateways });
  fake.settings.callbackUrl = `${instance.origin}/v1/inbound/octopush/${SECRET}`;
  folder = await mkdtemp(path.join(tmpdir(), 'bonheure-trial-'));
});

afterAll(async () => {
  await instance.stop();
  await fake.stop();
  await rm(folder, { recursive: true, force: true });
});

/** What stands at the end of what the doctor has said, and what is typed then. */
type Answers = readonly (readonly [question: RegExp, answer: () => Promise<string> | string])[];

/** `npm run account -- try NAME`, as somebody types it. */
async function atTheTerminal(name: string, answers: Answers) {
  const words = [
    'run',
    '-s',
    'account',
    '--',
    'try',
    name,
    '--language',
    'en',
    '--to',
    folder,
    '--wait',
    '60',
  ];
  const doctor = spawn('npm', words, {
    cwd: ROOT,
    env: {
      ...process.env,
      PORT: new URL(instance.origin).port,
      BONHEURE_DATA: path.join(instance.folder, 'data'),
      BONHEURE_GATEWAYS: JSON.stringify(gateways),
    },
  });
  let said = '';
  let asked = 0;
  const hear = (chunk: Buffer): void => {
    said += chunk.toString();
    const [, answer] = answers.find(([question]) => question.test(said.slice(asked))) ?? [];
    if (answer === undefined) return;
    asked = said.length;
    void Promise.resolve(answer()).then((typed) => doctor.stdin.write(`${typed}\n`));
  };
  doctor.stdout.on('data', hear);
  doctor.stderr.on('data', hear);
  const [code] = (await once(doctor, 'exit')) as [number];
  return { code, said };
}

const lines = (said: string, verdict: string): number =>
  said.split('\n').filter((line) => line.startsWith(verdict)).length;

describe('a trial of an account', NIGHT, () => {
  it('at a real operator proves its adapter’s assumptions', async () => {
    const phone = '+33639981234';
    const last = () => fake.log.findLast(({ to }) => to === phone);
    const { code, said } = await atTheTerminal('octopush', [
      [/YOUR OWN phone.*: $/, () => '06 39 98 12 34'],
      [/Type yes: $/, () => 'yes'],
      [
        /did not arrive\): $/,
        async () => {
          const message = last();
          if (message === undefined) return 'nothing';
          await fake.tell(fake.manners.receipt(message, 'delivered'));
          return 'yes';
        },
      ],
      [
        /or to skip\): $/,
        async () => {
          await fake.tell(fake.manners.reply(phone, 'STOP', last()));
          return '';
        },
      ],
    ]);
    expect({ code, said }).toEqual({ code: 0, said: expect.not.stringMatching(/^(FAILED|not seen)/m) });
    expect(lines(said, 'held')).toBe(17);
    const text = await readFile(path.join(folder, 'account-octopush.json'), 'utf8');
    expect(text).not.toMatch(/639981234|canary|octopush-key/);
    const samples = samplesIn('octopush', 'a trial', text);
    expect(samples).toHaveLength(3);
    for (const { call, events } of samples) expect(readerOf('octopush').read(call)).toMatchObject({ events });
    const again = await atTheTerminal('octopush', [
      [/YOUR OWN phone.*: $/, () => '06 39 98 12 34'],
      [/Type yes: $/, () => 'yes'],
    ]);
    expect(again.said).toContain('this number said STOP');
    // A STOP is answered as any other; of the trial two texts left, once.
    expect(fake.log.filter((one) => one.text.startsWith('A trial of'))).toHaveLength(2);
  });

  it('tries the sandbox in the same way', async () => {
    const phone = '+33639981235';
    const { code, said } = await atTheTerminal('sandbox', [
      [/YOUR OWN phone.*: $/, () => phone],
      [/Type yes: $/, () => 'yes'],
      [/did not arrive\): $/, () => 'yes'],
      [
        /or to skip\): $/,
        async () => {
          await instance.reply(phone, 'STOP');
          return '';
        },
      ],
    ]);
    expect({ code, said }).toEqual({ code: 0, said: expect.not.stringMatching(/^(FAILED|not seen)/m) });
    expect(lines(said, 'held')).toBe(15);
  });

  it('names an unknown account in one sentence', async () => {
    const { code, said } = await atTheTerminal('nobody', []);
    expect([code, said]).toEqual([1, 'BONHEURE_GATEWAYS has no account "nobody": sandbox, octopush.\n']);
  });

  it('ordered from the console runs on a worker', async () => {
    const ordered = await instance.call('POST', '/v1/gateways/octopush/trials', { phone: '06 39 98 12 36' });
    expect(ordered.status).toBe(202);
    const trial = async () => {
      const { body } = await instance.call('GET', '/v1/gateways/octopush/trial');
      return body['trial'] as { readonly state: string; readonly asks: { readonly what: string } | null };
    };
    await vi.waitFor(async () => expect((await trial()).asks?.what).toBe('accents'), 60_000);
    await instance.kill('worker');
    const before = fake.log.length;
    await vi.waitFor(async () => expect((await trial()).state).toBe('not-finished'), {
      timeout: 90_000,
      interval: 1_000,
    });
    // The next worker has begun: it takes up no order of another.
    expect(fake.log).toHaveLength(before);
  });
});
