import { randomUUID } from 'node:crypto';
import { DateTime } from 'luxon';
import { afterAll, describe, expect, it } from 'vitest';
import { ProcessClock } from '../../../../src/platform/clock.ts';
import { lawClock } from '../../../../src/web/sandbox/sandbox.ts';
import { sendChunk } from '../../../../src/sending/batch/chunk.ts';
import { planSeries, sendStep, type SeriesDeps } from '../../../../src/reminders/series/series-plan.ts';
import { createSendPath } from '../../../../src/main/worker/send-path.ts';
import { words } from '../../../reminders/series/series-model.ts';
import { cases } from '../../../support/cases.ts';
import { anOperator } from '../../../support/operator.ts';
import { deliveredOf, messagesOf, visitsAfter, type Told, type Visit } from './queue-model.ts';
import { served, type Reply } from '../../server/served.ts';
import { aClient, anOpenDatabase } from '../../../support/database.ts';

/** `QUEUE_SEED=…` for the same queue again. */
const SEED = Number(process.env['QUEUE_SEED'] ?? cases(20_261_129, Math.trunc(Math.random() * 2 ** 31)));
const MESSAGES = cases(30, 1_400);
const CLIENTS = 4;
const ZONE = 'Europe/Paris';
const FIRST_DAY = '2027-04-10T10:00';
/** Between the thirds of the queue reminders leave: twenty days before a visit, and two. */
const UNTIL = ['2027-03-28T12:00:00+02:00', '2027-04-05T12:00:00+02:00', '2027-05-05T12:00:00+02:00'];

const { ask, keyOf, api, at, tenantId, database } = await served({ lawAt: '2027-03-01T09:00:00+01:00' });
const key = await keyOf('scheduler');
const { clock } = api;
if (!(clock instanceof ProcessClock)) throw new Error('a clock that does not move');
const law = lawClock(database, clock, true);
const operator = await anOperator(clock);
const client = await aClient(at.superUrl);
const urgent = await anOpenDatabase({ url: at.appUrl, connections: 6, name: 'test', urgent: true });
const { rows: accounts } = await client.query<{ id: string }>('SELECT id FROM gateway_account');
const account = { gateway: operator.gateway, ratePerSecond: null, stopCode: '36180' };
const path = createSendPath({
  database: urgent,
  databaseUrl: at.appUrl,
  vault: api.vault,
  clock,
  accounts: {
    byId: (id) => (id === accounts[0]?.id ? { ...account, id } : undefined),
    byName: () => undefined,
  },
  linkBase: undefined,
  workerId: randomUUID(),
});
const deps: SeriesDeps = { database: urgent, clock, send: (request) => sendChunk(path, request) };

afterAll(() => path.close());

const phoneOf = (visit: number): string => `+3363998${String(visit).padStart(4, '0')}`;
const startOf = (day: number): DateTime => DateTime.fromISO(FIRST_DAY, { zone: ZONE }).plus({ days: day });

function deliver({ visit, revision, day }: Told): Promise<Reply> {
  const address = `/v1/appointments/V-${visit}`;
  if (day === undefined) return ask('DELETE', `${address}?sourceRevision=${revision}`, { key });
  const body = {
    contact: { phone: phoneOf(visit) },
    practice: 'Cabinet des Tilleuls',
    startsAt: startOf(day).toFormat("yyyy-MM-dd'T'HH:mm"),
    timeZone: ZONE,
    reminders: ['P20D', 'P2D'],
    sourceRevision: revision,
    consent: { method: 'paper', grantedAt: '2026-08-10', wording: 'J’accepte les rappels par SMS.' },
  };
  return ask('PUT', address, { key, body });
}

/** Several clients at once, as queues have them; answers how often each status came. */
async function deliverAll(messages: readonly Told[], counts: Map<number, number>): Promise<void> {
  const waiting = messages.values();
  const deliverOn = async (): Promise<void> => {
    for (const message of waiting) {
      const { status } = await deliver(message);
      counts.set(status, (counts.get(status) ?? 0) + 1);
    }
  };
  await Promise.all(Array.from({ length: CLIENTS }, deliverOn));
}

