import { randomUUID } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import { sql } from 'kysely';
import type { Client } from 'pg';
import { withdraw } from '../../../src/people/opt-out/opt-out.repository.ts';
import { DatabaseTime } from '../../../src/platform/clock.ts';
import { keyOf, newKeyBytes } from '../../../src/crypto/cipher.ts';
import type { Database, Transaction } from '../../../src/platform/database/connection.ts';
import { KeyRing } from '../../../src/settings/key-ring.ts';
import { timedByDatabase } from '../../../src/platform/database/instance.repository.ts';
import { uuidV7 } from '../../../src/base/random.ts';
import { Vault } from '../../../src/platform/crypto/vault.ts';
import type { Gateway } from '../../../src/sending/gateway/gateway.ts';
import { sendChunk } from '../../../src/sending/batch/chunk.ts';
import type { Plan, PlanReason } from '../../../src/platform/plan.ts';
import { bookAppointment, type AppointmentGiven } from '../../../src/reminders/booking/bookings.ts';
import type { BookingDeps } from '../../../src/reminders/booking/prepared-booking.ts';
import { cancelBooking } from '../../../src/reminders/booking/appointment-order.ts';
import type { Filed } from '../../../src/reminders/booking/filing.ts';
import {
  endSeries,
  planSeries,
  sendStep,
  type SeriesDeps,
} from '../../../src/reminders/series/series-plan.ts';
import { readSeries } from '../../../src/reminders/series/series.repository.ts';
import { viewSeries, type SeriesView } from '../../../src/reminders/series/series-view.ts';
import { createSendPath } from '../../../src/main/worker/send-path.ts';
import { afterFile } from '../../support/after-file.ts';
import { aClient, aDatabase, anOpenDatabase, type TestDatabase } from '../../support/database.ts';
import { ShiftedClock } from '../../support/law-clock.ts';
import { anOperator, type LogLine } from '../../support/operator.ts';
import { sendAll } from '../../support/until-sent.ts';
import type { Language } from '../../../src/words/index.ts';

const CREATED = '2026-01-01T00:00:00Z';

/** The words of the clinic's form. */
export const WORDING = 'J’accepte de recevoir par SMS les rappels de mes rendez-vous au cabinet.';

/** A practice in sector health with its sandbox, and the steps of a workflow. */
export interface Clinic {
  readonly appUrl: string;
  readonly superUrl: string;
  readonly tenantId: string;
  readonly clock: ShiftedClock;
  readonly deps: BookingDeps;
  readonly vault: Vault;
  readonly database: Database;
  /** The dependencies of the activities of a series. */
  readonly series: SeriesDeps;
  within<T>(work: (tx: Transaction) => Promise<T>): Promise<T>;
  book(more?: Partial<AppointmentGiven>): Promise<Filed>;
  cancel(externalId: string): Promise<void>;
  stop(phone: string): Promise<void>;
  /** Sends, waits by moving the clock, and ends, until the plan waits beyond `until` or is done. */
  conduct(seriesId: string, until: string): Promise<Plan<PlanReason>>;
  plan(seriesId: string): Promise<Plan<PlanReason>>;
  end(seriesId: string): Promise<Plan<PlanReason>>;
  /** Makes one attempt; `meanwhile` happens between the making of the text and its mark. */
  sendOnce(seriesId: string, meanwhile?: () => Promise<unknown>): Promise<Plan<PlanReason>>;
  /** Sends whatever is due of any batch. */
  sendBatch(batchId: string): Promise<Plan<PlanReason>>;
  view(seriesId: string, language?: Language): Promise<SeriesView>;
  /** The messages that handsets received from this clinic, oldest first. */
  received(): Promise<LogLine[]>;
  behave(orders: object): Promise<void>;
  /** Does something while this host's clock is so far ahead, and in doubt; the database's is right. */
  inDoubt(aheadMs: number, work: () => Promise<unknown>): Promise<void>;
  query(text: string, values?: unknown[]): Promise<Record<string, unknown>[]>;
}

/** The ways in which a clinic may differ. */
export interface ClinicOptions {
  /** Another clinic, whose database it shares; not where replies are taken, which one set of keys opens. */
  readonly on?: Pick<TestDatabase, 'appUrl' | 'superUrl'>;
  readonly at?: string;
  readonly sector?: string;
  readonly settings?: object;
  /** Its account receives no answers. */
  readonly deaf?: true;
  /** It received answers when the appointment was booked, and does no more. */
  readonly hearsNoMore?: true;
}

