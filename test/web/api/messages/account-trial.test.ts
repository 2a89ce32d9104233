import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { OPERATORS } from '../../../../src/gateways/operators.ts';
import { ASSUMPTION_WORDS } from '../../../../src/gateways/entry.ts';
import { openDatabase } from '../../../../src/platform/database/connection.ts';
import { ProcessClock } from '../../../../src/platform/clock.ts';
import { readClock } from '../../../../src/platform/database/instance.repository.ts';
import { endCutShort } from '../../../../src/gateways/doctor/account-trial.repository.ts';
import { escaped } from '../../../../src/base/html.ts';
import { conductOrders } from '../../../../src/main/worker/worker-operators.ts';
import { FAULTS } from '../../../gateways/doctor/faults.ts';
import { anOperator, personWith, somebody, trialWorld, type Scene } from '../../../gateways/doctor/trial.ts';
import { NIGHT } from '../../../support/cases.ts';
import { consoleServed } from '../../console/served.ts';

const world = await trialWorld(consoleServed);
const { admin, api, ask, at, database, open, send, cookieOf } = world;
const PAGE = '/gateways/octopush/trial';
const cookie = `${cookieOf('admin')}; bonheure_language=fr`;
const clock = new ProcessClock({ movable: true });
await clock.follow(() => database.outside(readClock));

const undone: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const undo of undone.splice(0).toReversed()) await undo();
  await database.outside((tx) => tx.run(sql`DELETE FROM account_trial`));
});

/** A worker of the instance, as far as it conducts trials; it hears of its end as a process does. */
async function aWorker(account: Awaited<ReturnType<typeof anOperator>>['account']) {
  const own = await openDatabase({ url: at.appUrl, connections: 3, name: 'test-worker' });
  const stopping = new AbortController();
  const config = { gateways: [account], port: 0, publicUrl: world.inboundOrigin };
  const parts = {
    database: own,
    vault: api.vault,
    clock,
    config,
    log: api.log,
    stopping: stopping.signal,
  };
  const trials = conductOrders(parts, {
    workerId: randomUUID(),
    accounts: { byName: (name) => ({ id: world.ids.get(name) ?? '' }) },
    // Receipts are kept before the page is answered: nobody has to wait for them.
    patience: { receipt: 0, reply: 60_000, shown: 60_000 },
  });
  const stop = async () => {
    stopping.abort();
    await trials.stop();
    await own.close().catch(() => undefined);
  };
  undone.push(stop);
  return { stop, die: () => own.close() };
}

/** An operator, two workers that hold the account, and somebody with a telephone. */
async function scene(fault: Scene['fault'] = {}) {
  const phone = somebody();
  const { fake, account } = await anOperator(world, 'octopush', fault);
  undone.push(() => fake.stop());
  const workers = [await aWorker(account), await aWorker(account)] as const;
  return { phone, fake, workers, person: personWith({ fake, fault, kind: 'octopush', phone }) };
}

interface Trial {
  readonly id: string;
  readonly state: string;
  readonly told: string | null;
  readonly asks: { readonly what: string; readonly text: string } | null;
  readonly findings: readonly { readonly id: string; readonly verdict: string }[];
}

const started = (phone: string) => send(PAGE, { phone, sure: 'yes' }, { cookie });
const page = async () => (await open(PAGE, cookie)).text();
const trial = async (): Promise<Trial> =>
  (await ask('GET', '/v1/gateways/octopush/trial', { key: admin })).body.trial as Trial;
const rows = () =>
  database.outside((tx) =>
    tx.rows(sql<{ row: string; sealed: boolean; texts: number }>`
      SELECT t::text AS row, sealed_phone IS NOT NULL AS sealed, texts FROM account_trial t ORDER BY started_at`),
  );

/** Where it stands, and why a worker gave it up, if one did: whoever reads a red test needs no second run. */
const standing = async () => {
  const lines = world.logged().split('\n');
  return { ...(await trial()), faults: lines.filter((line) => line.includes('did not finish')) };
};
const asked = (what: string) =>
  vi.waitFor(
    async () => {
      const now = await standing();
      expect(now).toMatchObject({ asks: { what } });
      return now;
    },
    { timeout: 80_000, interval: 50 },
  );