const seriesIds = async (where: string, values: unknown[] = []): Promise<string[]> =>
  (
    await client.query<{ id: string }>(`SELECT id FROM reminder_series WHERE ${where} ORDER BY id`, values)
  ).rows.map(({ id }) => id);

/** Everything that falls due until a moment leaves, at its moment. */
async function live(until: string): Promise<void> {
  for (const seriesId of await seriesIds(`TRUE`)) await planSeries(deps, { tenantId, seriesId });
  for (;;) {
    const { rows } = await client.query<{ at: Date | null }>(
      'SELECT min(next_action_at) AS at FROM reminder_series WHERE next_action_at <= $1',
      [until],
    );
    const next = rows[0]?.at;
    if (next == null) break;
    if (next.getTime() > clock.now().toMillis()) await law.move(next.toISOString());
    for (const seriesId of await seriesIds('next_action_at <= $1', [clock.now().toISO()]))
      await sendStep(deps, { tenantId, seriesId, signal: new AbortController().signal });
  }
  await law.move(until);
}

interface Text {
  readonly to: string;
  readonly text: string;
}

const textsOf = async (): Promise<Text[]> => {
  const lines = (await operator.log()).filter(({ outcome }) => outcome === 'accepted');
  return lines.map(({ to, text }) => ({ to, text: text.replaceAll(/\s/g, ' ') }));
};

const isCancelled = (visits: ReadonlyMap<number, Visit>, { to }: Text): boolean =>
  visits.get(Number(to.slice(8)))?.day === undefined;

const sayings = (says: 'reminder' | 'moved', day: number): string =>
  words({ says, eventAt: startOf(day).toMillis(), at: 0 });

/** What each visit is at the end: its state, or its moment. */
async function became(visit: number): Promise<unknown> {
  const { status, body } = await ask('GET', `/v1/appointments/V-${visit}`, { key });
  if (status === 404 || body.state === 'cancelled') return undefined;
  return DateTime.fromISO(String(body.startsAt)).toMillis();
}

describe('a queue that delivers more than once, in any order', { timeout: 900_000 }, () => {
  it('ends as if delivered once, in order', async () => {
    const queue = deliveredOf(SEED, messagesOf(SEED, MESSAGES));
    const third = Math.ceil(queue.length / UNTIL.length);
    const counts = new Map<number, number>();
    let visits: ReadonlyMap<number, Visit> = new Map();
    let told = 0;
    for (const [turn, until] of UNTIL.entries()) {
      await deliverAll(queue.slice(turn * third, (turn + 1) * third), counts);
      visits = visitsAfter(queue.slice(0, (turn + 1) * third));
      await live(until);
      const left = (await textsOf()).slice(told);
      told += left.length;
      const reminders = left.filter(({ text }) => text.includes('rappel de votre rendez-vous'));
      expect(reminders.length).toBeGreaterThan(0);
      expect(reminders.filter((one) => isCancelled(visits, one))).toEqual([]);
    }
    const cancelled = [...visits].filter(([, { day }]) => day === undefined);
    process.stdout.write(
      `QUEUE_SEED=${SEED}: ${MESSAGES} messages delivered ${queue.length} times, answered ${JSON.stringify([...counts])}; ${visits.size} visits, ${cancelled.length} cancelled; ${told} texts left\n`,
    );
    expect([...counts.keys()].filter((status) => ![200, 201, 202, 204, 409].includes(status))).toEqual([]);
    const wrong: unknown[] = [];
    for (const [visit, { day }] of visits) {
      const seen = await became(visit);
      if (seen !== (day === undefined ? undefined : startOf(day).toMillis()))
        wrong.push({ visit, day, seen });
    }
    expect(wrong).toEqual([]);
    expect(lastWords(await textsOf(), visits)).toEqual([]);
  });
});

/** Whose last text says something else than what is true of their visit. */
function lastWords(texts: readonly Text[], visits: ReadonlyMap<number, Visit>): readonly Text[] {
  const last = new Map(texts.map((one) => [one.to, one]));
  return [...last.values()].filter((one) => {
    const day = visits.get(Number(one.to.slice(8)))?.day;
    if (day === undefined) return !one.text.includes('est annulé');
    return !one.text.includes(sayings('reminder', day)) && !one.text.includes(sayings('moved', day));
  });
}