let numbers = 0;

/** A mobile number that no other test uses. */
export const aNumber = (): string => {
  numbers += 1;
  return `06 12 ${String(100_000 + numbers).replace(/(..)(?=.)/g, '$1 ')}`;
};

/** A booking of somebody new who agreed, on Wednesday 3 March 2027 at 15:15. */
export const aBooking = (more: Partial<AppointmentGiven> = {}): AppointmentGiven => ({
  externalId: randomUUID(),
  source: 'default',
  actor: 'key:test',
  keyName: 'agenda',
  contact: { phone: aNumber(), firstName: 'Agnès', lastName: 'Hebert' },
  startsAt: '2027-03-03T15:15',
  practice: 'Cabinet des Tilleuls',
  place: '12 rue des Tilleuls',
  consent: { method: 'paper', grantedAt: '2026-08-21T03:30', wording: WORDING },
  ...more,
});

/** Builds a clinic, which ends with the file. */
export async function aClinic(options: ClinicOptions = {}): Promise<Clinic> {
  const clock = new HostClock().startAt(options.at ?? '2027-02-01T09:00:00+01:00');
  const test = options.on ?? (await aDatabase());
  const operator = await anOperator(clock);
  const timed = timedByDatabase(clock);
  const database = await anOpenDatabase({
    url: test.appUrl,
    connections: 6,
    name: 'test',
    urgent: true,
    timed,
  });
  const vault = new Vault(new KeyRing([keyOf(1, newKeyBytes())], 1));
  const tenantId = randomUUID();
  const accountId = await anAccount(database);
  const keys = await database.withTenant(tenantId, async (tx) => {
    await tx.run(sql`INSERT INTO tenant (id, name, legal_name, contact, sector, settings, created_at, updated_at)
      VALUES (${tenantId}, 'Cabinet des Tilleuls', 'SELARL des Tilleuls', '{"phone":"04 78 00 00 01"}', ${options.sector ?? 'health'},
        ${JSON.stringify(options.settings ?? {})}::jsonb, ${CREATED}, ${CREATED})`);
    await vault.makeTenantKeys(tx, CREATED);
    return vault.tenant(tx);
  });
  const gateway = options.hearsNoMore === true ? withoutAnswers(operator.gateway) : operator.gateway;
  const account = { id: accountId, gateway, ratePerSecond: null, stopCode: '36180', answersComeBack: true };
  const accounts = {
    byId: (id: string) => (id === accountId ? account : undefined),
    byName: () => undefined,
  };
  const path = createSendPath({
    database,
    databaseUrl: test.appUrl,
    vault,
    clock,
    accounts,
    linkBase: undefined,
    workerId: randomUUID(),
  });
  afterFile(() => path.close());
  const client = await aClient(test.superUrl);
  const terms = {
    defaultName: 'sandbox',
    means: () => ({
      stopCode: '36180',
      canReceive: true,
      canReceiveAnswers: options.deaf !== true,
      stopMentionReclassifies: false,
    }),
  };
  const deps: BookingDeps = { keys, clock, terms };
  const within: Clinic['within'] = (work) => database.withTenant(tenantId, work);
  const series: SeriesDeps = { database, clock, send: (request) => sendChunk(path, request) };
  const ids = (seriesId: string) => ({ tenantId, seriesId });
  return {
    appUrl: test.appUrl,
    superUrl: test.superUrl,
    tenantId,
    clock,
    deps,
    vault,
    database,
    series,
    within,
    book: (more) => within((tx) => bookAppointment(tx, deps, aBooking(more))),
    cancel: async (externalId) => {
      const booking = { kind: 'appointment' as const, source: 'default', externalId, actor: 'key:test' };
      await within((tx) => cancelBooking(tx, deps, booking));
    },
    stop: async (phone) => {
      const occurredAt = clock.now().toISO();
      const about = {
        phone,
        scope: ['appointment', 'marketing'] as const,
        channel: 'sms' as const,
        occurredAt,
      };
      await within((tx) => withdraw(tx, deps, { ...about, actor: 'person', evidence: { inbound: 'x' } }));
    },
    conduct: (seriesId, until) => conducted(series, clock, { ids: ids(seriesId), until }),
    plan: (seriesId) => planSeries(series, ids(seriesId)),
    end: (seriesId) => endSeries(series, ids(seriesId)),
    sendOnce: (seriesId, meanwhile) => {
      const composerOf: typeof path.composerOf = async (run, at) => {
        const composer = await path.composerOf(run, at);
        await meanwhile?.();
        return composer;
      };
      const send: SeriesDeps['send'] = (request) => sendChunk({ ...path, composerOf }, request);
      return sendStep({ ...series, send }, { ...ids(seriesId), signal: new AbortController().signal });
    },
    sendBatch: (batchId) => sendAll(path, { tenantId, batchId, signal: new AbortController().signal }),
    view: (seriesId, language = 'fr') =>
      within(async (tx) => {
        const row = await readSeries(tx, seriesId);
        if (row === undefined) throw new Error('no such series');
        return viewSeries(tx, { keys, now: clock.now(), language }, row);
      }),
    received: async () => (await operator.log()).filter(({ outcome }) => outcome === 'accepted'),
    behave: (orders) => operator.behave(orders),
    inDoubt: (aheadMs, work) => whileAhead(clock, client, { aheadMs, work }),
    query: async (text, values = []) => (await client.query<Record<string, unknown>>(text, values)).rows,
  };
}

