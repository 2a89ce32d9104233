import { sql } from 'kysely';
import { describe, expect, it } from 'vitest';
import { transcriptOf } from '../../../src/gateways/doctor/account-try.ts';
import { OPERATORS } from '../../../src/gateways/operators.ts';
import { CREDENTIALS } from '../conformance/subject.ts';
import { served } from '../../web/server/served.ts';
import { NIGHT } from '../../support/cases.ts';
import { readerOf, samplesIn } from '../samples/sample.ts';
import { ENDING, FAULTS, HIDDEN } from './faults.ts';
import { aTrial, KINDS, SECRET, somebody, trialWorld, type Kind } from './trial.ts';

const world = await trialWorld(served);

const verdicts = (tried: Awaited<ReturnType<typeof aTrial>>['tried'], verdict: string): readonly string[] =>
  (tried?.findings ?? []).filter((one) => one.verdict === verdict).map(({ id }) => id);

const replayed = (kind: Kind, text: string): void => {
  if (kind === 'smpp') return;
  const samples = samplesIn(kind, 'a trial', text);
  expect(samples.length).toBeGreaterThanOrEqual(3);
  for (const sample of samples) {
    const said = readerOf(kind).read(sample.call);
    expect(said).toMatchObject({ events: sample.events, unread: sample.unread });
    expect(said.events.length).toBeGreaterThan(0);
  }
};

/** The operator whose faults are tested by day; those of the others are at night. */
const OF_THE_DAY: Kind = 'octopush';

describe.each(KINDS)('a trial of an account at %s', (kind) => {
  const when = kind === OF_THE_DAY ? {} : NIGHT;

  it('holds every assumption of its adapter', async () => {
    const phone = somebody();
    const { tried, fake } = await aTrial(world, kind, { phone });
    expect(verdicts(tried, 'held')).toEqual(OPERATORS[kind].assumptions);
    expect(fake.log.map(({ to, parts }) => [to, parts])).toEqual([
      [phone, 1],
      [phone, 2],
    ]);
    const text = tried === undefined ? '' : transcriptOf(kind, tried);
    replayed(kind, text);
    for (const secret of [SECRET, phone.slice(3), ...Object.values(CREDENTIALS[kind])])
      expect(text).not.toContain(secret);
  });

  it.each(OPERATORS[kind].assumptions.filter((id) => FAULTS[id].unseen !== true))(
    'names %s alone when it is false',
    when,
    async (id) => {
      const { tried } = await aTrial(world, kind, { fault: FAULTS[id] });
      expect(verdicts(tried, 'failed')).toEqual([id]);
      if (ENDING.has(id)) return;
      expect(verdicts(tried, 'not-seen')).toEqual(
        OPERATORS[kind].assumptions.filter((one) => HIDDEN[id]?.includes(one)),
      );
    },
  );

  it('reports what it did not see', when, async () => {
    const { tried } = await aTrial(world, kind, { fault: FAULTS.callback });
    expect(verdicts(tried, 'failed')).toEqual([]);
    expect(verdicts(tried, 'not-seen')).toContain(kind === 'smpp' ? 'session' : 'callback');
  });
});

describe('a text of a trial', () => {
  const written = async (phone = somebody(), person = {}) => {
    const { tried, fake } = await aTrial(world, 'octopush', { phone, person });
    return { bound: tried?.bound, texts: fake.log.length };
  };

  it('reaches nobody without a number', async () => {
    expect(await written(somebody(), { phone: () => Promise.resolve(undefined) })).toEqual({ texts: 0 });
  });

  it('reaches nobody who said STOP', async () => {
    const phone = somebody();
    expect(await written(phone)).toEqual({ texts: 2 });
    expect(await written(phone)).toEqual({ bound: 'SUPPRESSED', texts: 0 });
  });

  it('waits for no halt to end', async () => {
    const halt = (halted: boolean) =>
      world.ask('PUT', '/v1/gateways/octopush/halt', {
        key: world.instanceKey,
        body: { halted, reason: 'a test' },
      });
    expect((await halt(true)).status).toBeLessThan(300);
    expect(await written()).toEqual({ bound: 'HALTED', texts: 0 });
    await halt(false);
    const everything = { halted: true, reason: 'a test' };
    await world.ask('PUT', '/v1/halt', { key: world.admin, body: everything });
    expect(await written()).toEqual({ bound: 'HALTED', texts: 0 });
    await world.ask('PUT', '/v1/halt', { key: world.admin, body: { halted: false } });
  });

  it('stays behind when the seal falls between two', async () => {
    const seal = async (sealed: boolean) => {
      await world.database.outside((tx) =>
        tx.run(sql`UPDATE instance SET sealed = ${sealed}, sealed_why = ${sealed ? 'a test' : null}`),
      );
    };
    const shown = async () => {
      await seal(true);
      return 'as-sent' as const;
    };
    expect(await written(somebody(), { shown })).toEqual({ bound: 'SEALED', texts: 1 });
    await seal(false);
  });

  it('is written by one trial at a time', async () => {
    let beside: Awaited<ReturnType<typeof aTrial>> | undefined;
    const shown = async () => {
      beside ??= await aTrial(world, 'octopush');
      return 'nothing' as const;
    };
    await written(somebody(), { shown });
    expect([beside?.tried, beside?.fake.log.length]).toEqual([undefined, 0]);
  });

  it('is limited to twenty trials a day', async () => {
    await world.database.outside((tx) =>
      tx.run(sql`
        INSERT INTO account_trial (id, account_id, started_at, listens_until, ended_at)
        SELECT gen_random_uuid(), ${world.ids.get('octopush') ?? ''}::uuid, now(), now(), now() FROM generate_series(1, 20)`),
    );
    const { tried, fake } = await aTrial(world, 'octopush');
    expect([tried, fake.log.length]).toEqual([undefined, 0]);
  });
});