const over = () =>
  vi.waitFor(
    async () => {
      const now = await standing();
      expect(now).toMatchObject({ state: expect.stringMatching(/^(?:ended|not-finished)$/) as string });
      return now;
    },
    { timeout: 80_000, interval: 50 },
  );

/** Does on the page, and with the telephone, what the page asks for. */
async function answered(what: 'accents' | 'two-parts', { person }: Awaited<ReturnType<typeof scene>>) {
  const { id, asks } = await asked(what);
  const words = asks?.text ?? '';
  const html = await page();
  expect(html).toContain(`<blockquote>${escaped(words)}</blockquote>`);
  expect(html).toContain(`data-events="/console/trials/${id}/events"`);
  const shown = await person.shown(words, what);
  expect((await send(`/gateways/octopush/trials/${id}`, { text: what, shown }, { cookie })).status).toBe(303);
}

const verdicts = (found: Trial, verdict: string) =>
  found.findings.filter((one) => one.verdict === verdict).map(({ id }) => id);

describe('a trial started from the console', () => {
  it('holds every assumption as it goes', async () => {
    const given = await scene();
    const sure = await (await send(PAGE, { phone: given.phone }, { cookie })).text();
    expect(sure).toContain('Essayer le compte octopush ?');
    expect(await rows()).toEqual([]);
    expect((await started(given.phone)).headers.get('location')).toBe(`/console${PAGE}`);
    await answered('accents', given);
    const { findings } = await asked('two-parts');
    expect(findings).toContainEqual({ id: 'sender', verdict: 'held' });
    expect(await page()).toContain('>tenu<');
    await answered('two-parts', given);
    await asked('stop');
    expect(await page()).toContain('Maintenant, tapez STOP sur votre téléphone.');
    await given.person.typeStop();
    expect(verdicts(await over(), 'held')).toEqual(OPERATORS.octopush.assumptions);
    expect(given.fake.log.map(({ to, parts }) => [to, parts])).toEqual([
      [given.phone, 1],
      [given.phone, 2],
    ]);
    expect(await page()).toContain('Dernier essai');
    const [row] = await rows();
    expect([row?.sealed, row?.texts]).toEqual([false, 2]);
    for (const kept of [row?.row ?? '', world.logged()]) expect(kept).not.toContain(given.phone.slice(3));
  });

  it('names the false assumption and its remedy', NIGHT, async () => {
    const given = await scene(FAULTS['receipt-id']);
    await started(given.phone);
    await answered('accents', given);
    await asked('two-parts');
    expect(await page()).toContain(escaped(ASSUMPTION_WORDS['receipt-id'].change.fr));
    await answered('two-parts', given);
    await asked('stop');
    await given.person.typeStop();
    expect(verdicts(await over(), 'failed')).toEqual(['receipt-id']);
    const html = await page();
    expect(html).toContain('>faux <span');
    expect(html).toContain(escaped(ASSUMPTION_WORDS['receipt-id'].change.fr));
  });

  it('is not started to an invalid mobile', async () => {
    for (const [phone, sentence] of [
      ['12', 'Ce n’est pas un numéro de téléphone.'],
      ['01 42 68 53 00', 'Ce numéro ne reçoit pas de SMS.'],
    ] as const)
      for (const fields of [{ phone }, { phone, sure: 'yes' }]) {
        const answer = await send(PAGE, fields, { cookie });
        const html = await answer.text();
        expect([answer.status, html.includes(`value="${phone}"`), html.includes(sentence)]).toEqual([
          422,
          true,
          true,
        ]);
      }
    expect(await rows()).toEqual([]);
  });

  it('starts once for two requests', async () => {
    const given = await scene();
    const order = () =>
      ask('POST', '/v1/gateways/octopush/trials', { key: admin, body: { phone: given.phone } });
    const answers = await Promise.all([order(), order()]);
    expect(answers.map(({ status }) => status).toSorted((one, other) => one - other)).toEqual([202, 409]);
    expect(answers.map(({ body }) => String(body.code))).toContain('ACCOUNT_TRIAL_UNDER_WAY');
    await asked('accents');
    const again = await started(given.phone);
    expect([again.status, await again.text()]).toEqual([
      409,
      expect.stringContaining('Un essai de ce compte est en cours : attendez qu’il se termine.'),
    ]);
    expect(given.fake.log).toHaveLength(1);
  });

  it('spares somebody who said STOP', async () => {
    const given = await scene();
    await ask('POST', '/v1/suppressions', {
      key: admin,
      body: { phone: given.phone, purpose: 'all', source: 'test' },
    });
    await started(given.phone);
    expect((await over()).told).toContain('ce numéro a dit STOP');
    expect(await page()).toContain('ce numéro a dit STOP');
    expect(given.fake.log).toEqual([]);
  });
});