/** The same operator, which brings no answers any more. */
const withoutAnswers = (gateway: Gateway): Gateway =>
  Object.defineProperty(gateway, 'capabilities', {
    value: { ...gateway.capabilities, canReceive: false },
  });

async function anAccount(database: Database): Promise<string> {
  const id = uuidV7(Date.now());
  const row = await database.outside((tx) =>
    tx.first(sql<{
      id: string;
    }>`INSERT INTO gateway_account (id, name, kind, fake, updated_at) VALUES (${id}, 'sandbox', 'sandbox', true, ${CREATED})
      ON CONFLICT (name) DO UPDATE SET updated_at = excluded.updated_at RETURNING id`),
  );
  return row?.id ?? id;
}

/** Plays the workflow, moving the law clock instead of waiting. */
async function conducted(
  deps: SeriesDeps,
  clock: ShiftedClock,
  { ids, until }: { ids: { tenantId: string; seriesId: string }; until: string },
): Promise<Plan<PlanReason>> {
  const reach = (): unknown => clock.now().toMillis() < Date.parse(until) && clock.startAt(until);
  let plan = await planSeries(deps, ids);
  for (let turns = 0; turns < 50; turns += 1) {
    if (plan.kind === 'done') {
      reach();
      return plan;
    }
    if (plan.kind === 'wait' && Date.parse(plan.nextActionAt) > Date.parse(until)) {
      reach();
      return planSeries(deps, ids);
    }
    plan = await turned(deps, clock, { ids, plan });
  }
  throw new Error(`the series never rests: ${JSON.stringify(plan)}`);
}

async function turned(
  deps: SeriesDeps,
  clock: ShiftedClock,
  {
    ids,
    plan,
  }: { ids: { tenantId: string; seriesId: string }; plan: Exclude<Plan<PlanReason>, { kind: 'done' }> },
): Promise<Plan<PlanReason>> {
  // An operator is asked again in real time; everything else waits by the law.
  if (plan.kind === 'wait' && plan.state === 'sending') await setTimeout(Math.min(plan.waitMs, 3_000));
  else if (plan.kind === 'wait') clock.startAt(plan.nextActionAt);
  return sendStep(deps, { ...ids, signal: new AbortController().signal });
}

/** A clock that a test moves; in doubt it is given the database's time. */
class HostClock extends ShiftedClock {
  readonly databaseTime = new DatabaseTime(() => this.monotonic());

  override now() {
    return this.databaseTime.now() ?? super.now();
  }
}

/** A host whose clock is ahead and in doubt, beside a database that is right. */
async function whileAhead(
  clock: ShiftedClock,
  client: Client,
  { aheadMs, work }: { readonly aheadMs: number; readonly work: () => Promise<unknown> },
): Promise<void> {
  const right = clock.now();
  const set = (offsetMs: number) => client.query('UPDATE instance SET clock_offset_ms = $1', [offsetMs]);
  await set(Math.round(clock.offsetMs));
  clock.startAt(right.plus({ milliseconds: aheadMs }).toISO());
  const doubted = { value: () => 'the wall clock jumped by more than 2 s', configurable: true };
  Object.defineProperty(clock, 'doubt', doubted);
  try {
    await work();
  } finally {
    Reflect.deleteProperty(clock, 'doubt');
    clock.startAt(right.toISO());
    await set(0);
  }
}
