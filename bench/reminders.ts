import { readFile } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { anInstance, type Instance } from '../test/support/instance.ts';
import type { LogLine } from '../test/support/operator.ts';
import { machine } from './machine.ts';
import { processorTime } from './processor-time.ts';
import { asleep } from './reminder-ground.ts';
import { figure, keepResult } from './result.ts';

const asked = (name: string, otherwise: number): number => Number(process.env[name] ?? otherwise);

/** Series open at once: those due, which are booked by the API and wait in Temporal, and the sleepers beside them. */
const SERIES = asked('SERIES', 100_000);
/** How many of them fall due in one hour, as many at each minute of it. */
const HOUR = asked('HOUR', 33_000);
/** Minutes of that hour that are lived through; the clock runs as clocks do. */
const MINUTES = asked('MINUTES', 6);
/** People of a campaign that runs beside them at full speed; 0 for none. */
const CAMPAIGN = asked('CAMPAIGN', 0);
const PER_MINUTE = Math.ceil(HOUR / 60);
const DUE = PER_MINUTE * MINUTES;
/** Requests at once while series are opened. */
const LANES = 4;
const BEGINS = '2027-03-01T09:00:00+01:00';
const WAITS_MS = 120_000;

const minuteOf = (turn: number): string => String(turn % MINUTES).padStart(2, '0');
const phoneOf = (block: string, turn: number): string => `+336${block}${String(turn).padStart(6, '0')}`;

const textOf = (body: Readonly<Record<string, unknown>>): string =>
  typeof body['text'] === 'string' ? body['text'] : '';

/** The first ones are reminded of on 2 March from 10:00 on, the rest later. */
const booking = (turn: number): object => ({
  externalId: `B-${turn}`,
  contact: { phone: phoneOf('12', turn) },
  startsAt: turn < DUE ? `2027-03-04T10:${minuteOf(turn)}` : `2027-04-${10 + (turn % 20)}T10:00`,
  timeZone: 'Europe/Paris',
  practice: 'Cabinet des Tilleuls',
  consent: {
    method: 'paper',
    grantedAt: '2026-12-01',
    wording: 'J’accepte les rappels de mes rendez-vous par SMS.',
  },
});

/** Opens those that fall due, and one sleeper, by the bulk endpoint; answers how many a second. */
async function open(instance: Instance): Promise<number> {
  const began = performance.now();
  const lane = async (first: number): Promise<void> => {
    const lines: string[] = [];
    for (let turn = first; turn <= DUE; turn += LANES) lines.push(JSON.stringify(booking(turn)));
    const { body } = await instance.call('POST', '/v1/appointments/bulk', lines.join('\n'), {
      'content-type': 'application/x-ndjson',
    });
    const refused = textOf(body).match(/"status":(?!201)\d+/g) ?? [];
    if (refused.length > 0)
      throw new Error(`${refused.length} bookings were refused: ${textOf(body).slice(0, 500)}`);
  };
  await Promise.all(Array.from({ length: LANES }, (_, first) => lane(first)));
  return ((DUE + 1) * 1_000) / (performance.now() - began);
}

/** Puts the others to sleep as the last one booked does. */
async function putToSleep(instance: Instance): Promise<void> {
  // Its workflow plans it meanwhile, and what it waits for is copied with it.
  await pause(2_000);
  const { body } = await instance.call('GET', `/v1/appointments/B-${DUE}`);
  await asleep(instance, Math.max(0, SERIES - DUE - 1), String(body['seriesId']));
}

/** Whether Temporal has heard of every series. */
async function untilConducted(instance: Instance): Promise<number> {
  const began = performance.now();
  for (;;) {
    const { body } = await instance.call('GET', '/metrics');
    const owed = [...textOf(body).matchAll(/^bonheure_outbox_intents\{[^}]*\} (\d+)/gm)].some(
      ([, count]) => count !== '0',
    );
    if (!owed) return (performance.now() - began) / 1_000;
    await pause(1_000);
  }
}

async function advertise(instance: Instance): Promise<string> {
  const rows = Array.from(
    { length: CAMPAIGN },
    (_, turn) =>
      `${phoneOf('13', turn)};2026-12-01T10:00:00+01:00;paper;BULL-${turn};J’accepte les offres de Tilleuls par SMS.`,
  );
  const csv = `telephone;date_optin;method;documentRef;texte_optin\n${rows.join('\n')}\n`;
  const upload = await instance.call('POST', '/v1/imports?kind=contacts', csv, {
    'content-type': 'text/csv',
  });
  const id = String(upload.body['id']);
  for (;;) {
    const { body } = await instance.call('GET', `/v1/imports/${id}`);
    if (body['state'] === 'finished') break;
    await pause(500);
  }
  const made = await instance.call('POST', '/v1/campaigns', {
    name: 'Bench',
    purpose: 'marketing',
    text: '{brand} : portes ouvertes samedi. {stop}',
    audience: { importId: id },
    sender: 'TILLEULS',
  });
  if (made.status !== 201) throw new Error(JSON.stringify(made.body));
  return String(made.body['id']);
}

