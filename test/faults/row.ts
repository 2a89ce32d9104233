import { setTimeout as pause } from 'node:timers/promises';
import { DateTime } from 'luxon';
import { seeded } from '../support/seed.ts';
import type { Fault } from './fault.ts';
import { RATE, type Ground } from './ground.ts';
import type { Opened } from './grounds.ts';
import { judged, type Owed, type Verdict } from './judge.ts';
import { untilSo } from './part.ts';
import { struck, type Scene } from './strike.ts';
import { aCampaign, barredAmong, bookings, minutesIn, newPeople, StopSayers } from './traffic.ts';

const LEAD_MS = 10_000;
const MINUTE_MS = 60_000;
const [OPENS, MORNING, CLOSES] = [8, 9, 20];
/** Whoever books later than five minutes before is reminded of nothing. */
const BOOKED_BEFORE_MS = 6 * MINUTE_MS;
const UNDER_WAY = 40;
const SETTLES_MS = 2_000;
/** Messages go on for so long after a fault before the campaign ends by itself. */
const AFTER_S = 14;
const ENDS_WITHIN_MS = 90_000;
/** A reminder that has not come so long after everything else is lost. */
const REMINDED_WITHIN_MS = 30_000;

/** What one row of the table is made of. */
export interface Row {
  readonly stops: number;
  readonly verdict: Verdict;
  /** Where the campaign stood in the end. */
  readonly ended: string;
}

/** The machine's moments between which advertising is lawful on the day of the law clock. */
const windowOf = (ground: Ground): readonly [number, number] => [
  ground.machineOf(hourOf(ground, OPENS).toMillis()),
  ground.machineOf(hourOf(ground, CLOSES).toMillis()),
];

/** Moves the law clock to shortly before the next minute; reminders are due at it and at those of the row. */
async function shortlyBeforeAMinute(ground: Ground, seconds: number): Promise<readonly Owed[]> {
  const next = Math.ceil((ground.lawNow() + BOOKED_BEFORE_MS) / MINUTE_MS) * MINUTE_MS;
  const owed = await bookings(ground, minutesIn(next, next + (seconds + AFTER_S) * 1_000));
  await ground.moveClock(next - LEAD_MS);
  return owed.map(({ phone, dueLaw }) => ({ phone, dueAt: ground.machineOf(dueLaw) }));
}

const hourOf = (ground: Ground, hour: number): DateTime =>
  DateTime.fromMillis(ground.lawNow(), { zone: 'Europe/Paris' }).startOf('day').set({ hour });

/** Moves it to shortly before the end of the hours; no reminder is due there. */
async function shortlyBeforeClose(ground: Ground): Promise<readonly Owed[]> {
  await ground.moveClock(hourOf(ground, CLOSES).toMillis() - LEAD_MS * 2);
  return [];
}

/** Moves it to the next morning that is no Sunday. */
async function nextMorning(ground: Ground): Promise<void> {
  const tomorrow = hourOf(ground, MORNING).plus({ days: 1 });
  await ground.moveClock((tomorrow.weekday === 7 ? tomorrow.plus({ days: 1 }) : tomorrow).toMillis());
}

const sentTo = async (ground: Ground, phones: ReadonlySet<string>): Promise<number> =>
  (await ground.ledger()).filter(({ to, text }) => phones.has(to) && text.includes('-30 %')).length;

async function untilUnderWay(ground: Ground, phones: ReadonlySet<string>): Promise<void> {
  const giveUpAt = Date.now() + ENDS_WITHIN_MS;
  while ((await sentTo(ground, phones)) < UNDER_WAY) {
    if (Date.now() > giveUpAt) throw new Error('the campaign never began');
    await pause(100);
  }
  await pause(SETTLES_MS);
}

/** Waits until the campaign is over, however long that takes; answers where it stands. */
async function ended(ground: Ground, campaignId: string): Promise<string> {
  const giveUpAt = Date.now() + ENDS_WITHIN_MS;
  for (;;) {
    const { body } = await ground.call('GET', `/v1/campaigns/${campaignId}`);
    if (body['status'] === 'finished' || Date.now() > giveUpAt)
      return `${String(body['status'])} ${JSON.stringify(body['accounts'] ?? {})}`;
    await pause(500);
  }
}

/** Waits for the reminders that are still on their way when the campaign has ended; whatever does not come is judged. */
async function untilReminded(ground: Ground, reminders: readonly Owed[]): Promise<void> {
  const areThere = async (): Promise<boolean> => {
    const reached = new Set((await ground.ledger()).map(({ to }) => to));
    return reminders.every(({ phone }) => reached.has(phone));
  };
  await untilSo('everybody is reminded', areThere, REMINDED_WITHIN_MS).catch(() => undefined);
}

/** What is struck, and when: from the beginning of the fault to the moment from which the rest must go on. */
async function strikeIn(scene: Scene, fault: Fault) {
  const { ground } = scene;
  const span = await struck(fault, scene);
  await pause(AFTER_S * 500);
  const windows = [windowOf(ground)];
  if (fault.isAtClose !== true) return { ...span, windows };
  await nextMorning(ground);
  return { from: span.from, to: Date.now(), windows: [...windows, windowOf(ground)] };
}

/** From the first messages of the campaign to its end. */
async function livedThrough(
  scene: Scene,
  { fault, phones }: { readonly fault: Fault; readonly phones: ReadonlySet<string> },
) {
  const { ground, campaignId, stops } = scene;
  await untilUnderWay(ground, phones);
  const saying = stops.begin();
  await pause(SETTLES_MS);
  const span = await strikeIn(scene, fault);
  const said = stops.end();
  const end = await ended(ground, campaignId);
  await saying;
  return { span, said: await said, end };
}

/** Lives through one fault and judges it. */
export async function lived(opened: Opened, fault: Fault, seed: number): Promise<Row> {
  const { ground } = opened;
  const beside = fault.beside && fault.isAtClose !== true;
  const audience = newPeople(ground, RATE * (AFTER_S + (fault.beside ? fault.seconds : 0)));
  const phones = new Set(audience);
  const barredBefore = await barredAmong(ground, 0);
  const campaignId = await aCampaign(ground, audience);
  const reminders =
    fault.isAtClose === true
      ? await shortlyBeforeClose(ground)
      : await shortlyBeforeAMinute(ground, fault.seconds);
  await ground.must('POST', `/v1/campaigns/${campaignId}/launch`, { body: {} });
  const stops = new StopSayers(ground, audience, seeded(seed));
  const scene = { opened, ground, campaignId, stops };
  const { span, said, end } = await livedThrough(scene, { fault, phones }).finally(() => stops.abandon());
  await untilReminded(ground, reminders);
  const everybody = new Set([...audience, ...reminders.map(({ phone }) => phone)]);
  const verdict = judged({
    ...span,
    ledger: (await ground.ledger()).filter((line) => everybody.has(line.to)),
    audience,
    reminders,
    stops: said,
    barred: await barredAmong(ground, barredBefore),
    beside,
    othersBeside: beside || fault.othersBeside === true,
    ratePerSecond: RATE,
  });
  return { stops: said.length, verdict, ended: end };
}
