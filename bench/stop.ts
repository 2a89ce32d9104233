import { setTimeout as pause } from 'node:timers/promises';
import { aFlashSale, signedOnPaper } from '../test/support/flash-sale.ts';
import { anInstance, type Instance } from '../test/support/instance.ts';
import { machine } from './machine.ts';
import { figure, keepResult } from './result.ts';

/** People of the campaign that runs at full speed meanwhile. */
const PEOPLE = Number(process.env['PEOPLE'] ?? 20_000);
/** How many of them say STOP while it runs. */
const STOPS = Number(process.env['STOPS'] ?? 300);
/** What the sandbox takes a second, over so many connections. */
const RATE = Number(process.env['RATE'] ?? 1_000);
const CONNECTIONS = 100;
const EACH_MS = 40;

const phones = Array.from({ length: PEOPLE }, (_, turn) => `+33612${String(turn).padStart(6, '0')}`);

/** One STOP: when it was called in and when the operator was answered, by the machine clock. */
interface Stop {
  readonly phone: string;
  readonly saidAt: number;
  readonly answeredAt: number;
}

/** People spread over the whole audience say STOP one after the other. */
async function saySTOP(instance: Instance): Promise<Stop[]> {
  const stops: Stop[] = [];
  for (let turn = 0; turn < STOPS; turn += 1) {
    const phone = phones[Math.floor(((turn + 0.5) * PEOPLE) / STOPS)] ?? '';
    const saidAt = Date.now();
    const { status } = await instance.reply(phone, 'STOP');
    if (status !== 200) throw new Error(`STOP was answered ${status}`);
    stops.push({ phone, saidAt, answeredAt: Date.now() });
    await pause(EACH_MS);
  }
  return stops;
}

const quantile = (sorted: readonly number[], part: number): number =>
  sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? Number.NaN;

/** What arrived at the operator for people whose STOP it had been told was taken. */
async function lateArrivals(instance: Instance, stops: readonly Stop[]): Promise<number[]> {
  const answered = new Map(stops.map(({ phone, answeredAt }) => [phone, answeredAt]));
  return (await instance.log())
    .filter(({ text }) => text.includes('-30 %'))
    .flatMap(({ to, receivedAt }) => {
      const since = answered.get(to);
      const late = since === undefined ? 0 : Date.parse(receivedAt) - since;
      return late > 0 ? [late] : [];
    })
    .toSorted((one, other) => one - other);
}

/** From STOP to the moment from which no submission can begin, while a campaign runs at full speed. */
export async function bench(): Promise<void> {
  const instance = await anInstance({
    gateways: [
      { name: 'sandbox', kind: 'sandbox', stopCode: '36180', ratePerSecond: RATE, connections: CONNECTIONS },
    ],
  });
  try {
    await instance.moveClock('2027-03-30T14:30:00+02:00');
    const campaignId = await aFlashSale(instance, signedOnPaper(phones));
    await instance.call('POST', `/v1/campaigns/${campaignId}/launch`, {});
    while ((await instance.log()).length < 200) await pause(50);
    const [from, began] = [(await instance.log()).length, Date.now()];
    const stops = await saySTOP(instance);
    const sent = ((await instance.log()).length - from) / ((Date.now() - began) / 1_000);
    const delays = stops
      .map(({ saidAt, answeredAt }) => answeredAt - saidAt)
      .toSorted((one, other) => one - other);
    const late = await lateArrivals(instance, stops);
    const figures = {
      people: PEOPLE,
      stops: STOPS,
      'messages a second meanwhile': figure(sent),
      'STOP to 2xx, p50 ms': quantile(delays, 0.5),
      'STOP to 2xx, p99 ms': quantile(delays, 0.99),
      'STOP to 2xx, longest ms': quantile(delays, 1),
      'arrived after the 2xx': late.length,
      'the latest of them, ms': late.at(-1) ?? 0,
    };
    process.stdout.write(`${JSON.stringify({ machine: machine('pg'), figures }, null, 2)}\n`);
    await keepResult('stop', figures);
  } finally {
    await instance.stop();
  }
}