const quantile = (sorted: readonly number[], part: number): number =>
  sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? Number.NaN;

/** Seconds between the minute a reminder was planned for and its acceptance, by the law clock. */
function lateness(log: readonly LogLine[]): number[] {
  return log
    .filter(({ to }) => to.startsWith('+33612'))
    .map(({ to, lawAt }) => {
      const planned = Date.parse(`2027-03-02T10:${minuteOf(Number(to.slice(6)))}:00+01:00`);
      return (Date.parse(lawAt) - planned) / 1_000;
    })
    .toSorted((one, other) => one - other);
}

/** Lives through the minutes, and waits for the last reminder. */
async function live(instance: Instance, campaignId: string | undefined): Promise<LogLine[]> {
  await instance.moveClock('2027-03-02T09:59:55+01:00');
  if (campaignId !== undefined)
    await instance.call('POST', `/v1/campaigns/${campaignId}/launch`, { acknowledge: ['STALE_WHEN_HELD'] });
  await pause(MINUTES * 60_000);
  for (const giveUpAt = Date.now() + WAITS_MS; ; await pause(2_000)) {
    const log = await instance.log();
    const reminders = log.filter(({ to }) => to.startsWith('+33612')).length;
    if (reminders >= DUE || Date.now() > giveUpAt) return log;
  }
}

interface Lived {
  readonly log: readonly LogLine[];
  /** Processor seconds by process, from the first minute to the last reminder. */
  readonly spent: ReadonlyMap<string, number>;
  readonly residentMiB: ReadonlyMap<string, number>;
}

async function lived(instance: Instance, campaignId: string | undefined): Promise<Lived> {
  const before = await processorTime(instance);
  const log = await live(instance, campaignId);
  const after = await processorTime(instance);
  const spent = new Map([...after].map(([name, seconds]) => [name, seconds - (before.get(name) ?? 0)]));
  return { log, spent, residentMiB: await residentMiB(instance) };
}

/** What each process holds in memory itself, without what it started. */
async function residentMiB(instance: Instance): Promise<Map<string, number>> {
  const { processes } = await instance.run();
  const read = processes.map(async ({ pid, name }) => {
    const status = await readFile(`/proc/${pid}/status`, 'latin1');
    return [name, Math.round(Number(/^VmRSS:\s+(\d+)/m.exec(status)?.[1]) / 1_024)] as const;
  });
  return new Map(await Promise.all(read));
}

const rounded = (value: number, digits = 1): number => Number(value.toFixed(digits));

function figuresOf({ log, spent, residentMiB: held }: Lived, openedPerSecond: number) {
  const late = lateness(log);
  const advertisements = log.length - late.length;
  const eachMs = (seconds: number): number => rounded((seconds * 1_000) / late.length);
  return {
    series: SERIES,
    inTemporal: DUE + 1,
    dueInAnHour: PER_MINUTE * 60,
    minutes: MINUTES,
    due: DUE,
    reminders: late.length,
    twice: late.length - new Set(log.map(({ to }) => to).filter((to) => to.startsWith('+33612'))).size,
    openedPerSecond: Math.round(openedPerSecond),
    lateP50S: rounded(quantile(late, 0.5)),
    lateP99S: rounded(quantile(late, 0.99)),
    lateMaxS: rounded(quantile(late, 1)),
    advertisements,
    ...Object.fromEntries([...spent].map(([name, seconds]) => [`${name}Ms`, eachMs(seconds)])),
    allMs: eachMs([...spent.values()].reduce((sum, seconds) => sum + seconds, 0)),
    workerMiB: held.get('worker') ?? 0,
  };
}

/** How late reminders leave, alone or beside a campaign: `CAMPAIGN=20000 npm run bench -- reminders`. */
export async function bench(): Promise<void> {
  process.stdout.write(`${machine('@temporalio/worker', 'pg')}\n`);
  const instance = await anInstance();
  try {
    await instance.moveClock(BEGINS);
    await instance.call('PATCH', '/v1/tenant', {
      brand: 'Tilleuls',
      legalName: 'SCM des Tilleuls',
      contact: { phone: '01 42 68 53 00' },
      sender: 'TILLEULS',
    });
    const opened = await open(instance);
    const conductedS = await untilConducted(instance);
    await putToSleep(instance);
    const campaignId = CAMPAIGN === 0 ? undefined : await advertise(instance);
    const figures = figuresOf(await lived(instance, campaignId), opened);
    process.stdout.write(
      `${figure(SERIES)} series, of which ${figure(DUE + 1)} in Temporal, told ${conductedS.toFixed(0)} s after the last was booked\n${JSON.stringify(figures, null, 2)}\n`,
    );
    if (figures.reminders !== DUE || figures.twice !== 0) throw new Error('not every reminder left, once');
    await keepResult(`reminders-${figures.dueInAnHour}${CAMPAIGN === 0 ? '' : '-beside'}`, figures, [
      '@temporalio/worker',
      'pg',
    ]);
  } finally {
    await instance.stop();
  }
}