describe('a trial that nobody conducts any more', () => {
  const aMinuteLater = (work: (at: string) => Promise<unknown>) =>
    work(new Date(clock.machine() + 61_000).toISOString());

  it('is unfinished once its worker stopped', NIGHT, async () => {
    const given = await scene();
    await started(given.phone);
    await asked('accents');
    await Promise.all(given.workers.map(({ stop }) => stop()));
    expect((await over()).state).toBe('not-finished');
    expect(await page()).toContain('L’essai ne s’est pas terminé');
    expect((await rows())[0]?.sealed).toBe(false);
  });

  it('is unfinished once its worker died', async () => {
    const given = await scene();
    await started(given.phone);
    await asked('accents');
    await Promise.all(given.workers.map(({ die }) => die()));
    await database.outside((tx) =>
      tx.run(sql`UPDATE account_trial SET beat_at = beat_at - interval '61 seconds'`),
    );
    expect(await trial()).toMatchObject({ state: 'not-finished', asks: null });
    expect(verdicts(await trial(), 'held')).toContain('credentials');
    expect(await page()).toContain('L’essai ne s’est pas terminé');
    expect((await started(somebody())).status).toBe(303);
    expect((await rows()).map(({ sealed, texts }) => [sealed, texts])).toEqual([
      [false, 1],
      [true, 0],
    ]);
    expect(given.fake.log).toHaveLength(1);
  });

  it('ends even if a frozen worker returns', async () => {
    const given = await scene();
    await started(given.phone);
    const { id } = await asked('accents');
    await aMinuteLater((later) => database.outside((tx) => endCutShort(tx, later)));
    const late = await send(
      `/gateways/octopush/trials/${id}`,
      { text: 'accents', shown: 'as-sent' },
      { cookie },
    );
    expect(late.status).toBe(409);
    await Promise.all(given.workers.map(({ stop }) => stop()));
    expect([(await trial()).state, given.fake.log.length]).toEqual(['not-finished', 1]);
  });

  it('is not begun a minute late', async () => {
    const phone = somebody();
    await started(phone);
    await database.outside((tx) =>
      tx.run(sql`UPDATE account_trial SET beat_at = beat_at - interval '61 seconds'`),
    );
    const { fake } = await scene();
    await vi.waitFor(async () => expect((await rows())[0]?.sealed).toBe(false), { timeout: 60_000 });
    expect([(await trial()).state, fake.log]).toEqual(['not-finished', []]);
  });
});

describe('whoever may not try an account', () => {
  it('meets no form and is refused', async () => {
    const theirs = cookieOf('auditor');
    expect(await (await open(PAGE, theirs)).text()).not.toContain('name="phone"');
    expect((await send(PAGE, { phone: somebody() }, { cookie: theirs })).status).toBe(403);
    expect((await open(PAGE, cookieOf('operator'))).status).toBe(200);
  });

  it('is every tenant on a shared instance', async () => {
    await world.anotherTenant();
    expect(await page()).not.toContain('name="phone"');
    const order = { key: admin, body: { phone: somebody() } };
    const refused = await ask('POST', '/v1/gateways/octopush/trials', order);
    expect([refused.status, refused.body.code]).toEqual([403, 'ROLE_NOT_ALLOWED']);
    expect(await rows()).toEqual([]);
  });
});
